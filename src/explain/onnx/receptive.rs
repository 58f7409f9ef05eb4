//! Where the cells of a feature map look on the picture.
//!
//! Cell `i` of a map is centred on pixel `i * stride + start` of the network's input (indices of pixel centres): a
//! window of kernel `k`, stride `s`, dilation `d` and padding `p` at the beginning moves `start` by
//! `(d * (k - 1) / 2 - p)` of its input's strides and multiplies the stride by `s` (Araujo et al. 2019, "Computing
//! Receptive Fields of Convolutional Neural Networks", <https://doi.org/10.23915/distill.00021>). Where branches meet
//! (residual sums, Inception), the one with the largest receptive field counts: it decides what the sum can see, and the
//! others differ from it by less than one stride.

use std::collections::HashMap;

use super::attributes::{int, ints, text};
use super::facts::Facts;
use super::window::{Window, windows};
use crate::geometry::PlaneMap;
use crate::onnx::Layout;
use crate::onnx::proto::NodeProto;

/// One axis of a map, in pixels of the network's input.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Pixels from one cell to the next.
    pub stride: f64,
    /// Pixel index at the centre of cell 0.
    pub start: f64,
    /// Pixels that one cell sees.
    pub field: f64,
}

impl Axis {
    const PICTURE: Self = Self { stride: 1.0, start: 0.0, field: 1.0 };

    fn through(self, window: &Window) -> Self {
        let reach = (window.dilation * window.kernel.saturating_sub(1)) as f64;
        Self {
            stride: self.stride * window.stride as f64,
            start: self.start + self.stride * (reach / 2.0 - window.pad_begin as f64),
            field: self.field + self.stride * reach,
        }
    }

    /// `first` cells were cut off (or, negative, added) in front, and every `step`-th was kept.
    fn cut(self, first: f64, step: f64) -> Self {
        Self { stride: self.stride * step, start: self.start + self.stride * first, ..self }
    }

    /// Made `factor` times as many cells; `half_pixel` keeps the edges in place, else the first centres.
    fn enlarged(self, factor: f64, half_pixel: bool) -> Self {
        let shift = if half_pixel { 0.5 / factor - 0.5 } else { 0.0 };
        Self { stride: self.stride / factor, start: self.start + self.stride * shift, ..self }
    }
}

/// The grid of a 4-D value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Which axis is which.
    pub layout: Layout,
    pub rows: Axis,
    pub cols: Axis,
}

impl Grid {
    /// From coordinates of the map to those of the network's input, both with cell edges at whole numbers.
    pub fn model_from_map(&self) -> PlaneMap {
        // Cell i has its centre at i + 0.5, pixel j at j + 0.5.
        let offset = |axis: &Axis| axis.start + 0.5 - 0.5 * axis.stride;
        PlaneMap {
            scale_x: self.cols.stride,
            scale_y: self.rows.stride,
            offset_x: offset(&self.cols),
            offset_y: offset(&self.rows),
        }
    }
}

/// Lengths of the spatial axes of a 4-D shape.
pub fn sides(shape: &[usize], layout: Layout) -> Option<(usize, usize)> {
    match (shape, layout) {
        ([_, _, rows, cols], Layout::Nchw) | ([_, rows, cols, _], Layout::Nhwc) => Some((*rows, *cols)),
        _ => None,
    }
}

/// Grids of all 4-D values that keep a spatial grid, from the picture on; nodes in order.
///
/// Reshaping loses the grid (ShuffleNet's channels, Inception's channels one by one, Swin's windows); where a later 4-D
/// value has the sides of the grid that it came from, it has that grid again.
pub fn grids(order: &[&NodeProto], facts: &Facts, input: &str, layout: Layout) -> HashMap<String, Grid> {
    let picture = Grid { layout, rows: Axis::PICTURE, cols: Axis::PICTURE };
    let mut grids = HashMap::from([(input.to_owned(), picture)]);
    // The last grid that each value without one came from, with its sides.
    let mut lost: HashMap<&str, (Grid, (usize, usize))> = HashMap::new();
    for node in order {
        let Some(shape) = node.output.first().and_then(|output| facts.shape(output)) else { continue };
        let source = widest_source(node, facts, &grids);
        let source = longest_part(node, facts, &grids).or(source);
        let kept =
            source.and_then(|(source, grid)| after(node, facts, source, grid, shape)).filter(|_| shape.len() == 4);
        let own = source.and_then(|(name, grid)| Some((grid, sides(facts.shape(name)?, grid.layout)?)));
        let came_from = own.or_else(|| node.input.iter().find_map(|input| lost.get(input.as_str()).copied()));
        let found = match kept {
            Some(grid) => Some(grid),
            None => came_from.and_then(|(grid, known)| (sides(shape, grid.layout)? == known).then_some(grid)),
        };
        for output in node.output.iter().filter(|name| !name.is_empty()) {
            match (found, came_from) {
                (Some(grid), _) => drop(grids.insert(output.clone(), grid)),
                (None, Some(known)) => drop(lost.insert(output, known)),
                (None, None) => {}
            }
        }
    }
    grids
}

/// The input with the largest receptive field; those of a single cell (squeeze-and-excitation) do not count.
fn widest_source<'a>(node: &'a NodeProto, facts: &Facts, grids: &HashMap<String, Grid>) -> Option<(&'a str, Grid)> {
    let mut best: Option<(&str, Grid)> = None;
    for name in &node.input {
        let Some(grid) = grids.get(name) else { continue };
        let cells = facts.shape(name).and_then(|shape| sides(shape, grid.layout)).map_or(0, |(rows, cols)| rows * cols);
        let field = |grid: &Grid| grid.rows.field * grid.cols.field;
        let better = best.is_none_or(|(known, other)| {
            let known = facts.shape(known).and_then(|shape| sides(shape, other.layout)).map_or(0, |(r, c)| r * c);
            (cells > 1 && known <= 1) || ((cells > 1 || known <= 1) && field(grid) > field(&other))
        });
        if better {
            best = Some((name, *grid));
        }
    }
    best
}

/// Of a Concat along rows or columns (a border put around: circular padding), the longest part, whose cells come behind
/// those of the parts before it.
fn longest_part<'a>(node: &'a NodeProto, facts: &Facts, grids: &HashMap<String, Grid>) -> Option<(&'a str, Grid)> {
    let (axis, of_rows) = spatial_concat(node, facts, grids)?;
    let length = |name: &str| facts.shape(name).and_then(|shape| shape.get(axis).copied()).unwrap_or(0);
    let longest = node.input.iter().filter(|name| grids.contains_key(*name)).max_by_key(|name| length(name))?;
    let before: usize = node.input.iter().take_while(|name| *name != longest).map(|name| length(name)).sum();
    let mut grid = *grids.get(longest)?;
    let moved = if of_rows { &mut grid.rows } else { &mut grid.cols };
    *moved = moved.cut(-(before as f64), 1.0);
    Some((longest, grid))
}

/// The axis, and whether it is that of the rows, of a Concat along rows or columns.
fn spatial_concat(node: &NodeProto, facts: &Facts, grids: &HashMap<String, Grid>) -> Option<(usize, bool)> {
    let (name, grid) = node.input.iter().find_map(|name| Some((name, grids.get(name)?)))?;
    let rank = i64::try_from(facts.shape(name)?.len()).ok()?;
    let axis = int(node, "axis", 0);
    let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).ok()?;
    let rows = if grid.layout == Layout::Nchw { 2 } else { 1 };
    (node.op_type == "Concat" && (axis == rows || axis == rows + 1)).then_some((axis, axis == rows))
}

fn after(node: &NodeProto, facts: &Facts, source: &str, grid: Grid, shape: &[usize]) -> Option<Grid> {
    let before = facts.shape(source)?;
    match node.op_type.as_str() {
        "Conv" | "MaxPool" | "AveragePool" | "LpPool" => {
            let found = windows(node, facts).ok()?;
            let [rows, cols] = found.as_slice() else { return None };
            Some(Grid { rows: grid.rows.through(rows), cols: grid.cols.through(cols), ..grid })
        }
        "ConvTranspose" => Some(transposed_conv(node, facts, grid)?),
        "Transpose" => match (ints(node, "perm")?, grid.layout) {
            ([0, 2, 3, 1], Layout::Nchw) => Some(Grid { layout: Layout::Nhwc, ..grid }),
            ([0, 3, 1, 2], Layout::Nhwc) => Some(Grid { layout: Layout::Nchw, ..grid }),
            ([0, 1, 2, 3], _) => Some(grid),
            _ => None,
        },
        // Of one channel, moving it is no more than another shape (tf2onnx writes it so).
        "Reshape" => {
            let (other, one_channel) = match (grid.layout, before) {
                (Layout::Nhwc, [_, _, _, 1]) => (Layout::Nchw, shape.get(1)?),
                (Layout::Nchw, [_, 1, _, _]) => (Layout::Nhwc, shape.get(3)?),
                _ => return None,
            };
            let moved = *one_channel == 1 && sides(before, grid.layout)? == sides(shape, other)?;
            moved.then_some(Grid { layout: other, ..grid })
        }
        "Pad" => {
            let pads = facts.integers(node.input.get(1)?)?;
            let (rows, cols) = match grid.layout {
                Layout::Nchw => (2, 3),
                Layout::Nhwc => (1, 2),
            };
            let first = |axis: usize| pads.get(axis).map(|pad| -(*pad as f64));
            let with_axes = node.input.get(3).is_some_and(|name| !name.is_empty());
            (!with_axes && pads.len() == 8).then_some(())?;
            Some(Grid { rows: grid.rows.cut(first(rows)?, 1.0), cols: grid.cols.cut(first(cols)?, 1.0), ..grid })
        }
        "Slice" => sliced(node, facts, grid, before),
        // Moved already.
        "Concat" if sides(before, grid.layout)? != sides(shape, grid.layout)? => Some(grid),
        "Resize" | "Upsample" => {
            let half_pixel = text(node, "coordinate_transformation_mode", "half_pixel") != "asymmetric";
            let (old, new) = (sides(before, grid.layout)?, sides(shape, grid.layout)?);
            let factor = |new: usize, old: usize| new as f64 / old.max(1) as f64;
            let rows = grid.rows.enlarged(factor(new.0, old.0), half_pixel);
            Some(Grid { rows, cols: grid.cols.enlarged(factor(new.1, old.1), half_pixel), ..grid })
        }
        // Everything that works value by value, channel by channel or along the channels keeps the grid.
        _ => {
            let keeps = sides(before, grid.layout)? == sides(shape, grid.layout)?;
            let mixes = matches!(node.op_type.as_str(), "Einsum" | "DepthToSpace" | "SpaceToDepth");
            (keeps && !mixes).then_some(grid)
        }
    }
}

fn transposed_conv(node: &NodeProto, facts: &Facts, grid: Grid) -> Option<Grid> {
    let weights = facts.shape(node.input.get(1)?)?;
    let at = |name: &str, axis: usize, default: f64| {
        ints(node, name).and_then(|values| values.get(axis)).map_or(default, |value| *value as f64)
    };
    let step = |axis: Axis, place: usize| {
        let kernel = weights.get(2 + place).copied().unwrap_or(1) as f64;
        let shift =
            (at("pads", place, 0.0) - at("dilations", place, 1.0) * (kernel - 1.0) / 2.0) / at("strides", place, 1.0);
        Axis { stride: axis.stride / at("strides", place, 1.0), start: axis.start + axis.stride * shift, ..axis }
    };
    Some(Grid { rows: step(grid.rows, 0), cols: step(grid.cols, 1), ..grid })
}

fn sliced(node: &NodeProto, facts: &Facts, grid: Grid, before: &[usize]) -> Option<Grid> {
    let starts = facts.integers(node.input.get(1)?)?;
    let list =
        |place: usize| node.input.get(place).filter(|name| !name.is_empty()).and_then(|name| facts.integers(name));
    let axes = list(3).unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = list(4).unwrap_or_else(|| vec![1; starts.len()]);
    let mut cut = grid;
    for ((start, axis), step) in starts.iter().zip(axes).zip(steps) {
        let axis = usize::try_from(if axis < 0 { axis + 4 } else { axis }).ok()?;
        let length = i64::try_from(*before.get(axis)?).ok()?;
        let first = if *start < 0 { start.saturating_add(length) } else { *start }.clamp(0, length) as f64;
        (step > 0).then_some(())?;
        match (grid.layout, axis) {
            (Layout::Nchw, 2) | (Layout::Nhwc, 1) => cut.rows = cut.rows.cut(first, step as f64),
            (Layout::Nchw, 3) | (Layout::Nhwc, 2) => cut.cols = cut.cols.cut(first, step as f64),
            _ => {}
        }
    }
    Some(cut)
}

#[cfg(test)]
mod tests {
    use super::{Axis, Grid};
    use crate::explain::onnx::window::Window;
    use crate::onnx::Layout;

    fn window(kernel: usize, stride: usize, dilation: usize, pad_begin: usize) -> Window {
        Window { kernel, stride, dilation, pad_begin, pad_end: 0, input: 64, output: 32 }
    }

    #[test]
    fn windows_move_centres_by_half_their_reach_less_the_padding() {
        // PyTorch's stem, 7 x 7 with step 2 and padding 3: cell 0 is centred on pixel 0.
        let stem = Axis::PICTURE.through(&window(7, 2, 1, 3));
        assert_eq!(stem, Axis { stride: 2.0, start: 0.0, field: 7.0 });
        // Keras pads 3 x 3 with step 2 at the end only: cell 0 is centred on pixel 1.
        let same = Axis::PICTURE.through(&window(3, 2, 1, 0));
        assert_eq!(same, Axis { stride: 2.0, start: 1.0, field: 3.0 });
        // A second one: 1 + 2 * 1.
        assert_eq!(same.through(&window(3, 2, 1, 0)), Axis { stride: 4.0, start: 3.0, field: 7.0 });
        // 2 x 2 pooling lies between two pixels.
        assert_eq!(Axis::PICTURE.through(&window(2, 2, 1, 0)).start, 0.5);
        assert_eq!(Axis::PICTURE.through(&window(3, 1, 2, 2)), Axis { stride: 1.0, start: 0.0, field: 5.0 });
    }

    #[test]
    fn cutting_and_enlarging_keep_the_place() {
        let pooled = Axis::PICTURE.through(&window(2, 2, 1, 0));
        // Enlarged to twice the cells again, edges kept: pixel for pixel.
        assert_eq!(pooled.enlarged(2.0, true), Axis { stride: 1.0, start: 0.0, field: 2.0 });
        assert_eq!(pooled.cut(3.0, 2.0), Axis { stride: 4.0, start: 6.5, field: 2.0 });
        // One cell of padding in front.
        assert_eq!(pooled.cut(-1.0, 1.0).start, -1.5);
    }

    #[test]
    fn a_map_of_even_pools_covers_the_picture_edge_to_edge() {
        let rows = Axis::PICTURE.through(&window(2, 2, 1, 0)).through(&window(2, 2, 1, 0));
        let grid = Grid { layout: Layout::Nchw, rows, cols: Axis::PICTURE.through(&window(7, 2, 1, 3)) };
        let map = grid.model_from_map();
        assert_eq!(map.apply((0.5, 0.0)), (0.5, 0.0));
        assert_eq!(map.apply((1.5, 16.0)), (2.5, 64.0));
    }
}
