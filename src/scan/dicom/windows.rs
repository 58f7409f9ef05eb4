//! VOI windows (PS3.3 C.11.2), of the file or of a frame.

use dicom_core::Tag;

use super::data_set::Values;
use crate::scan::{Window, WindowFunction};

const FRAME_VOI_LUT_SEQUENCE: Tag = Tag(0x0028, 0x9132);

/// All windows of a data set or item; those without a positive width are left out.
pub(crate) fn read(values: Values) -> Vec<Window> {
    let centers = values.numbers(Tag(0x0028, 0x1050));
    let widths = values.numbers(Tag(0x0028, 0x1051));
    let names = values.texts(Tag(0x0028, 0x1055));
    let function = match values.text(Tag(0x0028, 0x1056)).as_deref() {
        Some("LINEAR_EXACT") => WindowFunction::LinearExact,
        Some("SIGMOID") => WindowFunction::Sigmoid,
        _ => WindowFunction::Linear,
    };
    let pairs = centers.into_iter().zip(widths).enumerate().filter(|(_, (_, width))| *width > 0.0);
    let window = |(index, (center, width))| {
        // LINEAR is not defined below a width of 1 (PS3.3 C.11.2.1.2.1): writers of small values mean LINEAR_EXACT.
        let function =
            if function == WindowFunction::Linear && width < 1.0 { WindowFunction::LinearExact } else { function };
        let name = names.get(index).filter(|name: &&String| !name.is_empty()).cloned();
        Window { center, width, name, function }
    };
    pairs.map(window).collect()
}

/// The windows of a functional group item.
pub(crate) fn of_group(group: Values) -> Option<Vec<Window>> {
    Some(read(group.item(FRAME_VOI_LUT_SEQUENCE)?)).filter(|windows| !windows.is_empty())
}
