//! Order statistics of many numbers without a copy of them.

/// Shows all numbers to what it is given.
type Visit<'a> = dyn Fn(&mut dyn FnMut(f64)) + 'a;

/// Bits that are told apart in one pass.
const BITS: u32 = 16;

/// The two order statistics around a percentile of numbers ≥ 0, and how far it lies from the first to the second; `None` without
/// numbers. `visit` is to show all `count` numbers, every time it is called.
pub(super) fn percentile(count: usize, percent: f64, visit: &Visit<'_>) -> Option<(f64, f64, f64)> {
    let last = count.checked_sub(1)?;
    let place = percent / 100.0 * last as f64;
    let rank = (place as usize).min(last);
    let low = ranked(rank, visit);
    let high = if rank < last {
        ranked(rank + 1, visit)
    } else {
        low
    };
    Some((low, high, place - rank as f64))
}

/// The number with this rank, from 0. Floats ≥ 0 are in the order of their bits, so the highest bits are found first, among those
/// that share them the next, and so on.
fn ranked(mut rank: usize, visit: &Visit<'_>) -> f64 {
    let mut found = 0_u64;
    for shift in (0..u64::BITS).step_by(BITS as usize).rev() {
        let mut counts = vec![0_usize; 1 << BITS];
        // Shifted in two steps, for the first pass shifts all bits out.
        let known = |bits: u64| bits >> shift >> BITS;
        visit(&mut |x: f64| {
            let bits = (x + 0.0).to_bits();
            if known(bits) == known(found) {
                counts[(bits >> shift) as usize & ((1 << BITS) - 1)] += 1;
            }
        });
        let mut digit = 0;
        while digit + 1 < counts.len() && rank >= counts[digit] {
            rank -= counts[digit];
            digit += 1;
        }
        found |= (digit as u64) << shift;
    }
    f64::from_bits(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_numbers() {
        let mut numbers: Vec<f64> = (0..997_u32)
            .map(|i| f64::from(i.wrapping_mul(2_654_435_761) >> 12) * 1e-3)
            .collect();
        numbers.extend([0.0, 0.0, -0.0, 1e300, 1e-300]);
        let visit = |see: &mut dyn FnMut(f64)| numbers.iter().for_each(|x| see(*x));
        let mut sorted = numbers.clone();
        sorted.sort_by(f64::total_cmp);
        for percent in [0.0, 0.05, 12.3, 50.0, 82.0, 99.99, 100.0] {
            let place = percent / 100.0 * 1001.0;
            let rank = place as usize;
            let expected = (
                sorted[rank],
                sorted[(rank + 1).min(1001)],
                place - rank as f64,
            );
            assert_eq!(
                percentile(1002, percent, &visit),
                Some(expected),
                "{percent}"
            );
        }
        assert_eq!(percentile(0, 50.0, &|_| {}), None);
    }
}
