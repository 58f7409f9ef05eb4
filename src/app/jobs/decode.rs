//! The decode worker: opens the selected item, decodes its frames, keeps the last ones.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use super::Emitter;
use crate::app::{Event, Problem};
use crate::render::Pyramid;
use crate::scan::{self, Scan, ScanError};

/// Memory for decoded frames of the scan on the screen, bytes.
const CACHE_BYTES: usize = 512 << 20;

#[derive(Debug)]
pub(super) enum Job {
    /// Header, then the middle frame.
    Open {
        generation: u64,
        files: Arc<[PathBuf]>,
    },
    Frame {
        generation: u64,
        scan: Scan,
        index: usize,
    },
    /// Decode into the cache without showing.
    Ahead {
        generation: u64,
        scan: Scan,
        index: usize,
    },
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

/// Decoded frames of one scan, the least recently used dropped first.
#[derive(Debug, Default)]
pub(super) struct Worker {
    generation: u64,
    cache: VecDeque<(usize, Pyramid)>,
}

impl Worker {
    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Open { generation, files } => match open(&files) {
                Ok(scan) => {
                    emit.send(Event::Opened { generation, result: Ok(scan.clone()) });
                    self.frame(generation, &scan, first_frame(&scan), Some(emit));
                }
                Err(error) => emit.send(Event::Opened { generation, result: Err(error.into()) }),
            },
            Job::Frame { generation, scan, index } => self.frame(generation, &scan, index, Some(emit)),
            Job::Ahead { generation, scan, index } => self.frame(generation, &scan, index, None),
        }
    }

    fn frame(&mut self, generation: u64, scan: &Scan, index: usize, emit: Option<&Emitter>) {
        if self.generation != generation {
            self.generation = generation;
            self.cache.clear();
        }
        let result = self.decoded(scan, index);
        if let Some(emit) = emit {
            emit.send(Event::FrameReady { generation, index, result });
        }
    }

    fn decoded(&mut self, scan: &Scan, index: usize) -> Result<Pyramid, Problem> {
        if let Some(place) = self.cache.iter().position(|(cached, _)| *cached == index)
            && let Some(hit) = self.cache.remove(place)
        {
            self.cache.push_back(hit.clone());
            return Ok(hit.1);
        }
        let picture = Pyramid::new(scan.frame(index)?);
        self.cache.push_back((index, picture.clone()));
        while self.cache.len() > 1 && self.cache.iter().map(|(_, p)| p.bytes()).sum::<usize>() > CACHE_BYTES {
            self.cache.pop_front();
        }
        Ok(picture)
    }
}
