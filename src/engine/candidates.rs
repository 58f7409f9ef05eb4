//! Where a library of ONNX Runtime may lie. Only looks at names in folders; loads nothing, runs nothing.

use std::env;
use std::path::{Path, PathBuf};

use super::data_folder::data_folder;

/// Kind of place, in the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LibrarySource {
    /// The environment variable `ORT_DYLIB_PATH`.
    EnvironmentVariable,
    BesideExecutable,
    /// What `overread runtime install` fetched.
    DataFolder,
    System,
    /// The `onnxruntime` package of a Python environment.
    Python,
}

impl LibrarySource {
    pub const ALL: [Self; 5] =
        [Self::EnvironmentVariable, Self::BesideExecutable, Self::DataFolder, Self::System, Self::Python];

    /// For the table of `overread runtime`.
    pub fn words(self) -> &'static str {
        match self {
            Self::EnvironmentVariable => "ORT_DYLIB_PATH",
            Self::BesideExecutable => "beside the program",
            Self::DataFolder => "data folder",
            Self::System => "system",
            Self::Python => "Python environment",
        }
    }
}

/// Library files of one kind of place, best first, each once.
pub(super) fn find(source: LibrarySource) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    let folders = match source {
        LibrarySource::EnvironmentVariable => {
            let path = env::var_os("ORT_DYLIB_PATH").filter(|path| !path.is_empty()).map(PathBuf::from);
            return path.map(|path| if path.is_dir() { libraries_in(&path) } else { vec![path] }).unwrap_or_default();
        }
        LibrarySource::BesideExecutable => beside_executable(),
        LibrarySource::DataFolder => {
            data_folder().map(|folder| children(&folder.join("onnxruntime"), "")).unwrap_or_default()
        }
        LibrarySource::System => system_folders(),
        LibrarySource::Python => {
            python_packages().into_iter().map(|packages| packages.join("onnxruntime").join("capi")).collect()
        }
    };
    for path in folders.iter().flat_map(|folder| libraries_in(folder)) {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if found.iter().all(|known| known.canonicalize().unwrap_or_else(|_| known.clone()) != real) {
            found.push(path);
        }
    }
    found
}

/// Version in the file's name: `libonnxruntime.so.1.31.1`, `libonnxruntime.1.31.1.dylib`.
pub(super) fn version_in_name(path: &Path) -> Option<String> {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = real.file_name()?.to_str()?.to_owned();
    let digits =
        name.split(|c: char| !(c.is_ascii_digit() || c == '.')).find(|part| part.trim_matches('.').contains('.'))?;
    let version = digits.trim_matches('.').to_owned();
    version.starts_with(|c: char| c.is_ascii_digit()).then_some(version)
}

/// Files of a folder that are named like the library, newest name first.
fn libraries_in(folder: &Path) -> Vec<PathBuf> {
    let prefix = if cfg!(windows) { "onnxruntime" } else { "libonnxruntime" };
    children(folder, prefix).into_iter().filter(|path| is_library_name(path)).collect()
}

fn is_library_name(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    if name.contains("providers") || name.contains("pybind") {
        return false;
    }
    if cfg!(windows) {
        name == "onnxruntime.dll"
    } else if cfg!(target_vendor = "apple") {
        name.starts_with("libonnxruntime.") && name.ends_with(".dylib")
    } else {
        name == "libonnxruntime.so" || name.starts_with("libonnxruntime.so.")
    }
}

/// Entries whose name starts with `prefix` and not with a dot (unfinished installs), last name first.
fn children(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries
        .flatten()
        .filter(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with(prefix) && !name.starts_with('.')
        })
        .map(|entry| entry.path())
        .collect();
    paths.sort_by(|a, b| b.cmp(a));
    paths
}

fn beside_executable() -> Vec<PathBuf> {
    let Some(folder) = env::current_exe().ok().and_then(|path| path.parent().map(Path::to_owned)) else {
        return Vec::new();
    };
    vec![folder.join("lib"), folder.join("../lib/overread"), folder]
}

fn system_folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for name in ["LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"] {
        folders.extend(env::var_os(name).iter().flat_map(env::split_paths).filter(|path| path.is_absolute()));
    }
    let fixed: &[&str] = if cfg!(windows) {
        &[]
    } else if cfg!(target_vendor = "apple") {
        &["/opt/homebrew/lib", "/usr/local/lib"]
    } else {
        &[
            "/usr/local/lib",
            "/usr/lib/x86_64-linux-gnu",
            "/usr/lib/aarch64-linux-gnu",
            "/usr/lib64",
            "/usr/lib",
            "/opt/onnxruntime/lib",
        ]
    };
    folders.extend(fixed.iter().map(PathBuf::from));
    folders
}

/// Package folders of the Python environments that can be seen from the environment variables and the usual places.
pub(super) fn python_packages() -> Vec<PathBuf> {
    let mut prefixes: Vec<PathBuf> =
        ["VIRTUAL_ENV", "CONDA_PREFIX"].iter().filter_map(env::var_os).map(PathBuf::from).collect();
    prefixes.extend(python_prefixes_on_path());
    if let Some(home) = env::home_dir() {
        prefixes.push(home.join(".local"));
        let pyenv = env::var_os("PYENV_ROOT").map_or_else(|| home.join(".pyenv"), PathBuf::from);
        prefixes.extend(children(&pyenv.join("versions"), ""));
    }
    if cfg!(windows) {
        for name in ["LOCALAPPDATA", "APPDATA"] {
            let base = env::var_os(name).map(PathBuf::from);
            prefixes.extend(base.iter().flat_map(|base| children(&base.join("Programs/Python"), "Python3")));
            prefixes.extend(base.iter().flat_map(|base| children(&base.join("Python"), "Python3")));
        }
    } else {
        prefixes.extend(["/usr/local", "/usr", "/opt/homebrew"].map(PathBuf::from));
        prefixes.extend(children(Path::new("/Library/Frameworks/Python.framework/Versions"), "3"));
    }
    let mut packages: Vec<PathBuf> = Vec::new();
    for folder in prefixes.iter().flat_map(|prefix| packages_of(prefix)) {
        if !packages.contains(&folder) {
            packages.push(folder);
        }
    }
    packages
}

/// A virtual environment's `bin/python3` is a link; both its own prefix and the one behind it count.
fn python_prefixes_on_path() -> Vec<PathBuf> {
    let names: &[&str] = if cfg!(windows) { &["python.exe"] } else { &["python3", "python"] };
    let mut prefixes = Vec::new();
    for folder in env::var_os("PATH").iter().flat_map(env::split_paths) {
        for python in names.iter().map(|name| folder.join(name)).filter(|path| path.is_file()) {
            let own = if cfg!(windows) { Some(folder.clone()) } else { folder.parent().map(Path::to_owned) };
            let real = python.canonicalize().ok().and_then(|real| Some(real.parent()?.parent()?.to_owned()));
            prefixes.extend(own.into_iter().chain(real));
        }
    }
    prefixes
}

fn packages_of(prefix: &Path) -> Vec<PathBuf> {
    let mut folders = vec![prefix.join("Lib/site-packages"), prefix.join("lib/python3/dist-packages")];
    for python in children(&prefix.join("lib"), "python3") {
        folders.push(python.join("site-packages"));
        folders.push(python.join("dist-packages"));
    }
    folders.retain(|folder| folder.is_dir());
    folders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_names() {
        let version = |name: &str| version_in_name(Path::new(name));
        assert_eq!(version("/x/libonnxruntime.so.1.31.1").as_deref(), Some("1.31.1"));
        assert_eq!(version("/x/libonnxruntime.1.24.4.dylib").as_deref(), Some("1.24.4"));
        assert_eq!(version("/x/libonnxruntime.so"), None);
        assert_eq!(version("/x/onnxruntime.dll"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn provider_libraries_and_unfinished_installs_are_no_candidates() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "libonnxruntime.so.1.31.1",
            "libonnxruntime_providers_shared.so",
            "libonnxruntime.so.1.9.0",
            ".libonnxruntime.so.1.40.0",
        ] {
            std::fs::write(folder.path().join(name), b"").unwrap();
        }
        let names: Vec<String> = libraries_in(folder.path())
            .iter()
            .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["libonnxruntime.so.1.9.0", "libonnxruntime.so.1.31.1"]);
    }
}
