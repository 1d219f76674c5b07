//! What a run measured as Markdown: for the terminal, and to be kept in `docs/benchmarks`.

use std::fmt::Write;

use super::Quantity;
use super::measure::Compared;
use super::record::{Measured, Record};
use super::verdict::{Verdict, median};

/// Command, commit, machine.
pub(crate) fn heading(record: &Record) -> String {
    let machine = &record.machine;
    let cpu = machine.cpu.as_deref().unwrap_or("unknown processor");
    format!(
        "`{}`\n\n{}, commit {}, {}, {} cores, {}, {}\n\n",
        record.command,
        record.date,
        record.commit,
        cpu,
        machine.cores,
        machine.target,
        record.toolchain
    )
}

/// A table of medians.
pub(crate) fn measured(record: &Record) -> String {
    let mut text = String::from("| workload | median | spread |\n|---|---:|---:|\n");
    for Measured {
        name,
        median,
        spread,
        ..
    } in &record.workloads
    {
        let value = amount(*median, record.quantity);
        let _ = writeln!(text, "| {name} | {value} | {:.1}% |", 100.0 * spread);
    }
    text
}

/// A table of two versions, the workloads that differ marked.
pub(crate) fn compared<'a>(
    rows: impl Iterator<Item = (&'a String, &'a Compared)>,
    quantity: Quantity,
) -> String {
    let mut text =
        String::from("| workload | old | new | change | ± | |\n|---|---:|---:|---:|---:|---|\n");
    for (name, row) in rows {
        let [old, new] = row.values.clone().map(|mut values| median(&mut values));
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {:+.1}% | {:.1}% | {} |",
            amount(old, quantity),
            amount(new, quantity),
            100.0 * row.comparison.change,
            100.0 * row.comparison.error,
            match row.verdict {
                Verdict::Same => "",
                Verdict::Faster => "faster",
                Verdict::Slower => "**SLOWER**",
            }
        );
    }
    text
}

/// Four digits and a unit.
fn amount(value: f64, quantity: Quantity) -> String {
    let units = match quantity {
        Quantity::Seconds => [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")],
        Quantity::Instructions => [(1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")],
    };
    let fits = units.iter().find(|(size, _)| value >= *size);
    let (size, unit) = fits.unwrap_or(&units[3]);
    let scaled = value / size;
    let digits = match scaled {
        100.0.. => 1,
        10.0.. => 2,
        _ => 3,
    };
    format!("{scaled:.digits$} {unit}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::verdict::Comparison;

    #[test]
    fn amounts_are_readable() {
        assert_eq!(amount(11.674e-6, Quantity::Seconds), "11.67 µs");
        assert_eq!(amount(2.5, Quantity::Seconds), "2.500 s");
        assert_eq!(amount(3e-10, Quantity::Seconds), "0.300 ns");
        assert_eq!(amount(9_560_797.0, Quantity::Instructions), "9.561 M");
        assert_eq!(amount(412.0, Quantity::Instructions), "412.0");
    }

    #[test]
    fn what_is_slower_stands_out() {
        let row = |verdict| Compared {
            values: [vec![1e-3], vec![1.1e-3]],
            comparison: Comparison::new(&[(1e-3, 1.1e-3)]),
            verdict,
        };
        let (name, slower, same) = ("a/b".to_owned(), row(Verdict::Slower), row(Verdict::Same));
        let table = |row| compared([(&name, row)].into_iter(), Quantity::Seconds);
        let line = "| a/b | 1.000 ms | 1.100 ms | +10.0% | 0.0% | **SLOWER** |";
        assert!(table(&slower).contains(line), "{}", table(&slower));
        assert!(!table(&same).contains("SLOWER"));
    }
}
