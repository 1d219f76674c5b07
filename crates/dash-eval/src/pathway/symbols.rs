//! Probes that stand for several genes.

use std::collections::BTreeMap;

/// Scores of single genes from those of probes: "A /// B" is split, and the scores of a gene that several probes name
/// are averaged. Genes come in alphabetical order.
pub fn split_symbols<'a>(scores: impl IntoIterator<Item = (&'a str, f64)>) -> Vec<(String, f64)> {
    let mut genes: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
    for (probe, score) in scores {
        for gene in probe
            .split("///")
            .map(str::trim)
            .filter(|gene| !gene.is_empty())
        {
            let (sum, count) = genes.entry(gene).or_default();
            *sum += score;
            *count += 1.0;
        }
    }
    let mean = |(gene, (sum, count)): (&str, (f64, f64))| (gene.to_owned(), sum / count);
    genes.into_iter().map(mean).collect()
}
