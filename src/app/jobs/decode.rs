//! The decode worker: opens the selected items, decodes their frames, keeps the last ones, and looks at their values
//! where that takes longer than a frame of the window may.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use super::Emitter;
use super::memory::Memory;
use crate::app::{Decoded, Event, Problem, ValueWindow};
use crate::geometry::PixelSpacing;
use crate::render::{Pyramid, Roi, through_voi_lut};
use crate::scan::{self, Format, Frame, Pixels, Scan, ScanError, VoiLut};

#[derive(Debug)]
pub(super) enum Job {
    /// Header, then the middle frame.
    Open { generation: u64, files: Arc<[PathBuf]> },
    Frame {
        generation: u64,
        files: Arc<[PathBuf]>,
        scan: Scan,
        index: usize,
        /// Shown through this one of its VOI LUTs.
        lut: Option<usize>,
        /// Its automatic window is wanted too, where its header offers none.
        auto: bool,
    },
    /// Decode into the cache without showing.
    Ahead {
        files: Arc<[PathBuf]>,
        scan: Scan,
        index: usize,
        /// Likely to be asked for next; the others are only decoded while there is room.
        near: bool,
    },
    /// A window from a frame's values.
    Window { generation: u64, frame: Arc<Frame>, from: ValueWindow },
    /// What lies inside a shape.
    Region { generation: u64, mark: u64, frame: Arc<Frame>, roi: Roi, spacing: Option<PixelSpacing> },
}

/// Opens a case: a file alone, or a series.
pub(super) fn open(files: &[PathBuf]) -> Result<Scan, ScanError> {
    match files {
        [file] => scan::open(file),
        files => scan::open_series(files),
    }
}

/// The frame a scan opens with.
pub(in crate::app) fn first_frame(scan: &Scan) -> usize {
    scan.frames / 2
}

/// A frame that is kept.
#[derive(Clone, Debug)]
struct Kept {
    picture: Pyramid,
    luts: Arc<[Arc<VoiLut>]>,
}

/// Decoded frames of the scans on the screen, the least recently used dropped first.
#[derive(Debug, Default)]
pub(super) struct Worker {
    memory: Memory,
    cache: VecDeque<(Arc<[PathBuf]>, usize, Kept)>,
    /// The last scan whose first frame had no VOI LUTs: its others are not asked for any, as that reads headers again.
    without_luts: Option<Arc<[PathBuf]>>,
}

impl Worker {
    pub fn new(memory: Memory) -> Self {
        Self { memory, ..Self::default() }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Open { generation, files } => match open(&files) {
                Ok(scan) => {
                    emit.send(Event::Opened { generation, result: Ok(scan.clone()) });
                    let index = first_frame(&scan);
                    let result = self.shown(&files, &scan, index, None, true);
                    emit.send(Event::FrameReady { generation, index, result });
                }
                Err(error) => emit.send(Event::Opened { generation, result: Err(error.into()) }),
            },
            Job::Frame { generation, files, scan, index, lut, auto } => {
                let result = self.shown(&files, &scan, index, lut, auto);
                emit.send(Event::FrameReady { generation, index, result });
            }
            Job::Ahead { files, scan, index, near } => {
                // A frame that does not decode says so when it is asked for.
                if near || !self.is_full(&scan) {
                    let _ = self.kept(&files, &scan, index);
                }
            }
            Job::Window { generation, frame, from } => {
                emit.send(Event::WindowReady { generation, from, window: from.of(&frame) });
            }
            Job::Region { generation, mark, frame, roi, spacing } => {
                let stats = match &frame.pixels {
                    Pixels::Gray(values) => roi.stats(values.view(), spacing),
                    Pixels::Rgb(_) => None,
                };
                emit.send(Event::RegionReady { generation, mark, stats });
            }
        }
    }

    /// A frame as the window needs it. Frames that only have a VOI LUT are shown through their first.
    fn shown(
        &mut self,
        files: &Arc<[PathBuf]>,
        scan: &Scan,
        index: usize,
        lut: Option<usize>,
        auto: bool,
    ) -> Result<Decoded, Problem> {
        let Kept { picture, luts } = self.kept(files, scan, index)?;
        let frame = picture.frame();
        let without_window = frame.windows.is_empty();
        let auto = (auto && without_window).then(|| ValueWindow::Auto.of(frame));
        let lut = lut.or((auto.is_some() && !luts.is_empty()).then_some(0));
        let through = lut.and_then(|n| Some((n, Pyramid::new(through_voi_lut(frame, luts.get(n)?)))));
        Ok(Decoded { picture, luts, through, auto })
    }

    fn kept(&mut self, files: &Arc<[PathBuf]>, scan: &Scan, index: usize) -> Result<Kept, ScanError> {
        let hit = |(of, at, _): &(Arc<[PathBuf]>, usize, Kept)| *at == index && same(of, files);
        if let Some(place) = self.cache.iter().position(hit)
            && let Some(hit) = self.cache.remove(place)
        {
            let kept = hit.2.clone();
            self.cache.push_back(hit);
            return Ok(kept);
        }
        let picture = Pyramid::new(scan.frame(index)?);
        let kept = Kept { picture, luts: self.luts(files, scan, index) };
        self.cache.push_back((files.clone(), index, kept.clone()));
        while self.cache.len() > 1 && self.bytes() > self.memory.half() {
            self.cache.pop_front();
        }
        Ok(kept)
    }

    fn luts(&mut self, files: &Arc<[PathBuf]>, scan: &Scan, index: usize) -> Arc<[Arc<VoiLut>]> {
        let none = || Arc::from(Vec::new());
        if scan.format != Format::Dicom || self.without_luts.as_ref().is_some_and(|known| same(known, files)) {
            return none();
        }
        // A table that cannot be read is no reason not to show the frame: its windows are there.
        let luts: Arc<[_]> = scan.voi_luts(index).map_or_else(|_| none(), Arc::from);
        if luts.is_empty() {
            self.without_luts = Some(files.clone());
        }
        luts
    }

    fn bytes(&self) -> usize {
        self.cache.iter().map(|(_, _, kept)| kept.picture.bytes()).sum()
    }

    /// True where one more of the scan's frames would push another out.
    fn is_full(&self, scan: &Scan) -> bool {
        let more = scan.size.pixels().unwrap_or(usize::MAX).saturating_mul(6);
        self.bytes().saturating_add(more) > self.memory.half()
    }
}

/// True for the files of one item. Lists of one item are clones of each other, so that mostly no path is looked at.
pub(super) fn same(a: &Arc<[PathBuf]>, b: &Arc<[PathBuf]>) -> bool {
    Arc::ptr_eq(a, b) || a == b
}
