//! Which axis of the picture input is which, with the reason.

use super::error::OnnxError;
use super::facts::{Dim, ValueFacts};
use super::graph::Graph;
use super::proto::NodeProto;

/// Memory layout of a batch of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Layout {
    /// `[batch, channels, rows, cols]`: PyTorch.
    Nchw,
    /// `[batch, rows, cols, channels]`: Keras, TensorFlow.
    Nhwc,
}

impl std::fmt::Display for Layout {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Nchw => "NCHW",
            Self::Nhwc => "NHWC",
        })
    }
}

/// The one picture input of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct ImageInput {
    pub name: String,
    pub layout: Layout,
    /// What the layout was read from, in words.
    pub layout_reason: String,
    pub batch: Dim,
    pub rows: Dim,
    pub cols: Dim,
    /// `None` where the graph leaves it open.
    pub channels: Option<usize>,
}

/// Reads the picture input. The graph's first operator decides (a Conv is NCHW, a Transpose in front of it is NHWC);
/// where there is none, the axis of length 1 or 3 is the channels.
///
/// # Errors
/// [`OnnxError::Inputs`] for inputs that are not 4-D or whose layout cannot be told.
pub fn image_input(graph: &Graph) -> Result<ImageInput, OnnxError> {
    let refuse = |what: String, hint: &str| OnnxError::Inputs { what, hint: hint.to_owned() };
    let input = graph.inputs.first().ok_or_else(|| refuse("it has no input".to_owned(), ""))?;
    let Some([batch, first, second, third]) = input.dims.as_deref() else {
        return Err(refuse(
            format!("its input \"{}\" has the shape {}", input.name, input.shape_text()),
            "A picture classifier takes four axes: [batch, rows, cols, channels] or [batch, channels, rows, cols].",
        ));
    };
    let (layout, layout_reason) =
        graph_evidence(graph, &input.name).or_else(|| dims_evidence(first, third)).ok_or_else(|| {
            refuse(
                format!("neither the shape {} nor the operators tell rows from channels", input.shape_text()),
                "State \"layout\" as NHWC or NCHW in metadata.json (`overread import --layout` writes it).",
            )
        })?;
    Ok(with_layout(graph, input, layout, layout_reason, [batch, first, second, third]))
}

impl ImageInput {
    /// The same input read in a stated layout. `None` where the input is not 4-D.
    pub fn stated(graph: &Graph, layout: Layout) -> Option<Self> {
        let input = graph.inputs.first()?;
        let [batch, first, second, third] = input.dims.as_deref()? else { return None };
        Some(with_layout(graph, input, layout, "stated".to_owned(), [batch, first, second, third]))
    }
}

fn with_layout(
    graph: &Graph,
    input: &ValueFacts,
    layout: Layout,
    layout_reason: String,
    [batch, first, second, third]: [&Dim; 4],
) -> ImageInput {
    let (channels, rows, cols) = match layout {
        Layout::Nchw => (first, second, third),
        Layout::Nhwc => (third, first, second),
    };
    ImageInput {
        name: input.name.clone(),
        layout,
        layout_reason,
        batch: batch.clone(),
        rows: rows.clone(),
        cols: cols.clone(),
        channels: channels.fixed().or_else(|| channels_of_first_conv(graph, &input.name)),
    }
}

fn dims_evidence(first: &Dim, third: &Dim) -> Option<(Layout, String)> {
    let is_channels = |dim: &Dim| matches!(dim.fixed(), Some(1 | 3));
    match (is_channels(first), is_channels(third)) {
        (true, false) => Some((Layout::Nchw, format!("the second axis has length {first}"))),
        (false, true) => Some((Layout::Nhwc, format!("the last axis has length {third}"))),
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

fn graph_evidence(graph: &Graph, input: &str) -> Option<(Layout, String)> {
    let node = first_deciding_node(graph, input)?;
    match node.op_type.as_str() {
        "Conv" | "ConvInteger" | "QLinearConv" | "MaxPool" | "AveragePool" | "GlobalAveragePool" => {
            Some((Layout::Nchw, format!("the input goes straight into {}", node.op_type)))
        }
        "Transpose" => match permutation(node)? {
            [0, 3, 1, 2] => Some((Layout::Nhwc, "the first operator transposes to NCHW".to_owned())),
            [0, 2, 3, 1] => Some((Layout::Nchw, "the first operator transposes to NHWC".to_owned())),
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

fn permutation(node: &NodeProto) -> Option<[i64; 4]> {
    let perm = node.attribute.iter().find(|attribute| attribute.name == "perm")?;
    <[i64; 4]>::try_from(perm.ints.as_slice()).ok()
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
