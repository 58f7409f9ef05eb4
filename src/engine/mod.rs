//! A model and prepared pictures in, scores out. The only room that names `ort` and `tract`.

mod inference;

pub use inference::{EngineKind, Inference, Provider};
