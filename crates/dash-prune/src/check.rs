//! Checks that several modules make of their arguments.
#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use ndarray::{ArrayView1, ArrayView2};

use crate::{Error, Result};

/// A share or weight between 0 and 1, both allowed.
pub(crate) fn unit_interval(name: &'static str, value: f64) -> Result<()> {
    if (0.0..=1.0).contains(&value) {
        Ok(())
    } else {
        let range = "[0, 1]";
        Err(Error::OutOfRange { name, value, range })
    }
}

/// A strength: 0 or more.
pub(crate) fn non_negative(name: &'static str, value: f64) -> Result<()> {
    if value >= 0.0 && value.is_finite() {
        Ok(())
    } else {
        let range = "[0, ∞)";
        Err(Error::OutOfRange { name, value, range })
    }
}

/// A share that must not vanish.
pub(crate) fn positive_share(name: &'static str, value: f64) -> Result<()> {
    if value > 0.0 && value <= 1.0 {
        Ok(())
    } else {
        let range = "(0, 1]";
        Err(Error::OutOfRange { name, value, range })
    }
}

pub(crate) fn shape(
    array: &'static str,
    found: (usize, usize),
    expected: (usize, usize),
) -> Result<()> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::Shape {
            array,
            expected,
            found,
        })
    }
}

pub(crate) fn length(array: &'static str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        Ok(())
    } else {
        Err(Error::Length {
            array,
            expected,
            found,
        })
    }
}

pub(crate) fn finite(array: &'static str, values: ArrayView2<'_, f64>) -> Result<()> {
    // The plain pass is several times faster than the one that keeps count of where it is.
    if values.iter().all(|v| v.is_finite()) {
        return Ok(());
    }
    match values.indexed_iter().find(|(_, v)| !v.is_finite()) {
        None => Ok(()),
        Some(((row, column), &value)) => Err(Error::NonFinite {
            array,
            row,
            column,
            value,
        }),
    }
}

pub(crate) fn finite_vector(array: &'static str, values: ArrayView1<'_, f64>) -> Result<()> {
    finite(array, values.insert_axis(ndarray::Axis(1)))
}
