//! What the integration tests share: where outside things are, and the rule that a missing one is said, never hidden.
//!
//! `OVERREAD_REQUIRE=onnxruntime,display,shared` turns "missing" into a failure (continuous integration sets it).

#![allow(dead_code)] // each test binary uses its own part

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The folder of real scans and reference numbers beside the checkout (or `OVERREAD_SHARED`). `None` is said in one
/// line, and fails where `OVERREAD_REQUIRE` names it.
pub fn shared() -> Option<PathBuf> {
    let folder = std::env::var_os("OVERREAD_SHARED")
        .map(PathBuf::from)
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    require("shared", folder.is_dir()).then_some(folder)
}

/// Returns `found`; where it is false, prints one line, or fails if `OVERREAD_REQUIRE` names `what`.
pub fn require(what: &str, found: bool) -> bool {
    if !found {
        let required = std::env::var("OVERREAD_REQUIRE").unwrap_or_default();
        assert!(!required.split(',').any(|name| name.trim() == what), "{what} is required here and was not found");
        say_once(what);
    }
    found
}

/// One line for each test program, past the test harness, which hides what passing tests print.
fn say_once(what: &str) {
    static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    if !said.iter().any(|known| known == what) {
        said.push(what.to_owned());
        let group =
            std::env::current_exe().ok().and_then(|path| Some(path.file_stem()?.to_string_lossy().into_owned()));
        let group =
            group.as_deref().and_then(|name| name.rsplit_once('-')).map_or("tests", |(name, _)| name).to_owned();
        let _ = writeln!(std::io::stderr(), "skipped in {group}: {what} not found");
    }
}
