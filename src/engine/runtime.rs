//! Which library of ONNX Runtime there is, which one was loaded and why the others were not.
//!
//! One library is loaded per process, by the first session (or by [`preload`]); a failed search may be repeated, for
//! instance after an install.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::EngineKind;
use super::candidates::{LibrarySource, find, version_in_name};
use super::library_file::check_library_file;
use super::ort_facts;

pub use super::embedded::NAME as EMBEDDED;
pub use super::install::{InstallError, InstallProgress, InstallStep, Installed, install};

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
    /// Why it is not the library that was named.
    pub remark: Option<String>,
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

/// The library in use and what spoke against the ones before it.
struct State {
    loaded: Option<Arc<Loaded>>,
    refused: Vec<(PathBuf, LibrarySource, String)>,
}

static STATE: Mutex<State> = Mutex::new(State { loaded: None, refused: Vec::new() });

/// A library that is being loaded. Dropping it waits for the end: a process that exits while another thread is inside
/// the library's start crashes.
#[must_use]
pub struct Preload(Option<std::thread::JoinHandle<()>>);

impl Drop for Preload {
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}

/// Loads the library on a thread of its own, so that it is ready when the first session starts. Costs nothing else.
pub fn preload() -> Preload {
    // Without a thread the first session loads it.
    let thread = std::thread::Builder::new().name("load-onnxruntime".to_owned()).spawn(|| {
        let _ = load();
    });
    Preload(thread.ok())
}

/// The library, loading the first candidate that works.
///
/// # Errors
/// What happened to each candidate, as sentences.
pub(super) fn load() -> Result<Arc<Loaded>, String> {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(loaded) = state.loaded.as_ref() {
        return Ok(Arc::clone(loaded));
    }
    state.refused.clear();
    for source in LibrarySource::ALL {
        for path in find(source) {
            match load_one(&path, source) {
                Ok(mut loaded) => {
                    tracing::debug!(path = %path.display(), version = loaded.version, "ONNX Runtime loaded");
                    loaded.remark = remark_on_named_library(&state.refused, &path);
                    let loaded = Arc::new(loaded);
                    state.loaded = Some(Arc::clone(&loaded));
                    return Ok(loaded);
                }
                Err(reason) => state.refused.push((path, source, reason)),
            }
        }
    }
    if state.refused.is_empty() {
        return Err(
            "No library was found beside the program, in its data folder, in the system or in Python.".to_owned()
        );
    }
    let sentences: Vec<String> =
        state.refused.iter().map(|(path, _, reason)| format!("{}: {reason}.", path.display())).collect();
    Err(sentences.join(" "))
}

/// A library that was named by path and not taken must not pass in silence.
fn remark_on_named_library(refused: &[(PathBuf, LibrarySource, String)], used: &Path) -> Option<String> {
    let (path, _, reason) = refused.iter().find(|(_, source, _)| *source == LibrarySource::EnvironmentVariable)?;
    Some(format!("ORT_DYLIB_PATH names {}, but {reason}; {} is used.", path.display(), used.display()))
}

fn load_one(path: &Path, source: LibrarySource) -> Result<Loaded, String> {
    check_before_loading(path)?;
    let builder = ort::init_from(path).map_err(|error| load_error_text(&error))?;
    // ort panics where a library has the right name and version but not the interface.
    let build = AssertUnwindSafe(|| builder.with_name("overread").with_telemetry(false).build());
    let environment = catch_unwind(build)
        .map_err(|_| "it lacks the interface this program uses".to_owned())?
        .map_err(|error| format!("it could not be started ({})", error.message()))?;
    // The library sends every line to the log function; only warnings are worth the call.
    environment.set_log_level(ort::logging::LogLevel::Warning);
    let version = version_in_name(path).or_else(|| ort::util::probe(path).map(|minor| format!("1.{minor}")));
    let version = version.unwrap_or_else(|| "unknown".to_owned());
    Ok(Loaded { path: path.to_owned(), source, version, environment, remark: None })
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

/// Version of the library in use; `None` before the first session on ONNX Runtime.
pub fn loaded_version() -> Option<String> {
    let state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    state.loaded.as_ref().map(|loaded| loaded.version.clone())
}

/// Everything `overread runtime` shows. Loads a library where none is loaded yet.
pub fn status() -> RuntimeStatus {
    let loaded = load().ok();
    let refused = STATE.lock().unwrap_or_else(PoisonError::into_inner).refused.clone();
    let mut candidates = Vec::new();
    for source in LibrarySource::ALL {
        candidates.extend(find(source).into_iter().map(|path| candidate(path, source, loaded.as_deref(), &refused)));
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

fn candidate(
    path: PathBuf,
    source: LibrarySource,
    loaded: Option<&Loaded>,
    refused: &[(PathBuf, LibrarySource, String)],
) -> Candidate {
    let is_loaded = loaded.is_some_and(|loaded| loaded.path == path && loaded.source == source);
    let refusal =
        refused.iter().find(|(known, from, _)| *known == path && *from == source).map(|(_, _, why)| why.clone());
    let state = match (is_loaded, refusal) {
        (true, _) => CandidateState::Loaded,
        (false, Some(reason)) => CandidateState::Refused(reason),
        (false, None) => {
            check_before_loading(&path).map_or_else(CandidateState::Refused, |()| CandidateState::NotTried)
        }
    };
    let cuda = if cfg!(windows) { "onnxruntime_providers_cuda.dll" } else { "libonnxruntime_providers_cuda.so" };
    let has_cuda_files = path.parent().is_some_and(|folder| folder.join(cuda).is_file());
    Candidate { version: version_in_name(&path), path, source, has_cuda_files, state }
}
