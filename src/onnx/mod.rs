//! The bytes of an ONNX model in, what its graph says out. No engine, no pictures.
//!
//! [`read`] decodes (a damaged or hostile file is an error, never a crash: protobuf nesting is limited to 100, lengths
//! are checked by the decoder); [`check`] refuses what no engine of this program should see, in words; [`Graph`] answers
//! questions about inputs, outputs and nodes; [`entry`] says what the graph does to a picture first; [`find_logits`] names
//! the tensor before the last Softmax or Sigmoid, [`features_before_head`] what the last linear layer reads; [`extend`]
//! makes a tensor an extra output by appending a few bytes, [`float_boundary`] lets a half-precision graph take and give
//! float32. Nothing on disk is ever changed.

mod check;
mod entry;
mod error;
mod extend;
mod facts;
mod features;
mod graph;
mod half;
mod layout;
mod logits;
mod other_kind;
mod pads;
mod precision;
pub mod proto;
mod tensors;
mod traps;
mod types;

pub use check::{MAX_OPSET, MIN_OPSET, check};
pub use entry::{Arithmetic, Entry, entry};
pub use error::OnnxError;
pub use extend::{ExtraOutput, append, extend};
pub use facts::{Dim, ValueFacts, ValueKind};
pub use features::{FeatureAxes, FeatureTap, features_before_head, features_output};
pub use graph::{Graph, read, read_shared};
pub use half::{FloatBoundary, float_boundary, without_half};
pub use layout::{ImageInput, Layout, image_input};
pub use logits::{Activation, Head, class_count, find_logits};
pub use pads::only_convolutions_read_pads;
pub use precision::{Precision, precision};
pub use traps::can_hold_scores;
pub use types::element_types;
