//! An epoch of training, as users wait for it.

use dash_ode::{
    Differentiable, EpochRecord, Initialise, NoStrategy, Strategy, TrainConfig, Trainer,
};
use dash_prune::{Problem, PruneSchedule, StrategySettings, build_strategy};

use crate::data::intervals;

/// The second epoch of training on simulated trajectories of four intervals, again and again from the same state;
/// `share` of the weights was pruned before the first.
///
/// # Panics
/// If the field has no weights, or fewer than 50 genes.
pub fn epoch<F>(
    mut field: F,
    share: Option<f64>,
    trajectories: usize,
    config: &TrainConfig,
) -> impl FnMut() -> EpochRecord + 'static
where
    F: Differentiable<f32> + Initialise + 'static,
{
    let parameters = field.initialise(1).cast::<f32>();
    let (training, validation) = (
        intervals(field.dim(), trajectories),
        intervals(field.dim(), 2),
    );
    let mut strategy: Box<dyn Strategy<f32>> = match share {
        None => Box::new(NoStrategy),
        Some(share) => {
            let settings = StrategySettings {
                schedule: PruneSchedule::one_shot(0, share),
                ..StrategySettings::default()
            };
            let problem = Problem::new(&field, &parameters, 1);
            build_strategy("MP", &settings, &problem).expect("settings in range")
        }
    };
    let mut start = Trainer::new(
        &parameters,
        strategy.as_ref(),
        training,
        validation,
        config,
        1,
    )
    .expect("settings in range");
    start
        .epoch(&mut field, strategy.as_mut())
        .expect("simulated data train");
    move || {
        let mut trainer = start.clone();
        let record = trainer.epoch(&mut field, strategy.as_mut());
        *record.expect("simulated data train")
    }
}
