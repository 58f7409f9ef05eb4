//! Overread: open a medical image, run an exported ONNX classifier on it, read the scores beside the picture.
//!
//! Research use only. Not a medical device. Not for diagnosis or treatment decisions.
//!
//! The rooms, lowest first; each may name only rooms above it in this list (`tests/architecture.rs` keeps it so):
//!
//! | room | in -> out |
//! |---|---|
//! | [`geometry`] | sizes, spacings in mm, affines named `a_from_b` |
//! | [`metrics`] | truth, predictions, scores as arrays -> numbers with intervals, comparison of two classifiers |
//! | [`scan`] | path -> [`scan::Scan`]: values in modality units, decoded frame by frame |
//! | [`onnx`] | bytes of a model -> what its graph says; checks; small extensions |
//! | [`preprocess`] | [`scan::Frame`] -> [`preprocess::Prepared`]: ordered steps, each in a named library's numbers |
//! | [`engine`] | [`preprocess::Prepared`] -> [`engine::Inference`] |
//! | [`explain`] | a model and [`preprocess::Prepared`] -> [`explain::SaliencyMap`]: exact gradients of a layer, CAM methods |
//! | [`render`] | values -> RGBA |
//! | [`review`] | files and a model -> cases |
//! | [`report`] | cases -> files |
//! | [`app`] | commands -> state; jobs in the background; no window |
//! | [`cli`] and `ui` | a person -> commands |

pub mod app;
pub mod cli;
pub mod engine;
pub mod explain;
pub mod geometry;
pub mod metrics;
pub mod onnx;
pub mod preprocess;
pub mod render;
pub mod report;
pub mod review;
pub mod scan;
#[cfg(feature = "gui")]
pub mod ui;
