//! Runs a decoder so that it can break without breaking anything else: on a decode thread, under `catch_unwind`, with a
//! deadline.
//!
//! A panic becomes a [`ScanError::DecoderPanicked`] and prints nothing. A decoder that does not end is abandoned: its
//! thread goes on (a thread cannot be ended from outside), its result is dropped, and when too many are stuck at
//! once, new work is refused in words. Stack overflow and a failed allocation abort the process and cannot be caught:
//! readers check sizes and depths first.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel, sync_channel};
use std::sync::{Arc, LazyLock, Mutex, Once, PoisonError};
use std::time::Duration;

use super::{Limits, ScanError};

/// Threads with this name stay silent when they panic.
const THREAD_NAME: &str = "overread-decode";
/// Decoders may use deep stacks (nested DICOM sequences); the pages are only taken when touched.
const STACK_BYTES: usize = 8 << 20;
/// Abandoned decoders at once, before new work is refused.
const MOST_ABANDONED: usize = 8;
/// Threads kept waiting for the next decode: waking one costs a third of starting one.
const MOST_IDLE: usize = 8;

const RUNNING: u8 = 0;
const ABANDONED: u8 = 1;
const FINISHED: u8 = 2;

thread_local! {
    /// What the last panic on this decode thread said, and where.
    static PANIC_SENTENCE: RefCell<Option<String>> = const { RefCell::new(None) };
}

type Job = Box<dyn FnOnce() + Send>;

/// Decode threads with nothing to do.
static IDLE: Mutex<Vec<Sender<Job>>> = Mutex::new(Vec::new());

/// Counts the threads that were given up and have not ended.
#[derive(Debug)]
struct Pen {
    abandoned: AtomicUsize,
    most: usize,
}

/// Runs `work`, which decodes `path`, and waits for it at most `limits.decode_time`.
pub(crate) fn run<T: Send + 'static>(
    path: &Path,
    limits: &Limits,
    work: impl FnOnce() -> Result<T, ScanError> + Send + 'static,
) -> Result<T, ScanError> {
    static PEN: LazyLock<Arc<Pen>> =
        LazyLock::new(|| Arc::new(Pen { abandoned: AtomicUsize::new(0), most: MOST_ABANDONED }));
    run_in(&PEN, path, limits.decode_time, work)
}

fn run_in<T: Send + 'static>(
    pen: &Arc<Pen>,
    path: &Path,
    deadline: Duration,
    work: impl FnOnce() -> Result<T, ScanError> + Send + 'static,
) -> Result<T, ScanError> {
    let stuck = pen.abandoned.load(Ordering::Acquire);
    if stuck >= pen.most {
        return Err(ScanError::Refused { path: path.into(), stuck });
    }
    silence_decode_threads();
    let state = Arc::new(AtomicU8::new(RUNNING));
    let (sender, receiver) = sync_channel(1);
    let job: Job = {
        let (pen, state) = (Arc::clone(pen), Arc::clone(&state));
        Box::new(move || {
            // Nothing that `work` owned is looked at after a panic, so a broken invariant cannot be seen.
            let outcome = catch_unwind(AssertUnwindSafe(work)).map_err(|payload| panic_sentence(payload.as_ref()));
            // The receiver may be gone; the result is dropped then.
            let _ = sender.send(outcome);
            if state.swap(FINISHED, Ordering::AcqRel) == ABANDONED {
                pen.abandoned.fetch_sub(1, Ordering::AcqRel);
            }
        })
    };
    on_a_decode_thread(job).map_err(|source| ScanError::Read { path: path.into(), source })?;
    match receiver.recv_timeout(deadline) {
        Ok(Ok(result)) => result,
        Ok(Err(what)) => Err(ScanError::DecoderPanicked { path: path.into(), what }),
        Err(RecvTimeoutError::Disconnected) => {
            Err(ScanError::DecoderPanicked { path: path.into(), what: "it ended without a result".into() })
        }
        Err(RecvTimeoutError::Timeout) => {
            pen.abandoned.fetch_add(1, Ordering::AcqRel);
            if state.compare_exchange(RUNNING, ABANDONED, Ordering::AcqRel, Ordering::Acquire).is_err() {
                // It finished in the meantime: nothing is stuck.
                pen.abandoned.fetch_sub(1, Ordering::AcqRel);
            }
            Err(ScanError::TimedOut { path: path.into(), seconds: deadline.as_secs().max(1) })
        }
    }
}

/// Hands the job to a waiting thread, or to a new one.
fn on_a_decode_thread(mut job: Job) -> std::io::Result<()> {
    while let Some(thread) = idle().pop() {
        match thread.send(job) {
            Ok(()) => return Ok(()),
            Err(back) => job = back.0,
        }
    }
    let builder = std::thread::Builder::new().name(THREAD_NAME.into()).stack_size(STACK_BYTES);
    builder.spawn(move || work_and_wait(job)).map(|_| ())
}

/// Does one job after the other; ends when enough others wait.
fn work_and_wait(first: Job) {
    let (sender, receiver) = channel::<Job>();
    first();
    loop {
        {
            let mut idle = idle();
            if idle.len() >= MOST_IDLE {
                return;
            }
            idle.push(sender.clone());
        }
        match receiver.recv() {
            Ok(job) => job(),
            Err(_) => return,
        }
    }
}

fn idle() -> std::sync::MutexGuard<'static, Vec<Sender<Job>>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Installs, once, a panic hook that keeps decode threads quiet and passes every other panic on.
fn silence_decode_threads() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() != Some(THREAD_NAME) {
                return previous(info);
            }
            // Only the line is told: the file is a path on the machine that built this program.
            let place = info.location().map(|l| format!(" at {}:{}", file_name(l.file()), l.line()));
            let said = payload_text(info.payload()).unwrap_or("no message");
            let sentence = format!("{}{}", first_line(said), place.unwrap_or_default());
            PANIC_SENTENCE.with(|slot| *slot.borrow_mut() = Some(sentence));
        }));
    });
}

fn panic_sentence(payload: &(dyn std::any::Any + Send)) -> String {
    PANIC_SENTENCE
        .with(|slot| slot.borrow_mut().take())
        .unwrap_or_else(|| first_line(payload_text(payload).unwrap_or("no message")).to_owned())
}

fn payload_text(payload: &(dyn std::any::Any + Send)) -> Option<&str> {
    payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref::<String>().map(String::as_str))
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn pen(most: usize) -> Arc<Pen> {
        Arc::new(Pen { abandoned: AtomicUsize::new(0), most })
    }

    #[test]
    fn a_panic_becomes_a_sentence() {
        let result: Result<(), _> = run_in(&pen(1), Path::new("a.dcm"), LONG, || panic!("index out of range\nmore"));
        let said = result.unwrap_err().to_string();
        assert!(said.contains("a.dcm broke its decoder (index out of range at isolate.rs:"), "{said}");
        assert!(!said.contains("more"));
    }

    #[test]
    fn results_and_errors_pass_through() {
        assert_eq!(run_in(&pen(1), Path::new("a"), LONG, || Ok(7)).unwrap(), 7);
        let error: Result<(), _> = run_in(&pen(1), Path::new("a"), LONG, || {
            Err(ScanError::NoPixels { path: "a".into(), what: "nothing".into() })
        });
        assert!(matches!(error, Err(ScanError::NoPixels { .. })));
    }

    #[test]
    fn a_stuck_decoder_is_abandoned_and_counted_until_it_ends() {
        let pen = pen(1);
        let (release, wait) = channel::<()>();
        let late: Result<(), _> = run_in(&pen, Path::new("slow"), Duration::from_millis(5), move || {
            let _ = wait.recv();
            Ok(())
        });
        assert!(matches!(late, Err(ScanError::TimedOut { .. })));
        let refused = run_in(&pen, Path::new("next"), LONG, || Ok(1));
        assert!(matches!(refused, Err(ScanError::Refused { stuck: 1, .. })));
        drop(release);
        // The stuck thread ends now; the pen empties when it has.
        while pen.abandoned.load(Ordering::Acquire) > 0 {
            std::thread::yield_now();
        }
        assert_eq!(run_in(&pen, Path::new("next"), LONG, || Ok(1)).unwrap(), 1);
    }
}
