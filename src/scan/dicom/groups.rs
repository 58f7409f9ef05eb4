//! Facts that may differ from frame to frame: the functional groups of enhanced multi-frame objects (PS3.3 C.7.6.16).

use dicom_core::Tag;

use super::data_set::Values;

const SHARED: Tag = Tag(0x5200, 0x9229);
const PER_FRAME: Tag = Tag(0x5200, 0x9230);

/// The shared functional group and those of each frame.
pub(crate) struct FunctionalGroups<'a> {
    shared: Option<Values<'a>>,
    frames: Vec<Values<'a>>,
}

impl<'a> FunctionalGroups<'a> {
    pub fn of(values: Values<'a>) -> Self {
        Self { shared: values.item(SHARED), frames: values.items(PER_FRAME) }
    }

    /// What `find` gives for each frame: its own group's answer or the shared one's. Empty where there are no groups.
    pub fn by_frame<T>(&self, frames: usize, find: impl Fn(Values<'a>) -> Option<T>) -> Vec<Option<T>>
    where
        T: Clone,
    {
        let shared = self.shared.and_then(&find);
        if self.frames.is_empty() && shared.is_none() {
            return Vec::new();
        }
        let own = |index: usize| self.frames.get(index).copied().and_then(&find);
        (0..frames).map(|index| own(index).or_else(|| shared.clone())).collect()
    }

    /// The first frame's answer.
    pub fn first<T>(&self, find: impl Fn(Values<'a>) -> Option<T>) -> Option<T> {
        self.frames.first().copied().and_then(&find).or_else(|| self.shared.and_then(&find))
    }
}
