//! The last few textures of a kind, kept while they are asked for.

use super::GpuError;
use super::device::{Device, Texture};

/// More than the panes of one window need at a time.
const KEPT: usize = 16;

/// What was made from each key, the newest last.
pub(super) struct Recent<K, V> {
    made: Vec<(K, V, Texture)>,
}

impl<K, V> Default for Recent<K, V> {
    fn default() -> Self {
        Self { made: Vec::new() }
    }
}

impl<K: PartialEq, V> Recent<K, V> {
    /// Finds or makes.
    pub fn ready(
        &mut self,
        device: &mut Device,
        key: K,
        make: impl FnOnce(&mut Device, &K) -> Result<(V, Texture), GpuError>,
    ) -> Result<(), GpuError> {
        if let Some(place) = self.made.iter().position(|(known, ..)| *known == key) {
            let found = self.made.remove(place);
            self.made.push(found);
            return Ok(());
        }
        let (value, texture) = make(device, &key)?;
        if self.made.len() >= KEPT {
            device.free(self.made.remove(0).2);
        }
        self.made.push((key, value, texture));
        Ok(())
    }

    /// What a key stands for, after [`Recent::ready`].
    pub fn get(&self, key: &K) -> Option<(&V, &Texture)> {
        self.made.iter().rev().find(|(known, ..)| known == key).map(|(_, value, texture)| (value, texture))
    }

    pub fn free(&mut self, device: &mut Device) {
        for (.., texture) in self.made.drain(..) {
            device.free(texture);
        }
    }
}
