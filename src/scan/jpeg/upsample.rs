//! Component planes to interleaved samples. Halved chroma is spread with the IJG library's triangle filter ("fancy
//! upsampling"): three parts of the nearer sample, one of the farther. Other ratios are repeated.

use super::coefficients::{Decoded, SamplePlane};

/// Interleaved samples `[rows, cols, components]` without the padding of the blocks.
pub(super) fn interleave(mut decoded: Decoded) -> Vec<u16> {
    let (rows, cols) = (decoded.rows, decoded.cols);
    if let [only] = decoded.planes.as_mut_slice()
        && only.stride == cols
    {
        only.samples.truncate(rows * cols);
        return std::mem::take(&mut only.samples);
    }
    let full: Vec<Vec<u16>> = decoded.planes.iter().map(|plane| whole(&decoded, plane)).collect();
    match &full[..] {
        [y, cb, cr] => y.iter().zip(cb).zip(cr).flat_map(|((y, cb), cr)| [*y, *cb, *cr]).collect(),
        _ => full.into_iter().next().unwrap_or_default(),
    }
}

/// One component with as many samples as the picture has pixels.
fn whole(decoded: &Decoded, plane: &SamplePlane) -> Vec<u16> {
    let Decoded { rows, cols, most_across, most_down, smooth, .. } = *decoded;
    let own_cols = (cols * plane.across).div_ceil(most_across);
    let own_rows = (rows * plane.down).div_ceil(most_down);
    let source = Source { plane, rows: own_rows, cols: own_cols };
    let divides = most_across.is_multiple_of(plane.across) && most_down.is_multiple_of(plane.down);
    match (most_across / plane.across, most_down / plane.down) {
        (1, 1) if divides => crop(&source, rows, cols),
        (2, 1) if divides && smooth && own_cols > 2 => halved_across(&source, rows, cols),
        (1, 2) if divides && smooth => halved_down(&source, rows, cols),
        (2, 2) if divides && smooth && own_cols > 2 => halved_both(&source, rows, cols),
        _ => repeated(&source, rows, cols, (most_across, most_down)),
    }
}

/// The part of a plane that holds picture.
struct Source<'a> {
    plane: &'a SamplePlane,
    rows: usize,
    cols: usize,
}

impl Source<'_> {
    /// A row, the last one again beyond the end.
    fn row(&self, row: usize) -> &[u16] {
        let start = row.min(self.rows.saturating_sub(1)) * self.plane.stride;
        self.plane.samples.get(start..start + self.cols).unwrap_or_default()
    }
}

fn crop(source: &Source, rows: usize, cols: usize) -> Vec<u16> {
    let mut out = Vec::with_capacity(rows * cols);
    for row in 0..rows {
        out.extend_from_slice(source.row(row));
    }
    out
}

fn halved_across(source: &Source, rows: usize, cols: usize) -> Vec<u16> {
    let mut out = Vec::with_capacity(rows * (cols + 1));
    for row in 0..rows {
        let sums: Vec<u32> = source.row(row).iter().map(|value| u32::from(*value)).collect();
        let start = out.len();
        spread(
            &sums,
            &mut out,
            |near, far| (near * 3 + far + 1) >> 2,
            |near, far| (near * 3 + far + 2) >> 2,
            |end| end,
        );
        out.truncate(start + cols);
    }
    out
}

fn halved_down(source: &Source, rows: usize, cols: usize) -> Vec<u16> {
    let mut out = Vec::with_capacity(rows * cols);
    for row in 0..rows {
        let near = source.row(row / 2);
        // The upper row of a pair leans up and rounds down, the lower one leans down and rounds up.
        let (far, bias) = if row % 2 == 0 { ((row / 2).saturating_sub(1), 1) } else { (row / 2 + 1, 2) };
        let mix = |near: u16, far: u16| ((u32::from(near) * 3 + u32::from(far) + bias) >> 2) as u16;
        out.extend(near.iter().zip(source.row(far)).map(|(near, far)| mix(*near, *far)));
    }
    out
}

fn halved_both(source: &Source, rows: usize, cols: usize) -> Vec<u16> {
    let mut out = Vec::with_capacity(rows * (cols + 1));
    for row in 0..rows {
        let near = source.row(row / 2);
        let far = source.row(if row % 2 == 0 { (row / 2).saturating_sub(1) } else { row / 2 + 1 });
        let sums: Vec<u32> = near.iter().zip(far).map(|(near, far)| u32::from(*near) * 3 + u32::from(*far)).collect();
        let start = out.len();
        let even = |near, far| (near * 3 + far + 8) >> 4;
        let odd = |near, far| (near * 3 + far + 7) >> 4;
        spread_ends(&sums, &mut out, even, odd, |first| (first * 4 + 8) >> 4, |last| (last * 4 + 7) >> 4);
        out.truncate(start + cols);
    }
    out
}

/// Two samples from each: `even` leans to the left neighbour, `odd` to the right; `end` at both ends.
fn spread(
    values: &[u32],
    out: &mut Vec<u16>,
    even: impl Fn(u32, u32) -> u32,
    odd: impl Fn(u32, u32) -> u32,
    end: impl Fn(u32) -> u32 + Copy,
) {
    spread_ends(values, out, even, odd, end, end);
}

fn spread_ends(
    values: &[u32],
    out: &mut Vec<u16>,
    even: impl Fn(u32, u32) -> u32,
    odd: impl Fn(u32, u32) -> u32,
    first: impl Fn(u32) -> u32,
    last: impl Fn(u32) -> u32,
) {
    let mut left = None;
    for (index, value) in values.iter().enumerate() {
        out.push(left.map_or_else(|| first(*value), |left| even(*value, left)) as u16);
        out.push(values.get(index + 1).map_or_else(|| last(*value), |right| odd(*value, *right)) as u16);
        left = Some(*value);
    }
}

fn repeated(source: &Source, rows: usize, cols: usize, most: (usize, usize)) -> Vec<u16> {
    let (across, down) = (source.plane.across, source.plane.down);
    let mut out = Vec::with_capacity(rows * cols);
    for row in 0..rows {
        let line = source.row(row * down / most.1);
        out.extend((0..cols).map(|col| line.get(col * across / most.0).copied().unwrap_or(0)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halved_chroma_is_spread_by_the_triangle_filter() {
        let plane = SamplePlane { samples: vec![0, 100, 200, 200], stride: 4, across: 1, down: 1 };
        let source = Source { plane: &plane, rows: 1, cols: 3 };
        assert_eq!(halved_across(&source, 1, 6), [0, 25, 75, 125, 175, 200]);
        assert_eq!(halved_both(&source, 1, 5), [0, 25, 75, 125, 175]);
    }
}
