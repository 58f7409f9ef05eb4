//! A model and prepared pictures in, scores out. The only room that names `ort` and `tract`.
//!
//! [`Model::load`] reads a folder (`model.onnx`, `metadata.json`) or a bare .onnx, checks the graph and the manifest
//! against it; every value keeps its [`Origin`]. [`Session::start`] puts it on ONNX Runtime (a shared library found at
//! run time) or on the embedded engine; [`Session::run`] takes pictures `[rows, cols, channels]` f32 and gives
//! [`Inference`]s: logits, scores, the predicted class, what really ran. [`GraphSession`] runs any graph in memory with
//! several inputs and outputs (extended models, for explanations). The room prepares no pictures and draws nothing.

mod assumed;
mod backend;
mod cancel;
mod candidates;
mod class_names;
mod combine;
mod content;
mod cuda;
mod data_folder;
mod embedded;
mod error;
mod family;
mod features;
mod golden;
mod graph_questions;
mod graph_session;
mod guards;
pub mod import;
mod imported;
mod imported_hugging_face;
mod imported_monai;
mod imported_monai_volume;
mod inference;
mod input_spec;
mod install;
mod isolate;
mod json_words;
mod library_file;
mod manifest;
mod metadata_file;
mod model;
mod model_file;
mod onnxruntime;
mod ort_facts;
mod pack;
mod pins;
mod prepared_array;
mod resolve;
pub mod runtime;
mod saved;
mod scores;
mod session;
mod slice_files;
mod tied;
mod validate;
mod volume;
mod wheel;

pub use backend::{Batch, NamedInput};
pub use cancel::CancelHandle;
pub use candidates::LibrarySource;
pub use class_names::{ClassNamesError, check_class_names};
pub use data_folder::data_folder;
pub use error::EngineError;
pub use family::{Family, family};
pub use features::MOST_FEATURES;
pub use golden::{GoldenCase, GoldenEntry, GoldenFile};
pub use graph_session::{GraphOutputs, GraphSession};
pub use inference::{EngineKind, Inference, Provider};
pub use json_words::{json_fault, json_reason};
pub use manifest::{Manifest, Origin, Sourced};
pub use metadata_file::{
    Explain, InputFormat, MetadataFile, NetworkDataFormat, OutputFormat, OutputKind, TiedToModel, manifest_schema,
};
pub use model::Model;
pub use model_file::sha256_hex;
pub(crate) use prepared_array::read_tensor;
pub use scores::{ScoreRule, predicted_class};
pub use session::{EngineChoice, ProviderChoice, Session, SessionOptions, StartAgain};
pub use slice_files::SliceFiles;
pub use tied::{OperatingPoint, SavedMetadata, save_operating_point};
pub use volume::{Combine, InputSelection, OneOrMany, PatientAxis, SliceChoice, SliceSelection, select_slices};
