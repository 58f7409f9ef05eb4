//! Against scikit-learn 1.9.1 (`LedoitWolf().fit(x)`, `mahalanobis`) and numpy 2.4.6 (each vector left out and everything
//! computed again, with the same shrinkage and ridge), f64; relative tolerance 1e-9.

use ndarray::{Array2, s};

use super::*;
use crate::metrics::SplitMix64;

/// 24-bit uniform numbers, each column wider than the one before.
fn vectors(count: usize, dims: usize) -> Array2<f32> {
    let mut random = SplitMix64::new(7);
    Array2::from_shape_fn((count, dims), |(_, col)| {
        let unit = (random.next_u64() >> 40) as f32 / 16_777_216.0;
        unit * (1.0 + col as f32)
    })
}

fn close(found: f64, known: f64) {
    assert!((found / known - 1.0).abs() < 1e-9, "{found} is not {known}");
}

fn pinned(count: usize, dims: usize, distances: [f64; 3], without: [f64; 3]) {
    let all = vectors(count + 3, dims);
    let fitted = all.slice(s![..count, ..]);
    let gaussian = Gaussian::fit(fitted).unwrap();
    for (index, known) in distances.into_iter().enumerate() {
        let mut query = all.row(count + index).to_vec();
        if index == 1 {
            query.iter_mut().for_each(|value| *value *= 3.0);
        }
        close(gaussian.distance(&query), known);
    }
    for (row, known) in [0, 5, count - 1].into_iter().zip(without) {
        close(gaussian.distance_without(&fitted.row(row).to_vec()), known);
    }
}

#[test]
fn more_vectors_than_dimensions() {
    let distances = [2.3548724658359577, 9.11216180561313, 2.675372096082368];
    pinned(40, 6, distances, [2.213363624069152, 1.9768563641782764, 1.5173848889058592]);
}

#[test]
fn fewer_vectors_than_dimensions() {
    let distances = [6.126221101522785, 29.611986287455842, 5.055304597121042];
    pinned(12, 30, distances, [6.116757976385613, 5.895334070158274, 6.208176592721163]);
}

#[test]
fn vectors_that_are_all_alike_have_no_distance() {
    assert!(Gaussian::fit(Array2::from_elem((20, 4), 1.5f32).view()).is_none());
    assert!(Gaussian::fit(vectors(1, 4).view()).is_none());
    let mut broken = vectors(20, 4);
    broken[[3, 2]] = f32::NAN;
    assert!(Gaussian::fit(broken.view()).is_none());
}

/// A feature that was never anything but zero in the reference is a far cry where it wakes up.
#[test]
fn a_silent_feature_that_wakes_up_is_far_out() {
    let mut silent = vectors(30, 5);
    silent.column_mut(2).fill(0.0);
    let gaussian = Gaussian::fit(silent.view()).unwrap();
    let mut query = silent.row(0).to_vec();
    let before = gaussian.distance(&query);
    query[2] = 5.0;
    assert!(gaussian.distance(&query) > before + 5.0);
}
