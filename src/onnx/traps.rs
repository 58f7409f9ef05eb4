//! Inputs and outputs that no picture classifier has, and the export mistakes behind them.

use super::error::OnnxError;
use super::facts::{ValueFacts, ValueKind};
use super::graph::Graph;
use super::proto::DataType;

/// One float32 or float16 input, and what to say where there are others.
pub(super) fn check_inputs(graph: &Graph) -> Result<(), OnnxError> {
    let refuse = |what: String, hint: &str| Err(OnnxError::Inputs { what, hint: hint.to_owned() });
    match graph.inputs.as_slice() {
        [] => refuse("it has no input".to_owned(), "Export it with its input left open."),
        [input] => check_picture_input(input),
        several => {
            let names = several.iter().map(|input| format!("\"{}\"", input.name)).collect::<Vec<_>>().join(", ");
            let what = format!("it wants {} inputs ({names})", several.len());
            if several.iter().any(|input| is_keras_normalization_constant(&input.name)) {
                refuse(
                    what,
                    "Exporters leave mean and variance of a Keras Normalization layer (every EfficientNet has one) open as \
                     inputs. Make them constants first: layer.mean, layer.variance = np.asarray(layer.mean), \
                     np.asarray(layer.variance); then export with tf2onnx.convert.from_keras(model). docs/EXPORTS.md has \
                     the lines.",
                )
            } else {
                refuse(what, "This program feeds one picture at a time to one input.")
            }
        }
    }
}

/// Keras EfficientNet: `.../normalization_1/Sub/y`, `.../normalization_1/Sqrt/x`.
fn is_keras_normalization_constant(name: &str) -> bool {
    name.contains("normalization") && (name.contains("Sub/y") || name.contains("Sqrt/x"))
}

fn check_picture_input(input: &ValueFacts) -> Result<(), OnnxError> {
    let refuse = |what: String, hint: &str| Err(OnnxError::Inputs { what, hint: hint.to_owned() });
    if input.kind != ValueKind::Tensor {
        return refuse(format!("its input \"{}\" is not a tensor", input.name), "");
    }
    if !matches!(input.dtype, Some(DataType::Float | DataType::Float16)) {
        return refuse(
            format!("its input \"{}\" takes {}", input.name, input.dtype_text()),
            "This program feeds float32 and float16. Export the model with such an input.",
        );
    }
    match input.dims.as_deref().map(<[_]>::len) {
        Some(4 | 5) => {}
        _ => {
            return refuse(
                format!("its input \"{}\" has the shape {}", input.name, input.shape_text()),
                "A picture classifier takes [batch, rows, cols, channels] or [batch, channels, rows, cols], one of volumes five axes.",
            );
        }
    }
    check_lengths(input)
}

fn check_lengths(value: &ValueFacts) -> Result<(), OnnxError> {
    const MAX_SIDE: usize = 16_384;
    const MAX_ELEMENTS: usize = 1 << 28;
    let lengths: Vec<usize> = value.dims.iter().flatten().filter_map(super::facts::Dim::fixed).collect();
    let elements = lengths.iter().try_fold(1usize, |count, length| count.checked_mul(*length));
    if lengths.iter().any(|length| *length > MAX_SIDE) || elements.is_none_or(|count| count > MAX_ELEMENTS) {
        return Err(OnnxError::TooLarge {
            what: format!("the shape of \"{}\"", value.name),
            found: value.shape_text(),
            limit: format!("{MAX_SIDE} per axis and {MAX_ELEMENTS} values in all"),
        });
    }
    Ok(())
}

/// At least one output that can hold class scores.
pub(super) fn check_outputs(graph: &Graph) -> Result<(), OnnxError> {
    for output in &graph.outputs {
        check_lengths(output)?;
    }
    if graph.outputs.iter().any(can_hold_scores) {
        return Ok(());
    }
    let Some(output) = graph.outputs.first() else { return Ok(()) };
    let refuse = |what: String, hint: &str| Err(OnnxError::Outputs { what, hint: hint.to_owned() });
    match (output.kind, output.dtype) {
        (ValueKind::Sequence | ValueKind::Map, _) => refuse(
            format!("\"{}\" is a list or dictionary", output.name),
            "Export without ZipMap (skl2onnx: options={id(model): {\"zipmap\": False}}).",
        ),
        (_, Some(DataType::Int64 | DataType::Int32)) => refuse(
            format!("\"{}\" is {}, a class number without scores", output.name, output.dtype_text()),
            "Export the model without ArgMax, so that it gives scores or logits.",
        ),
        _ => refuse(
            format!("\"{}\" is {} {}", output.name, output.dtype_text(), output.shape_text()),
            "It should be float32 [batch, classes].",
        ),
    }
}

/// float32 or float16 (or untyped: the engine will tell), and `[batch, classes]` or thereabouts.
pub fn can_hold_scores(output: &ValueFacts) -> bool {
    let type_fits = matches!(output.kind, ValueKind::Tensor | ValueKind::Untyped)
        && matches!(output.dtype, None | Some(DataType::Float | DataType::Float16));
    let shape_fits = match output.dims.as_deref() {
        None | Some([_] | [_, _]) => true,
        Some([_, _, rest @ ..]) => rest.iter().all(|dim| dim.fixed() == Some(1)),
        Some([]) => false,
    };
    type_fits && shape_fits
}
