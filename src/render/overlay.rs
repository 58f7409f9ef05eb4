//! A saliency map over a picture.
//!
//! The map is taken at the centres of its cells and bilinearly between them (the half-pixel convention: cell 0 covers
//! 0..1 and has its centre at 0.5), beyond the outermost centres the outermost value goes on. Where the model
//! saw nothing, because it got only a crop, the picture stays as it is. The same numbers are read by [`evidence_at`].

use ndarray::ArrayView2;

use super::paint::lay_over;
use super::taps::{Axis, Tap, Taps};
use super::view::{blend, mix};
use super::{Canvas, Paint};
use crate::geometry::{Area, PlaneMap, Size};

/// Pixels that are worth a thread of their own.
const PIXELS_PER_THREAD: usize = 1 << 18;
const MOST_THREADS: usize = 8;

/// A map and where it lies.
#[derive(Clone, Copy, Debug)]
pub struct PlacedMap<'a> {
    /// Raw evidence, `[rows, cols]`.
    pub values: ArrayView2<'a, f32>,
    /// Cells (edges at whole numbers) to pixels of the canvas: `image_from_map` for a picture of the image's own size,
    /// `screen_from_image` after it for a view.
    pub canvas_from_map: PlaneMap,
    /// What the model saw, in the map's coordinates: receptive fields' centres need not reach its edges.
    pub seen: Area,
}

impl<'a> PlacedMap<'a> {
    /// A map whose cells cover just what the model saw.
    pub fn whole(values: ArrayView2<'a, f32>, canvas_from_map: PlaneMap) -> Self {
        let (rows, cols) = values.dim();
        Self { values, canvas_from_map, seen: Area::whole(rows, cols) }
    }

    /// Along its rows and columns, what a canvas of `size` takes of the map. `None` where it cannot be drawn: an empty
    /// map, or one that is laid nowhere.
    pub fn axes(&self, size: Size) -> Option<(Axis, Axis)> {
        let back = usable_inverse(&self.canvas_from_map)?;
        let (rows, cols) = self.values.dim();
        let axis = |count, (scale, offset), edge, values| Axis {
            count,
            scale,
            offset,
            edge,
            factor: 1.0,
            values,
            smooth: true,
        };
        (rows > 0 && cols > 0).then(|| {
            (
                axis(size.rows, (back.scale_y, back.offset_y), self.seen.y, rows),
                axis(size.cols, (back.scale_x, back.offset_x), self.seen.x, cols),
            )
        })
    }
}

/// Colours `canvas` with a map. Transparent pixels, outside the image, stay transparent. Costs a fixed time per pixel.
pub fn draw_overlay(canvas: &mut Canvas<'_>, placed: &PlacedMap<'_>, paint: &Paint) {
    let map = placed.values;
    let size = canvas.size();
    let Some((rows, cols)) = placed.axes(size) else { return };
    if canvas.pixels_mut().is_empty() {
        return;
    }
    let (rows, cols) = (rows.taps(), cols.taps());

    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_THREADS);
    let parts = (size.pixels().unwrap_or(0) / PIXELS_PER_THREAD).clamp(1, threads);
    let rows_per_part = size.rows.div_ceil(parts);
    let (rows, cols) = (&rows, &cols);
    std::thread::scope(|scope| {
        let mut work = canvas.pixels_mut().chunks_mut(rows_per_part * size.cols).enumerate();
        let own = work.next();
        for (part, pixels) in work {
            scope.spawn(move || color_rows(pixels, size, map, (rows, cols), part * rows_per_part, paint));
        }
        if let Some((_, pixels)) = own {
            color_rows(pixels, size, map, (rows, cols), 0, paint);
        }
    });
}

/// The way back of a map whose numbers are all finite.
pub(super) fn usable_inverse(map: &PlaneMap) -> Option<PlaneMap> {
    let finite = |map: &PlaneMap| [map.scale_x, map.scale_y, map.offset_x, map.offset_y].iter().all(|v| v.is_finite());
    map.inverse().filter(|back| finite(map) && finite(back))
}

/// Pixels of a row between the same two cells.
struct Run {
    first: usize,
    second: usize,
    /// Of the second cell, for each pixel.
    shares: Vec<f32>,
}

fn runs(cols: &Taps) -> Vec<Run> {
    let same = cols.taps.chunk_by(|a, b| (a.first, a.second) == (b.first, b.second));
    same.filter_map(|taps| {
        let shares = taps.iter().map(|tap| tap.share).collect();
        taps.first().map(|tap| Run { first: tap.first, second: tap.second, shares })
    })
    .collect()
}

/// Colours the canvas's rows from `first_row` on.
fn color_rows(
    pixels: &mut [[u8; 4]],
    size: Size,
    map: ArrayView2<'_, f32>,
    (rows, cols): (&Taps, &Taps),
    first_row: usize,
    paint: &Paint,
) {
    let runs = runs(cols);
    let (mut between, mut brush) = (Vec::new(), Brush::default());
    for (row, pixels) in (first_row..).zip(pixels.chunks_exact_mut(size.cols)) {
        let Some(tap) = row.checked_sub(rows.start).and_then(|row| rows.taps.get(row)) else { continue };
        let cells = |index| map.row(index).into_iter().copied();
        blend(cells(tap.first), cells(tap.second), tap.share, &mut between);
        let mut rest = pixels.get_mut(cols.start..).unwrap_or_default();
        for run in &runs {
            let Some((pixels, later)) = rest.split_at_mut_checked(run.shares.len()) else { break };
            rest = later;
            let (Some(first), Some(second)) = (between.get(run.first), between.get(run.second)) else { continue };
            if paint.may_color(*first, *second) {
                brush.color(pixels, &run.shares, (*first, *second), paint);
            }
        }
    }
}

/// Colours a run in three passes over short buffers: of these, the processor does the first and the last for many
/// pixels at a time, which one pass would not allow.
#[derive(Default)]
struct Brush {
    steps: Vec<u16>,
    keep: Vec<[u16; 4]>,
    add: Vec<[u16; 4]>,
}

impl Brush {
    fn color(&mut self, pixels: &mut [[u8; 4]], shares: &[f32], (first, second): (f32, f32), paint: &Paint) {
        self.steps.clear();
        if second.is_finite() {
            let rise = second - first;
            self.steps.extend(shares.iter().map(|share| paint.step(first + rise * share)));
        } else {
            self.steps.extend(shares.iter().map(|share| paint.step(mix(first, second, *share))));
        }
        self.keep.resize(self.steps.len(), [0; 4]);
        self.add.resize(self.steps.len(), [0; 4]);
        let layers = self.keep.iter_mut().zip(&mut self.add);
        for ((pixel, step), (keep, add)) in pixels.iter().zip(&self.steps).zip(layers) {
            let layer = paint.layer(if pixel[3] == 0 { 0 } else { *step });
            (*keep, *add) = (layer.keep, layer.add);
        }
        let channels = pixels.as_flattened_mut().iter_mut();
        for ((channel, keep), add) in channels.zip(self.keep.as_flattened()).zip(self.add.as_flattened()) {
            *channel = lay_over(*channel, *keep, *add);
        }
    }
}

/// The evidence at a point `(x, y)` of the image, as [`draw_overlay`] colours it: for a cursor's reading. `None`
/// outside of what the model saw, and where the map has no number.
pub fn evidence_at(placed: &PlacedMap<'_>, point: (f64, f64)) -> Option<f32> {
    let map = placed.values;
    let (rows, cols) = map.dim();
    let (x, y) = usable_inverse(&placed.canvas_from_map)?.apply(point);
    if !placed.seen.contains((x, y)) {
        return None;
    }
    let value = sample(map, Tap::smooth(y, rows.checked_sub(1)?), Tap::smooth(x, cols.checked_sub(1)?))?;
    value.is_finite().then_some(value)
}

/// The map between four neighbouring cells.
pub(super) fn sample(map: ArrayView2<'_, f32>, row: Tap, col: Tap) -> Option<f32> {
    let between = |col: usize| Some(mix(*map.get((row.first, col))?, *map.get((row.second, col))?, row.share));
    Some(mix(between(col.first)?, between(col.second)?, col.share))
}

#[cfg(test)]
mod tests;
