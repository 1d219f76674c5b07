//! How a network that rests on evidence knows its edges.

use anyhow::Context as _;
use dash_prior::GeneIndex;
use dash_prune::EdgeEvidence;

/// Edges that were weighed as CSV `from,to,in_prior,corroborated,evidence,probability,kept`: those that are kept first,
/// the strongest first. An unknown probability is empty.
pub(super) fn csv(edges: &[EdgeEvidence], genes: &GeneIndex) -> anyhow::Result<String> {
    let mut edges: Vec<&EdgeEvidence> = edges.iter().collect();
    edges.sort_by(|a, b| {
        let kept = b.kept.cmp(&a.kept);
        kept.then(b.evidence.total_cmp(&a.evidence))
    });
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "from",
        "to",
        "in_prior",
        "corroborated",
        "evidence",
        "probability",
        "kept",
    ])?;
    for edge in edges {
        let probability = edge.probability.map(|p| format!("{p:.4}"));
        writer.write_record([
            genes.name(edge.regulator),
            genes.name(edge.target),
            &edge.in_prior.to_string(),
            &edge.corroborated.to_string(),
            &format!("{:.3}", edge.evidence),
            &probability.unwrap_or_default(),
            &edge.kept.to_string(),
        ])?;
    }
    let bytes = writer.into_inner().context("cannot finish the evidence")?;
    Ok(String::from_utf8(bytes)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_that_are_kept_come_first_and_regulators_before_targets() {
        let genes = GeneIndex::new(vec!["A".into(), "B".into()]).unwrap();
        let edge = |regulator: usize, kept: bool, probability| EdgeEvidence {
            target: 1 - regulator,
            regulator,
            in_prior: !kept,
            corroborated: false,
            evidence: 2.5,
            probability,
            kept,
        };
        let text = csv(&[edge(0, false, None), edge(1, true, Some(0.75))], &genes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[1..],
            [
                "B,A,false,false,2.500,0.7500,true",
                "A,B,true,false,2.500,,false"
            ]
        );
    }
}
