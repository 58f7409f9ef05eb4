//! VOI LUT Sequence (0028,3010), of the file or of a frame (PS3.3 C.11.2.1.1).

use std::sync::Arc;

use dicom_core::{Tag, VR};

use super::data_set::Values;
use super::palette::{descriptor, plain_entries};
use crate::scan::VoiLut;

const VOI_LUT_SEQUENCE: Tag = Tag(0x0028, 0x3010);
const FRAME_VOI_LUT_SEQUENCE: Tag = Tag(0x0028, 0x9132);
const LUT_DESCRIPTOR: Tag = Tag(0x0028, 0x3002);

/// All tables of a data set or item; items without a descriptor or without entries are left out. `negative` says that
/// the values after the modality transform may lie below 0: the first mapped value is signed then.
pub(crate) fn read(values: Values, negative: bool) -> Vec<Arc<VoiLut>> {
    values.items(VOI_LUT_SEQUENCE).into_iter().filter_map(|item| table(item, negative)).map(Arc::new).collect()
}

/// The tables of a functional group item (PS3.3 C.7.6.16.2.10b).
pub(crate) fn of_group(group: Values, negative: bool) -> Option<Vec<Arc<VoiLut>>> {
    Some(read(group.item(FRAME_VOI_LUT_SEQUENCE)?, negative)).filter(|tables| !tables.is_empty())
}

fn table(item: Values, negative: bool) -> Option<VoiLut> {
    // A writer that says SS means a signed value, whatever the pixels are.
    let signed = negative || item.vr(LUT_DESCRIPTOR) == Some(VR::SS);
    let (count, first, bits) = descriptor(item, LUT_DESCRIPTOR, signed)?;
    let entries = plain_entries(item.words(Tag(0x0028, 0x3006))?, count, bits);
    VoiLut::new(first, entries.into_iter().take(count).collect(), bits, item.text(Tag(0x0028, 0x3003)))
}
