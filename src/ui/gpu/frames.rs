//! The values of frames as textures: in tiles, each uploaded when it is first seen, the longest unseen dropped first.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use ndarray::s;

use super::GpuError;
use super::device::{Device, Texels, Texture};
use crate::geometry::Size;
use crate::render::{Sampling, Taps};
use crate::scan::{Frame, Pixels};

/// Values from one tile to the next, along both axes: 4 MiB a tile, so that a picture that is moved under the pointer
/// never brings more than a few to upload.
const STEP: usize = 1024;
/// Texture memory for values, bytes, and how many textures at most.
const MOST_BYTES: usize = 256 << 20;
const MOST_TILES: usize = 1024;

/// Address of the frame, which its entry's `Weak` keeps from being given to another; the pixels one value covers; the
/// tile's place.
type Key = (usize, u32, [usize; 2]);

struct Tile {
    frame: Weak<Frame>,
    texture: Texture,
    used: u64,
}

/// Pixels of a view that lie on one tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub key: Key,
    /// The tile's first row and column.
    pub first: [usize; 2],
    /// Rows and columns of the view: first, and how many.
    pub rows: (usize, usize),
    pub cols: (usize, usize),
}

pub(super) struct Frames {
    tiles: HashMap<Key, Tile>,
    bytes: usize,
    clock: u64,
    step: usize,
}

impl Frames {
    /// A tile also holds the first row and column of the next ones, which the pixels at its edge are mixed with.
    pub fn new(max_side: usize) -> Self {
        Self { tiles: HashMap::new(), bytes: 0, clock: 0, step: STEP.min(max_side.saturating_sub(1)).max(1) }
    }

    /// Uploads what the view needs and is not there yet; drops frames that nobody holds any more, then the longest
    /// unseen above the limits. What the view needs is never dropped.
    pub fn ready(
        &mut self,
        device: &mut Device,
        frame: &Arc<Frame>,
        sampling: &Sampling<'_>,
        (rows, cols): (&Taps, &Taps),
    ) -> Result<Vec<Part>, GpuError> {
        self.clock += 1;
        self.drop_dead(device);
        let address = Arc::as_ptr(frame) as usize;
        let mut parts = Vec::new();
        for (row, rows) in runs(rows, self.step) {
            for (col, cols) in runs(cols, self.step) {
                let key = (address, sampling.factor as u32, [row, col]);
                let first = [row * self.step, col * self.step];
                parts.push(Part { key, first, rows, cols });
                if let Some(tile) = self.tiles.get_mut(&key) {
                    tile.used = self.clock;
                    continue;
                }
                let texture = upload(device, sampling.level, first, self.step)?;
                self.bytes += texture.bytes;
                self.tiles.insert(key, Tile { frame: Arc::downgrade(frame), texture, used: self.clock });
            }
        }
        self.drop_oldest(device);
        Ok(parts)
    }

    pub fn get(&self, key: &Key) -> Option<&Texture> {
        self.tiles.get(key).map(|tile| &tile.texture)
    }

    pub fn drop_dead(&mut self, device: &mut Device) {
        let dead = |(key, tile): (&Key, &Tile)| (tile.frame.strong_count() == 0).then_some(*key);
        for key in self.tiles.iter().filter_map(dead).collect::<Vec<_>>() {
            self.drop_tile(device, &key);
        }
    }

    fn drop_oldest(&mut self, device: &mut Device) {
        if self.bytes <= MOST_BYTES && self.tiles.len() <= MOST_TILES {
            return;
        }
        let unseen = |(key, tile): (&Key, &Tile)| (tile.used < self.clock).then_some((tile.used, *key));
        let mut unseen: Vec<(u64, Key)> = self.tiles.iter().filter_map(unseen).collect();
        unseen.sort_unstable();
        for (_, key) in unseen {
            if self.bytes <= MOST_BYTES && self.tiles.len() <= MOST_TILES {
                break;
            }
            self.drop_tile(device, &key);
        }
    }

    fn drop_tile(&mut self, device: &mut Device, key: &Key) {
        if let Some(tile) = self.tiles.remove(key) {
            self.bytes = self.bytes.saturating_sub(tile.texture.bytes);
            device.free(tile.texture);
        }
    }

    pub fn free(&mut self, device: &mut Device) {
        for (_, tile) in self.tiles.drain() {
            device.free(tile.texture);
        }
        self.bytes = 0;
    }
}

/// The pixels of an axis that take their first value from the same tile: the tile, the first pixel, how many.
fn runs(taps: &Taps, step: usize) -> Vec<(usize, (usize, usize))> {
    let mut start = taps.start;
    let run = |run: &[crate::render::Tap]| {
        let place = (start, run.len());
        start += run.len();
        (run.first().map_or(0, |tap| tap.first / step), place)
    };
    taps.taps.chunk_by(|a, b| a.first / step == b.first / step).map(run).collect()
}

fn upload(device: &mut Device, level: &Pixels, [row, col]: [usize; 2], step: usize) -> Result<Texture, GpuError> {
    let whole = level.size();
    let end = |first: usize, len: usize| (first + step + 1).min(len).max(first);
    let (rows, cols) = (row.min(whole.rows)..end(row, whole.rows), col.min(whole.cols)..end(col, whole.cols));
    let size = Size::new(rows.len(), cols.len());
    let start = rows.start * whole.cols + cols.start;
    match level {
        Pixels::Gray(values) => match values.as_slice().and_then(|values| values.get(start..)) {
            Some(rest) => device.upload(Texels::Value, size, whole.cols, bytemuck::cast_slice(rest)),
            None => {
                let tile: Vec<f32> = values.slice(s![rows, cols]).iter().copied().collect();
                device.upload(Texels::Value, size, size.cols, bytemuck::cast_slice(&tile))
            }
        },
        Pixels::Rgb(values) => match values.as_slice().and_then(|values| values.get(start * 3..)) {
            Some(rest) => device.upload(Texels::Rgb, size, whole.cols, rest),
            None => {
                let tile: Vec<u8> = values.slice(s![rows, cols, ..]).iter().copied().collect();
                device.upload(Texels::Rgb, size, size.cols, &tile)
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::Axis;

    fn axis(scale: f64, offset: f64) -> Axis {
        Axis { count: 12, scale, offset, edge: [0.0, 10.0], factor: 1.0, values: 10, smooth: false }
    }

    #[test]
    fn pixels_are_shared_out_to_the_tile_of_their_first_value() {
        assert_eq!(runs(&axis(1.0, 0.0).taps(), 4), [(0, (0, 4)), (1, (4, 4)), (2, (8, 2))]);
        assert_eq!(runs(&axis(1.0, -1.0).taps(), 20), [(0, (1, 10))]);
        assert_eq!(runs(&axis(1.0, 99.0).taps(), 4), []);
    }

    #[test]
    fn a_mirrored_picture_takes_its_tiles_from_the_other_end() {
        assert_eq!(runs(&axis(-1.0, 10.0).taps(), 4), [(2, (0, 2)), (1, (2, 4)), (0, (6, 4))]);
    }
}
