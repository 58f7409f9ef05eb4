//! Ctrl+C while many files run: the case in hand is finished and what is done is kept; a second Ctrl+C ends at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

/// Exit code of a program that a person stopped: 128 and the signal's number.
pub const STOPPED: u8 = 130;

/// While it lives, the first Ctrl+C is only noted. Before and after, and at the second one, the program ends at once.
pub(super) struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// Begins to note Ctrl+C.
    pub fn noted() -> Self {
        static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
        let flag = FLAG.get_or_init(register);
        flag.store(false, Ordering::Relaxed);
        Self(flag.clone())
    }

    /// True once somebody pressed Ctrl+C.
    pub fn asked(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A signal that finds the flag set ends the program, any other sets it: in this order.
fn register() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let ends = flag::register_conditional_shutdown(SIGINT, i32::from(STOPPED), flag.clone());
    if let Err(error) = ends.and_then(|_| flag::register(SIGINT, flag.clone())) {
        tracing::warn!("Ctrl+C will end the program at once: {error}");
    }
    flag
}
