//! Stops a run from another thread.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use ort::session::RunOptions;

/// Cancels the runs of one session. Cheap to clone; works from any thread.
///
/// After [`cancel`](Self::cancel) the current run and every later one end with
/// [`EngineError::Cancelled`](super::EngineError::Cancelled) until [`reset`](Self::reset).
#[derive(Clone, Default)]
pub struct CancelHandle(Arc<Shared>);

#[derive(Default)]
struct Shared {
    cancelled: AtomicBool,
    run_options: Mutex<Option<Arc<RunOptions>>>,
}

impl CancelHandle {
    /// Ends the current run within about 10 ms (ONNX Runtime looks between operators) and refuses the next ones.
    pub fn cancel(&self) {
        self.0.cancelled.store(true, Ordering::SeqCst);
        if let Some(options) = self.options().as_ref() {
            // The flag above is enough to refuse the next run; this only shortens the current one.
            let _ = options.terminate();
        }
    }

    /// Lets runs through again.
    pub fn reset(&self) {
        if let Some(options) = self.options().as_ref() {
            let _ = options.unterminate();
        }
        self.0.cancelled.store(false, Ordering::SeqCst);
    }

    pub fn is_cancelled(&self) -> bool {
        self.0.cancelled.load(Ordering::SeqCst)
    }

    pub(super) fn attach(&self, options: Arc<RunOptions>) {
        *self.options() = Some(options);
    }

    fn options(&self) -> std::sync::MutexGuard<'_, Option<Arc<RunOptions>>> {
        self.0.run_options.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for CancelHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CancelHandle").field("cancelled", &self.is_cancelled()).finish()
    }
}
