//! Transfer syntaxes: how the data set is written, how the pixel data is compressed (PS3.5 chapter 10, PS3.6 A).

use dicom_core::dictionary::UidDictionary;
use dicom_dictionary_std::StandardSopClassDictionary;
use dicom_encoding::transfer_syntax::TransferSyntaxIndex as _;

use super::elements::Encoding;

/// How the frames are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compression {
    None,
    /// Uncompressed frames in fragments.
    Encapsulated,
    /// Each frame deflated (PS3.5 A.4.13).
    DeflatedFrame,
    Rle,
    /// JPEG and JPEG-LS: the stream's own frame marker says which.
    Jpeg,
    Jpeg2000,
    JpegXl,
    /// Video and other syntaxes without still frames.
    Unknown,
}

/// One transfer syntax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    pub uid: String,
    pub encoding: Encoding,
    pub deflated: bool,
    pub compression: Compression,
}

impl Syntax {
    /// The syntax of a UID; an unknown one is taken for explicit little endian, as PS3.5 section 10 demands of all
    /// encapsulated ones.
    pub fn of(uid: &str) -> Self {
        let encoding = match uid {
            "1.2.840.10008.1.2" => Encoding::IMPLICIT_LITTLE,
            "1.2.840.10008.1.2.2" => Encoding::EXPLICIT_BIG,
            _ => Encoding::EXPLICIT_LITTLE,
        };
        let compression = match uid.strip_prefix("1.2.840.10008.1.2") {
            Some("" | ".1" | ".2" | ".1.99") => Compression::None,
            Some(".1.98") => Compression::Encapsulated,
            Some(".8.1") => Compression::DeflatedFrame,
            Some(".5") => Compression::Rle,
            Some(
                ".4.50" | ".4.51" | ".4.52" | ".4.53" | ".4.54" | ".4.55" | ".4.56" | ".4.57" | ".4.58" | ".4.70"
                | ".4.80" | ".4.81",
            ) => Compression::Jpeg,
            Some(".4.90" | ".4.91" | ".4.92" | ".4.93" | ".4.201" | ".4.202" | ".4.203") => Compression::Jpeg2000,
            Some(".4.110" | ".4.111" | ".4.112") => Compression::JpegXl,
            _ => Compression::Unknown,
        };
        Self { uid: uid.to_owned(), encoding, deflated: uid == "1.2.840.10008.1.2.1.99", compression }
    }

    /// The uncompressed syntax of an encoding, for files that say none.
    pub fn plain(encoding: Encoding) -> Self {
        Self::of(match encoding {
            Encoding { explicit_vr: false, .. } => "1.2.840.10008.1.2",
            Encoding { big_endian: true, .. } => "1.2.840.10008.1.2.2",
            _ => "1.2.840.10008.1.2.1",
        })
    }

    /// The syntax's name, or its UID where it has none.
    pub fn name(&self) -> String {
        let entry = dicom_transfer_syntax_registry::TransferSyntaxRegistry.get(&self.uid);
        entry.map_or_else(|| self.uid.clone(), |entry| entry.name().to_owned())
    }
}

/// The name of a SOP class, or its UID.
pub(crate) fn sop_class_name(uid: &str) -> String {
    StandardSopClassDictionary.by_uid(uid).map_or_else(|| uid.to_owned(), |entry| entry.name.to_owned())
}
