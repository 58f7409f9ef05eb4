//! Runs work that may panic or never end on a thread that can be given up.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use super::cancel::CancelHandle;

/// tract's graph analysis recurses deeply on long graphs; only touched pages cost memory.
const STACK_BYTES: usize = 64 << 20;
/// How often a waiting caller looks whether it was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Why there is no result.
#[derive(Debug)]
pub(super) enum Lost {
    Panicked(String),
    TimedOut,
    Cancelled,
    /// The system gave no thread.
    NoThread(std::io::Error),
}

/// Runs every job on its own named thread and gives the results in their order, or the first loss. After a loss the
/// remaining threads are abandoned: they end on their own or with the process.
pub(super) fn run_all<T, F>(jobs: Vec<F>, name: &str, limit: Duration, cancel: &CancelHandle) -> Result<Vec<T>, Lost>
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static,
{
    let count = jobs.len();
    let (sender, receiver) = channel();
    for (index, job) in jobs.into_iter().enumerate() {
        let sender = sender.clone();
        let work = move || {
            let result = catch_unwind(AssertUnwindSafe(job)).map_err(panic_text);
            // The receiver is gone only if the caller gave up.
            let _ = sender.send((index, result));
        };
        std::thread::Builder::new()
            .name(name.to_owned())
            .stack_size(STACK_BYTES)
            .spawn(work)
            .map_err(Lost::NoThread)?;
    }
    drop(sender);
    let deadline = Instant::now().checked_add(limit);
    let mut results: Vec<Option<T>> = (0..count).map(|_| None).collect();
    for _ in 0..count {
        let (index, result) = loop {
            match receiver.recv_timeout(LOOK_EVERY) {
                Ok(message) => break message,
                Err(RecvTimeoutError::Disconnected) => return Err(Lost::Panicked("its thread ended".to_owned())),
                Err(RecvTimeoutError::Timeout) if cancel.is_cancelled() => return Err(Lost::Cancelled),
                Err(RecvTimeoutError::Timeout) if deadline.is_some_and(|end| Instant::now() > end) => {
                    return Err(Lost::TimedOut);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        };
        if let Some(slot) = results.get_mut(index) {
            *slot = Some(result.map_err(Lost::Panicked)?);
        }
    }
    results.into_iter().collect::<Option<Vec<T>>>().ok_or_else(|| Lost::Panicked("a result is missing".to_owned()))
}

fn panic_text(payload: Box<dyn Any + Send>) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text =
        text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".to_owned());
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_their_order() {
        let jobs: Vec<_> = (0..4).map(|i| move || i * 10).collect();
        let found = run_all(jobs, "test", Duration::from_secs(60), &CancelHandle::default()).unwrap();
        assert_eq!(found, [0, 10, 20, 30]);
    }

    #[test]
    fn a_panic_is_a_sentence() {
        let jobs: Vec<fn() -> u8> = vec![|| panic!("index 3 of 2")];
        let lost = run_all(jobs, "test", Duration::from_secs(60), &CancelHandle::default()).unwrap_err();
        assert!(matches!(lost, Lost::Panicked(text) if text == "index 3 of 2"));
    }

    #[test]
    fn endless_work_is_given_up() {
        let jobs: Vec<fn() -> u8> = vec![|| {
            loop {
                std::thread::park();
            }
        }];
        let lost = run_all(jobs, "test", Duration::ZERO, &CancelHandle::default()).unwrap_err();
        assert!(matches!(lost, Lost::TimedOut));
    }

    #[test]
    fn a_cancelled_wait_ends() {
        let cancel = CancelHandle::default();
        cancel.cancel();
        let jobs: Vec<fn() -> u8> = vec![|| {
            loop {
                std::thread::park();
            }
        }];
        assert!(matches!(run_all(jobs, "test", Duration::from_secs(600), &cancel), Err(Lost::Cancelled)));
    }
}
