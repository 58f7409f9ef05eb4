//! CUDA: asked for loudly, believed only after a run.

use std::path::{Path, PathBuf};

use ort::session::builder::SessionBuilder;

use super::ProviderChoice;
use super::ort_facts;
use super::runtime::Loaded;

/// Why CUDA is not even tried.
pub(super) enum ReasonAgainst {
    /// Nobody asked for it and the library has none: nothing to say.
    NotThere,
    Asked(String),
}

impl ReasonAgainst {
    pub fn into_remark(self) -> Option<String> {
        match self {
            Self::NotThere => None,
            Self::Asked(reason) => Some(reason),
        }
    }
}

/// `None` where CUDA is worth a try: it is compiled into the library (which does not mean that it works).
pub(super) fn reason_against(loaded: &Loaded, choice: ProviderChoice) -> Option<ReasonAgainst> {
    if ort_facts::compiled_providers().iter().any(|name| name == "CUDAExecutionProvider") {
        return None;
    }
    Some(match choice {
        ProviderChoice::Cuda => ReasonAgainst::Asked(format!(
            "CUDA was asked for, but this build of ONNX Runtime ({}) has none, so the CPU is used. \
             `overread runtime install --gpu` fetches one that has.",
            loaded.path.display()
        )),
        ProviderChoice::Auto | ProviderChoice::Cpu => ReasonAgainst::NotThere,
    })
}

/// CUDA with 32-bit arithmetic throughout (TF32 keeps 10 bits of the mantissa), failing aloud, and with a record of
/// what was placed where.
pub(super) fn add_provider(builder: SessionBuilder) -> ort::Result<SessionBuilder> {
    let provider = ort::ep::CUDA::default().with_tf32(false).build().error_on_failure();
    let builder = builder
        .with_execution_providers([provider])?
        .with_config_entry("session.record_ep_graph_assignment_info", "1")?;
    Ok(builder)
}

/// Libraries that the CUDA provider needs, in the order in which they need each other.
const NEEDED: &[&str] =
    &["libcudart.so", "libcublasLt.so", "libcublas.so", "libnvrtc.so", "libcurand.so", "libcufft.so", "libcudnn"];

/// Loads CUDA's own libraries from NVIDIA's Python packages beside the `onnxruntime` package, where they lie outside of
/// the system's search path. Whatever is missing is left for the system to find, and the provider's error to name.
pub(super) fn preload_libraries(library: &Path) {
    // .../site-packages/onnxruntime/capi/libonnxruntime.so -> .../site-packages/nvidia/*/lib
    let Some(nvidia) = library.ancestors().nth(3).map(|packages| packages.join("nvidia")) else { return };
    let mut files: Vec<PathBuf> = children(&nvidia).iter().flat_map(|package| children(&package.join("lib"))).collect();
    files.sort();
    for needed in NEEDED {
        for file in files.iter().filter(|file| is_named(file, needed)) {
            if let Err(error) = ort::util::preload_dylib(file) {
                tracing::debug!(file = %file.display(), %error, "not preloaded");
            }
        }
    }
}

fn is_named(file: &Path, start: &str) -> bool {
    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(start) && name.contains(".so"))
}

fn children(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect()).unwrap_or_default()
}
