//! Takes single files out of a wheel (a ZIP archive), nothing more: stored and deflated entries up to 4 GiB, no
//! encryption, no ZIP64 (PKWARE APPNOTE 6.3.10, sections 4.3.7, 4.3.12, 4.3.16).

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use flate2::CrcWriter;
use flate2::read::DeflateDecoder;

/// One file in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// Path inside the archive, `/` between folders.
    pub name: String,
    method: u16,
    crc32: u32,
    packed: u64,
    /// Bytes after unpacking.
    pub length: u64,
    header_at: u64,
}

/// The end record is at the very end, behind a comment of at most 64 KiB.
const MAX_TAIL: u64 = 22 + 65_535;
/// Bytes of the end record without its comment.
const END_LENGTH: usize = 22;
const END_SIGNATURE: [u8; 4] = *b"PK\x05\x06";
const ENTRY_SIGNATURE: [u8; 4] = *b"PK\x01\x02";
const LOCAL_SIGNATURE: [u8; 4] = *b"PK\x03\x04";

/// The archive's list of files.
pub(super) fn entries(file: &mut File) -> Result<Vec<Entry>, String> {
    let broken = || "the package is not a whole ZIP archive".to_owned();
    let length = file.metadata().map_err(|error| error.to_string())?.len();
    let tail_length = length.min(MAX_TAIL);
    let tail = read_at(file, length.saturating_sub(tail_length), tail_length)?;
    let end_at = (0..tail.len()).rev().find(|at| tail.get(*at..).is_some_and(|rest| rest.starts_with(&END_SIGNATURE)));
    let end = end_at.and_then(|at| tail.get(at..)).filter(|end| end.len() >= END_LENGTH).ok_or_else(broken)?;
    let (count, size, start) = (u16_at(end, 10), u32_at(end, 12), u32_at(end, 16));
    let (Some(count), Some(size), Some(start)) = (count, size, start) else { return Err(broken()) };
    if u64::from(start) + u64::from(size) > length {
        return Err(broken());
    }
    let directory = read_at(file, u64::from(start), u64::from(size))?;
    let mut rest = directory.as_slice();
    let mut found = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let (entry, next) = entry(rest).ok_or_else(broken)?;
        found.push(entry);
        rest = next;
    }
    Ok(found)
}

fn entry(bytes: &[u8]) -> Option<(Entry, &[u8])> {
    if !bytes.starts_with(&ENTRY_SIGNATURE) {
        return None;
    }
    let name_length = usize::from(u16_at(bytes, 28)?);
    let extra = usize::from(u16_at(bytes, 30)?).checked_add(usize::from(u16_at(bytes, 32)?))?;
    let name_end = 46usize.checked_add(name_length)?;
    let entry = Entry {
        name: String::from_utf8_lossy(bytes.get(46..name_end)?).into_owned(),
        method: u16_at(bytes, 10)?,
        crc32: u32_at(bytes, 16)?,
        packed: u64::from(u32_at(bytes, 20)?),
        length: u64::from(u32_at(bytes, 24)?),
        header_at: u64::from(u32_at(bytes, 42)?),
    };
    Some((entry, bytes.get(name_end.checked_add(extra)?..)?))
}

/// Unpacks one file to `to`, never more than its declared length, and checks its CRC-32.
pub(super) fn unpack(archive: &mut File, entry: &Entry, to: &Path) -> Result<(), String> {
    let header = read_at(archive, entry.header_at, 30)?;
    let name_and_extra = (u16_at(&header, 26), u16_at(&header, 28));
    let (true, (Some(name), Some(extra))) = (header.starts_with(&LOCAL_SIGNATURE), name_and_extra) else {
        return Err(format!("{} is missing inside the package", entry.name));
    };
    let start = entry.header_at + 30 + u64::from(name) + u64::from(extra);
    archive.seek(SeekFrom::Start(start)).map_err(|error| error.to_string())?;
    let packed = archive.take(entry.packed);
    let mut content: Box<dyn Read> = match entry.method {
        0 => Box::new(packed),
        8 => Box::new(DeflateDecoder::new(std::io::BufReader::with_capacity(1 << 16, packed))),
        other => return Err(format!("{} is packed by method {other}, which is not known here", entry.name)),
    };
    let file = File::create(to).map_err(|error| format!("{} cannot be written ({error})", to.display()))?;
    let mut writer = CrcWriter::new(file);
    let written = std::io::copy(&mut content.as_mut().take(entry.length.saturating_add(1)), &mut writer)
        .map_err(|error| format!("{} cannot be unpacked ({error})", entry.name))?;
    if written != entry.length || writer.crc().sum() != entry.crc32 {
        return Err(format!("{} is damaged inside the package", entry.name));
    }
    let file = writer.into_inner();
    file.sync_all().map_err(|error| format!("{} cannot be written ({error})", to.display()))
}

fn read_at(file: &mut File, start: u64, length: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    file.seek(SeekFrom::Start(start))
        .and_then(|_| file.take(length).read_to_end(&mut bytes))
        .map_err(|error| format!("the package cannot be read ({error})"))?;
    Ok(bytes)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Writes a small archive, for tests.
#[cfg(test)]
pub(super) fn write_archive(path: &Path, files: &[(&str, &[u8])]) {
    use std::io::Write;

    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        packer.write_all(content).unwrap();
        let packed = packer.finish().unwrap();
        let header_at = bytes.len() as u32;
        let mut middle = Vec::new();
        middle.extend([20u8, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
        middle.extend(crc.sum().to_le_bytes());
        middle.extend((packed.len() as u32).to_le_bytes());
        middle.extend((content.len() as u32).to_le_bytes());
        middle.extend((name.len() as u16).to_le_bytes());
        middle.extend([0, 0]);
        bytes.extend(LOCAL_SIGNATURE);
        bytes.extend(&middle);
        bytes.extend(name.as_bytes());
        bytes.extend(&packed);
        directory.extend(ENTRY_SIGNATURE);
        directory.extend([20, 0]);
        directory.extend(&middle);
        directory.extend([0u8; 10]);
        directory.extend(header_at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(END_SIGNATURE);
    bytes.extend([0u8; 4]);
    bytes.extend([files.len() as u8, 0, files.len() as u8, 0]);
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    std::fs::write(path, bytes).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_come_out_as_they_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.whl");
        write_archive(&path, &[("a/one.so", b"first"), ("../two", &[7; 100_000])]);
        let mut archive = File::open(&path).unwrap();
        let found = entries(&mut archive).unwrap();
        assert_eq!(found.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["a/one.so", "../two"]);
        let out = folder.path().join("out");
        unpack(&mut archive, &found[1], &out).unwrap();
        assert_eq!(std::fs::read(&out).unwrap(), [7; 100_000]);
        unpack(&mut archive, &found[0], &out).unwrap();
        assert_eq!(std::fs::read(&out).unwrap(), b"first");
    }

    #[test]
    fn cut_and_changed_archives_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.whl");
        write_archive(&path, &[("a/one.so", &[3; 5000])]);
        let whole = std::fs::read(&path).unwrap();
        for length in [0, 10, whole.len() / 2, whole.len() - 1] {
            std::fs::write(&path, &whole[..length]).unwrap();
            let mut archive = File::open(&path).unwrap();
            let found = entries(&mut archive);
            assert!(
                found.is_err()
                    || found.unwrap().iter().all(|e| unpack(&mut archive, e, &folder.path().join("o")).is_err())
            );
        }
        // The packed bytes begin at 38, after the local header and the name.
        for at in [38, 40, 45] {
            let mut changed = whole.clone();
            changed[at] ^= 0x55;
            std::fs::write(&path, &changed).unwrap();
            let mut archive = File::open(&path).unwrap();
            let found = entries(&mut archive).unwrap();
            assert!(unpack(&mut archive, &found[0], &folder.path().join("o")).is_err(), "byte {at}");
        }
    }
}
