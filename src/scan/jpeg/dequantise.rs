//! Blocks of coefficients to samples: dequantised, then transformed, whole or reduced.

use super::headers::Headers;
#[cfg(target_arch = "x86_64")]
use super::idct_sse2;
use super::{idct, idct_reduced};
use crate::scan::fault::Fault;

/// What a component's coefficients are multiplied with.
pub(super) struct Quantisation {
    table: [u16; 64],
    /// The same where it fits 16 bits with a sign.
    #[cfg(target_arch = "x86_64")]
    signed: Option<[i16; 64]>,
}

impl Quantisation {
    /// The table of that number.
    pub fn of(headers: &Headers, number: usize) -> Result<Self, Fault> {
        let table = headers.quantisation.get(number).copied().flatten();
        let table = table.ok_or_else(|| Fault::damaged("a JPEG stream lacks a quantisation table"))?;
        #[cfg(target_arch = "x86_64")]
        let signed = table.iter().all(|step| i16::try_from(*step).is_ok()).then(|| table.map(|step| step as i16));
        Ok(Self {
            table,
            #[cfg(target_arch = "x86_64")]
            signed,
        })
    }

    /// One row of blocks into its lines of samples, `[edge, edge * blocks]`: each block becomes `edge` x `edge` samples
    /// of `precision` bits. Edges below 8 (4, 2, 1) are for 8 bits.
    pub fn render(&self, blocks: &[[i16; 64]], samples: &mut [u16], edge: usize, precision: u32) {
        let flat = |block: &[i16; 64]| idct::flat(i32::from(block[0]) * i32::from(self.table[0]), precision);
        match edge {
            8 => fill(blocks, samples, flat, |block| self.whole(block, precision)),
            4 => fill(blocks, samples, flat, |block| self.half(block)),
            2 => fill(blocks, samples, flat, |block| idct_reduced::quarter(&self.dequantised(block))),
            _ => fill(blocks, samples, flat, |block| [[flat(block)]]),
        }
    }

    #[inline]
    fn whole(&self, block: &[i16; 64], precision: u32) -> [[u16; 8]; 8] {
        #[cfg(target_arch = "x86_64")]
        if precision == 8
            && let Some(samples) = self.signed.as_ref().and_then(|table| idct_sse2::inverse(block, table))
        {
            return samples;
        }
        let samples = idct::inverse(&self.dequantised(block), precision);
        let (rows, _) = samples.as_chunks::<8>();
        std::array::from_fn(|row| rows[row])
    }

    #[inline]
    fn half(&self, block: &[i16; 64]) -> [[u16; 4]; 4] {
        #[cfg(target_arch = "x86_64")]
        if let Some(samples) = self.signed.as_ref().and_then(|table| idct_sse2::half(block, table)) {
            return samples;
        }
        idct_reduced::half(&self.dequantised(block))
    }

    fn dequantised(&self, block: &[i16; 64]) -> [i32; 64] {
        std::array::from_fn(|k| i32::from(block[k]) * i32::from(self.table[k]))
    }
}

/// Lays the samples of blocks side by side; most blocks of a smooth picture are `flat`.
#[inline(always)]
fn fill<const EDGE: usize>(
    blocks: &[[i16; 64]],
    samples: &mut [u16],
    flat: impl Fn(&[i16; 64]) -> u16,
    transform: impl Fn(&[i16; 64]) -> [[u16; EDGE]; EDGE],
) {
    let stride = blocks.len() * EDGE;
    for (col, block) in blocks.iter().enumerate() {
        let is_flat = block[1..].iter().fold(0, |any, value| any | *value) == 0;
        let values = if is_flat { [[flat(block); EDGE]; EDGE] } else { transform(block) };
        for (line, values) in samples.chunks_exact_mut(stride).zip(&values) {
            if let Some(target) = line.get_mut(col * EDGE..(col + 1) * EDGE) {
                target.copy_from_slice(values);
            }
        }
    }
}
