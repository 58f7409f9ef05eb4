//! What the information panel may show: the unit of the values, harmless attributes, what a file without pixels is.

use dicom_core::Tag;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_dictionary_std::StandardDataDictionary;

use super::data_set::{DataSet, Values};
use super::groups::FunctionalGroups;
use super::modality::Modality;
use super::palette::descriptor;
use super::syntax::sop_class_name;
use super::text::TextReader;

/// Attributes without personal content, shown under their keywords.
const HARMLESS: [(u16, u16); 34] = [
    (0x0008, 0x0008), // Image Type
    (0x0008, 0x0064), // Conversion Type
    (0x0008, 0x0068), // Presentation Intent Type
    (0x0008, 0x0070), // Manufacturer
    (0x0008, 0x1090), // Manufacturer's Model Name
    (0x0018, 0x0010), // Contrast/Bolus Agent
    (0x0018, 0x0020), // Scanning Sequence
    (0x0018, 0x0023), // MR Acquisition Type
    (0x0018, 0x0050), // Slice Thickness
    (0x0018, 0x0060), // KVP
    (0x0018, 0x0080), // Repetition Time
    (0x0018, 0x0081), // Echo Time
    (0x0018, 0x0082), // Inversion Time
    (0x0018, 0x0087), // Magnetic Field Strength
    (0x0018, 0x0088), // Spacing Between Slices
    (0x0018, 0x1151), // X-Ray Tube Current
    (0x0018, 0x1152), // Exposure
    (0x0018, 0x1210), // Convolution Kernel
    (0x0018, 0x1314), // Flip Angle
    (0x0018, 0x5100), // Patient Position
    (0x0018, 0x5101), // View Position
    (0x0020, 0x0013), // Instance Number
    (0x0020, 0x0020), // Patient Orientation
    (0x0020, 0x0060), // Laterality
    (0x0020, 0x0062), // Image Laterality
    (0x0020, 0x1041), // Slice Location
    (0x0028, 0x0034), // Pixel Aspect Ratio
    (0x0028, 0x0120), // Pixel Padding Value
    (0x0028, 0x0301), // Burned In Annotation
    (0x0028, 0x2110), // Lossy Image Compression
    (0x0028, 0x2112), // Lossy Image Compression Ratio
    (0x0054, 0x1001), // Units
    (0x0054, 0x1102), // Decay Correction
    (0x2050, 0x0020), // Presentation LUT Shape
];

/// Keywords and values for the information panel.
pub(crate) fn read(data_set: &DataSet, spacing_source: Option<&str>) -> Vec<(String, String)> {
    let values = data_set.values();
    let text = TextReader::of(data_set);
    let mut facts = Vec::new();
    if let Some(uid) = &data_set.sop_class {
        facts.push(("SOPClass".to_owned(), sop_class_name(uid)));
    }
    for (group, element) in HARMLESS {
        let tag = Tag(group, element);
        let value = match data_set.raw(tag) {
            Some(raw) if values.is_text(tag) => text.read(raw),
            _ => values.texts(tag).join("\\"),
        };
        let Some(entry) = StandardDataDictionary.by_tag(tag).filter(|_| !value.is_empty()) else { continue };
        facts.push((entry.alias().to_owned(), value));
    }
    if let Some(source) = spacing_source {
        facts.push(("SpacingSource".to_owned(), source.to_owned()));
    }
    if let Some(lut) = values.item(Tag(0x0028, 0x3010)) {
        let count = descriptor(lut, Tag(0x0028, 0x3002), false).map_or(0, |(count, ..)| count);
        let name = lut.text(Tag(0x0028, 0x3003)).map(|name| format!(", {name}")).unwrap_or_default();
        facts.push(("VOILUTSequence".to_owned(), format!("{count} entries{name}")));
    }
    facts
}

/// What the values are in after the modality transform: the file's own word, or HU for a rescaled CT slice. SUV is
/// a factor of its own (`suv`).
pub(crate) fn unit(values: Values, modality: &Modality) -> Option<String> {
    if let Some(units) = values.text(Tag(0x0054, 0x1001)) {
        return Some(units);
    }
    let in_group = |group: Values| group.item(Tag(0x0028, 0x9145))?.text(Tag(0x0028, 0x1054));
    let of_table = || values.item(Tag(0x0028, 0x3000))?.text(Tag(0x0028, 0x3004));
    let declared = of_table().or_else(|| values.text(Tag(0x0028, 0x1054)));
    let declared = declared.or_else(|| FunctionalGroups::of(values).first(in_group));
    // "US" is the standard's word for "unspecified".
    if let Some(declared) = declared {
        return Some(declared).filter(|unit| unit != "US");
    }
    let is_ct = values.text(Tag(0x0008, 0x0060)).as_deref() == Some("CT");
    let is_localizer = values.texts(Tag(0x0008, 0x0008)).iter().any(|word| word == "LOCALIZER");
    let is_rescaled = values.has(Tag(0x0028, 0x1052)) && !matches!(modality, Modality::Table { .. });
    (is_ct && is_rescaled && !is_localizer).then(|| "HU".to_owned())
}

/// What a file without pixel data is, in words.
pub(crate) fn without_pixels(data_set: &DataSet) -> String {
    let values = data_set.values();
    if data_set.sop_class.as_deref() == Some("1.2.840.10008.1.3.10") || data_set.raw(Tag(0x0004, 0x1220)).is_some() {
        return "it is a list of files on a medium (DICOMDIR); open the folder instead".to_owned();
    }
    let by_modality = match values.text(Tag(0x0008, 0x0060)).as_deref() {
        Some("SR") => Some("a structured report (SR)"),
        Some("PR") => Some("a presentation state (PR)"),
        Some("KO") => Some("a list of key objects (KO)"),
        Some("ANN") => Some("a set of annotations (ANN)"),
        Some("RTSTRUCT") => Some("a set of contours (RTSTRUCT)"),
        Some("RTPLAN") => Some("a treatment plan (RTPLAN)"),
        Some("DOC") => Some("a document (DOC)"),
        Some("ECG" | "HD" | "EPS") => Some("a waveform"),
        Some("REG") => Some("a registration (REG)"),
        _ => None,
    };
    match (by_modality, &data_set.sop_class) {
        (Some(words), _) => format!("it is {words}"),
        (None, Some(uid)) => format!("its class is {}, and its pixel data is missing", sop_class_name(uid)),
        (None, None) => "it is a DICOM file without pixel data".to_owned(),
    }
}
