//! Which library of ONNX Runtime there is, which one was loaded and why the others were not.
//!
//! One library is loaded per process, by the first session (or by [`preload`]); a failed search may be repeated, for
//! instance after an install.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::EngineKind;
use super::candidates::{LibrarySource, find, version_in_name};
use super::library_file::check_library_file;
use super::ort_facts;

pub use super::install::{InstallError, InstallProgress, Installed, install};

/// The oldest library whose interface this program uses.
const MIN_MINOR_VERSION: u32 = 24;

/// One library file that was found.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Candidate {
    pub path: PathBuf,
    pub source: LibrarySource,
    /// From the file's name; `None` where it does not say.
    pub version: Option<String>,
    /// True where CUDA's provider library lies beside it.
    pub has_cuda_files: bool,
    pub state: CandidateState,
}

/// What happened to a candidate.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum CandidateState {
    /// Another one came first.
    NotTried,
    Loaded,
    /// Why it was not taken.
    Refused(String),
}

/// The library in use.
#[derive(Debug)]
pub(super) struct Loaded {
    pub path: PathBuf,
    pub source: LibrarySource,
    pub version: String,
    pub environment: ort::environment::Environment,
}

/// For `overread runtime` and the window's information panel.
#[derive(Clone, Debug, serde::Serialize)]
pub struct RuntimeStatus {
    /// Every library found, in the order in which they are tried.
    pub candidates: Vec<Candidate>,
    /// Path of the library in use.
    pub loaded: Option<PathBuf>,
    pub version: Option<String>,
    /// Execution providers compiled into the library. Compiled in does not mean that they work here.
    pub providers_compiled_in: Vec<String>,
    /// Name and version of the embedded engine.
    pub embedded: String,
    /// What a session with [`EngineChoice::Auto`](super::EngineChoice) would use.
    pub would_use: EngineKind,
}

static LOADED: Mutex<Option<Arc<Loaded>>> = Mutex::new(None);

/// Loads the library on a thread of its own, so that it is ready when the first session starts. Costs nothing else.
pub fn preload() {
    // Without a thread the first session loads it.
    let _ = std::thread::Builder::new().name("load-onnxruntime".to_owned()).spawn(|| {
        let _ = load();
    });
}

/// The library, loading the first candidate that works.
///
/// # Errors
/// What happened to each candidate, as sentences.
pub(super) fn load() -> Result<Arc<Loaded>, String> {
    let mut slot = LOADED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(loaded) = slot.as_ref() {
        return Ok(Arc::clone(loaded));
    }
    let mut refusals = Vec::new();
    for source in LibrarySource::ALL {
        for path in find(source) {
            match load_one(&path, source) {
                Ok(loaded) => {
                    tracing::debug!(path = %path.display(), version = loaded.version, "ONNX Runtime loaded");
                    let loaded = Arc::new(loaded);
                    *slot = Some(Arc::clone(&loaded));
                    return Ok(loaded);
                }
                Err(reason) => refusals.push(format!("{}: {reason}.", path.display())),
            }
        }
    }
    if refusals.is_empty() {
        refusals.push(
            "No library was found beside the program, in its data folder, in the system or in Python.".to_owned(),
        );
    }
    Err(refusals.join(" "))
}

fn load_one(path: &Path, source: LibrarySource) -> Result<Loaded, String> {
    check_before_loading(path)?;
    let builder = ort::init_from(path).map_err(|error| load_error_text(&error))?;
    let environment = builder
        .with_name("overread")
        .with_telemetry(false)
        .build()
        .map_err(|error| format!("it could not be started ({})", error.message()))?;
    // The library sends every line to the log function; only warnings are worth the call.
    environment.set_log_level(ort::logging::LogLevel::Warning);
    let version = version_in_name(path).or_else(|| ort::util::probe(path).map(|minor| format!("1.{minor}")));
    Ok(Loaded { path: path.to_owned(), source, version: version.unwrap_or_else(|| "unknown".to_owned()), environment })
}

fn check_before_loading(path: &Path) -> Result<(), String> {
    if let Some(version) = version_in_name(path) {
        let minor = version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok());
        if minor.is_some_and(|minor| minor < MIN_MINOR_VERSION) {
            return Err(format!("it is version {version}, older than 1.{MIN_MINOR_VERSION}"));
        }
    }
    super::install::check_installed(path)?;
    check_library_file(path)
}

fn load_error_text(error: &ort::LoadDynamicError) -> String {
    match error {
        // The short form hides the system's reason.
        ort::LoadDynamicError::Dlopen { error, .. } => format!("the system could not load it ({error:?})"),
        other => format!("it does not work ({other})"),
    }
}

/// Everything `overread runtime` shows. Loads a library where none is loaded yet.
pub fn status() -> RuntimeStatus {
    let loaded = load();
    let loaded = loaded.ok();
    let mut candidates = Vec::new();
    for source in LibrarySource::ALL {
        candidates.extend(find(source).into_iter().map(|path| candidate(path, source, loaded.as_deref())));
    }
    RuntimeStatus {
        candidates,
        providers_compiled_in: if loaded.is_some() { ort_facts::compiled_providers() } else { Vec::new() },
        version: loaded.as_ref().map(|loaded| loaded.version.clone()),
        embedded: super::embedded::NAME.to_owned(),
        would_use: if loaded.is_some() { EngineKind::OnnxRuntime } else { EngineKind::Embedded },
        loaded: loaded.map(|loaded| loaded.path.clone()),
    }
}

fn candidate(path: PathBuf, source: LibrarySource, loaded: Option<&Loaded>) -> Candidate {
    let is_loaded = loaded.is_some_and(|loaded| loaded.path == path && loaded.source == source);
    let state = if is_loaded {
        CandidateState::Loaded
    } else {
        match check_before_loading(&path) {
            Err(reason) => CandidateState::Refused(reason),
            // With none loaded every candidate was tried, and the library itself said no.
            Ok(()) if loaded.is_none() => CandidateState::Refused("the system could not load it".to_owned()),
            Ok(()) => CandidateState::NotTried,
        }
    };
    let cuda = if cfg!(windows) { "onnxruntime_providers_cuda.dll" } else { "libonnxruntime_providers_cuda.so" };
    let has_cuda_files = path.parent().is_some_and(|folder| folder.join(cuda).is_file());
    Candidate { version: version_in_name(&path), path, source, has_cuda_files, state }
}
