//! Guesses which known name was meant.

/// For a message of serde like "unknown field `epoch`, expected one of `epochs`, `rtol`", the expected name that is
/// nearest to the unknown one, if any is near.
pub(crate) fn meant(message: &str) -> Option<&str> {
    if !message.contains("unknown field") && !message.contains("unknown variant") {
        return None;
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let unknown = names.next()?;
    nearest(unknown, names)
}

/// The candidate nearest to `unknown`, if at most a third of its letters (and two at least) differ.
pub(crate) fn nearest<'a>(
    unknown: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let limit = (unknown.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| {
            (
                distance(&unknown.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Levenshtein distance: insertions, deletions and replacements from `a` to `b`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

/// Says which of the built-in or given experiments was meant by an unknown id.
pub(crate) fn unknown_id(id: &str, known: &[&str]) -> anyhow::Error {
    let hint = nearest(id, known.iter().copied())
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default();
    anyhow::anyhow!("no experiment `{id}`; known: {}{hint}", known.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("same", "same"), 0);
    }

    #[test]
    fn the_nearest_name_is_found_or_none() {
        let message = "unknown field `epoch`, expected one of `epochs`, `patience`, `rtol`";
        assert_eq!(meant(message), Some("epochs"));
        assert_eq!(
            meant("unknown variant `dash`, expected `IMP` or `DASH`"),
            Some("DASH")
        );
        assert_eq!(meant("unknown field `qwertz`, expected `epochs`"), None);
        assert_eq!(meant("missing field `epochs`"), None);
    }
}
