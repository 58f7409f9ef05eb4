//! The maps that a person can choose, in words, and which one is the default.

use std::collections::{HashMap, HashSet};

use super::dag;
use super::facts::Facts;
use super::receptive::{Grid, grids, sides};
use super::window::windows;
use crate::geometry::PlaneMap;
use crate::onnx::proto::NodeProto;
use crate::onnx::{Graph, Layout};

/// How the numbers of a map lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MapLayout {
    /// `[batch, channels, rows, cols]`.
    Nchw,
    /// `[batch, rows, cols, channels]`.
    Nhwc,
    /// `[batch, channels, depth, rows, cols]`.
    Ncdhw,
    /// `[batch, depth, rows, cols, channels]`.
    Ndhwc,
    /// `[batch, tokens, channels]`: the first `skip` tokens are no part of the picture (class token, registers), the
    /// others its patches row by row.
    Tokens { skip: usize },
}

/// A tensor between picture and logits that keeps a grid of the picture.
#[derive(Clone, Debug, PartialEq)]
pub struct FeatureMap {
    /// Name of the tensor.
    pub name: String,
    /// Name of the node that makes it; may be empty.
    pub node: String,
    /// The operator that makes it.
    pub op: String,
    pub layout: MapLayout,
    /// True where the graph works on transposed pictures: its first axis of space holds this map's columns.
    pub columns_first: bool,
    /// Of a volume's map; `None` for a picture's.
    pub depth: Option<MapDepth>,
    pub rows: usize,
    pub cols: usize,
    pub channels: usize,
    /// From the map's coordinates to those of the network's input (cell edges at whole numbers), by the centres of the
    /// receptive fields.
    pub model_from_map: PlaneMap,
    /// Side of the receptive field, in rows and columns of the network's input.
    pub field: (f64, f64),
    /// True where only an average over the grid and a linear layer follow: CAM, Grad-CAM, HiResCAM and XGrad-CAM are
    /// then the same map up to its scale.
    pub linear_head: bool,
}

/// The third direction of a volume's map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MapDepth {
    pub cells: usize,
    /// Scale and offset from the map's depth to that of the network's input, edges at whole numbers.
    pub model_from_map: (f64, f64),
}

impl FeatureMap {
    /// The upright map of a graph that is fed with columns before rows.
    fn transposed(self) -> Self {
        let PlaneMap { scale_x, scale_y, offset_x, offset_y } = self.model_from_map;
        Self {
            columns_first: true,
            rows: self.cols,
            cols: self.rows,
            model_from_map: PlaneMap { scale_x: scale_y, scale_y: scale_x, offset_x: offset_y, offset_y: offset_x },
            field: (self.field.1, self.field.0),
            ..self
        }
    }

    /// `14 x 14 x 64`, a volume's with its depth in front.
    pub fn sides(&self) -> String {
        let depth = self.depth.map(|depth| format!("{} x ", depth.cells)).unwrap_or_default();
        format!("{depth}{} x {} x {}", self.rows, self.cols, self.channels)
    }

    /// `Relu, 14 x 14 x 64`.
    pub fn words(&self) -> String {
        let tokens = if matches!(self.layout, MapLayout::Tokens { .. }) { " tokens" } else { "" };
        let depth = self.depth.map(|depth| format!("{} x ", depth.cells)).unwrap_or_default();
        format!("{}, {depth}{} x {}{tokens} x {}", self.op, self.rows, self.cols, self.channels)
    }
}

/// All maps of one model, from the picture to the logits.
#[derive(Clone, Debug)]
pub struct FeatureMaps {
    pub maps: Vec<FeatureMap>,
    /// Index of the default.
    pub default: usize,
    /// Why it is the default, in words.
    pub reason: String,
}

/// Operators that copy: their outputs are no maps of their own.
const COPIES: &[&str] = &["Identity", "Dropout", "Cast", "Transpose"];

/// Operators that round to whole numbers and back.
const ROUNDING: &[&str] = &["QuantizeLinear", "DequantizeLinear"];

/// Operators of a head that averages and weighs.
const LINEAR: &[&str] = &[
    "GlobalAveragePool",
    "ReduceMean",
    "Squeeze",
    "Unsqueeze",
    "Flatten",
    "Reshape",
    "Identity",
    "Dropout",
    "Cast",
    "Gemm",
    "MatMul",
    "Add",
    "Transpose",
];

/// The most tokens that are no patches.
const MAX_EXTRA_TOKENS: usize = 8;

/// Lists the maps between the picture `input` and `logits`. Empty where the graph keeps no grid.
pub fn feature_maps(graph: &Graph, facts: &Facts, (input, layout): (&str, Layout), logits: &str) -> FeatureMaps {
    let order = dag::ordered(graph);
    let grids = grids(&order, facts, input, layout.in_graph());
    let to_logits = dag::leading_to(&order, logits, true);
    let mut found = Finder { facts, order: &order, grids: &grids, maps: Vec::new(), patches: None, from_patches: None };
    for node in order.iter().filter(|node| !COPIES.contains(&node.op_type.as_str())) {
        for output in node.output.iter().filter(|output| to_logits.contains(output.as_str()) && *output != logits) {
            found.look_at(node, output);
        }
    }
    let mut maps = found.maps;
    // Last to first, the pooling of one-pixel windows (an adaptive pool that has nothing to do) is a copy too.
    maps.retain(|map| !order.iter().any(|node| node.output.contains(&map.name) && is_idle_pool(node, facts)));
    let linear = with_linear_head(&order, &to_logits, logits);
    for map in &mut maps {
        map.linear_head = linear.contains(map.name.as_str());
    }
    if layout != layout.in_graph() {
        maps = maps.into_iter().map(FeatureMap::transposed).collect();
    }
    let (default, reason) = default_map(&order, &maps, &to_logits, facts);
    FeatureMaps { maps, default, reason }
}

struct Finder<'a> {
    facts: &'a Facts,
    order: &'a [&'a NodeProto],
    grids: &'a HashMap<String, Grid>,
    maps: Vec<FeatureMap>,
    /// The output of the last Conv, its grid and its sides: tokens are its cells.
    patches: Option<(&'a str, Grid, usize, usize)>,
    /// What is computed from it, once somebody asks.
    from_patches: Option<HashSet<&'a str>>,
}

impl<'a> Finder<'a> {
    fn look_at(&mut self, node: &'a NodeProto, output: &'a str) {
        let Some(shape) = self.facts.shape(output).filter(|_| self.facts.is_float(output)) else { return };
        if let Some(grid) = self.grids.get(output) {
            let Some([depth, rows, cols]) = sides(shape, grid.layout) else { return };
            let layout = match grid.layout {
                Layout::Nchw | Layout::Ncwh => MapLayout::Nchw,
                Layout::Nhwc => MapLayout::Nhwc,
                Layout::Ncdhw => MapLayout::Ncdhw,
                Layout::Ndhwc => MapLayout::Ndhwc,
            };
            let channels = shape.get(grid.layout.channel_axis()).copied().unwrap_or(0);
            // Before the first window there is only the picture.
            if depth * rows * cols > 1 && grid.field() > 1.0 {
                if node.op_type == "Conv" && !grid.layout.is_volume() {
                    self.patches = Some((output, *grid, rows, cols));
                    self.from_patches = None;
                }
                self.push(node, output, layout, ([depth, rows, cols], channels), *grid);
            }
            return;
        }
        let (Some((patches, grid, rows, cols)), [batch, tokens, channels]) = (self.patches, shape) else { return };
        let skip = tokens.checked_sub(rows * cols).filter(|skip| *skip <= MAX_EXTRA_TOKENS);
        let fits = *batch == self.facts.batch && rows * cols > 1 && node.op_type != "Reshape";
        let Some(skip) = skip.filter(|_| fits) else { return };
        let order = self.order;
        let from_patches = self.from_patches.get_or_insert_with(|| dag::reached(order, patches, true));
        if from_patches.contains(output) {
            self.push(node, output, MapLayout::Tokens { skip }, ([1, rows, cols], *channels), grid);
        }
    }

    /// What makes the values; behind a quantising pair that is what was quantised.
    fn operator(&self, node: &NodeProto) -> String {
        let maker =
            |value: Option<&String>| self.order.iter().find(|node| value.is_some_and(|v| node.output.contains(v)));
        let rounded =
            |node: &NodeProto| maker(node.input.first()).filter(|_| ROUNDING.contains(&node.op_type.as_str()));
        match rounded(node).and_then(|pair| rounded(pair)) {
            Some(quantised) => format!("{} (quantised)", quantised.op_type),
            None => node.op_type.clone(),
        }
    }

    fn push(
        &mut self,
        node: &NodeProto,
        output: &str,
        layout: MapLayout,
        ([depth, rows, cols], channels): ([usize; 3], usize),
        grid: Grid,
    ) {
        // The statistics of a normalisation that is written out.
        if channels < 2 {
            return;
        }
        self.maps.push(FeatureMap {
            name: output.to_owned(),
            node: node.name.clone(),
            op: self.operator(node),
            layout,
            columns_first: false,
            depth: grid
                .layout
                .is_volume()
                .then(|| MapDepth { cells: depth, model_from_map: grid.model_depth_from_map() }),
            rows,
            cols,
            channels,
            model_from_map: grid.model_from_map(),
            field: (grid.rows.field, grid.cols.field),
            linear_head: false,
        });
    }
}

fn is_idle_pool(node: &NodeProto, facts: &Facts) -> bool {
    let idle =
        || windows(node, facts).is_ok_and(|found| found.iter().all(|window| window.kernel == 1 && window.stride == 1));
    matches!(node.op_type.as_str(), "AveragePool" | "MaxPool") && idle()
}

/// Values behind which only linear operators follow, an average over the grid among them.
fn with_linear_head<'a>(order: &[&'a NodeProto], to_logits: &HashSet<&str>, logits: &'a str) -> HashSet<&'a str> {
    // For each value: whether all that reads it is linear, and whether something averages.
    let mut behind: HashMap<&str, (bool, bool)> = HashMap::from([(logits, (true, false))]);
    for node in order.iter().rev() {
        let on_the_way =
            !dag::stops_gradient(node) && node.output.iter().any(|output| to_logits.contains(output.as_str()));
        let Some(next) = node.output.iter().find_map(|output| behind.get(output.as_str()).copied()) else { continue };
        if !on_the_way {
            continue;
        }
        let averages = matches!(node.op_type.as_str(), "GlobalAveragePool" | "ReduceMean");
        // Rounding behind the average leaves the layer's weights in the gradient; in front of it, it clips cells.
        let op = node.op_type.as_str();
        let linear = LINEAR.contains(&op) || (ROUNDING.contains(&op) && !next.1);
        let own = (next.0 && linear, next.1 || averages);
        for input in &node.input {
            let known = behind.entry(input).or_insert((true, false));
            *known = (known.0 && own.0, known.1 || own.1);
        }
    }
    behind.into_iter().filter(|(_, (linear, averages))| *linear && *averages).map(|(value, _)| value).collect()
}

fn default_map(order: &[&NodeProto], maps: &[FeatureMap], to_logits: &HashSet<&str>, facts: &Facts) -> (usize, String) {
    if let Some(found) = before_last_attention(order, maps, to_logits, facts) {
        let reason = maps.get(found).map(|map| {
            format!("normalised tokens before the last attention, {} x {} x {}", map.rows, map.cols, map.channels)
        });
        return (found, reason.unwrap_or_default());
    }
    let last = maps.len().saturating_sub(1);
    let Some(map) = maps.last() else { return (0, String::new()) };
    let mut value = map.name.as_str();
    let mut next = "the end";
    // What follows, behind copies.
    for _ in 0..8 {
        let reads = |node: &&&NodeProto| {
            node.input.iter().any(|input| input == value)
                && node.op_type != "Shape"
                && node.output.iter().any(|output| to_logits.contains(output.as_str()))
        };
        let Some(node) = order.iter().find(reads) else { break };
        next = node.op_type.as_str();
        match node.output.first() {
            Some(output) if COPIES.contains(&next) || ROUNDING.contains(&next) || is_idle_pool(node, facts) => {
                value = output;
            }
            _ => break,
        }
    }
    (last, format!("last feature map before {next}, {}", map.sides()))
}

/// The normalisation that feeds the last softmax over tokens: behind it only the class token counts, and the gradient of
/// the patches is zero.
fn before_last_attention(
    order: &[&NodeProto],
    maps: &[FeatureMap],
    to_logits: &HashSet<&str>,
    facts: &Facts,
) -> Option<usize> {
    // Without the class token they are fewer (an average over patches).
    let is_tokens = |map: &&FeatureMap| matches!(map.layout, MapLayout::Tokens { .. });
    let lengths: HashSet<usize> =
        maps.iter().filter(is_tokens).filter_map(|map| facts.shape(&map.name)?.get(1).copied()).collect();
    let attention = order.iter().rev().find(|node| {
        let shape = node.output.first().and_then(|output| facts.shape(output));
        node.op_type == "Softmax"
            && shape.is_some_and(|shape| shape.len() >= 3 && shape.last().is_some_and(|last| lengths.contains(last)))
            && node.output.iter().any(|output| to_logits.contains(output.as_str()))
    })?;
    let before = dag::leading_to(order, attention.input.first()?, true);
    let is_normalized = |map: &FeatureMap| map.op == "LayerNormalization" || ends_normalization(order, &map.name);
    maps.iter().rposition(|map| {
        matches!(map.layout, MapLayout::Tokens { .. }) && before.contains(map.name.as_str()) && is_normalized(map)
    })
}

/// `(x - mean) / sqrt(…) * scale + bias`, written out: true for the value after `+ bias`.
fn ends_normalization(order: &[&NodeProto], value: &str) -> bool {
    let maker = |value: &str| order.iter().find(|node| node.output.iter().any(|output| output == value));
    let made_by =
        |value: Option<&String>, op: &str| value.and_then(|value| maker(value)).filter(|node| node.op_type == op);
    let either = |node: &NodeProto, op: &str| -> Option<NodeProto> {
        node.input.iter().find_map(|input| made_by(Some(input), op)).map(|node| (*node).clone())
    };
    let Some(sum) = maker(value).filter(|node| node.op_type == "Add") else { return false };
    let Some(scaled) = either(sum, "Mul") else { return false };
    let Some(share) = either(&scaled, "Div") else { return false };
    made_by(share.input.get(1), "Sqrt").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transposed_map_swaps_both_directions() {
        let map = FeatureMap {
            name: String::new(),
            node: String::new(),
            op: "Relu".to_owned(),
            layout: MapLayout::Nchw,
            columns_first: false,
            depth: None,
            rows: 3,
            cols: 2,
            channels: 8,
            model_from_map: PlaneMap { scale_x: 40.0, scale_y: 32.0, offset_x: 1.0, offset_y: -2.0 },
            field: (5.0, 7.0),
            linear_head: false,
        };
        let point = map.model_from_map.apply((1.5, 2.5));
        let upright = map.transposed();
        assert_eq!((upright.rows, upright.cols, upright.field), (2, 3, (7.0, 5.0)));
        assert_eq!(upright.model_from_map.apply((2.5, 1.5)), (point.1, point.0));
    }
}
