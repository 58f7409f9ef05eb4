//! DCT scans, sequential and progressive (T.81 annexes F and G), into coefficient planes; planes into samples.

use super::headers::{Frame, Headers, Process, Scan, ZIGZAG, table};
use super::huffman::{Huffman, extend};
use super::idct;
use crate::scan::bits::{BitReader, Stuffing};
use crate::scan::fault::Fault;

/// The blocks of one component, rows of blocks padded to whole units.
pub(super) struct Plane {
    /// Blocks that hold picture.
    cols_used: usize,
    rows_used: usize,
    /// Blocks in a stored row.
    stride: usize,
    across: usize,
    down: usize,
    quantisation: usize,
    blocks: Vec<[i16; 64]>,
}

/// All components.
pub(super) struct Planes {
    planes: Vec<Plane>,
    process: Process,
    precision: u32,
    unit_cols: usize,
    unit_rows: usize,
    scans: usize,
}

/// Samples of one component, `[rows, stride]`.
pub(super) struct SamplePlane {
    pub samples: Vec<u16>,
    pub stride: usize,
}

/// More scans than any encoder writes: a stream that repeats them without end is refused.
const MOST_SCANS: usize = 100;

impl Planes {
    pub fn new(frame: &Frame) -> Result<Self, Fault> {
        let unit_cols = frame.cols.div_ceil(8 * frame.most_across);
        let unit_rows = frame.rows.div_ceil(8 * frame.most_down);
        let planes = frame.components.iter().map(|component| {
            let cols = (frame.cols * component.across).div_ceil(frame.most_across);
            let rows = (frame.rows * component.down).div_ceil(frame.most_down);
            let stride = unit_cols * component.across;
            Plane {
                cols_used: cols.div_ceil(8),
                rows_used: rows.div_ceil(8),
                stride,
                across: component.across,
                down: component.down,
                quantisation: component.quantisation,
                blocks: vec![[0; 64]; stride * unit_rows * component.down],
            }
        });
        let planes = planes.collect();
        Ok(Self { planes, process: frame.process, precision: frame.precision, unit_cols, unit_rows, scans: 0 })
    }

    /// Decodes one scan.
    pub fn scan(&mut self, headers: &Headers, scan: &Scan) -> Result<(), Fault> {
        self.scans += 1;
        if self.scans > MOST_SCANS {
            return Err(Fault::damaged("a JPEG stream has more than 100 scans"));
        }
        let progressive = self.process == Process::Progressive;
        if progressive && (scan.start > scan.end || scan.end > 63 || scan.low > 13) {
            return Err(Fault::damaged("a progressive JPEG scan has impossible parameters"));
        }
        let (needs_dc, needs_ac) = if progressive { (scan.start == 0, scan.start > 0) } else { (true, true) };
        let mut coders = Vec::new();
        for component in &scan.components {
            let dc = needs_dc.then(|| table(&headers.dc_tables, component.dc_table));
            // Refinement of first coefficients needs no table.
            let dc = if progressive && scan.high > 0 { None } else { dc.transpose()? };
            let ac = needs_ac.then(|| table(&headers.ac_tables, component.ac_table)).transpose()?;
            coders.push(Coder { index: component.index, dc, ac, last_dc: 0 });
        }
        let mut decoder = ScanDecoder {
            reader: BitReader::new(scan.data, Stuffing::Byte),
            start: scan.start,
            end: scan.end,
            high: scan.high,
            low: scan.low,
            progressive,
            end_of_band: 0,
        };
        if let [coder] = &mut coders[..] {
            self.single(headers, &mut decoder, coder)
        } else {
            self.interleaved(headers, &mut decoder, &mut coders)
        }
    }

    /// A scan of one component covers only blocks that hold picture, in rows (T.81 A.2.2).
    fn single(&mut self, headers: &Headers, decoder: &mut ScanDecoder, coder: &mut Coder) -> Result<(), Fault> {
        let Some(plane) = self.planes.get_mut(coder.index) else { return Ok(()) };
        let mut until_restart = headers.restart_interval;
        for row in 0..plane.rows_used {
            for col in 0..plane.cols_used {
                if headers.restart_interval > 0 && until_restart == 0 {
                    decoder.restart(std::slice::from_mut(coder))?;
                    until_restart = headers.restart_interval;
                }
                until_restart = until_restart.saturating_sub(1);
                if let Some(block) = plane.blocks.get_mut(row * plane.stride + col) {
                    decoder.block(coder, block);
                }
            }
            decoder.check()?;
        }
        Ok(())
    }

    /// A scan of several components, unit by unit (T.81 A.2.3).
    fn interleaved(&mut self, headers: &Headers, decoder: &mut ScanDecoder, coders: &mut [Coder]) -> Result<(), Fault> {
        let mut until_restart = headers.restart_interval;
        for unit_row in 0..self.unit_rows {
            for unit_col in 0..self.unit_cols {
                if headers.restart_interval > 0 && until_restart == 0 {
                    decoder.restart(coders)?;
                    until_restart = headers.restart_interval;
                }
                until_restart = until_restart.saturating_sub(1);
                for coder in coders.iter_mut() {
                    let Some(plane) = self.planes.get_mut(coder.index) else { continue };
                    for down in 0..plane.down {
                        let at = (unit_row * plane.down + down) * plane.stride + unit_col * plane.across;
                        for block in plane.blocks.iter_mut().skip(at).take(plane.across) {
                            decoder.block(coder, block);
                        }
                    }
                }
            }
            decoder.check()?;
        }
        Ok(())
    }

    /// Dequantises and transforms all blocks.
    pub fn render(&self, headers: &Headers) -> Result<Vec<SamplePlane>, Fault> {
        if self.scans == 0 {
            return Err(Fault::damaged("a JPEG stream holds no scan"));
        }
        self.planes
            .iter()
            .map(|plane| {
                let table = headers.quantisation.get(plane.quantisation).and_then(Option::as_ref);
                let table = table.ok_or_else(|| Fault::damaged("a JPEG stream lacks a quantisation table"))?;
                Ok(plane.render(table, self.precision))
            })
            .collect()
    }
}

impl Plane {
    fn render(&self, table: &[u16; 64], precision: u32) -> SamplePlane {
        let stride = self.stride * 8;
        let mut samples = vec![0; self.blocks.len() * 64];
        let block_rows = samples.chunks_exact_mut(stride.max(1) * 8).zip(self.blocks.chunks_exact(self.stride.max(1)));
        for (strip, blocks) in block_rows {
            for (col, block) in blocks.iter().enumerate() {
                let is_flat = block.iter().skip(1).all(|value| *value == 0);
                let block = if is_flat {
                    let first = i32::from(block[0]) * i32::from(table[0]);
                    [idct::flat(first, precision); 64]
                } else {
                    idct::inverse(&std::array::from_fn(|k| i32::from(block[k]) * i32::from(table[k])), precision)
                };
                for (line, values) in strip.chunks_exact_mut(stride).zip(block.as_chunks::<8>().0) {
                    if let Some(target) = line.get_mut(col * 8..col * 8 + 8) {
                        target.copy_from_slice(values);
                    }
                }
            }
        }
        SamplePlane { samples, stride }
    }
}

/// One component's tables and prediction in a scan.
struct Coder<'a> {
    index: usize,
    dc: Option<&'a Huffman>,
    ac: Option<&'a Huffman>,
    last_dc: i32,
}

struct ScanDecoder<'a> {
    reader: BitReader<'a>,
    start: usize,
    end: usize,
    high: u32,
    low: u32,
    progressive: bool,
    /// Blocks left of a run without further coefficients.
    end_of_band: u32,
}

impl ScanDecoder<'_> {
    fn restart(&mut self, coders: &mut [Coder]) -> Result<(), Fault> {
        if !self.reader.restart() {
            return Err(Fault::damaged("a JPEG stream lacks a restart marker"));
        }
        coders.iter_mut().for_each(|coder| coder.last_dc = 0);
        self.end_of_band = 0;
        Ok(())
    }

    fn check(&self) -> Result<(), Fault> {
        if self.reader.is_exhausted() {
            return Err(Fault::damaged("a JPEG stream ends before its picture is complete"));
        }
        Ok(())
    }

    #[inline]
    fn block(&mut self, coder: &mut Coder, block: &mut [i16; 64]) {
        match (self.progressive, self.start, self.high) {
            (false, ..) => self.sequential(coder, block),
            (true, 0, 0) => {
                let difference = coder.dc.map_or(0, |table| table.difference(&mut self.reader));
                coder.last_dc = coder.last_dc.wrapping_add(difference);
                block[0] = (coder.last_dc << self.low) as i16;
            }
            (true, 0, _) => block[0] |= (self.reader.take(1) << self.low) as i16,
            (true, _, 0) => self.first_band(coder, block),
            (true, _, _) => self.refine_band(coder, block),
        }
    }

    #[inline]
    fn sequential(&mut self, coder: &mut Coder, block: &mut [i16; 64]) {
        let (Some(dc), Some(ac)) = (coder.dc, coder.ac) else { return };
        coder.last_dc = coder.last_dc.wrapping_add(dc.difference(&mut self.reader));
        block[0] = coder.last_dc as i16;
        let mut k = 1;
        while k < 64 {
            let symbol = ac.symbol(&mut self.reader);
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run != 15 {
                    break;
                }
                k += 16;
                continue;
            }
            k += run;
            let value = extend(self.reader.take(size), size);
            set(block, k, value as i16);
            k += 1;
        }
    }

    /// First pass over a band of coefficients (T.81 G.1.2.2).
    fn first_band(&mut self, coder: &Coder, block: &mut [i16; 64]) {
        let Some(ac) = coder.ac else { return };
        if self.end_of_band > 0 {
            self.end_of_band -= 1;
            return;
        }
        let mut k = self.start;
        while k <= self.end {
            let symbol = ac.symbol(&mut self.reader);
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run < 15 {
                    self.end_of_band = (1 << run) - 1 + self.reader.take(run);
                    break;
                }
                k += 16;
                continue;
            }
            k += run as usize;
            let value = extend(self.reader.take(size), size);
            set(block, k, (value << self.low) as i16);
            k += 1;
        }
    }

    /// Later passes: one more bit of each coefficient (T.81 G.1.2.3).
    fn refine_band(&mut self, coder: &Coder, block: &mut [i16; 64]) {
        let Some(ac) = coder.ac else { return };
        let bit = 1i16 << self.low;
        let mut k = self.start;
        if self.end_of_band == 0 {
            while k <= self.end {
                let symbol = ac.symbol(&mut self.reader);
                let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
                let mut fresh = 0;
                if size == 0 {
                    if run < 15 {
                        self.end_of_band = (1 << run) + self.reader.take(run);
                        break;
                    }
                } else {
                    fresh = if self.reader.take(1) == 1 { bit } else { -bit };
                }
                while k <= self.end {
                    let place = ZIGZAG.get(k).map_or(0, |place| usize::from(*place));
                    let Some(value) = block.get_mut(place) else { break };
                    if *value != 0 {
                        refine(value, bit, self.reader.take(1));
                    } else if run == 0 {
                        *value = fresh;
                        k += 1;
                        break;
                    } else {
                        run -= 1;
                    }
                    k += 1;
                }
                if self.reader.is_exhausted() {
                    return;
                }
            }
        }
        if self.end_of_band > 0 {
            for place in ZIGZAG.iter().take(self.end + 1).skip(k) {
                if let Some(value) = block.get_mut(usize::from(*place)).filter(|value| **value != 0) {
                    refine(value, bit, self.reader.take(1));
                }
            }
            self.end_of_band -= 1;
        }
    }
}

fn refine(value: &mut i16, bit: i16, correction: u32) {
    if correction == 1 && *value & bit == 0 {
        *value = if *value >= 0 { value.wrapping_add(bit) } else { value.wrapping_sub(bit) };
    }
}

#[inline]
fn set(block: &mut [i16; 64], k: usize, value: i16) {
    if let Some(place) = ZIGZAG.get(k)
        && let Some(target) = block.get_mut(usize::from(*place))
    {
        *target = value;
    }
}
