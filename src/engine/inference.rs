//! What a model said about one picture.

/// The library that ran a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    /// Microsoft's ONNX Runtime, loaded from a shared library at run time.
    OnnxRuntime,
    /// The pure-Rust engine built into the program (tract).
    Embedded,
}

impl std::fmt::Display for EngineKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::OnnxRuntime => "ONNX Runtime",
            Self::Embedded => "The embedded engine",
        })
    }
}

/// What the nodes really ran on, asked from the engine after a warm-up run, never assumed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    Cpu,
    Cuda,
    /// Some nodes on CUDA, the rest on the CPU.
    CudaAndCpu,
}

impl std::fmt::Display for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Cpu => "CPU",
            Self::Cuda => "CUDA",
            Self::CudaAndCpu => "CUDA and CPU",
        })
    }
}

/// Scores of one picture (or of one volume, after its slices were combined).
#[derive(Clone, Debug)]
pub struct Inference {
    /// Before softmax or sigmoid, as the graph has them: `[classes]`, or `[1]` for one sigmoid of two classes. `None`
    /// where the graph gives no way to them.
    pub logits: Option<Vec<f32>>,
    /// `[classes]`, summing to 1: softmax, or the two sides of one sigmoid (one sigmoid per class, for three or more
    /// classes, does not sum to 1). After temperature where the manifest states a calibration.
    pub scores: Vec<f32>,
    /// Index of the predicted class: the operating point where the manifest states one, else the largest score.
    pub predicted: usize,
    /// What the model makes of the picture on the way, where the session was asked for it: the numbers of each tensor one
    /// behind the other; of several slices their mean.
    pub features: Option<Vec<f32>>,
    pub engine: EngineKind,
    pub provider: Provider,
    /// Time in the engine for this picture's share of its batch.
    pub elapsed_ms: f64,
}
