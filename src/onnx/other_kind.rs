//! What a file is that is no ONNX model, told from its first bytes, and what to do about it.

/// Bytes that are looked at.
const HEAD: usize = 512;

/// In words that go on after "This is not an ONNX model: ". `None` for what cannot be told.
pub(super) fn other_kind(bytes: &[u8]) -> Option<&'static str> {
    let head = bytes.get(..HEAD.min(bytes.len())).unwrap_or_default();
    let at = |place: usize, magic: &[u8]| head.get(place..).is_some_and(|rest| rest.starts_with(magic));
    Some(match () {
        () if head.is_empty() => "the file is empty",
        () if at(0, b"version https://git-lfs") => {
            "it is a Git LFS pointer, and the model itself was not downloaded (git lfs pull fetches it)"
        }
        () if at(0, b"PK\x03\x04") => {
            "it is a ZIP archive, as PyTorch checkpoints and .keras files are; export the model to ONNX first"
        }
        () if at(0, b"\x89HDF") => "it is an HDF5 file, as Keras saves weights; export the model to ONNX first",
        () if at(0, b"\x80\x02") || at(0, b"\x80\x04") => {
            "it is a pickled Python object, as old PyTorch checkpoints are; export the model to ONNX first"
        }
        () if at(4, b"TFL3") => "it is a TensorFlow Lite model; export the original to ONNX",
        () if at(4, b"ORTM") => "it is a model in ONNX Runtime's own format; use the .onnx it was made from",
        () if at(0, b"\x1f\x8b") => "it is compressed with gzip; unpack it first",
        () if at(0, b"\x89PNG") || at(0, b"\xff\xd8\xff") || at(128, b"DICM") => "it is a picture",
        () if is_text(head) && is_page(head) => {
            "it is a web page: the download gave an error, or a page about the model"
        }
        () if is_text(head) => "it is text",
        () => return None,
    })
}

fn is_text(head: &[u8]) -> bool {
    let plain = |text: &str| text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'));
    match std::str::from_utf8(head) {
        Ok(text) => plain(text),
        // A letter of several bytes may be cut at the end.
        Err(error) => {
            let whole = head.get(..error.valid_up_to()).and_then(|whole| std::str::from_utf8(whole).ok());
            error.error_len().is_none() && whole.is_some_and(plain)
        }
    }
}

fn is_page(head: &[u8]) -> bool {
    let start = head.trim_ascii_start();
    [&b"<!doctype"[..], b"<html", b"<?xml"]
        .iter()
        .any(|tag| start.get(..tag.len()).is_some_and(|found| found.eq_ignore_ascii_case(tag)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_files_that_are_taken_for_models_are_named() {
        let long = "긴 글 ".repeat(200);
        for (bytes, said) in [
            (&b""[..], "empty"),
            (b"<!DOCTYPE html><p>404", "web page"),
            (b"version https://git-lfs.github.com/spec/v1\noid sha256:1", "git lfs pull"),
            (b"PK\x03\x04rest", "ZIP"),
            (b"\x89HDF\r\n\x1a\n", "HDF5"),
            (b"\x89PNG\r\n\x1a\n", "picture"),
            (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
            (b"file,label\na,b\n", "it is text"),
            (long.as_bytes(), "it is text"),
        ] {
            assert!(other_kind(bytes).is_some_and(|kind| kind.contains(said)), "{said}: {:?}", other_kind(bytes));
        }
        assert_eq!(other_kind(&[8, 7, 18, 4, 0, 1]), None, "as ONNX begins");
    }
}
