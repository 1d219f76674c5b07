//! Shards: a share of all jobs, by key, for machines that work on the same tables.

use std::str::FromStr;

/// Part `index` of `count`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    index: u64,
    count: u64,
}

impl Shard {
    /// Whether the job under this key belongs to this shard.
    pub(crate) fn has(self, key: &str) -> bool {
        let digits = key.get(..16).unwrap_or(key);
        let number = u64::from_str_radix(digits, 16).unwrap_or(0);
        number % self.count == self.index - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a shard; write I/N with 1 ≤ I ≤ N, such as 2/4");
        let (index, count) = text.split_once('/').ok_or_else(wrong)?;
        let index = index.parse().map_err(|_| wrong())?;
        let count = count.parse().map_err(|_| wrong())?;
        if !(1..=count).contains(&index) {
            return Err(wrong());
        }
        Ok(Self { index, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::job;

    #[test]
    fn shards_part_the_jobs() {
        let shards: Vec<Shard> = (1..=3).map(|i| format!("{i}/3").parse().unwrap()).collect();
        let mut sizes = [0; 3];
        for seed in 0..60 {
            let key = job("DASH", seed).key;
            let owners: Vec<usize> = (0..3).filter(|&i| shards[i].has(&key)).collect();
            assert_eq!(owners.len(), 1, "{key}");
            sizes[owners[0]] += 1;
        }
        assert!(sizes.iter().all(|&size| size > 5), "{sizes:?}");
    }

    #[test]
    fn what_is_no_shard_is_refused() {
        for text in ["", "1", "0/2", "3/2", "1/0", "a/b", "-1/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
        assert!("1/1".parse::<Shard>().is_ok());
    }
}
