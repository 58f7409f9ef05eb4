//! What both engines take and give.

/// Names of the tensors to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub scores: String,
    pub logits: Option<String>,
    /// Every output of the (extended) graph in its order: the embedded engine counts, it does not name.
    pub all: Vec<String>,
}

/// Pictures in the model's own layout, one after another.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Batch {
    /// `[batch, rows, cols, channels]` or `[batch, channels, rows, cols]`.
    pub shape: [usize; 4],
    pub data: Vec<f32>,
}

/// Values of a batch, `[batch * values per picture]` each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outputs {
    pub scores: Vec<f32>,
    pub logits: Option<Vec<f32>>,
}
