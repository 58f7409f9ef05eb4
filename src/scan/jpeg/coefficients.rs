//! DCT scans, sequential and progressive (T.81 annexes F and G), into coefficient planes; planes into samples.

use super::headers::{Frame, Headers, Process, Scan, ZIGZAG, table};
use super::huffman::{Huffman, extend};
use super::idct;
#[cfg(target_arch = "x86_64")]
use super::idct_sse2;
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
    /// All of them, or (sequential) those of one row of units, used again for each.
    blocks: Vec<[i16; 64]>,
    /// `[rows, 8 stride]`.
    samples: Vec<u16>,
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
            let rows_of_blocks = unit_rows * component.down;
            let kept = if frame.process == Process::Progressive { rows_of_blocks } else { component.down };
            Plane {
                cols_used: cols.div_ceil(8),
                rows_used: rows.div_ceil(8),
                stride,
                across: component.across,
                down: component.down,
                quantisation: component.quantisation,
                blocks: vec![[0; 64]; stride * kept],
                samples: vec![0; stride * rows_of_blocks * 64],
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
        let (progressive, precision) = (self.process == Process::Progressive, self.precision);
        let Some(plane) = self.planes.get_mut(coder.index) else { return Ok(()) };
        let quantisation = Quantisation::of(headers, plane)?;
        let mut until_restart = headers.restart_interval;
        for row in 0..plane.rows_used {
            let first = if progressive { row * plane.stride } else { 0 };
            if !progressive {
                plane.clear();
            }
            for col in 0..plane.cols_used {
                if headers.restart_interval > 0 && until_restart == 0 {
                    decoder.restart(std::slice::from_mut(coder))?;
                    until_restart = headers.restart_interval;
                }
                until_restart = until_restart.saturating_sub(1);
                if let Some(block) = plane.blocks.get_mut(first + col) {
                    decoder.block(coder, block);
                }
            }
            decoder.check()?;
            if !progressive {
                plane.render(row, 1, &quantisation, precision);
            }
        }
        Ok(())
    }

    /// A scan of several components, unit by unit (T.81 A.2.3).
    fn interleaved(&mut self, headers: &Headers, decoder: &mut ScanDecoder, coders: &mut [Coder]) -> Result<(), Fault> {
        let progressive = self.process == Process::Progressive;
        let quantisation: Vec<(usize, Quantisation)> = coders
            .iter()
            .filter_map(|coder| Some((coder.index, self.planes.get(coder.index)?)))
            .map(|(index, plane)| Ok((index, Quantisation::of(headers, plane)?)))
            .collect::<Result<_, Fault>>()?;
        let mut until_restart = headers.restart_interval;
        for unit_row in 0..self.unit_rows {
            if !progressive {
                self.planes.iter_mut().for_each(Plane::clear);
            }
            for unit_col in 0..self.unit_cols {
                if headers.restart_interval > 0 && until_restart == 0 {
                    decoder.restart(coders)?;
                    until_restart = headers.restart_interval;
                }
                until_restart = until_restart.saturating_sub(1);
                for coder in coders.iter_mut() {
                    let Some(plane) = self.planes.get_mut(coder.index) else { continue };
                    for down in 0..plane.down {
                        let row = if progressive { unit_row * plane.down + down } else { down };
                        let at = row * plane.stride + unit_col * plane.across;
                        for block in plane.blocks.iter_mut().skip(at).take(plane.across) {
                            decoder.block(coder, block);
                        }
                    }
                }
            }
            decoder.check()?;
            for (index, quantisation) in quantisation.iter().filter(|_| !progressive) {
                if let Some(plane) = self.planes.get_mut(*index) {
                    plane.render(unit_row * plane.down, plane.down, quantisation, self.precision);
                }
            }
        }
        Ok(())
    }

    /// The samples: of a progressive stream all blocks are dequantised and transformed now.
    pub fn finish(mut self, headers: &Headers) -> Result<Vec<SamplePlane>, Fault> {
        if self.scans == 0 {
            return Err(Fault::damaged("a JPEG stream holds no scan"));
        }
        if self.process == Process::Progressive {
            for plane in &mut self.planes {
                let quantisation = Quantisation::of(headers, plane)?;
                plane.render(0, plane.blocks.len() / plane.stride.max(1), &quantisation, self.precision);
            }
        }
        let samples = |plane: Plane| SamplePlane { samples: plane.samples, stride: plane.stride * 8 };
        Ok(self.planes.into_iter().map(samples).collect())
    }
}

/// What a component's coefficients are multiplied with.
struct Quantisation {
    table: [u16; 64],
    /// The same where it fits 16 bits with a sign.
    #[cfg(target_arch = "x86_64")]
    signed: Option<[i16; 64]>,
}

impl Quantisation {
    fn of(headers: &Headers, plane: &Plane) -> Result<Self, Fault> {
        let table = headers.quantisation.get(plane.quantisation).copied().flatten();
        let table = table.ok_or_else(|| Fault::damaged("a JPEG stream lacks a quantisation table"))?;
        #[cfg(target_arch = "x86_64")]
        let signed = table.iter().all(|step| i16::try_from(*step).is_ok()).then(|| table.map(|step| step as i16));
        Ok(Self {
            table,
            #[cfg(target_arch = "x86_64")]
            signed,
        })
    }

    /// Samples `[8 rows, 8 cols]` of a block.
    #[inline]
    fn samples(&self, block: &[i16; 64], precision: u32) -> [[u16; 8]; 8] {
        #[cfg(target_arch = "x86_64")]
        if precision == 8
            && let Some(samples) = self.signed.as_ref().and_then(|table| idct_sse2::inverse(block, table))
        {
            return samples;
        }
        let samples =
            idct::inverse(&std::array::from_fn(|k| i32::from(block[k]) * i32::from(self.table[k])), precision);
        let (rows, _) = samples.as_chunks::<8>();
        std::array::from_fn(|row| rows[row])
    }
}

impl Plane {
    fn clear(&mut self) {
        self.blocks.iter_mut().for_each(|block| *block = [0; 64]);
    }

    /// Dequantises and transforms the first `count` rows of blocks into those from row `first` of the picture on.
    fn render(&mut self, first: usize, count: usize, quantisation: &Quantisation, precision: u32) {
        let (blocks_in_row, stride) = (self.stride.max(1), self.stride.max(1) * 8);
        let strips = self.samples.chunks_exact_mut(stride * 8).skip(first).take(count);
        for (strip, blocks) in strips.zip(self.blocks.chunks_exact(blocks_in_row)) {
            for (col, block) in blocks.iter().enumerate() {
                let samples = if block[1..].iter().fold(0, |any, value| any | *value) == 0 {
                    [[idct::flat(i32::from(block[0]) * i32::from(quantisation.table[0]), precision); 8]; 8]
                } else {
                    quantisation.samples(block, precision)
                };
                for (line, values) in strip.chunks_exact_mut(stride).zip(&samples) {
                    if let Some(target) = line.get_mut(col * 8..col * 8 + 8) {
                        target.copy_from_slice(values);
                    }
                }
            }
        }
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
        // A copy, which can live in registers.
        let mut reader = self.reader;
        coder.last_dc = coder.last_dc.wrapping_add(dc.difference(&mut reader));
        block[0] = coder.last_dc as i16;
        let mut k = 1;
        while k < 64 {
            if let Some((run, value)) = ac.quick_value(&mut reader) {
                k += run;
                set(block, k, value);
                k += 1;
                continue;
            }
            let symbol = ac.symbol(&mut reader);
            let (run, size) = (usize::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run != 15 {
                    break;
                }
                k += 16;
                continue;
            }
            k += run;
            let value = extend(reader.take(size), size);
            set(block, k, value as i16);
            k += 1;
        }
        self.reader = reader;
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
