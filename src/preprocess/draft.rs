//! How a frame is read for a model: with the step `draft` first, a JPEG picture comes at a half, a quarter or an eighth.

use super::Step;
use crate::geometry::{PlaneMap, Size};
use crate::scan::{Frame, Scan, ScanError};

/// Frame `index` as `steps` want it read, and the map from the stored picture to it.
///
/// # Errors
/// As [`Scan::frame`].
pub fn read(scan: &Scan, index: usize, steps: &[Step]) -> Result<(Frame, PlaneMap), ScanError> {
    let Some(Step::Draft { size: [rows, cols] }) = steps.first() else {
        return Ok((scan.frame(index)?, PlaneMap::IDENTITY));
    };
    let (frame, divisor) = scan.reduced_frame(index, Size::new(*rows, *cols))?;
    let scale = 1.0 / divisor as f64;
    Ok((frame, PlaneMap { scale_x: scale, scale_y: scale, ..PlaneMap::IDENTITY }))
}
