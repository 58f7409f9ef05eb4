//! What tells the slices of a series apart, by a header-only read.

use std::path::Path;

use dicom_core::Tag;

use super::bytes::Bytes;
use super::data_set::DataSet;
use super::geometry;
use crate::scan::ScanError;

/// Facts for grouping and sorting files. `None` where the file does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct SeriesKey {
    /// Series Instance UID (0020,000E).
    pub series: Option<String>,
    /// SOP Class UID (0008,0016): a series' pictures share it, its reports do not.
    pub sop_class: Option<String>,
    /// Image Position (Patient) (0020,0032) of the first frame, LPS mm.
    pub position: Option<[f64; 3]>,
    /// Image Orientation (Patient) (0020,0037) of the first frame.
    pub orientation: Option<[f64; 6]>,
    /// Instance Number (0020,0013).
    pub instance: Option<i64>,
    /// Acquisition Number (0020,0012).
    pub acquisition: Option<i64>,
    pub rows: Option<usize>,
    pub cols: Option<usize>,
    pub frames: usize,
    pub has_pixels: bool,
}

impl SeriesKey {
    /// Signed distance of the slice from the origin along its own normal, mm: what slices are sorted by.
    pub fn depth_mm(&self) -> Option<f64> {
        let [a, b, c, d, e, f] = self.orientation?;
        let [x, y, z] = self.position?;
        Some((b * f - c * e) * x + (c * d - a * f) * y + (a * e - b * d) * z)
    }
}

/// Reads the key of one file; the pixel data is not touched.
pub(crate) fn series_key(path: &Path) -> Result<SeriesKey, ScanError> {
    let data_set = Bytes::open(path).and_then(DataSet::read).map_err(|fault| fault.at(path))?;
    let values = data_set.values();
    let dimension = |tag| values.integer(tag).and_then(|number| usize::try_from(number).ok());
    Ok(SeriesKey {
        series: values.text(Tag(0x0020, 0x000E)),
        sop_class: data_set.sop_class.clone(),
        position: geometry::position(values),
        orientation: geometry::orientation(values),
        instance: values.integer(Tag(0x0020, 0x0013)),
        acquisition: values.integer(Tag(0x0020, 0x0012)),
        rows: dimension(Tag(0x0028, 0x0010)),
        cols: dimension(Tag(0x0028, 0x0011)),
        frames: dimension(Tag(0x0028, 0x0008)).unwrap_or(1).max(1),
        has_pixels: data_set.pixels.is_some(),
    })
}
