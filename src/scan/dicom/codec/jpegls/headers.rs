//! Marker segments of JPEG-LS (T.87 annex C) and the parameters that follow from them.

use crate::scan::fault::Fault;

/// How the components of a scan take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interleave {
    None,
    Line,
    Sample,
}

/// One scan header and the data behind it.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    /// Channels of the frame that this scan holds.
    pub components: Vec<usize>,
    pub near: i32,
    pub interleave: Interleave,
    /// Where the data begins in the stream.
    pub data_at: usize,
    pub data: &'a [u8],
}

/// The frame header and presets.
#[derive(Debug, Default)]
pub(super) struct Headers {
    pub rows: usize,
    pub cols: usize,
    pub precision: u32,
    pub component_ids: Vec<u8>,
    pub is_jfif: bool,
    /// MAXVAL, T1, T2, T3, RESET of an LSE segment; 0 stands for the default.
    presets: [i32; 5],
}

/// Coding parameters of a scan (T.87 section A.2.1, C.2.4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameters {
    pub near: i32,
    pub most: i32,
    pub thresholds: [i32; 3],
    pub reset: i32,
    pub range: i32,
    /// Bits of a mapped error when it is written plainly.
    pub plain_bits: u32,
    /// Longest code.
    pub limit: u32,
}

/// True where a stream's frame header is that of JPEG-LS (SOF55) rather than one of JPEG's.
pub(in crate::scan::dicom::codec) fn is_jpeg_ls(stream: &[u8]) -> bool {
    let mut at = 2;
    while let Some([0xFF, marker, high, low]) = stream.get(at..).and_then(|rest| rest.first_chunk::<4>()) {
        match marker {
            0xF7 => return true,
            0xFF => at += 1,
            0xC0..=0xC3 | 0xC5..=0xCF | 0xDA => return false,
            _ => at += 2 + usize::from(u16::from_be_bytes([*high, *low])),
        }
    }
    false
}

fn cut_off() -> Fault {
    Fault::damaged("a JPEG-LS header is cut off")
}

fn not_supported(what: &str) -> Fault {
    Fault::unsupported(format!("JPEG-LS with {what}"), "Export the picture uncompressed.")
}

impl Headers {
    /// Reads up to the first scan's data.
    pub fn read(stream: &[u8]) -> Result<(Self, Scan<'_>), Fault> {
        // A stream that was cut off would decode to rubbish without end.
        if !stream.iter().rev().take(64).collect::<Vec<_>>().windows(2).any(|pair| pair == [&0xD9, &0xFF]) {
            return Err(Fault::damaged("a JPEG-LS stream has no end marker, it was cut off"));
        }
        let mut headers = Self::default();
        let scan = headers.next_scan(stream, 2)?.ok_or_else(|| Fault::damaged("a JPEG-LS stream has no scan"))?;
        Ok((headers, scan))
    }

    /// Reads from `at` up to the next scan's data; `None` at the end.
    pub fn next_scan<'a>(&mut self, stream: &'a [u8], mut at: usize) -> Result<Option<Scan<'a>>, Fault> {
        loop {
            let Some(rest) = stream.get(at..) else { return Ok(None) };
            let Some(ff) = rest.windows(2).position(|pair| matches!(pair, [0xFF, 0x80..=0xFE])) else {
                return Ok(None);
            };
            let marker = rest.get(ff + 1).copied().unwrap_or_default();
            at += ff + 2;
            match marker {
                0xD9 => return Ok(None),
                0xD8 => continue,
                _ => {}
            }
            let rest = stream.get(at..).unwrap_or_default();
            let length = rest.first_chunk().map_or(0, |bytes| usize::from(u16::from_be_bytes(*bytes)));
            let body = rest.get(2..length).ok_or_else(cut_off)?;
            at += length;
            match marker {
                0xF7 => self.read_frame(body)?,
                0xF8 => self.read_presets(body)?,
                0xDD if body.iter().any(|byte| *byte != 0) => return Err(not_supported("restart markers")),
                0xE0 => self.is_jfif |= body.starts_with(b"JFIF"),
                0xE8 if body.starts_with(b"mrfx") && body.get(4).is_some_and(|transform| *transform != 0) => {
                    return Err(not_supported("a colour transform"));
                }
                0xDA => return self.read_scan(body, stream, at).map(Some),
                _ => {}
            }
        }
    }

    fn read_frame(&mut self, body: &[u8]) -> Result<(), Fault> {
        let [precision, r1, r0, c1, c0, count] = *body.first_chunk().ok_or_else(cut_off)?;
        let components = body.get(6..6 + 3 * usize::from(count)).ok_or_else(cut_off)?.as_chunks::<3>().0;
        if !(2..=16).contains(&precision) || components.iter().any(|[_, factors, _]| *factors != 0x11) {
            return Err(Fault::damaged("a JPEG-LS frame header is impossible"));
        }
        self.precision = u32::from(precision);
        self.rows = usize::from(u16::from_be_bytes([r1, r0]));
        self.cols = usize::from(u16::from_be_bytes([c1, c0]));
        self.component_ids = components.iter().map(|[id, ..]| *id).collect();
        Ok(())
    }

    fn read_presets(&mut self, body: &[u8]) -> Result<(), Fault> {
        match body.split_first() {
            Some((1, values)) => {
                let values = values.first_chunk::<10>().ok_or_else(cut_off)?.as_chunks::<2>().0;
                for (preset, value) in self.presets.iter_mut().zip(values) {
                    *preset = i32::from(u16::from_be_bytes(*value));
                }
                Ok(())
            }
            Some((2 | 3, _)) => Err(not_supported("a mapping table")),
            _ => Err(not_supported("an unknown preset")),
        }
    }

    fn read_scan<'a>(&self, body: &[u8], stream: &'a [u8], data_at: usize) -> Result<Scan<'a>, Fault> {
        let (count, body) = body.split_first().ok_or_else(cut_off)?;
        let (selectors, rest) = body.split_at_checked(2 * usize::from(*count)).ok_or_else(cut_off)?;
        let [near, interleave, point_transform] = *rest.first_chunk().ok_or_else(cut_off)?;
        let find = |[id, table]: &[u8; 2]| match table {
            0 => self.component_ids.iter().position(|known| known == id).ok_or_else(cut_off),
            _ => Err(not_supported("a mapping table")),
        };
        let components = selectors.as_chunks::<2>().0.iter().map(find).collect::<Result<Vec<_>, _>>()?;
        let interleave = match (interleave, components.len()) {
            (_, 1) | (0, _) => Interleave::None,
            (1, _) => Interleave::Line,
            (2, _) => Interleave::Sample,
            _ => return Err(Fault::damaged("a JPEG-LS scan has an unknown interleave mode")),
        };
        if components.is_empty() || (interleave == Interleave::None && components.len() > 1) {
            return Err(Fault::damaged("a JPEG-LS scan has an impossible number of components"));
        }
        if point_transform & 15 != 0 {
            return Err(not_supported("a point transform"));
        }
        let data = stream.get(data_at..).unwrap_or_default();
        Ok(Scan { components, near: i32::from(near), interleave, data_at, data })
    }

    /// Parameters of a scan with this NEAR.
    pub fn parameters(&self, near: i32) -> Result<Parameters, Fault> {
        let full = (1i32 << self.precision) - 1;
        let [most, t1, t2, t3, reset] = self.presets;
        let most = if most == 0 { full } else { most };
        if most < 1 || most > full || near > most / 2 {
            return Err(Fault::damaged("a JPEG-LS stream has impossible presets"));
        }
        let defaults = default_thresholds(most, near);
        let or = |preset: i32, default: i32| if preset == 0 { default } else { preset };
        let thresholds = [or(t1, defaults[0]), or(t2, defaults[1]), or(t3, defaults[2])];
        let range = if near == 0 { most + 1 } else { (most + 2 * near) / (2 * near + 1) + 1 };
        let sample_bits = bits_for(most + 1).max(2);
        Ok(Parameters {
            near,
            most,
            thresholds,
            reset: or(reset, 64).max(3),
            range,
            plain_bits: bits_for(range),
            limit: 2 * (sample_bits + sample_bits.max(8)),
        })
    }
}

/// The bits that `count` different values take: ceil(log2(count)).
fn bits_for(count: i32) -> u32 {
    (count.max(1) as u32).next_power_of_two().trailing_zeros()
}

/// T.87 section C.2.4.1.1.1.
fn default_thresholds(most: i32, near: i32) -> [i32; 3] {
    let clamp = |value: i32, low: i32| if value > most || value < low { low } else { value };
    if most >= 128 {
        let factor = (most.min(4095) + 128) / 256;
        let t1 = clamp(factor + 2 + 3 * near, near + 1);
        let t2 = clamp(factor * 4 + 3 + 5 * near, t1);
        [t1, t2, clamp(factor * 17 + 4 + 7 * near, t2)]
    } else {
        let factor = 256 / (most + 1);
        let t1 = clamp((3 / factor + 3 * near).max(2), near + 1);
        let t2 = clamp((7 / factor + 5 * near).max(3), t1);
        [t1, t2, clamp((21 / factor + 7 * near).max(4), t2)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn default_parameters_are_those_of_the_standard() {
        // T.87 table C.3.
        assert_eq!(default_thresholds(255, 0), [3, 7, 21]);
        assert_eq!(default_thresholds(4095, 0), [18, 67, 276]);
        assert_eq!(default_thresholds(65535, 0), [18, 67, 276]);
        assert_eq!(bits_for(256), 8);
        assert_eq!(bits_for(257), 9);
    }
}
