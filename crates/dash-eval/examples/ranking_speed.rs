//! The time that average precision and AUROC take for 11,165 genes × 300 regulators.
//!
//! Random scores (f32), 6.76% positives, which score higher by one half; once all distinct, once with 95% zeros.

use std::io::{self, Write};
use std::time::Instant;

use dash_eval::Ranking;

const PAIRS: usize = 11_165 * 300;

/// A small generator of uniform numbers in [0, 1): the scores need to be spread, not random in a strict sense.
struct Weyl(u64);

impl Weyl {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// The magnitude of a number that is nearly normal.
    fn magnitude(&mut self) -> f64 {
        ((0..12).map(|_| self.next()).sum::<f64>() - 6.0).abs()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut random = Weyl(2024);
    let labels: Vec<bool> = (0..PAIRS).map(|_| random.next() < 0.0676).collect();
    let mut out = io::stdout().lock();
    for (name, kept_positive, kept_negative) in [("dense", 1.0, 1.0), ("95% zeros", 0.2, 0.043)] {
        let scores: Vec<f32> = labels
            .iter()
            .map(|&label| {
                let kept = random.next() < if label { kept_positive } else { kept_negative };
                let score = random.magnitude() + if label { 0.5 } else { 0.0 };
                if kept { score as f32 } else { 0.0 }
            })
            .collect();
        let mut seconds = Vec::new();
        let mut values = (0.0, 0.0);
        for _ in 0..7 {
            let start = Instant::now();
            let ranking = Ranking::from_labels(&labels, &scores)?;
            values = (ranking.average_precision()?, ranking.auroc()?);
            seconds.push(start.elapsed().as_secs_f64());
        }
        seconds.sort_by(f64::total_cmp);
        let (ap, auroc) = values;
        writeln!(
            out,
            "{name}: AP {ap:.6}, AUROC {auroc:.6}; median {:.4} s, least {:.4} s",
            seconds[3], seconds[0]
        )?;
    }
    Ok(())
}
