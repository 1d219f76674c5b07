//! What influence is, and what is integrated for it.

use approx::assert_relative_eq;
use ndarray::array;

use super::*;

#[expect(clippy::unnecessary_wraps, reason = "an integrator may fail")]
/// x₁ grows by x₀, x₂ stays, x₃ depends on itself only; one step of Euler per time.
fn integrate(states: ArrayView2<'_, f64>) -> Result<Vec<Array2<f64>>, Error> {
    let mut now = states.to_owned();
    let mut times = Vec::new();
    for _ in 0..3 {
        let driver = now.column(0).to_owned();
        now.column_mut(1).scaled_add(0.5, &driver);
        now.column_mut(3).map_inplace(|x| *x *= 0.9);
        times.push(now.clone());
    }
    Ok(times)
}

#[test]
fn influence_is_the_mean_change_of_the_others() {
    let draws = InfluenceDraws {
        count: 4000,
        low: 0.0,
        high: 1.0,
        seed: 1,
        is_shared: true,
    };
    let reaches = [vec![1], vec![], vec![], vec![3]];
    let found = gene_influence(4, draws, Perturbed::WithTargets(&reaches), integrate).unwrap();
    assert_eq!(found.skipped, 3);
    assert_eq!(&found.scores[1..], [0.0; 3]);
    // E|u − u′| = 1/3, times 0.5, 1 and 1.5 in x₁, over three times and three genes.
    let expected = (0.5 + 1.0 + 1.5) / 3.0 / 9.0;
    assert!((found.scores[0] - expected).abs() < 4.0 * found.standard_errors[0]);
    assert!(found.standard_errors[0] > 0.0 && found.standard_errors[0] < 0.002);
    // The shortcut changes nothing.
    let all = gene_influence(4, draws, Perturbed::All, integrate).unwrap();
    assert_eq!((&all.scores, all.skipped), (&found.scores, 0));
    // With draws of its own, the gene's influence is another sample of the same mean.
    let own = InfluenceDraws {
        is_shared: false,
        ..draws
    };
    let own = gene_influence(4, own, Perturbed::WithTargets(&reaches), integrate).unwrap();
    assert!((own.scores[0] - expected).abs() < 4.0 * own.standard_errors[0]);
    assert!((own.scores[0] - found.scores[0]).abs() > 0.0);
    // Nor does it matter which others are asked for.
    let some = gene_influence(4, draws, Perturbed::Only(&[3, 0]), integrate).unwrap();
    assert_eq!(some.scores, [all.scores[3], all.scores[0]]);
}

#[test]
fn what_no_gene_is_compared_with_is_not_integrated() {
    let unstable = |_: ArrayView2<'_, f64>| Err::<Vec<Array2<f64>>, _>(Error::EmptyRanking);
    let paper = InfluenceDraws::paper(1);
    let still = vec![vec![]; 4];
    let found = gene_influence(4, paper, Perturbed::WithTargets(&still), unstable).unwrap();
    assert_eq!((found.scores, found.skipped), (vec![0.0; 4], 4));
    let none = gene_influence(4, paper, Perturbed::Only(&[]), unstable).unwrap();
    assert!(none.scores.is_empty());
    // Genes with states of their own need no others: two calls each.
    let calls = std::sync::atomic::AtomicUsize::new(0);
    let counted = |states: ArrayView2<'_, f64>| {
        calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        integrate(states)
    };
    let own = InfluenceDraws::phoenix_code(1);
    gene_influence(4, own, Perturbed::Only(&[0, 3]), counted).unwrap();
    assert_eq!(calls.into_inner(), 4);
}

#[test]
fn a_longer_run_continues_a_shorter_one() {
    let states = |count| {
        InfluenceDraws {
            count,
            ..InfluenceDraws::paper(3)
        }
        .states(5)
        .0
    };
    let (short, long) = (states(2), states(3));
    assert_eq!(short, long.slice(ndarray::s![..2, ..]));
    assert!(long.iter().all(|value| (0.0..1.0).contains(value)));
}

#[test]
fn what_does_not_fit_is_an_error() {
    let none = InfluenceDraws {
        count: 0,
        ..InfluenceDraws::paper(0)
    };
    assert!(gene_influence(4, none, Perturbed::All, integrate).is_err());
    let two = InfluenceDraws {
        count: 2,
        ..InfluenceDraws::phoenix_code(0)
    };
    let unknown = [vec![4], vec![], vec![], vec![]];
    assert!(matches!(
        gene_influence(4, two, Perturbed::WithTargets(&unknown), integrate),
        Err(Error::GeneOutOfRange { target: 4, .. })
    ));
    assert!(gene_influence(4, two, Perturbed::Only(&[4]), integrate).is_err());
    let other = |_: ArrayView2<'_, f64>| Ok::<_, Error>(vec![array![[0.0]]]);
    assert!(matches!(
        gene_influence(4, two, Perturbed::All, other),
        Err(Error::ShapeMismatch { .. })
    ));
}

#[test]
fn changes_leave_out_the_gene_itself() {
    let before = [array![[0.0, 0.0, 0.0]]];
    let after = [array![[5.0, 1.0, -3.0]]];
    assert_relative_eq!(changes(0, &before, &after)[0], 2.0);
    assert_relative_eq!(changes(2, &before, &after)[0], 3.0);
}
