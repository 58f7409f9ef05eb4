//! Where the program keeps what it fetched.

use std::env;
use std::path::PathBuf;

/// `$XDG_DATA_HOME/overread` or `~/.local/share/overread`; `~/Library/Application Support/overread` on macOS;
/// `%LOCALAPPDATA%\overread` on Windows. `None` where the system names no home.
pub fn data_folder() -> Option<PathBuf> {
    let base = if cfg!(windows) {
        env::var_os("LOCALAPPDATA").map(PathBuf::from)
    } else if let Some(folder) = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|path| path.is_absolute()) {
        Some(folder)
    } else if cfg!(target_vendor = "apple") {
        env::home_dir().map(|home| home.join("Library/Application Support"))
    } else {
        env::home_dir().map(|home| home.join(".local/share"))
    };
    Some(base?.join("overread"))
}
