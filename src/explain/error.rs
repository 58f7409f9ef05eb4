//! Why there is no explanation, in words.

use crate::engine::EngineError;

/// Errors of explaining a score. `Display` is the sentence a person reads.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    #[error("The score cannot be explained: {source}")]
    Engine {
        #[from]
        source: EngineError,
    },
    #[error("The score cannot be traced back, because the model shows no way to its logits. {what}")]
    NoLogits { what: String },
    #[error(
        "The model keeps no map of the picture between its input and its scores, so no heatmap of a layer can be made. \
         Occlusion and RISE work without one."
    )]
    NoFeatureMap,
    #[error("There is no layer \"{asked}\" with a map of the picture. Layers near the end are: {near}.")]
    NoSuchLayer { asked: String, near: String },
    #[error("Gradients are not available for the layer \"{layer}\", because {because}. {works}")]
    NotAvailable { layer: String, because: String, works: String },
    #[error("There is no class {class}: the model has {classes}, counted from 0.")]
    NoSuchClass { class: usize, classes: usize },
    #[error("{pictures} pictures and {classes} classes were given; each picture needs one class.")]
    Unequal { pictures: usize, classes: usize },
    #[error("{method} needs gradients, and this session was started without them.")]
    NeedsGradients { method: &'static str },
    #[error("{method} scores many changed pictures; it does not follow from one run.")]
    NeedsPasses { method: &'static str },
    #[error("{method} gave no map: {what}.")]
    Passes { method: &'static str, what: String },
    #[error("The model has no weights that could be put in another order.")]
    NoWeights,
    #[error("Cancelled.")]
    Cancelled,
    #[error(
        "CAM needs a layer behind which only a global average and one linear layer follow; \"{layer}\" ({words}) is none. \
         Grad-CAM generalises it to any layer."
    )]
    NoLinearHead { layer: String, words: String },
    #[error("The method \"{asked}\" is not known; choose one of {known}.")]
    NoSuchMethod { asked: String, known: String },
    #[error("The layer's values came back in another shape: {what}.")]
    Shape { what: String },
}
