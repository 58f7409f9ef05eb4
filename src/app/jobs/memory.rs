//! How much decoded pictures may take.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Where nobody chose: 1 GiB.
pub(super) const DEFAULT_BYTES: usize = 1 << 30;

/// A limit that the window sets and the workers read. All clones are one.
#[derive(Clone, Debug)]
pub(super) struct Memory(Arc<AtomicUsize>);

impl Default for Memory {
    fn default() -> Self {
        Self(Arc::new(AtomicUsize::new(DEFAULT_BYTES)))
    }
}

impl Memory {
    pub fn set(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    /// The whole, bytes.
    pub fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Half of it is for decoded frames, half for volumes.
    pub fn half(&self) -> usize {
        self.bytes() / 2
    }
}
