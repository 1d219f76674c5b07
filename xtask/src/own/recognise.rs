//! Files told apart by their first lines.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, bail};

/// What a file holds, as far as its first lines tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Tidy,
    Published,
    /// Gene names of the published format.
    GeneNames,
    BeelineExpression,
    BeelinePseudotime,
    H5ad,
    Edges,
    Panda,
    StringLinks,
    StringNames,
}

impl Kind {
    /// What there can be one of.
    pub(super) fn role(&self) -> &'static str {
        match self {
            Self::Tidy | Self::Published | Self::BeelineExpression | Self::H5ad => {
                "expression data"
            }
            Self::Edges | Self::Panda => "a prior",
            Self::GeneNames => "gene names",
            Self::BeelinePseudotime => "pseudotimes",
            Self::StringLinks => "interactions",
            Self::StringNames => "names of proteins",
        }
    }
}

/// The first lines of a plain or gzip file.
fn head(path: &Path) -> anyhow::Result<Vec<String>> {
    const ENOUGH: u64 = 1 << 22;
    let place = || format!("cannot read {}", path.display());
    let mut file = BufReader::new(File::open(path).with_context(place)?);
    let packed = file
        .fill_buf()
        .with_context(place)?
        .starts_with(&[0x1f, 0x8b]);
    let reader: Box<dyn Read> = if packed {
        Box::new(flate2::bufread::MultiGzDecoder::new(file))
    } else {
        Box::new(file)
    };
    let mut bytes = Vec::new();
    reader
        .take(ENOUGH)
        .read_to_end(&mut bytes)
        .with_context(place)?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = text
        .trim_start_matches('\u{feff}')
        .lines()
        .filter(|line| !line.trim().is_empty());
    Ok(lines.take(3).map(str::to_owned).collect())
}

/// What the file holds.
///
/// # Errors
/// A file that cannot be read, is empty, or is none of those that are known.
pub(super) fn detect(path: &Path) -> anyhow::Result<Kind> {
    let mut magic = [0; 8];
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    if file.read(&mut magic).is_ok_and(|read| read == 8) && magic == *b"\x89HDF\r\n\x1a\n" {
        return Ok(Kind::H5ad);
    }
    let lines = head(path)?;
    let Some(first) = lines.first() else {
        bail!("{} is empty", path.display());
    };
    kind_of(first, lines.get(1).map(String::as_str).unwrap_or_default()).with_context(|| {
        format!(
            "{}: cannot tell what it holds from its first line, `{}`; known are: expression as trajectory,time,gene,value, BEELINE's pair of files, .h5ad or the published format; a prior as a list with a header such as from,to or from,to,sign, or of transcription factor, gene and value without one; STRING's links and protein.info",
            path.display(),
            first.chars().take(60).collect::<String>()
        )
    })
}

fn kind_of(first: &str, second: &str) -> Option<Kind> {
    if first.starts_with("#string_protein_id") {
        return Some(Kind::StringNames);
    }
    if first.starts_with("protein1") && first.contains("combined_score") {
        return Some(Kind::StringLinks);
    }
    let delimiter = if first.contains('\t') { '\t' } else { ',' };
    let fields = |line: &str| -> Vec<String> {
        line.split(delimiter)
            .map(|f| f.trim().trim_matches('"').to_ascii_lowercase())
            .collect()
    };
    let (header, row) = (fields(first), fields(second));
    let has = |names: &[&str]| names.iter().any(|name| header.iter().any(|h| h == name));
    let is_number = |text: &String| text.parse::<f64>().is_ok();
    let numbers = row
        .iter()
        .skip(1)
        .filter(|f| is_number(f) || *f == "na" || f.is_empty())
        .count();
    if ["trajectory", "time", "gene", "value"]
        .iter()
        .all(|name| has(&[name]))
    {
        Some(Kind::Tidy)
    } else if has(&["from", "regulator", "reg", "tf", "source", "gene1"])
        && has(&["to", "target", "aff", "gene2"])
    {
        Some(Kind::Edges)
    } else if header.len() >= 2 && header.iter().take(2).all(is_number) {
        Some(Kind::Published)
    } else if header.iter().any(|h| h.starts_with("pseudotime")) && numbers + 1 == row.len() {
        Some(Kind::BeelinePseudotime)
    } else if header.len() == 3 && row.len() == 3 && is_number(&row[2]) && is_number(&header[2]) {
        Some(Kind::Panda)
    } else if header.len() == 1 && ["x", "gene", "genes"].contains(&header[0].as_str()) {
        Some(Kind::GeneNames)
    } else if row.len() == header.len()
        && row.len() > 1
        && numbers + 1 == row.len()
        && !is_number(&row[0])
    {
        Some(Kind::BeelineExpression)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_told_by_their_first_lines() {
        for (first, second, kind) in [
            ("trajectory,time,gene,value", "a,0,g,1", Some(Kind::Tidy)),
            (
                "gene\tvalue\ttime\ttrajectory",
                "g\t1\t0\ta",
                Some(Kind::Tidy),
            ),
            ("from,to,weight", "A,B,1", Some(Kind::Edges)),
            ("TF,target", "A,B", Some(Kind::Edges)),
            ("Gene1,Gene2,Type", "A,B,+", Some(Kind::Edges)),
            ("A\tB\t1", "A\tC\t0", Some(Kind::Panda)),
            ("350,150,", "0.1,0.2,", Some(Kind::Published)),
            ("\"x\"", "\"ABF1_input\"", Some(Kind::GeneNames)),
            (",E1,E2", "g1,0.5,2", Some(Kind::BeelineExpression)),
            (
                ",PseudoTime1,PseudoTime2",
                "E1,0.5,",
                Some(Kind::BeelinePseudotime),
            ),
            (
                "protein1 protein2 combined_score",
                "a b 900",
                Some(Kind::StringLinks),
            ),
            (
                "#string_protein_id\tpreferred_name",
                "4932.Q\tCOX1",
                Some(Kind::StringNames),
            ),
            ("hello", "world", None),
            ("name,age", "x,y", None),
        ] {
            assert_eq!(kind_of(first, second), kind, "{first}");
        }
    }
}
