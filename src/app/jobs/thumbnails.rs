//! The thumbnail worker: small pictures of the rows on the screen.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Emitter, decode};
use crate::app::Event;
use crate::render::{Thumbnail, thumbnail};
use crate::scan::{Polarity, ScanError};

/// Longer side of a worklist picture, pixels: sharp at twice the usual pixel density.
const SIDE: usize = 96;

#[derive(Debug)]
pub(super) struct Job {
    pub list: u64,
    pub item: usize,
    pub files: Arc<[PathBuf]>,
}

pub(super) fn work(job: Job, emit: &Emitter) {
    let thumbnail = made(&job.files).ok().map(Arc::new);
    emit.send(Event::ThumbnailReady { list: job.list, item: job.item, thumbnail });
}

fn made(files: &[PathBuf]) -> Result<Thumbnail, ScanError> {
    let scan = decode::open(files)?;
    let frame = scan.frame(decode::first_frame(&scan))?;
    Ok(thumbnail(frame, scan.meta.polarity.unwrap_or(Polarity::HighIsWhite), scan.meta.spacing, SIDE))
}
