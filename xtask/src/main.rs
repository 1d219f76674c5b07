#![doc = include_str!("../README.md")]

mod bench;
mod cli;
mod commands;
mod experiment;
mod job;
mod manifest;
mod own;
mod render;
mod runner;
mod science;
mod simulate;
mod store;
#[cfg(test)]
mod testing;

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use cli::{Cli, Command};
use commands::BadInput;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let result = match Cli::parse().command {
        Command::Reproduce(arguments) => commands::reproduce::run(arguments),
        Command::Fit(arguments) => commands::fit::run(arguments),
        Command::Report(arguments) => commands::report::run(&arguments),
        Command::Evaluate(arguments) => commands::evaluate::run(&arguments),
        Command::Simulate(arguments) => commands::simulate::run(&arguments),
        Command::Data(arguments) => commands::data::run(&arguments),
        Command::Test(arguments) => commands::test::run(&arguments),
        Command::Bench(arguments) => commands::bench::run(&arguments),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {}", commands::message(&error));
        ExitCode::from(if error.is::<BadInput>() { 2 } else { 1 })
    })
}
