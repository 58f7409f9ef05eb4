//! The start of a file: preamble, file meta information (group 0002), and what the data set behind it looks like.
//!
//! Preamble and meta may be missing and the declared syntax may be wrong; the bytes decide (PS3.10 chapter 7).

use dicom_core::{Tag, VR};

use super::elements::{Encoding, Stop, Walker};
use crate::scan::fault::Fault;

/// What stands before the data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Preamble {
    /// Transfer Syntax UID (0002,0010), where the file says one.
    pub syntax: Option<String>,
    /// Media Storage SOP Class UID (0002,0002).
    pub sop_class: Option<String>,
    /// Where the data set begins.
    pub data_set_at: usize,
}

/// Bytes that are surely enough for [`looks_like`].
pub(crate) const SNIFFED: usize = 256;

/// True where the first bytes of a file (256 are enough) are DICOM, with or without preamble and meta.
pub(crate) fn looks_like(first_bytes: &[u8]) -> bool {
    if first_bytes.get(128..132) == Some(b"DICM") || first_bytes.starts_with(b"DICM") {
        return true;
    }
    let Some(encoding) = guess_encoding(first_bytes) else { return false };
    // Two elements in ascending order of groups that start a data set: no text or picture file does that.
    let file_length = u64::MAX >> 1;
    let walker = Walker { bytes: first_bytes, file_length, encoding };
    let Ok(first) = walker.header(0) else { return false };
    let plausible = |tag: Tag| matches!(tag.group(), 0x0002 | 0x0004 | 0x0008 | 0x0010);
    if !plausible(first.tag) || first.length > 1 << 16 {
        return false;
    }
    let second_at = first.value_start.saturating_add(first.length as usize);
    match walker.header(second_at) {
        Ok(second) => second.tag > first.tag && plausible(second.tag),
        // The first value is longer than what was sniffed.
        Err(_) => encoding.explicit_vr && first_bytes.len() >= SNIFFED,
    }
}

/// Finds the data set; `bytes` are the file's first ones.
pub(crate) fn read(bytes: &[u8], file_length: u64) -> Result<Preamble, Stop> {
    // The four letters may also stand in a value of a file without preamble: meta information must follow them.
    let meta_at = if bytes.get(128..134) == Some(b"DICM\x02\0") {
        132
    } else if bytes.starts_with(b"DICM") {
        4
    } else {
        0
    };
    let walker = Walker { bytes, file_length, encoding: Encoding::EXPLICIT_LITTLE };
    let mut at = meta_at;
    let mut syntax = None;
    let mut sop_class = None;
    while (at as u64).saturating_add(8) <= file_length {
        let header = walker.header(at)?;
        if header.tag.group() != 0x0002 {
            break;
        }
        let end = header.value_start.saturating_add(header.length as usize);
        if end as u64 > file_length {
            return Err(Fault::damaged("its file meta information is cut off").into());
        }
        if end > bytes.len() {
            return Err(Stop::NeedBytes(end));
        }
        let uid = || {
            let text = String::from_utf8_lossy(bytes.get(header.value_start..end).unwrap_or_default());
            Some(text.trim_matches(['\0', ' ']).to_owned()).filter(|uid| !uid.is_empty())
        };
        match header.tag {
            Tag(_, 0x0002) => sop_class = uid(),
            Tag(_, 0x0010) => syntax = uid(),
            _ => {}
        }
        at = end;
    }
    Ok(Preamble { syntax, sop_class, data_set_at: at })
}

/// How the data set that starts with these bytes is written; `None` where they are no element.
pub(crate) fn guess_encoding(bytes: &[u8]) -> Option<Encoding> {
    let [g0, g1, e0, e1, v0, v1, l0, l1] = *bytes.first_chunk::<8>()?;
    // Groups at the start of a data set are small: the high byte is zero.
    let big_endian = match (g0, g1) {
        (0, 1..) => true,
        (1.., 0) => false,
        _ => return None,
    };
    if VR::from_binary([v0, v1]).is_some() {
        return Some(Encoding { explicit_vr: true, big_endian });
    }
    let length = if big_endian { u32::from_be_bytes([v0, v1, l0, l1]) } else { u32::from_le_bytes([v0, v1, l0, l1]) };
    let group_length = e0 == 0 && e1 == 0;
    ((length < 1 << 20 && !group_length) || length == 4).then_some(Encoding { explicit_vr: false, big_endian })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn preamble_meta_or_neither_are_recognised() {
        let mut with_preamble = vec![0; 128];
        with_preamble.extend(b"DICM");
        assert!(looks_like(&with_preamble));
        assert!(looks_like(b"\x08\0\x05\0CS\x0a\0ISO_IR 100\x08\0\x08\0CS\x04\0ORIG\x08\0"));
        assert!(looks_like(b"\x08\0\x05\0\x0a\0\0\0ISO_IR 100\x08\0\x16\0\x04\0\0\0ORIG"));
        assert!(looks_like(b"\0\x08\0\x05CS\0\x0aISO_IR 100\0\x08\0\x08CS\0\x04ORIG\0\x08"));
    }

    #[test]
    fn other_files_are_not() {
        for other in [
            &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..],
            b"BM6\0\0\0\0\0\0\0",
            b"\x5c\x01\0\0\0\0\0\0",
            b"",
            b"II*\0\x08\0\0\0",
        ] {
            assert!(!looks_like(other), "{other:?}");
        }
    }
}
