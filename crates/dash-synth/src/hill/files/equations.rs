//! Files of equations: `node,eqn`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use dash_prior::GeneIndex;

use super::arithmetic::Arithmetic;
use super::equation::{Equation, equation_text};
use super::table::Table;
use super::tokens::{Fault, written_name};
use crate::error::{Error, Result};
use crate::hill::parameters::{Kinetics, Regulation};
use crate::hill::system::System;
use crate::output::{quoted, write_text};

/// What stands in place of the equation of an input.
const INPUT: &str = "input gene";

/// Reads a system from its equations: columns `node` and `eqn`, genes in the order of the rows.
///
/// An equation looks like `((1 * fAct(A, 0.4, 1.6) * (1 - 1 * fAct(B, 0.5, 1.5))) * 1 - 1 * C) / 1`; `input gene` stands
/// for those without. NOT is `1 - a`, AND `a * b`, OR `a + b - a * b`, ADD `(a + b) / 2`; names that are not letters,
/// digits, `_` and `.` stand in backquotes.
///
/// # Errors
/// What cannot be read or is no fuzzy logic, with file, row and column.
pub fn read_equations(path: &Path) -> Result<System> {
    let table = Table::open(path)?;
    let [node, equation] = table.columns(["node", "eqn"])?;
    let genes = gene_index(&table, node)?;
    let mut kinetics = Vec::with_capacity(genes.len());
    let mut logic = Vec::with_capacity(genes.len());
    let mut regulations = Vec::new();
    for (gene, row) in table.rows.iter().enumerate() {
        let text = table.field(row, equation)?;
        if text.eq_ignore_ascii_case(INPUT) {
            kinetics.push(Kinetics::default());
            logic.push(None);
            continue;
        }
        let recognised = Arithmetic::parse(text, &|name| genes.position(name))
            .and_then(|arithmetic| Equation::recognise(&arithmetic, gene));
        let recognised = recognised.map_err(|Fault { column, problem }| Error::Equation {
            path: path.to_owned(),
            row: row.0,
            column,
            gene: genes.name(gene).to_owned(),
            problem,
        })?;
        kinetics.push(recognised.kinetics);
        logic.push(Some(recognised.logic));
        regulations.extend(recognised.regulations);
    }
    System::new(genes, kinetics, regulations, logic)
}

fn gene_index(table: &Table, column: usize) -> Result<GeneIndex> {
    let mut names = Vec::with_capacity(table.rows.len());
    let mut seen = BTreeMap::new();
    for row in &table.rows {
        let name = table.field(row, column)?;
        if name.is_empty() {
            return Err(table.error(row.0, "the name of the gene is missing".into()));
        }
        if let Some(first) = seen.insert(name, row.0) {
            return Err(table.error(row.0, format!("gene {name} stands in row {first} already")));
        }
        names.push(name.to_owned());
    }
    Ok(GeneIndex::new(names)?)
}

/// Writes the equations of a system, genes in its order; packed if the name ends in `.gz`.
///
/// Numbers read back to the same bits. Groups of up to 12 regulators have the published form; longer ones are written
/// shorter, and their derivative may differ in the last bits after reading.
///
/// # Errors
/// A gene whose name holds a backquote, or a file that cannot be written.
pub fn write_equations(path: &Path, system: &System) -> Result<()> {
    let mut text = String::from("\"node\",\"eqn\"\n");
    let names = system.genes().names().iter().map(|name| {
        written_name(name).ok_or_else(|| Error::LogicOfGene {
            gene: name.clone(),
            problem: "a name with a backquote cannot stand in an equation; rename the gene".into(),
        })
    });
    let names: Vec<String> = names.collect::<Result<_>>()?;
    for (gene, equation) in equations(system, &names).into_iter().enumerate() {
        let equation = equation.unwrap_or_else(|| INPUT.into());
        let name = system.genes().name(gene);
        writeln!(text, "{},{}", quoted(name), quoted(&equation)).expect("a string takes any text");
    }
    write_text(path, &text)
}

/// Text of every gene's equation.
fn equations(system: &System, names: &[String]) -> Vec<Option<String>> {
    let mut into = vec![BTreeMap::new(); names.len()];
    for edge in system.regulations() {
        let Regulation {
            weight,
            ec50,
            exponent,
            ..
        } = edge;
        let term = format!("{weight} * fAct({}, {ec50}, {exponent})", names[edge.from]);
        into[edge.to].insert(edge.from, term);
    }
    let text = |gene: usize| {
        let logic = system.logic()[gene].as_ref()?;
        let term = |from: usize| into[gene][&from].clone();
        Some(equation_text(
            logic,
            &system.kinetics()[gene],
            &names[gene],
            &term,
        ))
    };
    (0..names.len()).map(text).collect()
}

#[cfg(test)]
mod tests {
    use dash_ode::VectorField as _;

    use super::*;
    use crate::hill::logic::Logic;

    fn read(rows: &str) -> Result<System> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("equations.csv");
        std::fs::write(
            &path,
            format!("\"node\",\"eqn\"\nA,input gene\nB,Input gene\nHLA-C,input gene\n{rows}"),
        )
        .unwrap();
        read_equations(&path)
    }

    /// Logic and kinetics of gene D from its equation.
    fn recognised(equation: &str) -> (String, Kinetics) {
        let system = read(&format!("D,\"{equation}\"\n")).unwrap();
        let logic = system.logic()[3].as_ref().unwrap();
        (
            logic.display(system.genes()).to_string(),
            system.kinetics()[3],
        )
    }

    const A: &str = "1 * fAct(A, 0.4, 1.5)";
    const B: &str = "0.5 * fAct(B, 0.5, 1.6)";
    const C: &str = "fAct(`HLA-C`, 0.6, 1.7)";

    #[test]
    fn logic_is_recognised() {
        let cases = [
            (format!("({A}) * 1 - 1 * D"), "A"),
            (format!("(1 - {A}) * 1 - 1 * D"), "NOT A"),
            (
                format!("(({A} * {B}) * {C}) * 1 - 1 * D"),
                "A AND B AND HLA-C",
            ),
            (
                format!("({A} * ({B} * {C})) * 1 - 1 * D"),
                "A AND (B AND HLA-C)",
            ),
            (format!("{A} * {B} * {C} * 1 - 1 * D"), "A AND B AND HLA-C"),
            (format!("({A} + {B} - {A} * {B}) * 1 - 1 * D"), "A OR B"),
            (
                format!(
                    "(({A} + {B} - {A} * {B}) + (1 - {C}) - ({A} + {B} - {A} * {B}) * (1 - {C})) * 1 - 1 * D"
                ),
                "A OR B OR NOT HLA-C",
            ),
            (
                format!("(1 - (1 - {A}) * (1 - {B})) * 1 - 1 * D"),
                "NOT (NOT A AND NOT B)",
            ),
            (
                format!("(({A} + {B} + {C}) / 3) * 1 - 1 * D"),
                "A ADD B ADD HLA-C",
            ),
            (format!("({A} + {B}) / 2 - D"), "A ADD B"),
        ];
        for (equation, logic) in cases {
            assert_eq!(recognised(&equation).0, logic, "{equation}");
        }
    }

    #[test]
    fn kinetics_are_recognised() {
        let kinetics = |maximum, degradation, time_constant| Kinetics {
            maximum,
            degradation,
            time_constant,
        };
        let cases = [
            (
                format!("(({A}) * 0.9 - 0.5 * D) / 2.5"),
                kinetics(0.9, 0.5, 2.5),
            ),
            (
                format!("({A} * {B}) * 0.9 - D * 0.25"),
                kinetics(0.9, 0.25, 1.0),
            ),
            (format!("{C} - D"), kinetics(1.0, 1.0, 1.0)),
            (format!("({A} * 0 - 0 * D) / 1e1"), kinetics(0.0, 0.0, 10.0)),
        ];
        for (equation, expected) in cases {
            assert_eq!(recognised(&equation).1, expected, "{equation}");
        }
    }

    #[test]
    fn what_is_no_equation_is_an_error_with_its_place() {
        let cases = [
            (format!("({A}) * 1 - 1 * B"), 31, "has the form"),
            (A.to_string(), 1, "has the form"),
            (
                format!("({A} + {B}) * 1 - 1 * D"),
                2,
                "this sum is neither NOT",
            ),
            (
                format!("({A} + {B} - {A} * {C}) * 1 - 1 * D"),
                2,
                "this sum is neither NOT",
            ),
            (
                "(2 * A) * 1 - 1 * D".to_string(),
                6,
                "a number can only weigh fAct",
            ),
            ("B - D".to_string(), 1, "outside fAct"),
            (
                "fAct(A, 0.4, 1.5) / 2 - D".to_string(),
                21,
                "a division is only known in ADD",
            ),
            (
                "2 * fAct(A, 0.4, 1.5) - D".to_string(),
                5,
                "weight = 2, must be above 0 and at most 1",
            ),
            (
                "fAct(A, 1.5, 1.5) - D".to_string(),
                1,
                "EC50 = 1.5, must be above 0",
            ),
            (
                "fAct(A, 0.4, 1.5) * 2 - D".to_string(),
                1,
                "maximum = 2, must be in 0..=1",
            ),
            (
                format!("{A} * (1 - {A}) * 1 - 1 * D"),
                5,
                "both activates and represses",
            ),
            (
                format!("{A} * fAct(A, 0.4, 1.6) - D"),
                25,
                "with other parameters before",
            ),
            (
                "fAct(X, 0.4, 1.5) - D".to_string(),
                6,
                "gene \"X\" has no row",
            ),
        ];
        for (equation, at, says) in cases {
            match read(&format!("D,\"{equation}\"\n")) {
                Err(Error::Equation {
                    row: 5,
                    column,
                    gene,
                    problem,
                    ..
                }) => {
                    assert!(
                        gene == "D" && problem.contains(says),
                        "{equation}: {problem}"
                    );
                    assert_eq!(column, at, "{equation}: {problem}");
                }
                other => panic!("{equation}: {other:?}"),
            }
        }
        let message = read("A,input gene\n").unwrap_err().to_string();
        assert!(
            message.contains("row 5: gene A stands in row 2 already"),
            "{message}"
        );
    }

    #[test]
    fn any_kinetics_names_and_long_groups_come_back() {
        let names: Vec<String> = (0..60).map(|i| format!("HLA-{i}, \"x\"")).collect();
        let genes = GeneIndex::new(names).unwrap();
        let logic = |first: usize, join: fn(Logic, Logic) -> Logic| {
            let members = (first..first + 20).map(|g| {
                if g % 3 == 0 {
                    !Logic::Gene(g)
                } else {
                    Logic::Gene(g)
                }
            });
            members.reduce(join).unwrap()
        };
        let logic = Logic::Add(vec![
            logic(0, Logic::and),
            logic(20, Logic::or),
            Logic::Gene(40),
        ]);
        let regulations = logic
            .genes()
            .into_iter()
            .map(|(from, activates)| Regulation {
                from,
                to: 59,
                activates,
                weight: 0.3,
                ec50: 1.0 / (from as f64 + 2.0),
                exponent: 1.0 + 1e-7 * from as f64,
            });
        let kinetics = Kinetics {
            maximum: 1.0 / 3.0,
            degradation: 1e-9,
            time_constant: 1e20 / 3.0,
        };
        let mut all = vec![None; 59];
        all.push(Some(logic));
        let mut every = vec![Kinetics::default(); 59];
        every.push(kinetics);
        let system = System::new(genes, every, regulations.collect(), all).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("equations.csv.gz");
        write_equations(&path, &system).unwrap();
        let back = read_equations(&path).unwrap();
        assert_eq!(back.regulations(), system.regulations());
        assert_eq!(back.kinetics(), system.kinetics());
        let x: Vec<f64> = (0..60).map(|i| f64::from(i) / 60.0).collect();
        let slope = |system: &System| {
            let mut slopes = vec![0.0; 60];
            system.field().eval(&x, &mut slopes);
            slopes[59] * kinetics.time_constant
        };
        assert!((slope(&back) - slope(&system)).abs() < 1e-15);
    }

    #[test]
    fn a_name_that_cannot_be_written_is_an_error() {
        let genes = GeneIndex::new(vec!["a`b".into()]).unwrap();
        let system = System::compose(genes, vec![], 0.0, 0).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let error = write_equations(&folder.path().join("e.csv"), &system).unwrap_err();
        assert!(error.to_string().contains("rename the gene"), "{error}");
    }
}
