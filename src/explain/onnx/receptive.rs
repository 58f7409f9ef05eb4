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

/// The grid of a 4-D value, or of a volume's 5-D value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Which axis is which.
    pub layout: Layout,
    /// Of a volume; that of the picture itself for pictures.
    pub depth: Axis,
    pub rows: Axis,
    pub cols: Axis,
}

impl Grid {
    /// The axes of space in the value's order: two, or three of a volume.
    fn spatial(&mut self) -> Vec<&mut Axis> {
        let Self { layout, depth, rows, cols } = self;
        if layout.is_volume() { vec![depth, rows, cols] } else { vec![rows, cols] }
    }

    /// Which of them, if any, is axis `axis` of the value.
    fn place(&self, axis: usize) -> Option<usize> {
        let (first, count) = (self.layout.first_spatial(), self.layout.rank() - 2);
        axis.checked_sub(first).filter(|place| *place < count)
    }

    /// Every axis of space changed by its own item; `None` where there are more or fewer items.
    fn each<T>(mut self, items: &[T], change: impl Fn(Axis, &T) -> Axis) -> Option<Self> {
        let axes = self.spatial();
        if axes.len() != items.len() {
            return None;
        }
        for (axis, item) in axes.into_iter().zip(items) {
            *axis = change(*axis, item);
        }
        Some(self)
    }

    /// Voxels of the network's input that one cell sees, in all directions.
    pub fn field(&self) -> f64 {
        self.depth.field * self.rows.field * self.cols.field
    }

    /// Scale and offset from the map's depth to that of the network's input, cell edges at whole numbers.
    pub fn model_depth_from_map(&self) -> (f64, f64) {
        (self.depth.stride, edges(&self.depth))
    }

    /// From coordinates of the map to those of the network's input, both with cell edges at whole numbers.
    pub fn model_from_map(&self) -> PlaneMap {
        PlaneMap {
            scale_x: self.cols.stride,
            scale_y: self.rows.stride,
            offset_x: edges(&self.cols),
            offset_y: edges(&self.rows),
        }
    }
}

/// Where the edge of cell 0 lies: cell i has its centre at i + 0.5, pixel j at j + 0.5.
fn edges(axis: &Axis) -> f64 {
    axis.start + 0.5 - 0.5 * axis.stride
}

/// Depth (1 of a picture), rows and columns of a value's shape.
pub fn sides(shape: &[usize], layout: Layout) -> Option<[usize; 3]> {
    let first = layout.first_spatial();
    match shape.get(first..first + layout.rank() - 2).filter(|_| shape.len() == layout.rank())? {
        [rows, cols] => Some([1, *rows, *cols]),
        [depth, rows, cols] => Some([*depth, *rows, *cols]),
        _ => None,
    }
}

/// Grids of all values that keep a spatial grid and its number of axes, from the picture (or volume) on; nodes in order.
///
/// Reshaping loses the grid (ShuffleNet's channels, Inception's channels one by one, Swin's windows); where a later
/// value has the sides of the grid that it came from, it has that grid again.
pub fn grids(order: &[&NodeProto], facts: &Facts, input: &str, layout: Layout) -> HashMap<String, Grid> {
    let picture = Grid { layout, depth: Axis::PICTURE, rows: Axis::PICTURE, cols: Axis::PICTURE };
    let mut grids = HashMap::from([(input.to_owned(), picture)]);
    // The last grid that each value without one came from, with its sides.
    let mut lost: HashMap<&str, (Grid, [usize; 3])> = HashMap::new();
    for node in order {
        let Some(shape) = node.output.first().and_then(|output| facts.shape(output)) else { continue };
        let source = widest_source(node, facts, &grids);
        let source = longest_part(node, facts, &grids).or(source);
        let kept = source
            .and_then(|(source, grid)| after(node, facts, source, grid, shape))
            .filter(|_| shape.len() == layout.rank());
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
    let cells = |name: &str, grid: &Grid| -> usize {
        facts.shape(name).and_then(|shape| sides(shape, grid.layout)).map_or(0, |sides| sides.iter().product())
    };
    let mut best: Option<(&str, Grid)> = None;
    for name in &node.input {
        let Some(grid) = grids.get(name) else { continue };
        let own = cells(name, grid);
        let better = best.is_none_or(|(known, other)| {
            let known = cells(known, &other);
            (own > 1 && known <= 1) || ((own > 1 || known <= 1) && grid.field() > other.field())
        });
        if better {
            best = Some((name, *grid));
        }
    }
    best
}

/// Of a Concat along an axis of space (a border put around: circular padding), the longest part, whose cells come behind
/// those of the parts before it.
fn longest_part<'a>(node: &'a NodeProto, facts: &Facts, grids: &HashMap<String, Grid>) -> Option<(&'a str, Grid)> {
    let (axis, place) = spatial_concat(node, facts, grids)?;
    let length = |name: &str| facts.shape(name).and_then(|shape| shape.get(axis).copied()).unwrap_or(0);
    let longest = node.input.iter().filter(|name| grids.contains_key(*name)).max_by_key(|name| length(name))?;
    let before: usize = node.input.iter().take_while(|name| *name != longest).map(|name| length(name)).sum();
    let mut grid = *grids.get(longest)?;
    if let Some(moved) = grid.spatial().into_iter().nth(place) {
        *moved = moved.cut(-(before as f64), 1.0);
    }
    Some((longest, grid))
}

/// The axis, and which axis of space it is, of a Concat along one.
fn spatial_concat(node: &NodeProto, facts: &Facts, grids: &HashMap<String, Grid>) -> Option<(usize, usize)> {
    let (name, grid) = node.input.iter().find_map(|name| Some((name, grids.get(name)?)))?;
    let rank = i64::try_from(facts.shape(name)?.len()).ok()?;
    let axis = int(node, "axis", 0);
    let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).ok()?;
    (node.op_type == "Concat").then_some((axis, grid.place(axis)?))
}

fn after(node: &NodeProto, facts: &Facts, source: &str, grid: Grid, shape: &[usize]) -> Option<Grid> {
    let before = facts.shape(source)?;
    match node.op_type.as_str() {
        "Conv" | "ConvInteger" | "QLinearConv" | "MaxPool" | "AveragePool" | "LpPool" => {
            grid.each(&windows(node, facts).ok()?, |axis, window| axis.through(window))
        }
        "ConvTranspose" => Some(transposed_conv(node, facts, grid)?),
        "Transpose" => transposed(ints(node, "perm")?, grid),
        // Of one channel, moving it is no more than another shape (tf2onnx writes it so).
        "Reshape" => moved_alone(grid, before, shape),
        "Pad" => {
            let pads = facts.integers(node.input.get(1)?)?;
            let with_axes = node.input.get(3).is_some_and(|name| !name.is_empty());
            (!with_axes && pads.len() == 2 * grid.layout.rank()).then_some(())?;
            let first = grid.layout.first_spatial();
            grid.each(pads.get(first..first + grid.layout.rank() - 2)?, |axis, pad| axis.cut(-(*pad as f64), 1.0))
        }
        "Slice" => sliced(node, facts, grid, before),
        // Moved already.
        "Concat" if sides(before, grid.layout)? != sides(shape, grid.layout)? => Some(grid),
        "Resize" | "Upsample" => {
            let half_pixel = text(node, "coordinate_transformation_mode", "half_pixel") != "asymmetric";
            let (old, new) = (sides(before, grid.layout)?, sides(shape, grid.layout)?);
            let factors: Vec<f64> = new.iter().zip(old).map(|(new, old)| *new as f64 / old.max(1) as f64).collect();
            let own = factors.get(if grid.layout.is_volume() { 0 } else { 1 }..)?;
            grid.each(own, |axis, factor| axis.enlarged(*factor, half_pixel))
        }
        // Everything that works value by value, channel by channel or along the channels keeps the grid.
        _ => {
            let keeps = sides(before, grid.layout)? == sides(shape, grid.layout)?;
            let mixes = matches!(node.op_type.as_str(), "Einsum" | "DepthToSpace" | "SpaceToDepth");
            (keeps && !mixes).then_some(grid)
        }
    }
}

/// Channels to the end or to the front; nothing else keeps a grid.
fn transposed(perm: &[i64], grid: Grid) -> Option<Grid> {
    let turned = match (perm, grid.layout) {
        ([0, 2, 3, 1], Layout::Nchw) => Layout::Nhwc,
        ([0, 3, 1, 2], Layout::Nhwc) => Layout::Nchw,
        ([0, 2, 3, 4, 1], Layout::Ncdhw) => Layout::Ndhwc,
        ([0, 4, 1, 2, 3], Layout::Ndhwc) => Layout::Ncdhw,
        _ => {
            let stays = perm.len() == grid.layout.rank() && perm.iter().enumerate().all(|(at, own)| at as i64 == *own);
            return stays.then_some(grid);
        }
    };
    Some(Grid { layout: turned, ..grid })
}

/// Another shape of the same values that only moves the one channel there is.
fn moved_alone(grid: Grid, before: &[usize], shape: &[usize]) -> Option<Grid> {
    let other = Layout::of(grid.layout.is_volume(), !grid.layout.channels_first());
    let one =
        |shape: &[usize], layout: Layout| shape.len() == layout.rank() && shape.get(layout.channel_axis()) == Some(&1);
    let moved = one(before, grid.layout) && one(shape, other) && sides(before, grid.layout)? == sides(shape, other)?;
    moved.then_some(Grid { layout: other, ..grid })
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
    let places: Vec<usize> = (0..grid.layout.rank() - 2).collect();
    grid.each(&places, |axis, place| step(axis, *place))
}

fn sliced(node: &NodeProto, facts: &Facts, grid: Grid, before: &[usize]) -> Option<Grid> {
    let starts = facts.integers(node.input.get(1)?)?;
    let list =
        |place: usize| node.input.get(place).filter(|name| !name.is_empty()).and_then(|name| facts.integers(name));
    let axes = list(3).unwrap_or_else(|| (0..starts.len() as i64).collect());
    let steps = list(4).unwrap_or_else(|| vec![1; starts.len()]);
    let rank = i64::try_from(before.len()).ok()?;
    let mut cut = grid;
    for ((start, axis), step) in starts.iter().zip(axes).zip(steps) {
        let axis = usize::try_from(if axis < 0 { axis + rank } else { axis }).ok()?;
        let length = i64::try_from(*before.get(axis)?).ok()?;
        let first = if *start < 0 { start.saturating_add(length) } else { *start }.clamp(0, length) as f64;
        (step > 0).then_some(())?;
        if let Some(moved) = grid.place(axis).and_then(|place| cut.spatial().into_iter().nth(place)) {
            *moved = moved.cut(first, step as f64);
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
        let grid =
            Grid { layout: Layout::Nchw, depth: Axis::PICTURE, rows, cols: Axis::PICTURE.through(&window(7, 2, 1, 3)) };
        let map = grid.model_from_map();
        assert_eq!(map.apply((0.5, 0.0)), (0.5, 0.0));
        assert_eq!(map.apply((1.5, 16.0)), (2.5, 64.0));
    }
}
