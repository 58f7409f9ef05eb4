//! Small maps made as large as the model's input.

use ndarray::{Array2, ArrayView2};

/// Bilinear to `[rows, cols]`, half-pixel centres, edges held (OpenCV's INTER_LINEAR and torch's `interpolate` without
/// `align_corners`, when enlarging). A map without cells gives zeros.
pub fn upsample(map: ArrayView2<'_, f32>, (rows, cols): (usize, usize)) -> Array2<f32> {
    let (row_taps, col_taps) = (taps(map.nrows(), rows), taps(map.ncols(), cols));
    let at = |row, col| map.get((row, col)).copied().unwrap_or(0.0);
    Array2::from_shape_fn((rows, cols), |(row, col)| {
        let (Some(&(top, bottom, down)), Some(&(left, right, along))) = (row_taps.get(row), col_taps.get(col)) else {
            return 0.0;
        };
        let line = |row| at(row, left) * (1.0 - along) + at(row, right) * along;
        line(top) * (1.0 - down) + line(bottom) * down
    })
}

/// For each output position: two cells and the share of the second.
fn taps(cells: usize, outputs: usize) -> Vec<(usize, usize, f32)> {
    let last = cells.saturating_sub(1);
    let tap = |output: usize| {
        let center = ((output as f64 + 0.5) * cells as f64 / outputs as f64 - 0.5).clamp(0.0, last as f64);
        let first = center as usize;
        (first, (first + 1).min(last), (center - first as f64) as f32)
    };
    (0..outputs).map(tap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::forward::baseline::tests::pattern;

    #[test]
    fn the_numbers_are_opencvs() {
        // OpenCV 5.0.0: cv2.resize(pattern, (23, 17), interpolation=cv2.INTER_LINEAR).
        let large = upsample(pattern().view(), (17, 23));
        for ((row, col), expected) in
            [((0, 0), 0.0), ((8, 11), 2.0), ((16, 22), 4.0), ((3, 7), 6.608696), ((15, 2), 5.525575)]
        {
            assert!((large[[row, col]] - expected).abs() < 1e-5, "{row}, {col}: {}", large[[row, col]]);
        }
    }

    #[test]
    fn the_same_size_changes_nothing_and_an_empty_map_is_nothing() {
        assert_eq!(upsample(pattern().view(), (9, 10)), pattern());
        assert_eq!(upsample(Array2::zeros((0, 0)).view(), (2, 2)), Array2::<f32>::zeros((2, 2)));
    }
}
