//! The header of a `.npy` file: a Python dictionary literal with three known keys (NumPy's format.py, NEP 1).
//!
//! Parsed by hand: the three keys and their few legal values need no general Python parser, and a parser that
//! recurses would overflow the stack on a hostile header.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::super::ScanError;
use super::super::samples::SampleType;
use super::MAGIC;

/// NumPy itself refuses headers above 10 000 characters.
const MOST_HEADER_BYTES: usize = 10_000;

#[derive(Debug, PartialEq)]
pub struct Header {
    pub sample: SampleType,
    pub big_endian: bool,
    pub fortran_order: bool,
    pub shape: Vec<usize>,
    /// Byte of the first value.
    pub data_offset: u64,
}

impl Header {
    pub fn shape_text(&self) -> String {
        format!("{:?}", self.shape)
    }

    pub fn encoding(&self) -> String {
        let bytes = if self.big_endian { "big endian" } else { "little endian" };
        let order = if self.fortran_order { "Fortran order" } else { "C order" };
        format!("NumPy array, {}, {bytes}, {order}", self.sample.name())
    }
}

pub fn read(path: &Path) -> Result<Header, ScanError> {
    let io = |source| ScanError::Read { path: path.into(), source };
    let mut start = Vec::new();
    File::open(path).map_err(io)?.take(MOST_HEADER_BYTES as u64 + 12).read_to_end(&mut start).map_err(io)?;
    let (text, data_offset) = text(&start).ok_or_else(|| ScanError::Damaged {
        path: path.into(),
        what: "its .npy header is cut or absurdly long".into(),
    })?;
    parse(text, data_offset).map_err(|problem| match problem {
        Problem::Damaged(what) => ScanError::Damaged { path: path.into(), what: format!("its .npy header has {what}") },
        Problem::Type(descr) => ScanError::Unsupported {
            path: path.into(),
            what: format!("values of NumPy type {descr}"),
            hint: "Integers of 8 to 64 bits, floats and bool open.".into(),
        },
    })
}

/// The dictionary text and the byte where the values begin.
fn text(start: &[u8]) -> Option<(&str, u64)> {
    let rest = start.strip_prefix(MAGIC)?;
    let (length, text_at) = match rest.first()? {
        1 => (usize::from(u16::from_le_bytes(rest.get(2..4)?.try_into().ok()?)), 10),
        2 | 3 => (usize::try_from(u32::from_le_bytes(rest.get(2..6)?.try_into().ok()?)).ok()?, 12),
        _ => return None,
    };
    let end = length.checked_add(text_at)?;
    let text = std::str::from_utf8(start.get(text_at..end)?).ok()?;
    Some((text, end as u64))
}

#[derive(Debug, PartialEq)]
enum Problem {
    Damaged(&'static str),
    Type(String),
}

fn parse(text: &str, data_offset: u64) -> Result<Header, Problem> {
    let descr = value_of(text, "descr").ok_or(Problem::Damaged("no descr"))?;
    let fortran_order = match value_of(text, "fortran_order") {
        Some(v) if v.starts_with("True") => true,
        Some(v) if v.starts_with("False") => false,
        _ => return Err(Problem::Damaged("no fortran_order")),
    };
    let shape = value_of(text, "shape").and_then(shape).ok_or(Problem::Damaged("no readable shape"))?;
    let (sample, big_endian) = sample_type(descr)?;
    Ok(Header { sample, big_endian, fortran_order, shape, data_offset })
}

/// What follows `'key':`, blanks skipped.
fn value_of<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    ['\'', '"'].into_iter().find_map(|quote| {
        let (_, after) = text.split_once(&format!("{quote}{key}{quote}"))?;
        Some(after.trim_start().strip_prefix(':')?.trim_start())
    })
}

fn shape(value: &str) -> Option<Vec<usize>> {
    let (inside, _) = value.strip_prefix('(')?.split_once(')')?;
    let inside = inside.trim().trim_end_matches(',');
    if inside.is_empty() {
        return Some(Vec::new());
    }
    // Python 2 wrote long integers with a trailing L.
    inside.split(',').map(|n| n.trim().trim_end_matches('L').parse().ok()).collect()
}

fn sample_type(value: &str) -> Result<(SampleType, bool), Problem> {
    let quote = value.chars().next().filter(|c| matches!(c, '\'' | '"'));
    let Some(quote) = quote else {
        return Err(Problem::Type("record (several fields)".into()));
    };
    let descr = value.strip_prefix(quote).and_then(|v| v.split(quote).next()).unwrap_or_default();
    let (order, code) = match descr.strip_prefix(['<', '>', '|', '=']) {
        Some(code) => (descr.chars().next().unwrap_or('='), code),
        None => ('=', descr),
    };
    let sample = match code {
        "u1" | "b1" | "?" => SampleType::U8,
        "i1" => SampleType::I8,
        "u2" => SampleType::U16,
        "i2" => SampleType::I16,
        "u4" => SampleType::U32,
        "i4" => SampleType::I32,
        "u8" => SampleType::U64,
        "i8" => SampleType::I64,
        "f2" => SampleType::F16,
        "f4" => SampleType::F32,
        "f8" => SampleType::F64,
        _ => return Err(Problem::Type(descr.chars().take(40).collect())),
    };
    let big_endian = order == '>' || (order == '=' && cfg!(target_endian = "big"));
    Ok((sample, big_endian))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dictionary_of_numpy_is_read() {
        let header = parse("{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }      \n", 128).unwrap();
        assert_eq!((header.sample, header.big_endian, header.fortran_order), (SampleType::I16, true, true));
        assert_eq!(header.shape, [2, 3]);
        assert_eq!(parse("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }", 0).unwrap().shape, [7]);
        assert_eq!(parse("{'descr': '<f4', 'fortran_order': False, 'shape': ()}", 0).unwrap().shape, [0usize; 0]);
    }

    #[test]
    fn other_types_are_refused_by_name() {
        for descr in ["'<c8'", "'|O'", "'<U4'", "[('a', '<f4')]"] {
            let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (2, 2), }}");
            assert!(matches!(parse(&text, 0), Err(Problem::Type(_))), "{descr}");
        }
        assert_eq!(
            parse("{'descr': '<f4', 'fortran_order': False, 'shape': (2, -1)}", 0),
            Err(Problem::Damaged("no readable shape"))
        );
    }
}
