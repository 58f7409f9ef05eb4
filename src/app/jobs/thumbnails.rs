//! The thumbnail worker: small pictures of the rows on the screen, and of reference cases.

use std::path::PathBuf;
use std::sync::Arc;

use super::{Emitter, decode};
use crate::app::Event;
use crate::render::{Thumbnail, thumbnail};
use crate::scan::{Polarity, ScanError};

/// Longer side of a worklist picture, pixels: sharp at twice the usual pixel density.
const SIDE: usize = 96;

#[derive(Debug)]
pub(super) enum Job {
    /// Of the list.
    Item { list: u64, item: usize, files: Arc<[PathBuf]> },
    /// A reference case.
    Near { file: PathBuf },
}

pub(super) fn work(job: Job, emit: &Emitter) {
    let of = |files: &[PathBuf]| made(files).ok().map(Arc::new);
    emit.send(match job {
        Job::Item { list, item, files } => Event::ThumbnailReady { list, item, thumbnail: of(&files) },
        Job::Near { file } => {
            let thumbnail = of(std::slice::from_ref(&file));
            Event::NearPictureReady { file, thumbnail }
        }
    });
}

fn made(files: &[PathBuf]) -> Result<Thumbnail, ScanError> {
    let scan = decode::open(files)?;
    let frame = scan.frame(decode::first_frame(&scan))?;
    Ok(thumbnail(frame, scan.meta.polarity.unwrap_or(Polarity::HighIsWhite), scan.meta.spacing, SIDE))
}
