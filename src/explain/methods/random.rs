//! A control: uniform noise on the layer's grid. What a method shows beyond this, it knows from the model.

use ndarray::Array2;

/// The seed of maps that people see: the same picture gives the same noise.
pub const SEED: u64 = 1;

/// `[rows, cols]` in 0..1, the same for the same seed (SplitMix64, Steele et al. 2014).
pub fn map(rows: usize, cols: usize, seed: u64) -> Array2<f32> {
    let mut state = seed;
    Array2::from_shape_simple_fn((rows, cols), || {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        // 24 bits: every one of them fits a 32-bit float.
        ((mixed ^ (mixed >> 31)) >> 40) as f32 / (1u32 << 24) as f32
    })
}

#[cfg(test)]
mod tests {
    use super::map;

    #[test]
    fn noise_repeats_and_fills_its_range() {
        let noise = map(40, 50, 7);
        assert_eq!(noise, map(40, 50, 7));
        assert_ne!(noise, map(40, 50, 8));
        assert!((noise.mean().unwrap() - 0.5).abs() < 0.02);
        assert!(noise.iter().all(|value| (0.0..1.0).contains(value)));
    }
}
