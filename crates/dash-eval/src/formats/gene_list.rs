//! Lists of genes.

use crate::error::Error;
use crate::formats::fields::lines;

/// Reads genes, one a line, of which the first field counts. A heading `x` or `gene` and the suffix `_input` of the
/// published lists are left out.
///
/// # Errors
/// [`Error::RepeatedGene`]; [`Error::Empty`] if no gene is listed.
pub fn parse_genes(text: &str) -> Result<Vec<String>, Error> {
    let mut genes: Vec<String> = Vec::new();
    for (place, line) in lines(text).iter().enumerate() {
        let field = line.field(0);
        let is_heading = place == 0 && ["x", "gene"].contains(&field.to_lowercase().as_str());
        let gene = field.strip_suffix("_input").unwrap_or(field);
        if !is_heading && !gene.is_empty() {
            genes.push(gene.to_owned());
        }
    }
    let mut sorted: Vec<&String> = genes.iter().collect();
    sorted.sort_unstable();
    if let Some(pair) = sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(Error::RepeatedGene {
            gene: pair[0].clone(),
        });
    }
    if genes.is_empty() {
        return Err(Error::Empty {
            name: "the list of genes",
        });
    }
    Ok(genes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_and_suffixes_are_left_out() {
        let genes = parse_genes("\"x\"\n\"A_input\"\r\n\"B\",7\n\n").unwrap();
        assert_eq!(genes, ["A", "B"]);
        assert_eq!(parse_genes("YFG1\nGENE\n").unwrap(), ["YFG1", "GENE"]);
        assert!(matches!(
            parse_genes("A\nA_input\n"),
            Err(Error::RepeatedGene { .. })
        ));
        assert!(matches!(parse_genes("gene\n"), Err(Error::Empty { .. })));
    }
}
