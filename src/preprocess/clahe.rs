//! Contrast-limited adaptive histogram equalisation: `cv2.createCLAHE(clipLimit, tileGridSize).apply` on uint8 (checked
//! against OpenCV 5.0.0, exact). Each tile gets a table from its clipped histogram; between tile centres the tables
//! are interpolated.

use super::equalize::one_channel;
use super::error::PreprocessError;
use super::picture::{Picture, Raster, array};
use super::smooth::mirror;

const LEVELS: usize = 256;

/// The finest grid along one axis.
const MAX_TILES: usize = 256;

type Table = [u8; LEVELS];

/// `tiles` is `[rows, cols]` of the grid (OpenCV's `tileGridSize` is `(cols, rows)`); `clip_limit` 0 clips nothing.
pub(super) fn clahe(picture: Picture, clip_limit: f64, tiles: [usize; 2]) -> Result<Picture, PreprocessError> {
    let step = "clahe";
    let values = one_channel(step, picture)?;
    let error = |parameter, value, rule| Err(PreprocessError::BadParameter { step, parameter, value, rule });
    if !(0.0..=1e6).contains(&clip_limit) {
        return error("clip_limit", clip_limit.to_string(), "between 0 and 1000000");
    }
    if tiles.iter().any(|count| !(1..=MAX_TILES).contains(count)) {
        return error("tiles", format!("{tiles:?}"), "[rows, cols], each from 1 to 256");
    }
    let source = Raster::of(&values);
    let grid = Grid::new(&source, tiles);
    let tables = grid.tables(&source, clip_limit);
    let cols: Vec<Between> = (0..source.cols).map(|col| Between::new(col, grid.tile_cols, tiles[1])).collect();
    let mut out = Vec::with_capacity(source.rows * source.cols);
    for row in 0..source.rows {
        let y = Between::new(row, grid.tile_rows, tiles[0]);
        let above = &tables[y.first * tiles[1]..(y.first + 1) * tiles[1]];
        let below = &tables[y.second * tiles[1]..(y.second + 1) * tiles[1]];
        out.extend(source.row(row).iter().zip(&cols).map(|(value, x)| {
            let level = |table: &Table| f32::from(table[usize::from(*value)]);
            let upper = level(&above[x.first]) * x.to_second + level(&above[x.second]) * x.to_first;
            let lower = level(&below[x.first]) * x.to_second + level(&below[x.second]) * x.to_first;
            (upper * y.to_second + lower * y.to_first).round_ties_even() as u8
        }));
    }
    Ok(Picture::U8(array(source.rows, source.cols, 1, out)))
}

/// Tiles of equal size. Where the picture does not divide evenly it is mirrored below and to the right, by a whole
/// tile's worth of pixels along an axis that would have divided, as OpenCV does.
struct Grid {
    tiles: [usize; 2],
    tile_rows: usize,
    tile_cols: usize,
}

impl Grid {
    fn new(source: &Raster<'_, u8>, tiles: [usize; 2]) -> Self {
        let even = source.rows.is_multiple_of(tiles[0]) && source.cols.is_multiple_of(tiles[1]);
        let size = |pixels: usize, tiles: usize| {
            if even { pixels / tiles } else { (pixels + tiles - pixels % tiles) / tiles }
        };
        Self { tiles, tile_rows: size(source.rows, tiles[0]), tile_cols: size(source.cols, tiles[1]) }
    }

    /// One table for each tile, row by row.
    fn tables(&self, source: &Raster<'_, u8>, clip_limit: f64) -> Vec<Table> {
        let pixels = self.tile_rows * self.tile_cols;
        let clip = if clip_limit > 0.0 { Some(((clip_limit * pixels as f64 / 256.0) as u32).max(1)) } else { None };
        let mut tables = Vec::with_capacity(self.tiles[0] * self.tiles[1]);
        for tile_row in 0..self.tiles[0] {
            for tile_col in 0..self.tiles[1] {
                let mut counts = [0_u32; LEVELS];
                for row in tile_row * self.tile_rows..(tile_row + 1) * self.tile_rows {
                    let line = source.row(mirror(row as isize, source.rows));
                    for col in tile_col * self.tile_cols..(tile_col + 1) * self.tile_cols {
                        counts[usize::from(line[mirror(col as isize, source.cols)])] += 1;
                    }
                }
                if let Some(clip) = clip {
                    redistribute(&mut counts, clip);
                }
                tables.push(table(&counts, pixels));
            }
        }
        tables
    }
}

/// Cuts every count to `clip`; what was cut off is spread over all levels, the remainder at even distances.
fn redistribute(counts: &mut [u32; LEVELS], clip: u32) {
    let mut clipped = 0;
    for count in counts.iter_mut() {
        clipped += count.saturating_sub(clip);
        *count = (*count).min(clip);
    }
    let share = clipped / LEVELS as u32;
    counts.iter_mut().for_each(|count| *count += share);
    let rest = clipped as usize % LEVELS;
    if let Some(step) = LEVELS.checked_div(rest) {
        counts.iter_mut().step_by(step).take(rest).for_each(|count| *count += 1);
    }
}

fn table(counts: &[u32; LEVELS], pixels: usize) -> Table {
    let scale = (LEVELS - 1) as f32 / pixels as f32;
    let mut sum = 0_u32;
    counts.map(|count| {
        sum += count;
        (sum as f32 * scale).round_ties_even() as u8
    })
}

/// Two neighbouring tiles along one axis, and how near a pixel is to each.
struct Between {
    first: usize,
    second: usize,
    /// Distance to the first tile's centre, in tiles.
    to_first: f32,
    to_second: f32,
}

impl Between {
    fn new(pixel: usize, tile: usize, tiles: usize) -> Self {
        let position = pixel as f32 * (1.0 / tile as f32) - 0.5;
        let first = position.floor();
        let to_first = position - first;
        Self {
            first: (first.max(0.0) as usize).min(tiles - 1),
            second: ((first + 1.0) as usize).min(tiles - 1),
            to_first,
            to_second: 1.0 - to_first,
        }
    }
}
