//! Draws the visible part of a picture at the resolution of the screen.

use std::ops::Range;

use ndarray::s;

use super::taps::{Axis, Tap, Taps};
use super::{ColorMap, Pyramid, Shader};
use crate::geometry::{PlaneMap, Size};
use crate::scan::Pixels;

/// Pixels of the screen that are worth a thread of their own.
const PIXELS_PER_THREAD: usize = 1 << 18;
const MOST_THREADS: usize = 8;

/// What part of a picture goes on how many pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// Pixels to draw.
    pub size: Size,
    /// Continuous screen pixel coordinates to picture coordinates, both with edges at whole numbers.
    pub image_from_screen: PlaneMap,
    /// Bilinear between pixel centres; else the nearest pixel as a block.
    pub smooth: bool,
}

/// What a view takes of a picture: one copy of its values, along two axes.
#[derive(Clone, Copy, Debug)]
pub struct Sampling<'a> {
    /// The frame's values, or their means over `factor` x `factor` pixels.
    pub level: &'a Pixels,
    pub factor: f64,
    pub rows: Axis,
    pub cols: Axis,
}

impl<'a> Sampling<'a> {
    /// The copy whose pixels are nearest in size to the screen's.
    pub fn new(picture: &'a Pyramid, view: &View) -> Self {
        let map = &view.image_from_screen;
        let (level, factor) = picture.level(map.scale_x.abs().min(map.scale_y.abs()));
        let (size, edge) = (level.size(), picture.size());
        let axis = |count, (scale, offset), edge, values| Axis {
            count,
            scale,
            offset,
            edge: [0.0, edge as f64],
            factor,
            values,
            smooth: view.smooth,
        };
        Self {
            level,
            factor,
            rows: axis(view.size.rows, (map.scale_y, map.offset_y), edge.rows, size.rows),
            cols: axis(view.size.cols, (map.scale_x, map.offset_x), edge.cols, size.cols),
        }
    }
}

/// Fills `out` with RGBA, row by row, `4 * rows * cols` bytes. Pixels outside the picture are transparent.
pub fn draw(picture: &Pyramid, view: &View, shader: &Shader, out: &mut Vec<u8>) {
    let Some(pixels) = view.size.pixels() else { return };
    out.clear();
    out.resize(pixels.saturating_mul(4), 0);
    if pixels == 0 || picture.size().pixels().unwrap_or(0) == 0 {
        return;
    }
    let Sampling { level, rows, cols, .. } = Sampling::new(picture, view);
    let (rows, cols) = (rows.taps(), cols.taps());

    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let parts = (pixels / PIXELS_PER_THREAD).clamp(1, threads);
    let rows_per_part = view.size.rows.div_ceil(parts);
    let stride = view.size.cols * 4;
    let (used, cols) = cols.within_used();
    let (rows, cols, used) = (&rows, &cols, &used);
    let table = shader.colors().map(ColorMap::table);
    let shading = (shader, table.as_ref());
    std::thread::scope(|scope| {
        let mut work = out.chunks_mut(rows_per_part * stride).enumerate();
        let own = work.next();
        for (part, out) in work {
            scope.spawn(move || draw_rows(level, rows, (cols, used), shading, part * rows_per_part, stride, out));
        }
        if let Some((_, out)) = own {
            draw_rows(level, rows, (cols, used), shading, 0, stride, out);
        }
    });
}

/// Draws `out`'s rows: the screen's rows from `first_row` on, `stride` bytes each. `used` are the values of a row that
/// `cols` counts from.
fn draw_rows(
    level: &Pixels,
    rows: &Taps,
    (cols, used): (&Taps, &Range<usize>),
    (shader, colors): (&Shader, Option<&[[u8; 3]; 256]>),
    first_row: usize,
    stride: usize,
    out: &mut [u8],
) {
    let mut between = Vec::new();
    for (row, out) in (first_row..).zip(out.chunks_exact_mut(stride)) {
        let Some(tap) = row.checked_sub(rows.start).and_then(|row| rows.taps.get(row)) else { continue };
        let Some(out) = out.get_mut(cols.start * 4..(cols.start + cols.taps.len()) * 4) else { continue };
        match level {
            Pixels::Gray(values) => {
                let row = |index| values.slice(s![index, used.clone()]).into_iter().copied();
                blend(row(tap.first), row(tap.second), tap.share, &mut between);
                match shader.ramp() {
                    Some(ramp) => gray_row(&between, &cols.taps, |value| ramp.gray(value), out),
                    None => gray_row(&between, &cols.taps, |value| shader.gray(value), out),
                }
                if let Some(colors) = colors {
                    color_row(colors, out);
                }
            }
            Pixels::Rgb(values) => {
                let row = |index| values.slice(s![index, used.clone(), ..]).into_iter().map(|v| f32::from(*v));
                blend(row(tap.first), row(tap.second), tap.share, &mut between);
                rgb_row(&between, &cols.taps, shader, out);
            }
        }
    }
}

/// The row of values that lies `share` of the way from `above` to `below`.
pub(super) fn blend(
    above: impl Iterator<Item = f32>,
    below: impl Iterator<Item = f32>,
    share: f32,
    between: &mut Vec<f32>,
) {
    between.clear();
    if share == 0.0 {
        between.extend(above);
    } else {
        between.extend(above.zip(below).map(|(above, below)| above + (below - above) * share));
    }
}

fn gray_row(values: &[f32], taps: &[Tap], gray: impl Fn(f32) -> u8, out: &mut [u8]) {
    for (tap, out) in taps.iter().zip(out.chunks_exact_mut(4)) {
        let (Some(first), Some(second)) = (values.get(tap.first), values.get(tap.second)) else { continue };
        let gray = gray(mix(*first, *second, tap.share));
        out.copy_from_slice(&[gray, gray, gray, 255]);
    }
}

/// Colours for grey levels.
fn color_row(colors: &[[u8; 3]; 256], out: &mut [u8]) {
    let (pixels, _) = out.as_chunks_mut::<4>();
    for [r, g, b, _] in pixels {
        [*r, *g, *b] = colors.get(usize::from(*r)).copied().unwrap_or_default();
    }
}

fn rgb_row(values: &[f32], taps: &[Tap], shader: &Shader, out: &mut [u8]) {
    let (values, _) = values.as_chunks::<3>();
    for (tap, out) in taps.iter().zip(out.chunks_exact_mut(4)) {
        let (Some(first), Some(second)) = (values.get(tap.first), values.get(tap.second)) else { continue };
        let channel = |a, b| (mix(a, b, tap.share) + 0.5) as u8;
        let [r1, g1, b1] = *first;
        let [r2, g2, b2] = *second;
        let [r, g, b] = shader.rgb([channel(r1, r2), channel(g1, g2), channel(b1, b2)]);
        out.copy_from_slice(&[r, g, b, 255]);
    }
}

/// Without the test, one infinite or missing neighbour would spoil a pixel that takes nothing from it.
#[inline]
pub(super) fn mix(a: f32, b: f32, share: f32) -> f32 {
    if share == 0.0 { a } else { a + (b - a) * share }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::full_eight_bit;
    use crate::scan::{Frame, Polarity};
    use ndarray::{Array2, Array3};

    fn plain() -> Shader {
        Shader::new(&full_eight_bit(), Polarity::HighIsWhite, false)
    }

    fn gray(values: Array2<f32>) -> Pyramid {
        Pyramid::new(Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture: true })
    }

    fn drawn(picture: &Pyramid, size: Size, map: PlaneMap, smooth: bool) -> Vec<[u8; 4]> {
        let mut out = Vec::new();
        draw(picture, &View { size, image_from_screen: map, smooth }, &plain(), &mut out);
        out.chunks_exact(4).map(|p| [p[0], p[1], p[2], p[3]]).collect()
    }

    #[test]
    fn one_to_one_gives_the_values_themselves() {
        let picture = gray(Array2::from_shape_fn((3, 4), |(r, c)| (r * 40 + c) as f32));
        for smooth in [false, true] {
            let out = drawn(&picture, Size::new(3, 4), PlaneMap::IDENTITY, smooth);
            assert_eq!(out.iter().map(|p| p[0]).collect::<Vec<_>>(), [0, 1, 2, 3, 40, 41, 42, 43, 80, 81, 82, 83]);
        }
    }

    #[test]
    fn enlarged_smoothly_it_follows_bilinear_half_pixel_centres() {
        // OpenCV INTER_LINEAR of [0, 100] to 4 columns: 0, 25, 75, 100.
        let picture = gray(ndarray::array![[0.0, 100.0]]);
        let map = PlaneMap { scale_x: 0.5, ..PlaneMap::IDENTITY };
        let out = drawn(&picture, Size::new(1, 4), map, true);
        assert_eq!(out.iter().map(|p| p[0]).collect::<Vec<_>>(), [0, 25, 75, 100]);
        let blocks = drawn(&picture, Size::new(1, 4), map, false);
        assert_eq!(blocks.iter().map(|p| p[0]).collect::<Vec<_>>(), [0, 0, 100, 100]);
    }

    #[test]
    fn outside_the_picture_is_transparent() {
        let picture = gray(Array2::from_elem((1, 1), 9.0));
        let map = PlaneMap { offset_x: -1.0, ..PlaneMap::IDENTITY };
        let out = drawn(&picture, Size::new(1, 3), map, true);
        assert_eq!(out, [[0, 0, 0, 0], [9, 9, 9, 255], [0, 0, 0, 0]]);
    }

    #[test]
    fn a_large_picture_made_small_shows_means_not_single_pixels() {
        // A checkerboard of 0 and 200: any single pixel would be one of the two.
        let picture = gray(Array2::from_shape_fn((512, 512), |(r, c)| if (r + c) % 2 == 0 { 0.0 } else { 200.0 }));
        let map = PlaneMap { scale_x: 4.0, scale_y: 4.0, ..PlaneMap::IDENTITY };
        assert!(drawn(&picture, Size::new(128, 128), map, true).iter().all(|p| p[0] == 100));
    }

    #[test]
    fn a_picture_drawn_by_several_threads_is_the_same_picture() {
        let picture = gray(Array2::from_shape_fn((300, 300), |(r, c)| ((r * 7 + c * 3) % 256) as f32));
        let map = PlaneMap { scale_x: 0.25, scale_y: 0.25, ..PlaneMap::IDENTITY };
        let whole = drawn(&picture, Size::new(1200, 1200), map, true);
        let row = |r: usize| {
            let map = PlaneMap { offset_y: r as f64 * 0.25, ..map };
            drawn(&picture, Size::new(1, 1200), map, true)
        };
        for r in [0, 599, 600, 1199] {
            assert_eq!(whole[r * 1200..(r + 1) * 1200], row(r));
        }
    }

    #[test]
    fn colours_pass_through_and_invert_only_on_request() {
        let pixels = Pixels::Rgb(Array3::from_shape_fn((1, 1, 3), |(_, _, c)| [10, 20, 30][c]));
        let picture = Pyramid::new(Frame { pixels, windows: Vec::new(), eight_bit_picture: true });
        assert_eq!(drawn(&picture, Size::new(1, 1), PlaneMap::IDENTITY, true), [[10, 20, 30, 255]]);
    }
}
