//! dash-eval on the jobs of `job.py`: reads the name of a job per line, does it, and answers with its CPU seconds and what
//! it found.

#![expect(clippy::print_stdout, reason = "it answers on standard output")]

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::path::PathBuf;

use anyhow::Context as _;
use dash_benches::{cpu_seconds, peak_bytes};
use dash_eval::{
    Alternative, GeneSet, GseaOptions, Membership, Permutations, Ranking, TailMethod,
    over_representation, preranked, score_sets, sum_tails,
};
use serde_json::{Value, json};

fn main() -> anyhow::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .context("usage: evaluation FOLDER")?;
    let mut jobs = Jobs::new(PathBuf::from(folder))?;
    for line in io::stdin().lock().lines() {
        let (seconds, found) = jobs.run(line?.trim())?;
        println!(
            "{}",
            json!({"seconds": seconds, "found": found, "peak_mb": peak_bytes()? / f64::from(1 << 20)})
        );
        io::stdout().flush()?;
    }
    Ok(())
}

/// The inputs, read once.
struct Jobs {
    folder: PathBuf,
    edges: HashMap<String, (Vec<bool>, Vec<f32>)>,
    scores: Vec<f64>,
    stats: Vec<f64>,
    sets: Membership,
    /// The sets by their places among the descending statistics.
    ranked_sets: Membership,
    named: Vec<GeneSet>,
    genes: Vec<String>,
}

impl Jobs {
    fn new(folder: PathBuf) -> anyhow::Result<Self> {
        let floats = |name: &str| -> anyhow::Result<Vec<f64>> {
            let bytes = fs::read(folder.join(name)).with_context(|| name.to_owned())?;
            Ok(bytes
                .chunks_exact(8)
                .map(|b| f64::from_le_bytes(b.try_into().expect("8")))
                .collect())
        };
        let (scores, signed) = (floats("scores.f64")?, floats("signed.f64")?);
        let lists: Vec<Vec<usize>> = serde_json::from_slice(&fs::read(folder.join("sets.json"))?)?;
        let mut order: Vec<usize> = (0..signed.len()).collect();
        order.sort_by(|&a, &b| signed[b].total_cmp(&signed[a]));
        let mut place = vec![0; order.len()];
        for (rank, &gene) in order.iter().enumerate() {
            place[gene] = rank;
        }
        let ranked = lists
            .iter()
            .map(|list| list.iter().map(|&gene| place[gene]).collect());
        let genes: Vec<String> = (0..scores.len()).map(|gene| format!("G{gene}")).collect();
        let named = lists.iter().enumerate().map(|(set, list)| GeneSet {
            name: format!("S{set}"),
            description: String::new(),
            genes: list.iter().map(|&gene| genes[gene].clone()).collect(),
        });
        Ok(Self {
            edges: HashMap::new(),
            stats: order.iter().map(|&gene| signed[gene]).collect(),
            sets: Membership::new(scores.len(), lists.clone())?,
            ranked_sets: Membership::new(scores.len(), ranked)?,
            named: named.collect(),
            genes,
            scores,
            folder,
        })
    }

    fn edges(&mut self, name: &str) -> anyhow::Result<&(Vec<bool>, Vec<f32>)> {
        if !self.edges.contains_key(name) {
            let labels = fs::read(self.folder.join(format!("{name}.y")))?;
            let scores = fs::read(self.folder.join(format!("{name}.s")))?;
            let scores = scores
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes(b.try_into().expect("4")));
            let edges = (
                labels.iter().map(|&label| label == 1).collect(),
                scores.collect(),
            );
            self.edges.insert(name.to_owned(), edges);
        }
        Ok(&self.edges[name])
    }

    fn run(&mut self, job: &str) -> anyhow::Result<(f64, Value)> {
        if let Some(name) = job.strip_prefix("ranking ") {
            let (labels, scores) = self.edges(name)?;
            return timed(
                || {
                    let ranking = Ranking::from_labels(labels, scores)?;
                    Ok([ranking.average_precision()?, ranking.auroc()?])
                },
                |found| json!(found),
            );
        }
        let (scores, sets) = (&self.scores, &self.sets);
        match job {
            "permutations" => timed(
                || {
                    Ok(Permutations {
                        count: 1000,
                        seed: 1,
                    }
                    .test(scores, sets)?)
                },
                |test| test.sets.iter().map(|set| set.p).collect(),
            ),
            "pearson" => timed(
                || Ok(score_sets(scores, sets, TailMethod::PearsonIii)?),
                |found| tails(&found),
            ),
            "exact" => timed(
                || Ok(score_sets(scores, sets, TailMethod::Auto)?),
                |found| tails(&found),
            ),
            "saddlepoint" => {
                let mean = scores.iter().sum::<f64>() / scores.len() as f64;
                let sums: Vec<(usize, f64)> =
                    (20..120).map(|k| (k, 1.3 * mean * k as f64)).collect();
                timed(
                    || Ok(sum_tails(scores, &sums, TailMethod::Saddlepoint)?),
                    |found| found.iter().map(|tail| tail.p).collect(),
                )
            }
            "gsea" => timed(
                || {
                    Ok(preranked(
                        &self.stats,
                        &self.ranked_sets,
                        &GseaOptions::default(),
                    )?)
                },
                |found| {
                    found
                        .iter()
                        .map(|set| json!([set.enrichment.es, set.significance.nes.ok()]))
                        .collect()
                },
            ),
            "ora" => timed(
                || {
                    Ok(over_representation(
                        &self.genes,
                        &self.genes[..500],
                        &self.named,
                        Alternative::More,
                        0,
                    ))
                },
                |found| found.iter().map(|set| set.p.ok()).collect(),
            ),
            other => anyhow::bail!("no job `{other}`"),
        }
    }
}

/// CPU seconds of the work, and what it found. Short work is repeated.
fn timed<T>(
    work: impl Fn() -> anyhow::Result<T>,
    tell: impl Fn(T) -> Value,
) -> anyhow::Result<(f64, Value)> {
    const LEAST: f64 = 0.2;
    let start = cpu_seconds();
    let mut times = 0;
    loop {
        let found = work()?;
        times += 1;
        let seconds = cpu_seconds() - start;
        if seconds >= LEAST {
            return Ok((seconds / f64::from(times), tell(found)));
        }
    }
}

fn tails(scores: &[dash_eval::SetScore]) -> Value {
    json!(
        scores
            .iter()
            .map(|set| json!([set.z.ok(), set.tail.p]))
            .collect::<Vec<_>>()
    )
}
