//! Gene sets, tested by the scores that methods give to genes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use dash_eval::{
    DuplicateGene, GeneSet, GeneUniverse, GmtOptions, GmtWarning, Overlap, PathwayOptions,
    PathwayScore, Permutations, SizeLimits, parse_gmt, parse_rnk, pathway_test,
};
use serde::Serialize;

use super::read::text_of;
use super::{write, write_json};
use crate::cli::Pathways;
use crate::commands::{BadInput, print};
use crate::own::findings::examples;
use crate::render::figure::{self, MethodPathways, PATHWAYS_CAPTION};

/// All that is said of the pathways.
#[derive(Debug, Serialize)]
struct Evaluation {
    schema: u32,
    /// File of the gene sets.
    sets: String,
    /// What that file says that is not taken over.
    warnings: Vec<GmtWarning>,
    methods: Vec<Method>,
}

/// All that is said with the scores of one method.
#[derive(Debug, Serialize)]
struct Method {
    name: String,
    file: String,
    /// The first line of the file, where it was taken as a heading.
    heading: Option<String>,
    /// Genes that have a score.
    genes: usize,
    /// Genes that random sets are drawn from.
    universe: usize,
    overlap: Overlap,
    /// Why no set can pass by permutations, where there are too few for it.
    cannot_resolve: Option<String>,
    sets: Vec<PathwayScore>,
}

/// Rows of a method's table.
const SHOWN: usize = 20;

/// Tests the gene sets.
///
/// # Errors
/// [`BadInput`] for a file that cannot be read or makes no sense; others when a file cannot be written.
pub(super) fn run(arguments: &Pathways) -> anyhow::Result<ExitCode> {
    let evaluation = evaluate(arguments).map_err(BadInput::from)?;
    for note in notes(&evaluation) {
        eprintln!("note: {note}");
    }
    write_json(arguments.json.as_deref(), &evaluation)?;
    let mut text = text(&evaluation);
    if let Some(path) = &arguments.figure {
        text.push_str(&draw(path, &evaluation)?);
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn evaluate(arguments: &Pathways) -> anyhow::Result<Evaluation> {
    if let Some(path) = &arguments.figure {
        is_png(path)?;
    }
    let file = arguments.sets.display().to_string();
    let sets = parse_gmt(&text_of(&arguments.sets)?, GmtOptions::default())
        .with_context(|| file.clone())?;
    let options = PathwayOptions {
        limits: SizeLimits {
            least: arguments.least,
            most: arguments.most,
        },
        universe: if arguments.all_scored {
            GeneUniverse::Scored
        } else {
            GeneUniverse::Covered
        },
        permutations: (arguments.permutations > 0).then_some(Permutations {
            count: arguments.permutations,
            seed: arguments.seed,
        }),
        ..PathwayOptions::default()
    };
    let methods: anyhow::Result<Vec<Method>> = arguments
        .scores
        .iter()
        .map(|path| {
            Method::test(path, &sets.sets, &options).with_context(|| path.display().to_string())
        })
        .collect();
    Ok(Evaluation {
        schema: 1,
        sets: file,
        warnings: sets.warnings,
        methods: methods?,
    })
}

impl Method {
    fn test(path: &Path, sets: &[GeneSet], options: &PathwayOptions) -> anyhow::Result<Self> {
        let read = parse_rnk(&text_of(path)?, DuplicateGene::Refuse)?;
        let scores = read.scores;
        let named = scores.iter().map(|(gene, score)| (gene.as_str(), *score));
        let found = pathway_test(named, sets, options)?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Ok(Self {
            name: name.into_owned(),
            file: path.display().to_string(),
            heading: read.heading,
            genes: scores.len(),
            universe: found.universe,
            overlap: found.overlap,
            cannot_resolve: found.cannot_resolve,
            sets: found.sets,
        })
    }
}

/// What the files say that is not taken over: a line for every kind of it.
fn notes(evaluation: &Evaluation) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for warning in &evaluation.warnings {
        let place = format!("{} (line {})", warning.value, warning.line);
        places.entry(warning.kind).or_default().push(place);
    }
    let sets = places.into_iter().map(|(kind, places)| {
        let left = if kind == "duplicate gene" {
            "kept once"
        } else {
            "skipped"
        };
        format!("{}: {kind}, {left}: {}", evaluation.sets, examples(&places))
    });
    let scores = evaluation.methods.iter().filter_map(|method| {
        let heading = method.heading.as_ref()?;
        Some(format!(
            "{}: the first line is taken as a heading, as `{heading}` does not end in a number",
            method.file
        ))
    });
    sets.chain(scores).collect()
}

fn is_png(path: &Path) -> anyhow::Result<bool> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("png") => Ok(true),
        Some("svg") => Ok(false),
        _ => bail!("{}: a figure ends in .svg or .png", path.display()),
    }
}

/// Draws the figure, and says how to read it.
fn draw(path: &Path, evaluation: &Evaluation) -> anyhow::Result<String> {
    let methods: Vec<MethodPathways> = evaluation
        .methods
        .iter()
        .map(|method| MethodPathways {
            name: method.name.clone(),
            sets: method.sets.clone(),
        })
        .collect();
    let Some(figure) = figure::pathways("pathways", "Pathways of influential genes", &methods)?
    else {
        return Ok("no figure: no pathway was tested\n".to_owned());
    };
    if is_png(path)? {
        write(path, &figure.png)?;
    } else {
        write(path, figure.svg.as_bytes())?;
    }
    Ok(format!("{}: {PATHWAYS_CAPTION}\n", path.display()))
}

/// The best sets of every method, by z.
fn text(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    for method in &evaluation.methods {
        let _ = writeln!(
            text,
            "{}: {} genes with a score, {} sets tested, {} too small, {} too large; random sets of {} genes",
            method.file,
            method.genes,
            method.sets.len(),
            method.overlap.too_small.len(),
            method.overlap.too_large.len(),
            method.universe
        );
        for note in [&method.overlap.suggestion, &method.cannot_resolve]
            .into_iter()
            .flatten()
        {
            let _ = writeln!(text, "note: {note}");
        }
        let _ = writeln!(
            text,
            "{:>8}  {:>6}  {:>10}  {:>10}  {:>10}  set",
            "z", "genes", "p", "Bonferroni", "q (BH)"
        );
        let mut sets: Vec<&PathwayScore> = method.sets.iter().collect();
        sets.sort_by(|a, b| a.ln_p.total_cmp(&b.ln_p).then(a.set.cmp(&b.set)));
        for set in sets.into_iter().take(SHOWN) {
            let z = set.z.map_or("–".to_owned(), |z| format!("{z:.2}"));
            let _ = writeln!(
                text,
                "{z:>8}  {:>6}  {:>10.2e}  {:>10.2e}  {:>10.2e}  {}",
                set.genes, set.p, set.adjusted_p, set.q, set.set
            );
        }
        text.push('\n');
    }
    text.push_str(NOTES);
    text
}

const NOTES: &str = "\
z: standard deviations of a set's summed score above that of as many random genes. p: by the exact null distribution.
The test asks whether a set scores higher than other genes; it takes genes as independent, which those of a pathway are
not.
";
