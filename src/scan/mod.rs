//! Path in, [`Scan`] out: what a file says, its frames decoded one at a time.
//!
//! Values are in modality units (after Modality LUT or rescale: HU, Bq/ml, stored numbers where nothing is declared);
//! polarity is a fact beside them, never applied here. Files are recognised by content, not by name. The only room
//! that names dicom-*, nifti or image decoders. It does not window, colour or prepare anything for a model.
//!
//! Outside data is hostile: sizes are checked before memory is asked for, every decode runs isolated (a panic or a
//! decoder that does not end becomes a [`ScanError`]), and one broken file never harms the next.

mod detect;
pub(crate) mod dicom;
mod discover;
mod error;
mod fault;
mod frame;
mod isolate;
mod jpeg;
mod limits;
mod meta;
mod natural;
mod nifti;
mod npy;
mod open;
mod picture;
mod region;
mod samples;
mod series;
mod stack;
mod voi_lut;

pub use discover::{Discovery, discover};
pub use error::ScanError;
pub use frame::{Frame, Pixels};
pub use limits::Limits;
pub use meta::{
    Format, IdentifyingTag, Meta, ModalityHint, PatientSpace, Polarity, SpacingPlace, Window, WindowFunction,
};
pub use open::{Scan, open, open_series, open_with};
pub use picture::upright;
pub use series::group_series;
pub use voi_lut::VoiLut;

use crate::geometry::Size;

/// What a format's reader finds before any pixel is decoded.
#[derive(Debug)]
pub(crate) struct Opened<S> {
    /// Rows and columns of one frame.
    pub size: Size,
    pub frames: usize,
    pub meta: Meta,
    /// What the reader needs to decode a frame later.
    pub source: S,
}
