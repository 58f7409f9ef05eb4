//! How a picture lies to the patient: the space its positions are in, the sides of a projection.

use dicom_core::Tag;

use super::data_set::Values;
use super::geometry;
use super::groups::FunctionalGroups;
use crate::geometry::EdgeLetters;
use crate::scan::PatientSpace;

/// Frame of Reference UID (0020,0052) (PS3.3 C.7.4.1).
pub(crate) fn space(values: Values) -> Option<PatientSpace> {
    values.text(Tag(0x0020, 0x0052)).map(PatientSpace::FrameOfReference)
}

/// Image Orientation (Patient), which counts even where the position or the spacing is missing, else Patient Orientation
/// (0020,0020) (PS3.3 C.7.6.1.1.1).
pub(crate) fn edge_letters(values: Values) -> Option<EdgeLetters> {
    if let Some([a, b, c, d, e, f]) = geometry::orientation(values) {
        return EdgeLetters::from_directions([a, b, c], [d, e, f]);
    }
    match values.texts(Tag(0x0020, 0x0020)).as_slice() {
        [along_row, along_column] => EdgeLetters::from_patient_orientation(along_row, along_column),
        _ => None,
    }
}

/// Image Laterality (0020,0062), which is of this picture, else Laterality (0020,0060) of the series, else Frame
/// Laterality (0020,9072).
pub(crate) fn laterality(values: Values) -> Option<char> {
    let of_frame = |group: Values| group.item(Tag(0x0020, 0x9071))?.text(Tag(0x0020, 0x9072));
    let found = values.text(Tag(0x0020, 0x0062)).or_else(|| values.text(Tag(0x0020, 0x0060)));
    let found = found.or_else(|| FunctionalGroups::of(values).first(of_frame))?;
    match found.as_str() {
        "R" => Some('R'),
        "L" => Some('L'),
        "B" => Some('B'),
        "U" => Some('U'),
        _ => None,
    }
}
