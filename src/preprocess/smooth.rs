//! Smoothing of 8-bit pictures, each channel by itself (checked against OpenCV 5.0.0, exact): `cv2.blur`,
//! `cv2.medianBlur`, `cv2.GaussianBlur`. Mean and Gaussian mirror the picture at its edge (BORDER_REFLECT_101), the
//! median repeats the edge pixel.

use ndarray::Array3;

use super::choices::SmoothKind;
use super::error::PreprocessError;
use super::picture::{Picture, Raster, array};

/// The widest window, pixels.
const MAX_KERNEL: usize = 255;

/// Which mean, over how many pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Smoothing {
    pub kind: SmoothKind,
    /// Width and height of the window in pixels, odd; 0 for a Gaussian takes it from `sigma`.
    pub kernel: usize,
    /// The Gaussian's deviation in pixels; 0 takes it from `kernel`.
    pub sigma: f64,
}

/// The smoothed picture. `step` is the asking step's name, for errors.
pub(super) fn smooth(
    step: &'static str,
    picture: &Picture,
    smoothing: &Smoothing,
) -> Result<Array3<u8>, PreprocessError> {
    let Picture::U8(values) = picture else {
        return Err(PreprocessError::NeedsEightBit { step });
    };
    let kernel = kernel_size(step, smoothing)?;
    let source = Raster::of(values);
    Ok(match smoothing.kind {
        SmoothKind::Median => median(&source, kernel),
        SmoothKind::Average => {
            let area = (kernel * kernel) as f32;
            convolve(&source, &vec![1; kernel], |sum| (sum as f32 * (1.0 / area)).round_ties_even() as u8)
        }
        SmoothKind::Gaussian => {
            let weights = gaussian_weights(kernel, smoothing.sigma);
            convolve(&source, &weights, |sum| ((sum + (1 << 15)) >> 16).min(255) as u8)
        }
    })
}

fn kernel_size(step: &'static str, smoothing: &Smoothing) -> Result<usize, PreprocessError> {
    let Smoothing { kind, kernel, sigma } = *smoothing;
    if !(0.0..=1000.0).contains(&sigma) {
        let (value, rule) = (sigma.to_string(), "between 0 and 1000 pixels");
        return Err(PreprocessError::BadParameter { step, parameter: "sigma", value, rule });
    }
    let kernel = if kernel == 0 && kind == SmoothKind::Gaussian && sigma > 0.0 {
        (sigma * 6.0 + 1.0).round_ties_even() as usize | 1
    } else {
        kernel
    };
    if kernel % 2 == 1 && kernel <= MAX_KERNEL {
        return Ok(kernel);
    }
    let rule = "odd, from 1 to 255 pixels (0 only for a Gaussian that names its sigma)";
    Err(PreprocessError::BadParameter { step, parameter: "kernel", value: kernel.to_string(), rule })
}

/// Weights in 256ths that sum to 256: the rounding error of each is carried to the next, the middle takes the rest.
fn gaussian_weights(kernel: usize, sigma: f64) -> Vec<u16> {
    let half = kernel / 2;
    let mut weights = vec![0; kernel];
    let mut error = 0.0;
    let mut sum = 0;
    for (index, exact) in gaussian(kernel, sigma).into_iter().take(half).enumerate() {
        let wanted = exact * 256.0 + error;
        let rounded = wanted.round_ties_even();
        error = wanted - rounded;
        weights[index] = rounded as u16;
        weights[kernel - 1 - index] = rounded as u16;
        sum += 2 * rounded as u16;
    }
    weights[half] = 256_u16.saturating_sub(sum);
    weights
}

/// `cv2.getGaussianKernel`: small kernels without sigma are binomial-like tables.
fn gaussian(kernel: usize, sigma: f64) -> Vec<f64> {
    match kernel {
        1 if sigma <= 0.0 => return vec![1.0],
        3 if sigma <= 0.0 => return vec![0.25, 0.5, 0.25],
        5 if sigma <= 0.0 => return vec![0.0625, 0.25, 0.375, 0.25, 0.0625],
        7 if sigma <= 0.0 => return vec![0.03125, 0.109375, 0.21875, 0.28125, 0.21875, 0.109375, 0.03125],
        _ => {}
    }
    let sigma = if sigma > 0.0 { sigma } else { 0.15 * kernel as f64 + 0.35 };
    let middle = (kernel - 1) as f64 / 2.0;
    let bells: Vec<f64> =
        (0..kernel).map(|index| (-(index as f64 - middle).powi(2) / (2.0 * sigma * sigma)).exp()).collect();
    let sum: f64 = bells.iter().sum();
    bells.into_iter().map(|bell| bell / sum).collect()
}

/// Position `at` mirrored into `0..len` without repeating the edge (BORDER_REFLECT_101).
pub(super) fn mirror(at: isize, len: usize) -> usize {
    if len <= 1 {
        return 0;
    }
    let period = 2 * (len as isize - 1);
    let at = at.rem_euclid(period);
    at.min(period - at) as usize
}

/// The same weights along both axes in whole numbers. They sum to 256 at most, so that a row's sums fit 16 bits.
fn convolve(source: &Raster<'_, u8>, weights: &[u16], finish: impl Fn(u32) -> u8) -> Array3<u8> {
    let (channels, len, half) = (source.channels, source.row_len(), weights.len() / 2);
    let mut lines = vec![0_u16; source.rows * len];
    let mut padded: Vec<u8> = Vec::with_capacity(len + 2 * half * channels);
    for (row, line) in lines.chunks_exact_mut(len).enumerate() {
        let values = source.row(row);
        padded.clear();
        for at in -(half as isize)..(source.cols + half) as isize {
            let col = mirror(at, source.cols);
            padded.extend_from_slice(&values[col * channels..(col + 1) * channels]);
        }
        for (tap, weight) in weights.iter().enumerate() {
            let shifted = &padded[tap * channels..];
            line.iter_mut().zip(shifted).for_each(|(sum, value)| *sum += u16::from(*value) * weight);
        }
    }
    let mut sums = vec![0_u32; len];
    let mut out = Vec::with_capacity(source.rows * len);
    for row in 0..source.rows {
        sums.fill(0);
        for (tap, weight) in weights.iter().enumerate() {
            let from = mirror((row + tap) as isize - half as isize, source.rows);
            let line = &lines[from * len..(from + 1) * len];
            sums.iter_mut().zip(line).for_each(|(sum, value)| *sum += u32::from(*value) * u32::from(*weight));
        }
        out.extend(sums.iter().map(|sum| finish(*sum)));
    }
    array(source.rows, source.cols, channels, out)
}

/// The middle value of each window, from a histogram that slides along the row.
fn median(source: &Raster<'_, u8>, kernel: usize) -> Array3<u8> {
    let (channels, half) = (source.channels, (kernel / 2) as isize);
    let clamp = |at: isize, len: usize| usize::try_from(at).unwrap_or(0).min(len - 1);
    let middle = kernel * kernel / 2;
    let mut out = vec![0_u8; source.rows * source.row_len()];
    for (row, into) in out.chunks_exact_mut(source.row_len()).enumerate() {
        let lines: Vec<&[u8]> =
            (-half..=half).map(|offset| source.row(clamp(row as isize + offset, source.rows))).collect();
        for channel in 0..channels {
            let mut window = SlidingHistogram::new(middle);
            let column = |col: isize| {
                let at = clamp(col, source.cols) * channels + channel;
                lines.iter().map(move |line| line[at])
            };
            (-half..half).for_each(|col| column(col).for_each(|value| window.add(value)));
            for (col, value) in into.iter_mut().skip(channel).step_by(channels).enumerate() {
                let col = col as isize;
                column(col + half).for_each(|value| window.add(value));
                *value = window.median();
                column(col - half).for_each(|value| window.remove(value));
            }
        }
    }
    array(source.rows, source.cols, channels, out)
}

/// Counts of grey levels, with the level the median was last found at.
struct SlidingHistogram {
    counts: [u32; 256],
    level: u8,
    /// Values below `level`.
    below: usize,
    /// Values below the median.
    middle: usize,
}

impl SlidingHistogram {
    fn new(middle: usize) -> Self {
        Self { counts: [0; 256], level: 0, below: 0, middle }
    }

    fn add(&mut self, value: u8) {
        self.counts[usize::from(value)] += 1;
        self.below += usize::from(value < self.level);
    }

    fn remove(&mut self, value: u8) {
        self.counts[usize::from(value)] -= 1;
        self.below -= usize::from(value < self.level);
    }

    fn median(&mut self) -> u8 {
        while self.below > self.middle {
            self.level -= 1;
            self.below -= self.counts[usize::from(self.level)] as usize;
        }
        while self.below + self.counts[usize::from(self.level)] as usize <= self.middle {
            self.below += self.counts[usize::from(self.level)] as usize;
            self.level += 1;
        }
        self.level
    }
}
