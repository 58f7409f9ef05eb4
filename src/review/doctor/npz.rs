//! Arrays that a training script saved: NumPy's `.npy` and `.npz` (a zip archive, stored or deflated), numbers and text.

use std::io::Read as _;
use std::path::Path;

/// Larger files are not lists of predictions.
const MAX_BYTES: u64 = 256 << 20;
/// Unpacked size of one member.
const MAX_MEMBER_BYTES: u64 = 256 << 20;
const MAX_MEMBERS: usize = 1000;

/// One array.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Array {
    pub shape: Vec<usize>,
    pub data: Data,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Data {
    Numbers(Vec<f64>),
    Text(Vec<String>),
}

/// Members by name; a `.npy` is one member with an empty name.
pub(super) fn read(path: &Path) -> Result<Vec<(String, Array)>, String> {
    let length = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if length > MAX_BYTES {
        return Err(format!("it is {length} bytes long; arrays of up to {MAX_BYTES} bytes are read"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    if bytes.starts_with(b"\x93NUMPY") {
        return Ok(vec![(String::new(), array(&bytes)?)]);
    }
    members(&bytes).ok_or("it is neither a .npy nor a .npz file, or it is damaged")?
}

type Members = Result<Vec<(String, Array)>, String>;

/// Reads the central directory (PKWARE APPNOTE 4.3.12). `None` where the archive is not in order.
fn members(bytes: &[u8]) -> Option<Members> {
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let count = u16_at(bytes, end.checked_add(10)?)?.min(MAX_MEMBERS);
    let mut entry = u32_at(bytes, end.checked_add(16)?)?;
    let mut found = Vec::with_capacity(count);
    for _ in 0..count {
        if bytes.get(entry..entry.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let at = |offset: usize| entry.checked_add(offset);
        let (method, packed, local) = (u16_at(bytes, at(10)?)?, u32_at(bytes, at(20)?)?, u32_at(bytes, at(42)?)?);
        let (name_length, extra, comment) = (u16_at(bytes, at(28)?)?, u16_at(bytes, at(30)?)?, u16_at(bytes, at(32)?)?);
        let name = std::str::from_utf8(bytes.get(at(46)?..at(46)?.checked_add(name_length)?)?).ok()?;
        let data = local
            .checked_add(30)?
            .checked_add(u16_at(bytes, local.checked_add(26)?)?)?
            .checked_add(u16_at(bytes, local.checked_add(28)?)?)?;
        let content = unpacked(bytes.get(data..data.checked_add(packed)?)?, method)?;
        match array(&content) {
            Ok(array) => found.push((name.trim_end_matches(".npy").to_owned(), array)),
            Err(what) => return Some(Err(format!("{name}: {what}"))),
        }
        entry = at(46)?.checked_add(name_length)?.checked_add(extra)?.checked_add(comment)?;
    }
    Some(Ok(found))
}

fn unpacked(packed: &[u8], method: usize) -> Option<Vec<u8>> {
    match method {
        0 => Some(packed.to_vec()),
        8 => {
            let mut content = Vec::new();
            let mut reader = flate2::read::DeflateDecoder::new(packed).take(MAX_MEMBER_BYTES);
            reader.read_to_end(&mut content).ok()?;
            Some(content)
        }
        _ => None,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?)).ok()
}

/// One `.npy` (NEP 1), C order, little-endian numbers or text.
fn array(bytes: &[u8]) -> Result<Array, String> {
    let damaged = || "its .npy header is damaged".to_owned();
    let major = *bytes.get(6).ok_or_else(damaged)?;
    let (start, length) = if major == 1 { (10, u16_at(bytes, 8)) } else { (12, u32_at(bytes, 8)) };
    let end = length.and_then(|length| length.checked_add(start)).ok_or_else(damaged)?;
    let header = bytes.get(start..end).and_then(|text| std::str::from_utf8(text).ok()).ok_or_else(damaged)?;
    let field = |name: &str| Some(header.split_once(&format!("'{name}':"))?.1.trim_start());
    let descr = field("descr").and_then(|text| text.strip_prefix('\'')?.split_once('\'')).ok_or_else(damaged)?.0;
    if field("fortran_order").is_some_and(|text| text.starts_with("True")) {
        return Err("it is in Fortran order; save np.ascontiguousarray(x)".to_owned());
    }
    let shape = field("shape").and_then(|text| text.strip_prefix('(')?.split_once(')')).ok_or_else(damaged)?.0;
    let shape: Vec<usize> = shape.split(',').filter_map(|axis| axis.trim().parse().ok()).collect();
    let count = shape.iter().try_fold(1usize, |count, axis| count.checked_mul(*axis)).ok_or_else(damaged)?;
    let body = bytes.get(end..).unwrap_or_default();
    let data = data(descr, body, count)?;
    let there = match &data {
        Data::Numbers(values) => values.len(),
        Data::Text(values) => values.len(),
    };
    if there != count { Err("it is cut short".to_owned()) } else { Ok(Array { shape, data }) }
}

fn data(descr: &str, body: &[u8], count: usize) -> Result<Data, String> {
    macro_rules! numbers {
        ($kind:ty) => {
            body.as_chunks().0.iter().take(count).map(|bytes| <$kind>::from_le_bytes(*bytes) as f64).collect()
        };
    }
    let width = || descr.get(2..).and_then(|width| width.parse::<usize>().ok()).filter(|width| *width > 0);
    Ok(match descr {
        "<f4" => Data::Numbers(numbers!(f32)),
        "<f8" => Data::Numbers(numbers!(f64)),
        "<i4" => Data::Numbers(numbers!(i32)),
        "<i8" => Data::Numbers(numbers!(i64)),
        "|u1" => Data::Numbers(body.iter().take(count).map(|value| f64::from(*value)).collect()),
        text if text.starts_with("<U") => {
            let width = width().and_then(|width| width.checked_mul(4)).ok_or("its text has no width")?;
            let word = |bytes: &[u8]| -> String {
                let codes = bytes.as_chunks().0.iter().map(|four| u32::from_le_bytes(*four));
                codes.take_while(|code| *code != 0).filter_map(char::from_u32).collect()
            };
            Data::Text(body.chunks_exact(width).take(count).map(word).collect())
        }
        text if text.starts_with("|S") => {
            let width = width().ok_or("its text has no width")?;
            let word = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches('\0').to_owned();
            Data::Text(body.chunks_exact(width).take(count).map(word).collect())
        }
        "|O" => return Err("it holds Python objects; save names as np.array(names, dtype=str)".to_owned()),
        other => return Err(format!("numbers of type {other} are not read; save float32")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `numpy.save`'s bytes for this header and body.
    fn npy(descr: &str, shape: &str, body: &[u8]) -> Vec<u8> {
        let mut header = format!("{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}");
        header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
        header.push('\n');
        let mut file = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((header.len() as u16).to_le_bytes());
        file.extend(header.as_bytes());
        file.extend(body);
        file
    }

    /// A zip archive of stored members, as `numpy.savez` writes it.
    fn zip(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let (mut file, mut directory) = (Vec::new(), Vec::new());
        for (name, content) in members {
            let at = file.len() as u32;
            let size = (content.len() as u32).to_le_bytes();
            let name_length = (name.len() as u16).to_le_bytes();
            let common =
                [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &size, &size, &name_length, &[0, 0]].concat();
            file.extend([b"PK\x03\x04", &common[..], name.as_bytes(), content].concat());
            directory
                .extend([b"PK\x01\x02\x14\x00", &common[..], &[0; 10], &at.to_le_bytes(), name.as_bytes()].concat());
        }
        let at = (file.len() as u32).to_le_bytes();
        let (count, size) = ((members.len() as u16).to_le_bytes(), (directory.len() as u32).to_le_bytes());
        [file, directory, [b"PK\x05\x06\0\0\0\0", &count[..], &count, &size, &at, &[0, 0]].concat()].concat()
    }

    #[test]
    fn numbers_and_names_come_out_of_an_archive() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        let probabilities: Vec<u8> = [0.25f32, 0.75, 1.0, 0.0].iter().flat_map(|v| v.to_le_bytes()).collect();
        let names: Vec<u8> = "a뇌b\0".chars().flat_map(|c| (c as u32).to_le_bytes()).collect();
        std::fs::write(
            &path,
            zip(&[("prob.npy", npy("<f4", "2, 2", &probabilities)), ("names.npy", npy("<U2", "2,", &names))]),
        )
        .unwrap();
        let found = read(&path).unwrap();
        assert_eq!(found[0].1, Array { shape: vec![2, 2], data: Data::Numbers(vec![0.25, 0.75, 1.0, 0.0]) });
        assert_eq!(found[1].1.data, Data::Text(vec!["a뇌".into(), "b".into()]));
    }

    #[test]
    fn damage_is_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        let whole = zip(&[("x.npy", npy("<f8", "2,", &[0; 16]))]);
        // The last two bytes are the length of a comment that nobody reads.
        for cut in 0..whole.len() - 2 {
            std::fs::write(&path, &whole[..cut]).unwrap();
            assert!(read(&path).is_err(), "cut at {cut}");
        }
        for (descr, shape) in
            [("|O", "2,"), ("<c8", "2,"), ("<f8", "3,"), ("<U0", "1,"), ("<f8", "18446744073709551615, 2")]
        {
            std::fs::write(&path, npy(descr, shape, &[0; 16])).unwrap();
            assert!(read(&path).is_err(), "{descr} {shape}");
        }
    }
}
