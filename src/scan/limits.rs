//! How much memory and time one file may cost. Checked before memory is asked for.

use std::path::Path;
use std::time::Duration;

use super::ScanError;
use crate::geometry::Size;

/// Bounds on what one file may cost. The defaults fit a desktop computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long opening a file or decoding one frame may take before it is given up.
    pub decode_time: Duration,
    /// Bytes of one decoded frame as this program keeps it (4 a grey pixel, 3 a colour pixel).
    pub frame_bytes: u64,
    /// Bytes that a compressed volume may unpack to, or that one volume may keep in memory.
    pub volume_bytes: u64,
    /// Bytes of a picture file (PNG, JPEG, TIFF, BMP).
    pub file_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { decode_time: Duration::from_secs(60), frame_bytes: 1 << 30, volume_bytes: 2 << 30, file_bytes: 1 << 30 }
    }
}

impl Limits {
    /// Refuses a frame without pixels and one that would decode to more than [`Limits::frame_bytes`].
    pub(crate) fn check_frame(&self, path: &Path, size: Size, bytes_per_pixel: u64) -> Result<(), ScanError> {
        if size.rows == 0 || size.cols == 0 {
            return Err(ScanError::NoPixels { path: path.into(), what: format!("its size is {size}") });
        }
        let bytes = (size.rows as u64).checked_mul(size.cols as u64).and_then(|n| n.checked_mul(bytes_per_pixel));
        match bytes {
            Some(bytes) if bytes <= self.frame_bytes => Ok(()),
            _ => Err(ScanError::TooLarge {
                path: path.into(),
                what: format!("a frame of {size} pixels needs more than {} MiB", self.frame_bytes >> 20),
            }),
        }
    }

    /// Refuses a picture file that is too large to be read whole.
    pub(crate) fn check_file(&self, path: &Path, file_bytes: u64) -> Result<(), ScanError> {
        if file_bytes <= self.file_bytes {
            return Ok(());
        }
        Err(ScanError::TooLarge {
            path: path.into(),
            what: format!("the file has {} MiB, and {} MiB are read", file_bytes >> 20, self.file_bytes >> 20),
        })
    }
}

/// Refuses a header that promises more than `most_ratio` decoded bytes for each stored byte: no compression of the
/// format reaches it, so the file is damaged, and its memory need not be asked for. Up to 1 MiB is always granted.
pub(crate) fn check_expansion(
    path: &Path,
    decoded_bytes: u64,
    stored_bytes: u64,
    most_ratio: u64,
) -> Result<(), ScanError> {
    if decoded_bytes <= 1 << 20 || decoded_bytes / most_ratio <= stored_bytes {
        return Ok(());
    }
    Err(ScanError::Damaged {
        path: path.into(),
        what: format!("its header promises {decoded_bytes} bytes of pixels, but the file has {stored_bytes} bytes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_just_over_the_limit_is_refused() {
        let limits = Limits { frame_bytes: 400, ..Limits::default() };
        let path = Path::new("a.png");
        assert!(limits.check_frame(path, Size::new(10, 10), 4).is_ok());
        assert!(matches!(limits.check_frame(path, Size::new(10, 11), 4), Err(ScanError::TooLarge { .. })));
        assert!(matches!(limits.check_frame(path, Size::new(usize::MAX, 9), 4), Err(ScanError::TooLarge { .. })));
        assert!(matches!(limits.check_frame(path, Size::new(0, 9), 4), Err(ScanError::NoPixels { .. })));
    }

    #[test]
    fn a_promise_no_compression_can_keep_is_refused() {
        let path = Path::new("a.png");
        assert!(check_expansion(path, 1 << 20, 10, 1000).is_ok());
        assert!(check_expansion(path, 2 << 20, 3000, 1000).is_ok());
        assert!(check_expansion(path, 2 << 20, 1000, 1000).is_err());
    }
}
