//! DCT scans, sequential and progressive (T.81 annexes F and G), into coefficient planes; planes into samples.

use super::bits::EntropyCoded;
use super::dequantise::Quantisation;
use super::entropy::{Coder, ScanDecoder};
use super::headers::{Component, Frame, Headers, Process, Scan};
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
    /// Samples that a block gives along each axis: 8, or fewer of a reduced picture.
    edge: usize,
    /// All of them, or (sequential) those of one row of units, used again for each.
    blocks: Vec<[i16; 64]>,
    /// `[rows, edge * stride]`.
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
    /// Samples of a block along each axis, for a component that is not subsampled.
    edge: usize,
    /// Of the decoded picture.
    rows: usize,
    cols: usize,
    most_across: usize,
    most_down: usize,
}

/// Samples of one component, `[rows, stride]`.
pub(super) struct SamplePlane {
    pub samples: Vec<u16>,
    pub stride: usize,
    /// Samples across and down where a unit has [`Decoded::most_across`] and [`Decoded::most_down`].
    pub across: usize,
    pub down: usize,
}

/// All components, and what they are put together to.
pub(super) struct Decoded {
    pub rows: usize,
    pub cols: usize,
    pub planes: Vec<SamplePlane>,
    pub most_across: usize,
    pub most_down: usize,
    /// Whether samples that a component has fewer of are interpolated; the IJG library repeats them at an eighth.
    pub smooth: bool,
}

/// More scans than any encoder writes: a stream that repeats them without end is refused.
const MOST_SCANS: usize = 100;

impl Planes {
    /// For a picture whose sides are divided by `divisor`: 1, 2, 4 or 8.
    pub fn new(frame: &Frame, divisor: usize) -> Self {
        let unit_cols = frame.cols.div_ceil(8 * frame.most_across);
        let unit_rows = frame.rows.div_ceil(8 * frame.most_down);
        let edge = 8 / divisor.clamp(1, 8);
        let planes = frame.components.iter().map(|component| {
            let cols = (frame.cols * component.across).div_ceil(frame.most_across);
            let rows = (frame.rows * component.down).div_ceil(frame.most_down);
            let stride = unit_cols * component.across;
            let rows_of_blocks = unit_rows * component.down;
            let kept = if frame.process == Process::Progressive { rows_of_blocks } else { component.down };
            let edge = own_edge(edge, component, frame);
            Plane {
                cols_used: cols.div_ceil(8),
                rows_used: rows.div_ceil(8),
                stride,
                across: component.across,
                down: component.down,
                quantisation: component.quantisation,
                edge,
                blocks: vec![[0; 64]; stride * kept],
                samples: vec![0; stride * rows_of_blocks * edge * edge],
            }
        });
        Self {
            planes: planes.collect(),
            process: frame.process,
            precision: frame.precision,
            unit_cols,
            unit_rows,
            scans: 0,
            edge,
            rows: (frame.rows * edge).div_ceil(8),
            cols: (frame.cols * edge).div_ceil(8),
            most_across: frame.most_across,
            most_down: frame.most_down,
        }
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
        let coders = scan.components.iter().map(|component| Coder::new(headers, scan, component, progressive));
        let mut coders = coders.collect::<Result<Vec<_>, Fault>>()?;
        let coded = EntropyCoded::new(scan.data);
        let mut decoder = ScanDecoder::new(scan, &coded, progressive);
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
        let quantisation = Quantisation::of(headers, plane.quantisation)?;
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
            .map(|(index, plane)| Ok((index, Quantisation::of(headers, plane.quantisation)?)))
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
    pub fn finish(mut self, headers: &Headers) -> Result<Decoded, Fault> {
        if self.scans == 0 {
            return Err(Fault::damaged("a JPEG stream holds no scan"));
        }
        if self.process == Process::Progressive {
            for plane in &mut self.planes {
                let quantisation = Quantisation::of(headers, plane.quantisation)?;
                plane.render(0, plane.blocks.len() / plane.stride.max(1), &quantisation, self.precision);
            }
        }
        let samples = |plane: Plane| SamplePlane {
            samples: plane.samples,
            stride: plane.stride * plane.edge,
            across: plane.across * plane.edge,
            down: plane.down * plane.edge,
        };
        Ok(Decoded {
            rows: self.rows,
            cols: self.cols,
            planes: self.planes.into_iter().map(samples).collect(),
            most_across: self.most_across * self.edge,
            most_down: self.most_down * self.edge,
            smooth: self.edge > 1,
        })
    }
}

/// A subsampled component of a reduced picture is reduced less, as far as that makes it as large as the others: so the
/// IJG library saves itself the interpolation.
fn own_edge(edge: usize, component: &Component, frame: &Frame) -> usize {
    let mut own = edge;
    let fits = |most: usize, factor: usize, own: usize| (most * edge).is_multiple_of(factor * own * 2);
    while own < 8 && fits(frame.most_across, component.across, own) && fits(frame.most_down, component.down, own) {
        own *= 2;
    }
    own
}

impl Plane {
    fn clear(&mut self) {
        self.blocks.iter_mut().for_each(|block| *block = [0; 64]);
    }

    /// Dequantises and transforms the first `count` rows of blocks into those from row `first` of the picture on.
    fn render(&mut self, first: usize, count: usize, quantisation: &Quantisation, precision: u32) {
        let stride = self.stride.max(1);
        let strips = self.samples.chunks_exact_mut(stride * self.edge * self.edge).skip(first).take(count);
        for (strip, blocks) in strips.zip(self.blocks.chunks_exact(stride)) {
            quantisation.render(blocks, strip, self.edge, precision);
        }
    }
}
