//! Tests across crates: against golden numbers, against the published data, and of the documentation.
//!
//! One program: every further one would be linked on its own, which takes most of the time of a fresh build.

#![expect(clippy::unwrap_used, reason = "a test fails where a step of it fails")]

mod documentation;
mod golden;
mod official;
mod tolerance;
