//! Reads NumPy's `.npz`: a zip archive of `.npy` members, stored or deflated.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::Path;

/// Member name (without `.npy`) to the bytes of the `.npy`, for `ndarray_npy::ReadNpyExt`. Panics on anything that is
/// not such an archive.
pub fn read(path: &Path) -> BTreeMap<String, Cursor<Vec<u8>>> {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let u16_at = |at: usize| usize::from(u16::from_le_bytes(bytes[at..at + 2].try_into().unwrap()));
    let u32_at = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
    let end = bytes.windows(4).rposition(|four| four == b"PK\x05\x06").expect("end of central directory");
    let mut members = BTreeMap::new();
    let mut entry = u32_at(end + 16);
    for _ in 0..u16_at(end + 10) {
        assert_eq!(&bytes[entry..entry + 4], b"PK\x01\x02", "central directory entry");
        let (method, packed, local) = (u16_at(entry + 10), u32_at(entry + 20), u32_at(entry + 42));
        let name_len = u16_at(entry + 28);
        let name = String::from_utf8(bytes[entry + 46..entry + 46 + name_len].to_vec()).unwrap();
        let data = local + 30 + u16_at(local + 26) + u16_at(local + 28);
        let packed = &bytes[data..data + packed];
        let mut content = Vec::new();
        match method {
            0 => content.extend_from_slice(packed),
            8 => drop(flate2::read::DeflateDecoder::new(packed).read_to_end(&mut content).unwrap()),
            other => panic!("zip method {other}"),
        }
        members.insert(name.trim_end_matches(".npy").to_owned(), Cursor::new(content));
        entry += 46 + name_len + u16_at(entry + 30) + u16_at(entry + 32);
    }
    members
}
