//! Lossless JPEG (T.81 annex H): predictors 1 to 7, point transform, restarts.

use super::bits::{BitReader, EntropyCoded};
use super::headers::{Frame, Headers, Scan, table};
use super::huffman::Huffman;
use crate::scan::fault::Fault;

/// A picture that scans fill in; samples interleaved.
pub(super) struct Picture {
    rows: usize,
    cols: usize,
    channels: usize,
    precision: u32,
    samples: Vec<u16>,
    /// How many channels have been decoded.
    decoded: usize,
}

impl Picture {
    pub fn new(frame: &Frame) -> Result<Self, Fault> {
        if frame.most_across != 1 || frame.most_down != 1 {
            return Err(Fault::unsupported(
                "lossless JPEG with subsampled colours",
                "Export the picture uncompressed.",
            ));
        }
        let channels = frame.components.len();
        let samples = vec![0; frame.rows * frame.cols * channels];
        Ok(Self { rows: frame.rows, cols: frame.cols, channels, precision: frame.precision, samples, decoded: 0 })
    }

    /// Decodes one scan, of one channel or of all.
    pub fn scan(&mut self, headers: &Headers, scan: &Scan) -> Result<(), Fault> {
        let tables: Vec<(usize, &Huffman)> = scan
            .components
            .iter()
            .map(|component| Ok((component.index, table(&headers.dc_tables, component.dc_table)?)))
            .collect::<Result<_, Fault>>()?;
        if !(1..=7).contains(&scan.start) || scan.low >= self.precision {
            return Err(Fault::damaged("a lossless JPEG scan has an impossible predictor or point transform"));
        }
        let coded = EntropyCoded::new(scan.data);
        let mut reader = coded.reader();
        let interval = headers.restart_interval;
        if !interval.is_multiple_of(self.cols.max(1)) {
            return Err(Fault::unsupported(
                "lossless JPEG with restarts inside rows",
                "Export the picture uncompressed.",
            ));
        }
        let rows_between = interval / self.cols.max(1);
        let stride = self.cols * self.channels;
        for row in 0..self.rows {
            let restarts = rows_between > 0 && row > 0 && row % rows_between == 0;
            if restarts && !reader.restart() {
                return Err(Fault::damaged("a lossless JPEG stream lacks a restart marker"));
            }
            let is_first = row == 0 || restarts;
            let (above, rest) = self.samples.split_at_mut(row * stride);
            let above = above.get(above.len().saturating_sub(stride)..).unwrap_or_default();
            let line = rest.get_mut(..stride).unwrap_or_default();
            let start = if is_first { Start::Middle(1 << (self.precision - scan.low - 1)) } else { Start::Above };
            decode_row(&mut reader, &tables, line, above, self.channels, start, scan.start);
            if reader.is_exhausted() {
                return Err(Fault::damaged(format!("a lossless JPEG stream ends in row {row} of {}", self.rows)));
            }
        }
        if scan.low > 0 {
            for (index, sample) in self.samples.iter_mut().enumerate() {
                if tables.iter().any(|(channel, _)| index % self.channels == *channel) {
                    *sample <<= scan.low;
                }
            }
        }
        self.decoded += tables.len();
        Ok(())
    }

    pub fn finish(self) -> Result<Vec<u16>, Fault> {
        if self.decoded < self.channels {
            return Err(Fault::damaged("a lossless JPEG stream lacks a colour channel"));
        }
        Ok(self.samples)
    }
}

/// What the first sample of a row is predicted from.
#[derive(Clone, Copy)]
enum Start {
    /// First row, or first after a restart: half of the range, then the sample to the left (T.81 H.1.2.1).
    Middle(i32),
    /// The sample above.
    Above,
}

fn decode_row(
    reader: &mut BitReader,
    tables: &[(usize, &Huffman)],
    line: &mut [u16],
    above: &[u16],
    channels: usize,
    start: Start,
    predictor: usize,
) {
    if let ([(_, table)], 1, Start::Above) = (tables, channels, start) {
        return match predictor {
            1 => gray_row(reader, table, line, above, |a, _, _| a),
            2 => gray_row(reader, table, line, above, |_, b, _| b),
            3 => gray_row(reader, table, line, above, |_, _, c| c),
            4 => gray_row(reader, table, line, above, |a, b, c| a + b - c),
            5 => gray_row(reader, table, line, above, |a, b, c| a + ((b - c) >> 1)),
            6 => gray_row(reader, table, line, above, |a, b, c| b + ((a - c) >> 1)),
            _ => gray_row(reader, table, line, above, |a, b, _| (a + b) >> 1),
        };
    }
    for col in 0..line.len() / channels.max(1) {
        for (channel, table) in tables {
            let at = col * channels + channel;
            let left = at.checked_sub(channels).and_then(|at| line.get(at)).map(|value| i32::from(*value));
            let up = || above.get(at).map_or(0, |value| i32::from(*value));
            let prediction = match (start, left) {
                (Start::Middle(middle), None) => middle,
                (Start::Middle(_), Some(left)) => left,
                (Start::Above, None) => up(),
                (Start::Above, Some(a)) => {
                    let b = up();
                    let c = at.checked_sub(channels).and_then(|at| above.get(at)).map_or(0, |value| i32::from(*value));
                    predict(predictor, a, b, c)
                }
            };
            let value = prediction.wrapping_add(table.difference(reader)) as u16;
            if let Some(sample) = line.get_mut(at) {
                *sample = value;
            }
        }
    }
}

/// T.81 table H.1.
fn predict(predictor: usize, a: i32, b: i32, c: i32) -> i32 {
    match predictor {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    }
}

/// A grey row below another one: the case that nearly all files are.
#[inline(always)]
fn gray_row(
    reader: &mut BitReader,
    table: &Huffman,
    line: &mut [u16],
    above: &[u16],
    predict: impl Fn(i32, i32, i32) -> i32,
) {
    let mut left = 0;
    let mut up_left = 0;
    for (col, (sample, up)) in line.iter_mut().zip(above).enumerate() {
        let up = i32::from(*up);
        let prediction = if col == 0 { up } else { predict(left, up, up_left) };
        *sample = prediction.wrapping_add(table.difference(reader)) as u16;
        left = i32::from(*sample);
        up_left = up;
    }
}
