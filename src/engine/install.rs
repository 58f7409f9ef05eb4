//! Fetches ONNX Runtime through pip and keeps its library in the program's data folder.
//!
//! One pinned package per system, downloaded by `pip download` (so a hospital's package mirror and proxy settings
//! count), checked against its sha256 before anything is unpacked, unpacked into a folder whose name starts with a dot
//! and renamed when it is complete: an unfinished library is never found, so never loaded.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};

use super::data_folder::data_folder;
use super::pins::{Pin, VERSION, pin};
use super::wheel::{Entry, entries, unpack};

/// How far an install is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallProgress {
    pub step: InstallStep,
    /// 1 of 4, 2 of 4…
    pub number: usize,
    pub of: usize,
}

/// What an install is doing. `Display` is the sentence a person reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstallStep {
    FindPython,
    Download { package: String },
    Check,
    Unpack,
}

impl std::fmt::Display for InstallStep {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FindPython => f.write_str("Looking for Python and pip."),
            Self::Download { package } => write!(f, "Downloading {package} with pip."),
            Self::Check => f.write_str("Checking the package's sha256."),
            Self::Unpack => f.write_str("Unpacking the library."),
        }
    }
}

/// What was installed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Installed {
    /// The library.
    pub path: PathBuf,
    pub version: String,
    /// Of the downloaded package; the one pinned in this program.
    pub package_sha256: String,
    /// A sentence where a restart is needed or something is left to do.
    pub remark: Option<String>,
}

/// Why nothing was installed. The data folder is as it was.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    #[error("This system names no home folder to keep ONNX Runtime in. Set XDG_DATA_HOME (Windows: LOCALAPPDATA).")]
    NoDataFolder,
    #[error(
        "There is no {package} {version} for this system ({os}, {arch}) that this program knows the checksum of. Install \
         it yourself and set ORT_DYLIB_PATH to its library."
    )]
    NotPinned { package: &'static str, version: &'static str, os: &'static str, arch: &'static str },
    #[error(
        "Python was not found. ONNX Runtime is fetched by pip: install Python 3, or set ORT_DYLIB_PATH to a library you have."
    )]
    NoPython,
    #[error(
        "{python} has no pip, which fetches ONNX Runtime. Install it (Debian, Ubuntu: apt install python3-pip; others: \
         {python} -m ensurepip) and try again."
    )]
    NoPip { python: String },
    #[error("pip could not download {package} {version}: {reason}")]
    Download { package: &'static str, version: &'static str, reason: String },
    #[error(
        "The downloaded package is not the expected one: its sha256 is {found}, {expected} is pinned. Nothing was installed."
    )]
    Checksum { expected: &'static str, found: String },
    #[error("The downloaded package cannot be used: {0}. Nothing was installed.")]
    Package(String),
    #[error("{path} could not be written: {source}")]
    Write { path: PathBuf, source: std::io::Error },
}

/// Fetches, checks and stores the library; `gpu` takes the package with CUDA. Tells what it does through `progress`.
///
/// # Errors
/// A sentence for a missing Python or pip, a failed download, a wrong checksum or a folder that cannot be written.
pub fn install(gpu: bool, progress: &mut dyn FnMut(InstallProgress)) -> Result<Installed, InstallError> {
    let folder = data_folder().ok_or(InstallError::NoDataFolder)?.join("onnxruntime");
    let pin = pin(gpu, std::env::consts::OS, std::env::consts::ARCH).ok_or(InstallError::NotPinned {
        package: if gpu { "onnxruntime-gpu" } else { "onnxruntime" },
        version: VERSION,
        os: std::env::consts::OS,
        arch: std::env::consts::ARCH,
    })?;
    let mut tell = |number: usize, step: InstallStep| progress(InstallProgress { step, number, of: 4 });
    tell(1, InstallStep::FindPython);
    let python = find_python()?;
    let work = WorkFolder::new(&folder)?;
    tell(2, InstallStep::Download { package: format!("{} {VERSION}", pin.package) });
    let wheel = download(&python, pin, &work.0)?;
    tell(3, InstallStep::Check);
    let found = sha256_of(&wheel)?;
    if found != pin.sha256 {
        return Err(InstallError::Checksum { expected: pin.sha256, found });
    }
    tell(4, InstallStep::Unpack);
    let path = store(&wheel, &work.0, &folder.join(format!("{VERSION}-{}", if gpu { "gpu" } else { "cpu" })))?;
    let remark = gpu.then(|| {
        "CUDA 13 and cuDNN 9 must be on this machine as well (for instance: pip install nvidia-cudnn-cu13 \
         nvidia-cuda-runtime). Start the program again to use it."
            .to_owned()
    });
    Ok(Installed { path, version: VERSION.to_owned(), package_sha256: found, remark })
}

/// A folder for unfinished things; removed again whatever happens.
struct WorkFolder(PathBuf);

impl WorkFolder {
    fn new(folder: &Path) -> Result<Self, InstallError> {
        let path = folder.join(format!(".unfinished-{}", std::process::id()));
        fs::create_dir_all(&path).map_err(|source| InstallError::Write { path: path.clone(), source })?;
        Ok(Self(path))
    }
}

impl Drop for WorkFolder {
    fn drop(&mut self) {
        // What stays behind is never looked at: its name starts with a dot.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn find_python() -> Result<PathBuf, InstallError> {
    let names: &[&str] = if cfg!(windows) { &["python.exe", "py.exe"] } else { &["python3", "python"] };
    let on_path = std::env::var_os("PATH");
    let folders: Vec<PathBuf> = on_path.iter().flat_map(std::env::split_paths).collect();
    let mut without_pip = None;
    for python in folders.iter().flat_map(|folder| names.iter().map(move |name| folder.join(name))) {
        if !python.is_file() {
            continue;
        }
        let answer = Command::new(&python).args(["-m", "pip", "--version"]).stdin(Stdio::null()).output();
        if answer.is_ok_and(|answer| answer.status.success()) {
            return Ok(python);
        }
        without_pip.get_or_insert(python);
    }
    Err(without_pip
        .map_or(InstallError::NoPython, |python| InstallError::NoPip { python: python.display().to_string() }))
}

fn download(python: &Path, pin: &Pin, to: &Path) -> Result<PathBuf, InstallError> {
    let failed = |reason: String| InstallError::Download { package: pin.package, version: VERSION, reason };
    // The wheel is named in full, so that any Python (and any of its versions) fetches the pinned one.
    let answer = Command::new(python)
        .args(["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input"])
        .args(["--disable-pip-version-check", "--progress-bar", "off"])
        .args(["--implementation", "cp", "--python-version", "3.11", "--abi", "cp311", "--platform", pin.platform])
        .arg("--dest")
        .arg(to)
        .arg(format!("{}=={VERSION}", pin.package))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !answer.status.success() {
        let text = String::from_utf8_lossy(&answer.stderr);
        let reason = text.lines().rev().find(|line| line.contains("ERROR")).or_else(|| text.lines().last());
        return Err(failed(reason.unwrap_or("it gave no reason").trim().to_owned()));
    }
    let files = fs::read_dir(to).map_err(|error| failed(error.to_string()))?;
    let wheel = files.flatten().map(|entry| entry.path()).find(|path| path.extension().is_some_and(|e| e == "whl"));
    wheel.ok_or_else(|| failed("it left no file".to_owned()))
}

fn sha256_of(path: &Path) -> Result<String, InstallError> {
    let unreadable = |error: std::io::Error| InstallError::Package(format!("it cannot be read ({error})"));
    let mut file = File::open(path).map_err(unreadable)?;
    let mut hasher = Sha256::new();
    let mut block = vec![0u8; 1 << 20];
    loop {
        let length = file.read(&mut block).map_err(unreadable)?;
        let Some(part) = block.get(..length).filter(|part| !part.is_empty()) else { break };
        hasher.update(part);
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Files of the package that are shared libraries: the runtime and, with CUDA, its providers.
fn libraries(list: &[Entry]) -> Vec<(&Entry, String)> {
    let name = |entry: &Entry| {
        let name = entry.name.strip_prefix("onnxruntime/capi/")?;
        let is_plain = !name.contains(['/', '\\', ':']) && !name.starts_with('.');
        let is_library =
            name.starts_with("libonnxruntime") || (name.starts_with("onnxruntime") && name.ends_with(".dll"));
        (is_plain && is_library && !name.contains("pybind")).then(|| name.to_owned())
    };
    list.iter().filter_map(|entry| Some((entry, name(entry)?))).collect()
}

/// Unpacks into a hidden folder, writes down the sizes, renames. Gives the path of the runtime itself.
fn store(wheel: &Path, work: &Path, target: &Path) -> Result<PathBuf, InstallError> {
    let mut archive = File::open(wheel).map_err(|error| InstallError::Package(error.to_string()))?;
    let list = entries(&mut archive).map_err(InstallError::Package)?;
    let libraries = libraries(&list);
    let main = libraries.iter().map(|(_, name)| name).find(|name| !name.contains("providers")).cloned();
    let main = main.ok_or_else(|| InstallError::Package("it holds no library".to_owned()))?;
    let write_error = |path: &Path| {
        let path = path.to_owned();
        move |source| InstallError::Write { path, source }
    };
    let complete = work.join("complete");
    fs::create_dir_all(&complete).map_err(write_error(&complete))?;
    let mut sizes = String::new();
    for (entry, name) in &libraries {
        unpack(&mut archive, entry, &complete.join(name)).map_err(InstallError::Package)?;
        sizes.push_str(&format!("{} {name}\n", entry.length));
    }
    fs::write(complete.join(SIZES), sizes).map_err(write_error(&complete))?;
    if target.exists() {
        // A library in use stays readable on Unix after its folder is gone; on Windows this fails with a sentence.
        let old = work.join("old");
        fs::rename(target, &old).map_err(write_error(target))?;
    }
    fs::rename(&complete, target).map_err(write_error(target))?;
    Ok(target.join(main))
}

/// Names and sizes of what was installed, beside it.
const SIZES: &str = "installed-files.txt";

/// For a library in the data folder: is it as long as when it was installed? Others pass.
pub(super) fn check_installed(library: &Path) -> Result<(), String> {
    let (Some(folder), Some(name)) = (library.parent(), library.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    let Ok(sizes) = fs::read_to_string(folder.join(SIZES)) else { return Ok(()) };
    let stated = sizes.lines().filter_map(|line| line.split_once(' ')).find(|(_, known)| *known == name);
    let length = fs::metadata(library).map(|metadata| metadata.len()).unwrap_or(0);
    match stated.and_then(|(size, _)| size.parse::<u64>().ok()) {
        Some(size) if size != length => Err(format!("it has {length} bytes, {size} were installed; install it again")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::wheel::write_archive;
    use super::*;

    #[test]
    fn only_the_libraries_are_stored_and_a_changed_one_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let wheel = folder.path().join("x.whl");
        write_archive(
            &wheel,
            &[
                ("onnxruntime/__init__.py", b"print()"),
                ("onnxruntime/capi/libonnxruntime.so.1.31.1", b"runtime"),
                ("onnxruntime/capi/libonnxruntime_providers_shared.so", b"shared"),
                ("onnxruntime/capi/../../libonnxruntime.evil", b"evil"),
                ("onnxruntime/capi/onnxruntime_pybind11_state.so", b"python"),
            ],
        );
        let work = folder.path().join(".unfinished-1");
        fs::create_dir(&work).unwrap();
        let target = folder.path().join("1.31.1-cpu");
        for _ in 0..2 {
            let library = store(&wheel, &work, &target).unwrap();
            assert_eq!(library, target.join("libonnxruntime.so.1.31.1"));
            assert_eq!(fs::read(&library).unwrap(), b"runtime");
            assert_eq!(check_installed(&library), Ok(()));
            fs::remove_dir_all(work.join("old")).ok();
        }
        let mut names: Vec<_> =
            fs::read_dir(&target).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["installed-files.txt", "libonnxruntime.so.1.31.1", "libonnxruntime_providers_shared.so"]);
        fs::write(target.join("libonnxruntime.so.1.31.1"), b"run").unwrap();
        assert!(check_installed(&target.join("libonnxruntime.so.1.31.1")).unwrap_err().contains("3 bytes, 7 were"));
    }
}
