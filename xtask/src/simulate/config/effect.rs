//! Settings that the simulator would pass over. Who gives one expects something of it, so they are refused.

use anyhow::bail;

use super::{Config, Simulator};

const WITHOUT_CHANGES: &str =
    "sergio-steady without [perturbations], for resting cells have no time series; leave it out";

/// # Errors
/// The first setting without effect; `table` is the file, for what it gives may be the default.
pub(super) fn refuse_what_has_none(config: &Config, table: &toml::Table) -> anyhow::Result<()> {
    let all = tables(config)
        .into_iter()
        .chain(noise(config))
        .chain(series_and_split(config, table));
    for (setting, is_passed_over, by) in all {
        if is_passed_over {
            bail!("{setting} has no effect on {by}");
        }
    }
    if is_given(table, "perturbations", "factor")
        && config
            .perturbations
            .as_ref()
            .is_some_and(|p| p.screen.is_none())
    {
        bail!(
            "perturbations.factor has no effect without `screen`: changes of `list` have factors of their own"
        );
    }
    Ok(())
}

/// A setting, whether it is given and passed over, and by what; with the mend.
type Verdict = (&'static str, bool, String);

fn tables(config: &Config) -> [Verdict; 3] {
    let name = config.simulator.name();
    let is_hill = matches!(config.simulator, Simulator::HillOde(_));
    let has_lineages = matches!(config.simulator, Simulator::SergioDifferentiation(_));
    [
        (
            "[lineage]",
            config.lineage.is_some() && !has_lineages,
            format!("{name}; leave it out"),
        ),
        (
            "[kinetics]",
            config.kinetics.is_some() && is_hill,
            "hill-ode; its random kinetics are [hill]".into(),
        ),
        (
            "[hill]",
            config.hill.is_some() && !is_hill,
            format!("{name}; its random kinetics are [kinetics]"),
        ),
    ]
}

fn noise(config: &Config) -> [Verdict; 2] {
    let is_hill = matches!(config.simulator, Simulator::HillOde(_));
    let on_cells = (
        "noise.technical",
        config.noise.technical.is_some() && is_hill,
        "hill-ode, which simulates no cells; leave it out".into(),
    );
    let has_changes = config.perturbations.is_some();
    let by = match config.simulator {
        Simulator::SergioDifferentiation(_) => {
            Some("sergio-differentiation, whose time series are means of cells; leave it out")
        }
        Simulator::SergioSteady(_) if !has_changes => Some(WITHOUT_CHANGES),
        Simulator::SergioSteady(_) | Simulator::HillOde(_) => None,
    };
    let on_series = (
        "noise.measurement_sd",
        config.noise.measurement_sd > 0.0 && by.is_some(),
        by.unwrap_or_default().into(),
    );
    [on_cells, on_series]
}

fn series_and_split(config: &Config, table: &toml::Table) -> [Verdict; 4] {
    let has_changes = config.perturbations.is_some();
    let (cut_by, timed_by) = match config.simulator {
        Simulator::SergioSteady(_) => (
            Some("sergio-steady, whose cells have no time to be cut by; leave it out"),
            (!has_changes).then_some(WITHOUT_CHANGES),
        ),
        Simulator::SergioDifferentiation(_) => (
            None,
            Some("sergio-differentiation, whose times are those of `snapshots`; leave it out"),
        ),
        Simulator::HillOde(_) => (
            Some("hill-ode, whose time series are not made from cells; leave it out"),
            Some("hill-ode; its times are those of [simulator.hill-ode]"),
        ),
    };
    let of_series = |setting, key, by: Option<&str>| {
        let is_passed_over = by.is_some() && is_given(table, "series", key);
        (setting, is_passed_over, by.unwrap_or_default().to_owned())
    };
    [
        of_series("series.snapshots", "snapshots", cut_by),
        of_series("series.replicates", "replicates", cut_by),
        of_series("series.times", "times", timed_by),
        (
            "split.trajectories",
            config.split.trajectories > 0.0
                && matches!(config.simulator, Simulator::SergioSteady(_)),
            "sergio-steady, which has neither samples nor replicates; leave it out".into(),
        ),
    ]
}

fn is_given(table: &toml::Table, place: &str, key: &str) -> bool {
    table
        .get(place)
        .and_then(toml::Value::as_table)
        .is_some_and(|table| table.contains_key(key))
}
