//! Which axis of the picture or volume input is which, with the reason.

use super::error::OnnxError;
use super::facts::{Dim, ValueFacts};
use super::graph::Graph;
use super::proto::NodeProto;

/// Memory layout of a batch of pictures or volumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Layout {
    /// `[batch, channels, rows, cols]`: PyTorch.
    Nchw,
    /// `[batch, channels, cols, rows]`: PyTorch on pictures that were read with columns before rows, as MONAI's readers
    /// do. No graph tells it from [`Nchw`](Self::Nchw): it is stated, or read from a bundle.
    Ncwh,
    /// `[batch, rows, cols, channels]`: Keras, TensorFlow.
    Nhwc,
    /// `[batch, channels, depth, rows, cols]`: PyTorch, MONAI.
    Ncdhw,
    /// `[batch, depth, rows, cols, channels]`: Keras, TensorFlow.
    Ndhwc,
}

impl Layout {
    /// True for volumes.
    pub fn is_volume(self) -> bool {
        matches!(self, Self::Ncdhw | Self::Ndhwc)
    }

    /// True where the channels come before the places.
    pub fn channels_first(self) -> bool {
        matches!(self, Self::Nchw | Self::Ncwh | Self::Ncdhw)
    }

    /// What the graph itself takes it for: its own first axis of space counts as rows.
    pub fn in_graph(self) -> Self {
        if self == Self::Ncwh { Self::Nchw } else { self }
    }

    /// The layout of as many axes with the channels in front, or at the end.
    pub fn of(volume: bool, channels_first: bool) -> Self {
        match (volume, channels_first) {
            (false, true) => Self::Nchw,
            (false, false) => Self::Nhwc,
            (true, true) => Self::Ncdhw,
            (true, false) => Self::Ndhwc,
        }
    }

    /// Number of axes: 4 or 5.
    pub fn rank(self) -> usize {
        if self.is_volume() { 5 } else { 4 }
    }

    /// Place of the channels.
    pub fn channel_axis(self) -> usize {
        if self.channels_first() { 1 } else { self.rank() - 1 }
    }

    /// Place of the first axis of space (depth, or rows of a picture).
    pub fn first_spatial(self) -> usize {
        if self.channels_first() { 2 } else { 1 }
    }
}

impl std::fmt::Display for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nchw => "NCHW",
            Self::Ncwh => "NCWH",
            Self::Nhwc => "NHWC",
            Self::Ncdhw => "NCDHW",
            Self::Ndhwc => "NDHWC",
        })
    }
}

/// The one picture or volume input of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageInput {
    pub name: String,
    pub layout: Layout,
    /// What the layout was read from, in words.
    pub layout_reason: String,
    pub batch: Dim,
    /// `None` for pictures.
    pub depth: Option<Dim>,
    pub rows: Dim,
    pub cols: Dim,
    /// `None` where the graph leaves it open.
    pub channels: Option<usize>,
}

/// Reads the picture or volume input. The graph's first operator decides (a Conv has the channels in front, a Transpose
/// in front of it at the end); where there is none, the axis of length 1 or 3 is the channels.
///
/// # Errors
/// [`OnnxError::Inputs`] for inputs that have neither four nor five axes, [`OnnxError::LayoutUnsaid`] where the layout cannot
/// be told.
pub fn image_input(graph: &Graph) -> Result<ImageInput, OnnxError> {
    let refuse = |what: String, hint: &str| OnnxError::Inputs { what, hint: hint.to_owned() };
    let input = graph.inputs.first().ok_or_else(|| refuse("it has no input".to_owned(), ""))?;
    let Some((_, places)) = axes(input) else {
        return Err(refuse(
            format!("its input \"{}\" has the shape {}", input.name, input.shape_text()),
            "A picture classifier takes four axes, [batch, rows, cols, channels] or [batch, channels, rows, cols], one of \
             volumes five.",
        ));
    };
    let volume = places.len() == 4;
    let (channels_first, layout_reason) = graph_evidence(graph, &input.name)
        .or_else(|| dims_evidence(places))
        .ok_or_else(|| OnnxError::LayoutUnsaid { shape: input.shape_text(), volume })?;
    Ok(with_layout(graph, input, Layout::of(volume, channels_first), layout_reason))
}

/// The batch, and the three or four axes after it.
fn axes(input: &ValueFacts) -> Option<(&Dim, &[Dim])> {
    let (batch, places) = input.dims.as_deref()?.split_first()?;
    matches!(places.len(), 3 | 4).then_some((batch, places))
}

impl ImageInput {
    /// The same input read in a stated layout. `None` where the input has another number of axes.
    pub fn stated(graph: &Graph, layout: Layout) -> Option<Self> {
        let input = graph.inputs.first()?;
        axes(input).filter(|(_, places)| places.len() + 1 == layout.rank())?;
        Some(with_layout(graph, input, layout, "stated".to_owned()))
    }

    /// The same input fed with columns before rows. `None` where the channels do not come first, or for volumes.
    pub fn columns_first(self, reason: &str) -> Option<Self> {
        (self.layout == Layout::Nchw).then(|| Self {
            layout: Layout::Ncwh,
            layout_reason: reason.to_owned(),
            rows: self.cols,
            cols: self.rows,
            ..self
        })
    }
}

fn with_layout(graph: &Graph, input: &ValueFacts, layout: Layout, layout_reason: String) -> ImageInput {
    let axis = |place: usize| input.dims.as_deref().and_then(|dims| dims.get(place)).cloned().unwrap_or(Dim::Unknown);
    let first = layout.first_spatial();
    let (depth, rows, cols) = match layout {
        Layout::Ncdhw | Layout::Ndhwc => (Some(axis(first)), axis(first + 1), axis(first + 2)),
        Layout::Ncwh => (None, axis(first + 1), axis(first)),
        Layout::Nchw | Layout::Nhwc => (None, axis(first), axis(first + 1)),
    };
    ImageInput {
        name: input.name.clone(),
        layout,
        layout_reason,
        batch: axis(0),
        depth,
        rows,
        cols,
        channels: axis(layout.channel_axis()).fixed().or_else(|| channels_of_first_conv(graph, &input.name)),
    }
}

/// Whether the channels come first; of the axes behind the batch.
fn dims_evidence(places: &[Dim]) -> Option<(bool, String)> {
    let (first, last) = (places.first()?, places.last()?);
    let is_channels = |dim: &Dim| matches!(dim.fixed(), Some(1 | 3));
    match (is_channels(first), is_channels(last)) {
        (true, false) => Some((true, format!("the second axis has length {first}"))),
        (false, true) => Some((false, format!("the last axis has length {last}"))),
        _ => None,
    }
}

/// Operators that keep the axes where they are.
const KEEPS_AXES: &[&str] = &[
    "Identity",
    "Cast",
    "Add",
    "Sub",
    "Mul",
    "Div",
    "Clip",
    "Relu",
    "Pad",
    "BatchNormalization",
    "Sqrt",
    "Pow",
    "Neg",
    "Min",
    "Max",
    "QuantizeLinear",
    "DequantizeLinear",
    "DynamicQuantizeLinear",
];

/// How many operators are followed from the input.
const MAX_STEPS: usize = 32;

/// Whether the channels come first.
fn graph_evidence(graph: &Graph, input: &str) -> Option<(bool, String)> {
    let node = first_deciding_node(graph, input)?;
    match node.op_type.as_str() {
        "Conv" | "ConvInteger" | "QLinearConv" | "MaxPool" | "AveragePool" | "GlobalAveragePool" => {
            Some((true, format!("the input goes straight into {}", node.op_type)))
        }
        "Transpose" => match permutation(node)? {
            [0, 3, 1, 2] | [0, 4, 1, 2, 3] => {
                Some((false, "the first operator transposes the channels to the front".to_owned()))
            }
            [0, 2, 3, 1] | [0, 2, 3, 4, 1] => {
                Some((true, "the first operator transposes the channels to the end".to_owned()))
            }
            _ => None,
        },
        _ => None,
    }
}

fn first_deciding_node<'a>(graph: &'a Graph, input: &'a str) -> Option<&'a NodeProto> {
    let mut value = input;
    for _ in 0..MAX_STEPS {
        let node = graph.consumers(value).next()?;
        if !KEEPS_AXES.contains(&node.op_type.as_str()) {
            return Some(node);
        }
        value = node.output.first()?;
    }
    None
}

fn permutation(node: &NodeProto) -> Option<&[i64]> {
    node.attribute.iter().find(|attribute| attribute.name == "perm").map(|perm| perm.ints.as_slice())
}

/// `[out, in / group, ...]` of the first Conv's weights, through one Transpose.
fn channels_of_first_conv(graph: &Graph, input: &str) -> Option<usize> {
    let mut node = first_deciding_node(graph, input)?;
    if node.op_type == "Transpose" {
        node = first_deciding_node(graph, node.output.first()?)?;
    }
    let place = match node.op_type.as_str() {
        "Conv" | "ConvInteger" => 1,
        "QLinearConv" => 3,
        _ => return None,
    };
    let weights = graph.weights(node.input.get(place)?)?;
    let group = node.attribute.iter().find(|a| a.name == "group").map_or(1, |a| a.i);
    usize::try_from(weights.dims.get(1)?.checked_mul(group)?).ok()
}
