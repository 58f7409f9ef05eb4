//! Huffman-coded coefficients of one block after the other (T.81 annexes F and G).

use super::bits::{BitReader, EntropyCoded};
use super::headers::{Headers, Scan, ScanComponent, ZIGZAG, table};
use super::huffman::{Huffman, extend};
use crate::scan::fault::Fault;

/// One component's tables and prediction in a scan.
pub(super) struct Coder<'a> {
    pub index: usize,
    dc: Option<&'a Huffman>,
    ac: Option<&'a Huffman>,
    last_dc: i32,
}

impl<'a> Coder<'a> {
    pub fn new(headers: &'a Headers, scan: &Scan, component: &ScanComponent, progressive: bool) -> Result<Self, Fault> {
        let (needs_dc, needs_ac) = if progressive { (scan.start == 0, scan.start > 0) } else { (true, true) };
        let dc = needs_dc.then(|| table(&headers.dc_tables, component.dc_table));
        // Refinement of first coefficients needs no table.
        let dc = if progressive && scan.high > 0 { None } else { dc.transpose()? };
        let ac = needs_ac.then(|| table(&headers.ac_tables, component.ac_table)).transpose()?;
        Ok(Self { index: component.index, dc, ac, last_dc: 0 })
    }
}

/// The bits of one scan, block by block.
pub(super) struct ScanDecoder<'a> {
    reader: BitReader<'a>,
    start: usize,
    end: usize,
    high: u32,
    low: u32,
    progressive: bool,
    /// Blocks left of a run without further coefficients.
    end_of_band: u32,
}

impl<'a> ScanDecoder<'a> {
    pub fn new(scan: &Scan, coded: &'a EntropyCoded, progressive: bool) -> Self {
        Self {
            reader: coded.reader(),
            start: scan.start,
            end: scan.end,
            high: scan.high,
            low: scan.low,
            progressive,
            end_of_band: 0,
        }
    }

    /// Behind a restart marker the predictions start anew.
    pub fn restart(&mut self, coders: &mut [Coder]) -> Result<(), Fault> {
        if !self.reader.restart() {
            return Err(Fault::damaged("a JPEG stream lacks a restart marker"));
        }
        coders.iter_mut().for_each(|coder| coder.last_dc = 0);
        self.end_of_band = 0;
        Ok(())
    }

    /// Whether there were bits enough.
    pub fn check(&self) -> Result<(), Fault> {
        if self.reader.is_exhausted() {
            return Err(Fault::damaged("a JPEG stream ends before its picture is complete"));
        }
        Ok(())
    }

    /// Adds what the scan says about the next block.
    #[inline]
    pub fn block(&mut self, coder: &mut Coder, block: &mut [i16; 64]) {
        match (self.progressive, self.start, self.high) {
            (false, ..) => self.sequential(coder, block),
            (true, 0, 0) => {
                let difference = coder.dc.map_or(0, |table| table.difference(&mut self.reader));
                coder.last_dc = coder.last_dc.wrapping_add(difference);
                block[0] = (coder.last_dc << self.low) as i16;
            }
            (true, 0, _) => block[0] |= (self.reader.fresh(1) << self.low) as i16,
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
            reader.refill();
            // Two short codes leave bits enough at hand for a third, short or long.
            if quick(ac, &mut reader, block, &mut k)
                && (k >= 64 || quick(ac, &mut reader, block, &mut k))
                && (k >= 64 || quick(ac, &mut reader, block, &mut k))
            {
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
            self.reader.refill();
            let symbol = ac.symbol(&mut self.reader);
            let (run, size) = (u32::from(symbol >> 4), u32::from(symbol & 15));
            if size == 0 {
                if run < 15 {
                    self.end_of_band = (1 << run) - 1 + self.reader.fresh(run);
                    break;
                }
                k += 16;
                continue;
            }
            k += run as usize;
            let value = extend(self.reader.fresh(size), size);
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
                self.reader.refill();
                let symbol = ac.symbol(&mut self.reader);
                let (mut run, size) = (u32::from(symbol >> 4), symbol & 15);
                let mut fresh = 0;
                if size == 0 {
                    if run < 15 {
                        self.end_of_band = (1 << run) + self.reader.fresh(run);
                        break;
                    }
                } else {
                    fresh = if self.reader.fresh(1) == 1 { bit } else { -bit };
                }
                while k <= self.end {
                    let place = ZIGZAG.get(k).map_or(0, |place| usize::from(*place));
                    let Some(value) = block.get_mut(place) else { break };
                    if *value != 0 {
                        refine(value, bit, self.reader.fresh(1));
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
                    refine(value, bit, self.reader.fresh(1));
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

/// The next coefficient, where its code is a short one.
#[inline(always)]
fn quick(table: &Huffman, reader: &mut BitReader, block: &mut [i16; 64], k: &mut usize) -> bool {
    let Some((run, value)) = table.quick_value(reader) else { return false };
    *k += run;
    set(block, *k, value);
    *k += 1;
    true
}

/// [`ZIGZAG`], and the last place again for coefficients of a broken stream that lie behind it.
static PLACES: [u8; 128] = {
    let mut places = [63; 128];
    let mut k = 0;
    while k < 64 {
        places[k] = ZIGZAG[k];
        k += 1;
    }
    places
};

/// `k` is below 128.
#[inline(always)]
fn set(block: &mut [i16; 64], k: usize, value: i16) {
    block[usize::from(PLACES[k & 127] & 63)] = value;
}
