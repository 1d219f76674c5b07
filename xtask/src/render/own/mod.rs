//! Figures and report of a fit of a user's own data.

mod canvas;
mod courses;
mod errors;
mod lambda;
mod layout;
mod learning;
mod network;
mod page;
mod route;

use std::collections::BTreeMap;

use dash_ode::TimeSeries;
use dash_prior::GeneIndex;
use dash_prune::LambdaCurve;

use crate::own::config::FitConfig;
use crate::own::findings::Findings;
use crate::render::figure::Figure;
use crate::science::own::consensus::{AgainstPrior, ConsensusEdge};
use crate::science::own::errors::TestError;
use crate::store::Record;

pub(crate) use courses::{Drawn, most_changing};
pub(crate) use page::{report, undecided};

/// Everything that figures and report show of a fit.
pub(crate) struct Shown<'a> {
    pub(crate) title: &'a str,
    pub(crate) config: &'a FitConfig,
    pub(crate) findings: &'a Findings,
    /// How data were held out and scaled.
    pub(crate) preparation: &'a [String],
    pub(crate) genes: &'a GeneIndex,
    pub(crate) edges: &'a [ConsensusEdge],
    pub(crate) against_prior: AgainstPrior,
    pub(crate) test_error: &'a TestError,
    /// Test data as observed, in the units of the file.
    pub(crate) observed: &'a TimeSeries,
    /// Their courses from the first state, finely.
    pub(crate) courses: &'a TimeSeries,
    /// The finished fits, the one to all training data first.
    pub(crate) records: &'a [Record],
    pub(crate) lambda: Option<&'a LambdaCurve>,
    /// Fits that failed, with the reason.
    pub(crate) failed: &'a [(String, String)],
}

/// All figures, by the name of their files.
///
/// # Errors
/// When a picture cannot be made.
pub(crate) fn figures(shown: &Shown<'_>) -> anyhow::Result<BTreeMap<&'static str, Figure>> {
    let mut scenes = vec![
        ("network", network::scene(shown.edges, shown.genes)),
        ("errors", Some(errors::scene(shown.test_error))),
        ("learning", learning::scene(shown.records)),
        ("lambda", shown.lambda.map(lambda::scene)),
    ];
    let genes = most_changing(shown.observed);
    let drawn = [
        Drawn {
            series: shown.observed,
            name: "observed",
            is_line: false,
            is_dashed: false,
        },
        Drawn {
            series: shown.courses,
            name: "simulated from the first state",
            is_line: true,
            is_dashed: false,
        },
    ];
    scenes.push(("trajectories", Some(courses::scene(&drawn, &genes))));
    let drawn = scenes
        .into_iter()
        .filter_map(|(id, scene)| Some((id, scene?)));
    drawn
        .map(|(id, scene)| Ok((id, Figure::of(&scene, id)?)))
        .collect()
}

/// A picture of courses alone.
pub(crate) fn courses_figure(
    drawn: &[Drawn<'_>],
    genes: &[usize],
    id: &str,
) -> anyhow::Result<Figure> {
    Figure::of(&courses::scene(drawn, genes), id)
}
