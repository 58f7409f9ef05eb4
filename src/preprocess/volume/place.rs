//! Where a prepared volume's axes run in the scan.

use crate::geometry::Size;

/// One axis of the tensor: `model = scale * scan + offset` along one axis of the scan, in continuous coordinates with voxel
/// edges at whole numbers. A negative scale runs the other way.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AlongScan {
    /// 0 along the columns, 1 along the rows, 2 from frame to frame.
    pub scan_axis: usize,
    pub scale: f64,
    pub offset: f64,
}

impl AlongScan {
    /// The scan's coordinate of a coordinate of the tensor.
    pub fn to_scan(&self, model: f64) -> f64 {
        (model - self.offset) / self.scale
    }

    /// The tensor's coordinate of a coordinate of the scan.
    pub fn to_model(&self, scan: f64) -> f64 {
        self.scale * scan + self.offset
    }
}

/// The tensor's axes in their order; each runs along another axis of the scan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VolumePlace {
    pub axes: [AlongScan; 3],
    /// Columns, rows and frames of the scan.
    pub scan: [usize; 3],
}

impl VolumePlace {
    /// Of a volume `[frames, rows, cols]`, nothing changed.
    pub(super) fn as_stored((frames, rows, cols): (usize, usize, usize)) -> Self {
        let axes = [2, 1, 0].map(|scan_axis| AlongScan { scan_axis, scale: 1.0, offset: 0.0 });
        Self { axes, scan: [cols, rows, frames] }
    }

    /// Rows and columns of a frame.
    pub fn frame_size(&self) -> Size {
        let [cols, rows, _] = self.scan;
        Size::new(rows, cols)
    }

    /// Number of frames.
    pub fn frames(&self) -> usize {
        let [_, _, frames] = self.scan;
        frames
    }

    /// Which axis of the tensor runs along an axis of the scan, and how.
    pub fn along(&self, scan_axis: usize) -> Option<(usize, AlongScan)> {
        self.axes.iter().copied().enumerate().find(|(_, axis)| axis.scan_axis == scan_axis)
    }
}
