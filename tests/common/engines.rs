//! The engines that are here, and models written to a folder.

#![allow(dead_code)] // each test binary uses its own part

use overread::engine::{EngineChoice, EngineKind, Model, ProviderChoice, SessionOptions, runtime};

/// The embedded engine, and ONNX Runtime where it is found.
pub fn engines() -> Vec<EngineChoice> {
    let found = runtime::status().would_use == EngineKind::OnnxRuntime;
    let mut engines = vec![EngineChoice::Embedded];
    if crate::common::require("onnxruntime", found) {
        engines.push(EngineChoice::OnnxRuntime);
    }
    engines
}

/// Two threads on the CPU.
pub fn cpu() -> SessionOptions {
    SessionOptions { threads: 2, provider: ProviderChoice::Cpu, ..SessionOptions::default() }
}

/// A bare .onnx, loaded; the folder goes with the first value.
pub fn load(bytes: &[u8]) -> (tempfile::TempDir, Model) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.onnx");
    std::fs::write(&path, bytes).unwrap();
    let model = Model::load(&path).unwrap();
    (folder, model)
}
