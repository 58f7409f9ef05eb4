//! Marker segments (T.81 annex B): frame and scan headers, quantisation and Huffman tables.

use super::huffman::Huffman;
use crate::scan::fault::Fault;

/// The coding process, by its frame marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::scan) enum Process {
    Sequential,
    Progressive,
    Lossless,
}

/// One component of the frame header.
#[derive(Clone, Debug)]
pub(in crate::scan) struct Component {
    pub id: u8,
    /// Horizontal and vertical sampling factors, 1 to 4.
    pub across: usize,
    pub down: usize,
    pub quantisation: usize,
}

/// The frame header (T.81 B.2.2).
#[derive(Clone, Debug)]
pub(in crate::scan) struct Frame {
    pub process: Process,
    pub precision: u32,
    pub rows: usize,
    pub cols: usize,
    pub components: Vec<Component>,
    pub most_across: usize,
    pub most_down: usize,
}

/// One component of a scan: its place in the frame and its tables.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScanComponent {
    pub index: usize,
    pub dc_table: usize,
    pub ac_table: usize,
}

/// The scan header (T.81 B.2.3) and the entropy-coded bytes behind it.
#[derive(Debug)]
pub(super) struct Scan<'a> {
    pub components: Vec<ScanComponent>,
    /// Start of spectral selection, or the predictor of a lossless scan.
    pub start: usize,
    pub end: usize,
    pub high: u32,
    /// Successive approximation low bit, or the point transform of a lossless scan.
    pub low: u32,
    pub data: &'a [u8],
}

pub(super) enum Segment<'a> {
    Frame,
    Scan(Scan<'a>),
}

/// A stream and the tables read so far.
pub(super) struct Headers<'a> {
    stream: &'a [u8],
    at: usize,
    frame: Option<Frame>,
    pub quantisation: [Option<[u16; 64]>; 4],
    pub dc_tables: [Option<Huffman>; 4],
    pub ac_tables: [Option<Huffman>; 4],
    /// In minimum coded units; 0 for none.
    pub restart_interval: usize,
    pub is_jfif: bool,
    pub adobe_transform: Option<u8>,
}

/// Where coefficient `k` of the zigzag order lies in its block (T.81 figure 5).
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

fn cut_off() -> Fault {
    Fault::damaged("a JPEG header segment is cut off")
}

impl<'a> Headers<'a> {
    pub fn new(stream: &'a [u8]) -> Result<Self, Fault> {
        let start = stream.windows(2).take(256).position(|pair| pair == [0xFF, 0xD8]);
        let start = start.ok_or_else(|| Fault::damaged("a compressed frame is no JPEG stream"))?;
        Ok(Self {
            stream,
            at: start + 2,
            frame: None,
            quantisation: [None; 4],
            dc_tables: [const { None }; 4],
            ac_tables: [const { None }; 4],
            restart_interval: 0,
            is_jfif: false,
            adobe_transform: None,
        })
    }

    pub fn frame(&self) -> Result<&Frame, Fault> {
        self.frame.as_ref().ok_or_else(|| Fault::damaged("a JPEG stream has no frame header"))
    }

    /// Reads tables up to the next frame or scan header; `None` at the end of the picture.
    pub fn next_segment(&mut self) -> Result<Option<Segment<'a>>, Fault> {
        loop {
            let Some(marker) = self.next_marker() else { return Ok(None) };
            match marker {
                0xD9 => return Ok(None),
                0x01 | 0xD0..=0xD8 => continue,
                _ => {}
            }
            let rest = self.stream.get(self.at..).unwrap_or_default();
            let length = rest.first_chunk().map(|bytes| usize::from(u16::from_be_bytes(*bytes))).unwrap_or(0);
            let body = rest.get(2..length).ok_or_else(cut_off)?;
            self.at += length;
            match marker {
                0xC4 => self.read_huffman(body)?,
                0xC0..=0xC3 => {
                    self.read_frame(marker, body)?;
                    return Ok(Some(Segment::Frame));
                }
                0xC5..=0xCF => {
                    return Err(Fault::unsupported(
                        "JPEG with arithmetic coding or hierarchical frames",
                        "Export the picture uncompressed.",
                    ));
                }
                0xDA => return self.read_scan(body).map(|scan| Some(Segment::Scan(scan))),
                0xDB => self.read_quantisation(body)?,
                0xDD => {
                    let interval = body.first_chunk().ok_or_else(cut_off)?;
                    self.restart_interval = usize::from(u16::from_be_bytes(*interval));
                }
                0xE0 => self.is_jfif |= body.starts_with(b"JFIF"),
                0xEE if body.starts_with(b"Adobe") => self.adobe_transform = body.get(11).copied(),
                _ => {}
            }
        }
    }

    /// Skips to the next marker; fill bytes and entropy-coded data in between are passed over.
    fn next_marker(&mut self) -> Option<u8> {
        loop {
            let rest = self.stream.get(self.at..)?;
            let ff = first_ff(rest)?;
            self.at += ff + 1;
            match self.stream.get(self.at)? {
                0xFF => {}
                0x00 => self.at += 1,
                marker => {
                    self.at += 1;
                    return Some(*marker);
                }
            }
        }
    }

    fn read_frame(&mut self, marker: u8, body: &[u8]) -> Result<(), Fault> {
        if self.frame.is_some() {
            return Err(Fault::damaged("a JPEG stream has two frame headers"));
        }
        let process = match marker {
            0xC2 => Process::Progressive,
            0xC3 => Process::Lossless,
            _ => Process::Sequential,
        };
        let [precision, r1, r0, c1, c0, count] = *body.first_chunk().ok_or_else(cut_off)?;
        let allowed = if process == Process::Lossless { 2..=16 } else { 8..=12 };
        if !allowed.contains(&precision) || (process != Process::Lossless && !matches!(precision, 8 | 12)) {
            return Err(Fault::damaged(format!("a JPEG stream claims {precision} bits per sample")));
        }
        let components = body.get(6..6 + usize::from(count) * 3).ok_or_else(cut_off)?.as_chunks::<3>().0;
        let components: Vec<Component> = components
            .iter()
            .map(|[id, factors, table]| Component {
                id: *id,
                across: usize::from(factors >> 4),
                down: usize::from(factors & 15),
                quantisation: usize::from(*table),
            })
            .collect();
        let factors_allowed = |c: &Component| (1..=4).contains(&c.across) && (1..=4).contains(&c.down);
        if !matches!(components.len(), 1 | 3) || !components.iter().all(factors_allowed) {
            return Err(Fault::damaged("a JPEG frame header names impossible components"));
        }
        self.frame = Some(Frame {
            process,
            precision: u32::from(precision),
            rows: usize::from(u16::from_be_bytes([r1, r0])),
            cols: usize::from(u16::from_be_bytes([c1, c0])),
            most_across: components.iter().map(|c| c.across).max().unwrap_or(1),
            most_down: components.iter().map(|c| c.down).max().unwrap_or(1),
            components,
        });
        Ok(())
    }

    fn read_scan(&mut self, body: &[u8]) -> Result<Scan<'a>, Fault> {
        let frame = self.frame()?;
        let (count, body) = body.split_first().ok_or_else(cut_off)?;
        let (selectors, rest) = body.split_at_checked(usize::from(*count) * 2).ok_or_else(cut_off)?;
        let [start, end, approximation] = *rest.first_chunk().ok_or_else(cut_off)?;
        let mut components = Vec::new();
        for [id, tables] in selectors.as_chunks::<2>().0 {
            let index = frame.components.iter().position(|component| component.id == *id);
            let index = index.ok_or_else(|| Fault::damaged("a JPEG scan names an unknown component"))?;
            let (dc_table, ac_table) = (usize::from(tables >> 4), usize::from(tables & 15));
            components.push(ScanComponent { index, dc_table, ac_table });
        }
        if components.is_empty() || components.len() > frame.components.len() {
            return Err(Fault::damaged("a JPEG scan has an impossible number of components"));
        }
        Ok(Scan {
            components,
            start: usize::from(start),
            end: usize::from(end),
            high: u32::from(approximation >> 4),
            low: u32::from(approximation & 15),
            data: self.stream.get(self.at..).unwrap_or_default(),
        })
    }

    fn read_quantisation(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        while let Some((head, rest)) = body.split_first() {
            let bytes_each = if head >> 4 == 0 { 1 } else { 2 };
            let (values, rest) = rest.split_at_checked(64 * bytes_each).ok_or_else(cut_off)?;
            let mut table = [0u16; 64];
            for (value, place) in values.chunks_exact(bytes_each).zip(ZIGZAG) {
                let value = value.iter().fold(0, |value, byte| value << 8 | u16::from(*byte));
                if let Some(entry) = table.get_mut(usize::from(place)) {
                    *entry = value;
                }
            }
            *self.quantisation.get_mut(usize::from(head & 15)).ok_or_else(cut_off)? = Some(table);
            body = rest;
        }
        Ok(())
    }

    fn read_huffman(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        while let Some((head, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>().ok_or_else(cut_off)?;
            let total = counts.iter().map(|count| usize::from(*count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(cut_off)?;
            let table = Huffman::new(counts, symbols)?;
            let tables = if head >> 4 == 0 { &mut self.dc_tables } else { &mut self.ac_tables };
            *tables.get_mut(usize::from(head & 15)).ok_or_else(cut_off)? = Some(table);
            body = rest;
        }
        Ok(())
    }
}

/// Where the first byte 0xFF stands. Blocks without one are passed over as a whole: 16 bytes are compared at once.
pub(super) fn first_ff(bytes: &[u8]) -> Option<usize> {
    let without = |block: &&[u8; 64]| !block.iter().fold(false, |any, byte| any | (*byte == 0xFF));
    let skipped = bytes.as_chunks::<64>().0.iter().take_while(without).count() * 64;
    let rest = bytes.get(skipped..)?;
    rest.iter().position(|byte| *byte == 0xFF).map(|at| skipped + at)
}

/// The table that a scan names.
pub(super) fn table(tables: &[Option<Huffman>; 4], index: usize) -> Result<&Huffman, Fault> {
    let table = tables.get(index).and_then(Option::as_ref);
    table.ok_or_else(|| Fault::damaged("a JPEG scan names a Huffman table that the stream does not hold"))
}
