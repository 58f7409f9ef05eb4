//! Before a window is asked for: is there a display, are its libraries there. What is missing becomes a sentence
//! instead of a panic inside the windowing library, so that the caller can go on in the terminal.

use std::path::{Path, PathBuf};

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    #[error(
        "no display was found: neither WAYLAND_DISPLAY nor DISPLAY is set. Start the program in a desktop session (over \
         SSH: ssh -X); `overread --help` lists what works without a window"
    )]
    NoDisplay,
    #[error(
        "the display {name} cannot be used ({why}). Check that DISPLAY or WAYLAND_DISPLAY names a display that is open to \
         you; `overread --help` lists what works without a window"
    )]
    Unreachable { name: String, why: String },
    #[error("the window needs {library}, which is not installed (on Debian and Ubuntu: apt-get install {package})")]
    NoLibrary { library: &'static str, package: &'static str },
    #[error("no worker thread could be started: {0}")]
    Threads(#[from] std::io::Error),
    #[error("the window could not be opened: {0}")]
    Window(String),
}

impl WindowError {
    /// What the windowing library says, without the places in its own source: a display that refuses, in words.
    pub fn of_library(what: &str) -> Self {
        // `… os error at /build/path/mod.rs:788: Failed to open …`
        let plain = match what.rsplit_once("os error at ") {
            Some((_, after)) => after.split_once(": ").map_or(after, |(_, why)| why),
            None => what,
        };
        let names = ["X server", "Wayland", "compositor", "NoCompositor"];
        if !names.iter().any(|name| plain.contains(name)) {
            return Self::Window(plain.to_owned());
        }
        let named = ["WAYLAND_DISPLAY", "DISPLAY"].into_iter().filter_map(|name| std::env::var(name).ok());
        let name = named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(|| "of this session".to_owned());
        let plain = plain.trim_end_matches('.').to_owned();
        Self::Unreachable {
            name,
            why: plain.strip_prefix("Failed").map_or(plain.clone(), |rest| format!("failed{rest}")),
        }
    }
}

/// Loaded at run time by the windowing library, which panics or fails obscurely without them.
#[cfg(target_os = "linux")]
const X11_LIBRARIES: &[(&str, &str)] = &[
    ("libX11.so.6", "libx11-6"),
    ("libX11-xcb.so.1", "libx11-xcb1"),
    ("libXcursor.so.1", "libxcursor1"),
    ("libXi.so.6", "libxi6"),
    ("libxkbcommon-x11.so.0", "libxkbcommon-x11-0"),
    ("libGL.so.1", "libgl1"),
];
#[cfg(target_os = "linux")]
const WAYLAND_LIBRARIES: &[(&str, &str)] = &[
    ("libwayland-client.so.0", "libwayland-client0"),
    ("libxkbcommon.so.0", "libxkbcommon0"),
    ("libEGL.so.1", "libegl1"),
];

/// Elsewhere the system always has a window server.
#[cfg(not(target_os = "linux"))]
pub fn check() -> Result<(), WindowError> {
    Ok(())
}

/// # Errors
/// No display, a display that does not answer, a library that is missing.
#[cfg(target_os = "linux")]
pub fn check() -> Result<(), WindowError> {
    let set = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    if let Some(name) = set("WAYLAND_DISPLAY") {
        reach_wayland(&name, set("XDG_RUNTIME_DIR").as_deref())?;
        return find_libraries(WAYLAND_LIBRARIES);
    }
    if set("WAYLAND_SOCKET").is_some() {
        return find_libraries(WAYLAND_LIBRARIES);
    }
    let name = set("DISPLAY").ok_or(WindowError::NoDisplay)?;
    reach_x11(&name)?;
    find_libraries(X11_LIBRARIES)
}

#[cfg(target_os = "linux")]
fn reach_wayland(name: &str, runtime_folder: Option<&str>) -> Result<(), WindowError> {
    let path = match runtime_folder {
        Some(folder) => Path::new(folder).join(name), // an absolute name replaces the folder
        None => PathBuf::from(name),
    };
    let reached = std::os::unix::net::UnixStream::connect(&path);
    reached.map(drop).map_err(|error| WindowError::Unreachable { name: name.to_owned(), why: error.to_string() })
}

/// `[host]:display[.screen]`: a local socket without a host, else TCP port 6000 + display.
#[cfg(target_os = "linux")]
fn reach_x11(name: &str) -> Result<(), WindowError> {
    use std::net::{TcpStream, ToSocketAddrs as _};
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixStream};

    let unreachable = |why: String| WindowError::Unreachable { name: name.to_owned(), why };
    let (host, display) = x11_name(name).ok_or_else(|| unreachable("it is not of the form host:number".into()))?;
    if host.is_empty() || host == "unix" {
        let path = format!("/tmp/.X11-unix/X{display}");
        // Both kinds of local socket; which one a server opens varies.
        let hidden = SocketAddr::from_abstract_name(&path).and_then(|address| UnixStream::connect_addr(&address));
        return hidden
            .or_else(|_| UnixStream::connect(&path))
            .map(drop)
            .map_err(|error| unreachable(error.to_string()));
    }
    let port = 6000u16.checked_add(display).ok_or_else(|| unreachable("there is no such display".into()))?;
    let addresses = (host, port).to_socket_addrs().map_err(|error| unreachable(error.to_string()))?;
    let limit = std::time::Duration::from_secs(3);
    let mut why = "its host has no address".to_owned();
    for address in addresses {
        match TcpStream::connect_timeout(&address, limit) {
            Ok(_) => return Ok(()),
            Err(error) => why = error.to_string(),
        }
    }
    Err(unreachable(why))
}

#[cfg(target_os = "linux")]
fn x11_name(name: &str) -> Option<(&str, u16)> {
    let (host, rest) = name.rsplit_once(':')?;
    let display = rest.split('.').next()?.parse().ok()?;
    Some((host.split('/').next_back().unwrap_or(host), display))
}

#[cfg(target_os = "linux")]
fn find_libraries(wanted: &[(&'static str, &'static str)]) -> Result<(), WindowError> {
    // Without the loader's cache (musl, NixOS) nothing can be said; the window is simply tried.
    let Ok(cache) = std::fs::read("/etc/ld.so.cache") else { return Ok(()) };
    for (library, package) in wanted {
        if !contains(&cache, library.as_bytes()) && !in_search_path(library) {
            return Err(WindowError::NoLibrary { library, package });
        }
    }
    Ok(())
}

/// The cache holds names as C strings.
#[cfg(target_os = "linux")]
fn contains(cache: &[u8], name: &[u8]) -> bool {
    let mut ended = name.to_vec();
    ended.push(0);
    cache.windows(ended.len()).any(|part| part == ended)
}

#[cfg(target_os = "linux")]
fn in_search_path(library: &str) -> bool {
    std::env::var_os("LD_LIBRARY_PATH")
        .is_some_and(|folders| std::env::split_paths(&folders).any(|folder| folder.join(library).exists()))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn display_names_are_read_as_x11_does() {
        assert_eq!(x11_name(":71"), Some(("", 71)));
        assert_eq!(x11_name("localhost:10.0"), Some(("localhost", 10)));
        assert_eq!(x11_name("host/unix:0"), Some(("unix", 0)));
        assert_eq!(x11_name("nothing"), None);
        assert_eq!(x11_name(":x"), None);
    }

    #[test]
    fn a_display_that_is_not_there_is_a_sentence() {
        let error = reach_x11(":65535").unwrap_err().to_string();
        assert!(error.starts_with("the display :65535 cannot be used"), "{error}");
        let error = reach_wayland("wayland-none", Some("/nowhere")).unwrap_err().to_string();
        assert!(error.contains("wayland-none"), "{error}");
    }

    #[test]
    fn what_the_windowing_library_says_comes_without_its_build_path() {
        let said = "winit EventLoopError: os error at /build/winit-0.30/src/platform/mod.rs:788: Failed to open connection \
                    to X server";
        let error = WindowError::of_library(said).to_string();
        assert!(error.contains("(failed to open connection to X server)") && !error.contains("/build"), "{error}");
        let error = WindowError::of_library("no OpenGL context").to_string();
        assert_eq!(error, "the window could not be opened: no OpenGL context");
    }

    #[test]
    fn a_missing_library_names_its_package() {
        let cache = b"xx\0libX11.so.6\0libGL.so.1.7\0";
        assert!(contains(cache, b"libX11.so.6"));
        assert!(!contains(cache, b"libGL.so.1"), "a longer name is another library");
        let error = WindowError::NoLibrary { library: "libxkbcommon-x11.so.0", package: "libxkbcommon-x11-0" };
        assert!(error.to_string().contains("apt-get install libxkbcommon-x11-0"));
    }
}
