//! Why a model is refused, in words that say what to do.

use super::Layout;

/// Errors of reading and checking a model. `Display` is the sentence a person reads.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum OnnxError {
    #[error("This is not an ONNX model: {reason}.")]
    NotOnnx { reason: String },
    #[error(
        "The model keeps weights in other files (\"{tensor}\" lies in \"{location}\"), which this program does not open. \
         Save it as one file: onnx.save(onnx.load(\"model.onnx\"), \"one_file.onnx\", save_as_external_data=False)."
    )]
    ExternalData { tensor: String, location: String },
    #[error(
        "The model holds control flow ({op} at node \"{node}\"), which can run for ever, so it is refused. Export the \
         classifier in evaluation mode, without loops or branches."
    )]
    ControlFlow { op: String, node: String },
    #[error(
        "The model uses the operator {op} of \"{domain}\", which is not part of standard ONNX. Export it with standard \
         operators only (a file saved by ONNX Runtime after its own optimisation is such a case: use the original)."
    )]
    UnknownDomain { op: String, domain: String },
    #[error(
        "The model defines its own operator \"{name}\" as a local function. Inline it before use: \
         onnx.inliner.inline_local_functions(onnx.load(\"model.onnx\"))."
    )]
    LocalFunction { name: String },
    #[error(
        "The model is written for ONNX operator set {found}; this program runs {min} to {max}. Export it with opset_version={suggested}."
    )]
    Opset { found: i64, min: i64, max: i64, suggested: i64 },
    #[error("The model is beyond this program's limits: {what} is {found}, the limit is {limit}.")]
    TooLarge { what: String, found: String, limit: String },
    #[error("The model file is damaged: {what}.")]
    Damaged { what: String },
    #[error("The model's graph is not in order: {what}.")]
    BadGraph { what: String },
    #[error("The model cannot be fed one picture: {what}. {hint}")]
    Inputs { what: String, hint: String },
    #[error(
        "The model cannot be fed one picture: neither the shape {shape} nor the operators tell rows from channels. Say which \
         it is, {} or {}: on the window's set-up page, with `overread import --layout`, or as \"layout\" in metadata.json.",
        Layout::of(*volume, false), Layout::of(*volume, true)
    )]
    LayoutUnsaid { shape: String, volume: bool },
    #[error("The model's result cannot be read as class scores: {what}. {hint}")]
    Outputs { what: String, hint: String },
    #[error(
        "The model draws random numbers ({op} at node \"{node}\"): augmentation or dropout layers were left in. Export \
         the model without them, in inference mode (Keras: rebuild without the Random… layers; PyTorch: model.eval())."
    )]
    Random { op: String, node: String },
    #[error("There is no tensor \"{name}\" in the model's graph.")]
    NoSuchTensor { name: String },
}
