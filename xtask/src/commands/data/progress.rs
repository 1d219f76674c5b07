//! How far a download is: a bar on a terminal, now and then a line in a pipe.

use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

/// Between two lines about one file.
const PERIOD: Duration = Duration::from_secs(5);

/// Progress of one file, on standard error.
#[derive(Debug)]
pub(super) enum Progress {
    Bar(ProgressBar),
    Lines { path: String, next: Instant },
}

impl Progress {
    pub(super) fn of(path: &str) -> Self {
        if !stderr().is_terminal() {
            return Self::Lines {
                path: path.to_owned(),
                next: Instant::now() + PERIOD,
            };
        }
        let bar = ProgressBar::new(0);
        let template = "{prefix} {bar:30} {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_prefix(path.to_owned());
        Self::Bar(bar)
    }

    /// `have` bytes of `total` are there.
    pub(super) fn at(&mut self, have: u64, total: Option<u64>) {
        match self {
            Self::Bar(bar) => {
                bar.set_length(total.unwrap_or(have));
                bar.set_position(have);
            }
            Self::Lines { path, next } if Instant::now() >= *next => {
                *next = Instant::now() + PERIOD;
                let of = total.map_or(String::new(), |total| format!(" of {total}"));
                eprintln!("{path}: {have}{of} bytes");
            }
            Self::Lines { .. } => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}
