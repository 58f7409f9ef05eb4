//! Is a shared library whole? A truncated one kills the process (SIGBUS) when it is loaded, so its header is read first.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// No build of ONNX Runtime is smaller.
const MIN_BYTES: u64 = 1 << 20;

/// `Ok` where the file's own header says that everything it needs is there and it is built for this machine; else the
/// reason in words.
pub(super) fn check_library_file(path: &Path) -> Result<(), String> {
    let mut file = File::open(path).map_err(|error| format!("it cannot be opened ({error})"))?;
    let length = file.metadata().map_err(|error| format!("its size is unknown ({error})"))?.len();
    if length < MIN_BYTES {
        return Err(format!("it has only {length} bytes"));
    }
    let mut header = [0u8; 64];
    file.read_exact(&mut header).map_err(|error| format!("it cannot be read ({error})"))?;
    if header.starts_with(b"\x7fELF") {
        return check_elf(&mut file, &header, length);
    }
    let is_windows = header.starts_with(b"MZ");
    let is_apple = [[0xcf, 0xfa, 0xed, 0xfe], [0xca, 0xfe, 0xba, 0xbe]].iter().any(|magic| header.starts_with(magic));
    match (is_windows && cfg!(windows)) || (is_apple && cfg!(target_vendor = "apple")) {
        true => Ok(()),
        false => Err("it is not a shared library of this system".to_owned()),
    }
}

/// `e_machine` of this build.
fn own_machine() -> Option<u16> {
    match std::env::consts::ARCH {
        "x86_64" => Some(62),
        "aarch64" => Some(183),
        "riscv64" => Some(243),
        _ => None,
    }
}

/// Section table and every segment lie inside the file (ELF-64 object file format, "ELF Header" and "Program Header").
fn check_elf(file: &mut File, header: &[u8; 64], length: u64) -> Result<(), String> {
    let [_, _, _, _, class, order, ..] = header;
    if *class != 2 || *order != 1 {
        return Err("it is not a 64-bit little-endian library".to_owned());
    }
    if own_machine().is_some_and(|own| u16_at(header, 18) != Some(own)) {
        return Err("it is built for another kind of processor".to_owned());
    }
    let truncated = || format!("it is cut off: {length} bytes are there, its header needs more");
    let fits = |offset: Option<u64>, size: Option<u64>| {
        offset.zip(size).and_then(|(o, s)| o.checked_add(s)).is_some_and(|end| end <= length)
    };
    let table = |count: Option<u16>, size: Option<u16>| Some(u64::from(count?) * u64::from(size?));
    if !fits(u64_at(header, 40), table(u16_at(header, 60), u16_at(header, 58))) {
        return Err(truncated());
    }
    let (offset, size) = (u64_at(header, 32), table(u16_at(header, 56), u16_at(header, 54)));
    if !fits(offset, size) {
        return Err(truncated());
    }
    let mut segments = vec![0u8; usize::try_from(size.unwrap_or(0)).unwrap_or(0)];
    file.seek(SeekFrom::Start(offset.unwrap_or(0)))
        .and_then(|_| file.read_exact(&mut segments))
        .map_err(|error| format!("it cannot be read ({error})"))?;
    let step = usize::from(u16_at(header, 54).unwrap_or(0)).max(56);
    let whole = segments.chunks_exact(step).all(|segment| fits(u64_at(segment, 8), u64_at(segment, 32)));
    if whole { Ok(()) } else { Err(truncated()) }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_running_program_is_whole_and_its_half_is_not() {
        let own = std::env::current_exe().unwrap();
        if !cfg!(target_os = "linux") {
            return;
        }
        assert_eq!(check_library_file(&own), Ok(()));
        let folder = tempfile::tempdir().unwrap();
        let half = folder.path().join("libonnxruntime.so.1.31.1");
        let bytes = std::fs::read(&own).unwrap();
        std::fs::write(&half, &bytes[..bytes.len() / 2]).unwrap();
        assert!(check_library_file(&half).unwrap_err().contains("cut off"));
        std::fs::write(&half, vec![0u8; 2 << 20]).unwrap();
        assert!(check_library_file(&half).unwrap_err().contains("not a shared library"));
        std::fs::write(&half, b"\x7fELF").unwrap();
        assert!(check_library_file(&half).unwrap_err().contains("only 4 bytes"));
    }
}
