//! `.hdr` + `.img` pairs: finding one file from the other, with or without `.gz`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::super::ScanError;

/// The `.img` file that holds the values of a `.hdr` file, and whether it is gzip.
pub fn image_of_header(header: &Path) -> Result<(PathBuf, bool), ScanError> {
    let image = sibling(header, "hdr", "img").ok_or_else(|| ScanError::NoPixels {
        path: header.into(),
        what: "its values are in a second file whose name ends in .img, which is not beside it".into(),
    })?;
    let gzip = image.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("gz"));
    Ok((image, gzip))
}

/// The `.hdr` file beside a `.img` file, where there is one.
pub fn header_of_image(image: &Path) -> Option<PathBuf> {
    sibling(image, "img", "hdr")
}

/// `name.FROM` or `name.FROM.gz` to an existing `name.TO` or `name.TO.gz`, in lower or upper case.
fn sibling(path: &Path, from: &str, to: &str) -> Option<PathBuf> {
    let plain = match path.extension() {
        Some(extension) if extension.eq_ignore_ascii_case("gz") => Path::new(path.file_stem()?),
        _ => Path::new(path.file_name()?),
    };
    if !plain.extension()?.eq_ignore_ascii_case(from) {
        return None;
    }
    let stem = plain.file_stem()?;
    let upper = to.to_ascii_uppercase();
    [to.to_owned(), upper.clone(), format!("{to}.gz"), format!("{upper}.GZ")]
        .iter()
        .map(|ending| path.with_file_name(joined(stem, ending)))
        .find(|candidate| candidate.is_file())
}

fn joined(stem: &OsStr, ending: &str) -> OsString {
    let mut name = stem.to_owned();
    name.push(".");
    name.push(ending);
    name
}
