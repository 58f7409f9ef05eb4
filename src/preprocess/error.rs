//! What can go wrong between a frame and a tensor.

use crate::geometry::Size;

/// Errors of preprocessing. `Display` is the sentence a person reads.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PreprocessError {
    #[error("the step `draft` says how a picture is read, so it must be the first one; move it to the front")]
    DraftNotFirst,
    #[error("the picture has no pixels ({size})")]
    NoPixels { size: Size },
    #[error(
        "the picture is in colour, and the model takes grey pictures of one channel; no step turns colours into grey. Give it \
         the grey original; where the colours mean nothing, {{\"step\": \"to_gray\"}} as the first step mixes them"
    )]
    Coloured,
    #[error("the picture holds no number at all, only NaN or infinite values; nothing can be said about it")]
    NoNumbers,
    #[error("slice {index} of the volume could not be read: {why}")]
    NoFrame { index: usize, why: String },
    #[error("the model takes a volume, and this is none: {why}")]
    NoVolume { why: String },
    #[error("{step} needs an 8-bit picture, as the library does; put {{\"step\": \"to_8bit\"}} before it")]
    NeedsEightBit { step: &'static str },
    #[error("{step} needs a picture of one channel, this one has {channels}; put {{\"step\": \"to_gray\"}} before it")]
    NeedsGray { step: &'static str, channels: usize },
    #[error(
        "{step} needs a picture of three channels, this one has {channels}; put {{\"step\": \"to_rgb\"}} before it"
    )]
    NeedsRgb { step: &'static str, channels: usize },
    #[error(
        "{step} has {given} values in `{parameter}`, the picture has {channels} channel(s); give one value for all \
         or one for each (to_rgb and to_gray change the number of channels)"
    )]
    WrongLength { step: &'static str, parameter: &'static str, given: usize, channels: usize },
    #[error("{step}: `{parameter}` is {value}, it must be {rule}")]
    BadParameter { step: &'static str, parameter: &'static str, value: String, rule: &'static str },
    #[error("{step}: {library} has no filter `{filter}`; it has {known}")]
    NoSuchFilter { step: &'static str, library: &'static str, filter: &'static str, known: &'static str },
    #[error("{step}: {library} cannot do this: {why}")]
    NotInLibrary { step: &'static str, library: &'static str, why: &'static str },
    #[error("{step} would make a picture of {size}, more than this program allows")]
    TooLarge { step: &'static str, size: Size },
    #[error("{step} wants {wanted} from a picture of {size}, which is smaller")]
    TooSmall { step: &'static str, wanted: Size, size: Size },
}
