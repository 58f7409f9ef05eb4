//! Draws the visible part of a picture at the resolution of the screen.

use super::{Pyramid, Shader};
use crate::geometry::{PlaneMap, Size};
use crate::scan::Pixels;

/// Rows of a screen that are worth a thread of their own.
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

/// Fills `out` with RGBA, row by row, `4 * rows * cols` bytes. Pixels outside the picture are transparent.
pub fn draw(picture: &Pyramid, view: &View, shader: &Shader, out: &mut Vec<u8>) {
    let Some(pixels) = view.size.pixels() else { return };
    out.clear();
    out.resize(pixels.saturating_mul(4), 0);
    if pixels == 0 || picture.size().pixels().unwrap_or(0) == 0 {
        return;
    }
    let map = &view.image_from_screen;
    let (level, factor) = picture.level(map.scale_x.abs().min(map.scale_y.abs()));
    let size = level.size();
    let edge = picture.size();
    let cols = axis(view.size.cols, map.scale_x, map.offset_x, edge.cols, factor, size.cols, view.smooth);
    let rows = axis(view.size.rows, map.scale_y, map.offset_y, edge.rows, factor, size.rows, view.smooth);

    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let parts = (pixels / PIXELS_PER_THREAD).clamp(1, threads);
    let rows_per_part = rows.len().div_ceil(parts);
    let stride = view.size.cols * 4;
    std::thread::scope(|scope| {
        let mut work = rows.chunks(rows_per_part).zip(out.chunks_mut(rows_per_part * stride));
        let own = work.next();
        for (rows, out) in work {
            scope.spawn(|| draw_rows(level, rows, &cols, shader, out));
        }
        if let Some((rows, out)) = own {
            draw_rows(level, rows, &cols, shader, out);
        }
    });
}

/// Where one screen row or column takes its values from: two neighbours and the share of the second.
#[derive(Clone, Copy)]
struct Tap {
    first: usize,
    second: usize,
    share: f32,
}

/// One entry for each screen pixel along an axis; `None` outside the picture (`edge` picture pixels long).
fn axis(
    count: usize,
    scale: f64,
    offset: f64,
    edge: usize,
    factor: f64,
    level_len: usize,
    smooth: bool,
) -> Vec<Option<Tap>> {
    let last = level_len.saturating_sub(1);
    let tap = |i: usize| {
        let image = (i as f64 + 0.5) * scale + offset;
        if image < 0.0 || image >= edge as f64 {
            return None;
        }
        let level = image / factor;
        if !smooth {
            let nearest = (level as usize).min(last);
            return Some(Tap { first: nearest, second: nearest, share: 0.0 });
        }
        let center = (level - 0.5).max(0.0);
        let first = (center as usize).min(last);
        Some(Tap { first, second: (first + 1).min(last), share: (center - first as f64) as f32 })
    };
    (0..count).map(tap).collect()
}

fn draw_rows(level: &Pixels, rows: &[Option<Tap>], cols: &[Option<Tap>], shader: &Shader, out: &mut [u8]) {
    for (row, out) in rows.iter().zip(out.chunks_exact_mut(cols.len() * 4)) {
        let Some(row) = row else { continue };
        match level {
            Pixels::Gray(values) => {
                let (above, below) = (values.row(row.first), values.row(row.second));
                // A row of a standard-layout array is one slice; indexing it is several times faster.
                if let (Some(above), Some(below)) = (above.as_slice(), below.as_slice()) {
                    draw_gray_row(above, below, row.share, cols, shader, out);
                } else {
                    draw_gray_row(&above.to_vec(), &below.to_vec(), row.share, cols, shader, out);
                }
            }
            Pixels::Rgb(values) => {
                let sample = |r, c, ch| values.get((r, c, ch)).copied().map_or(0.0, f32::from);
                for (col, out) in cols.iter().zip(out.chunks_exact_mut(4)) {
                    let Some(col) = col else { continue };
                    let rgb = [0, 1, 2].map(|ch| {
                        let above = mix(sample(row.first, col.first, ch), sample(row.first, col.second, ch), col.share);
                        let below =
                            mix(sample(row.second, col.first, ch), sample(row.second, col.second, ch), col.share);
                        (mix(above, below, row.share) + 0.5) as u8
                    });
                    let [r, g, b] = shader.rgb(rgb);
                    out.copy_from_slice(&[r, g, b, 255]);
                }
            }
        }
    }
}

fn draw_gray_row(above: &[f32], below: &[f32], share: f32, cols: &[Option<Tap>], shader: &Shader, out: &mut [u8]) {
    let at = |row: &[f32], index: usize| row.get(index).copied().unwrap_or(0.0);
    for (col, out) in cols.iter().zip(out.chunks_exact_mut(4)) {
        let Some(col) = col else { continue };
        let top = mix(at(above, col.first), at(above, col.second), col.share);
        let bottom = mix(at(below, col.first), at(below, col.second), col.share);
        let gray = shader.gray(mix(top, bottom, share));
        out.copy_from_slice(&[gray, gray, gray, 255]);
    }
}

/// Without the test, one infinite or missing neighbour would spoil a pixel that takes nothing from it.
fn mix(a: f32, b: f32, share: f32) -> f32 {
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
