//! The workers and what they are asked. Each is a named thread with a [`mailbox`]; in inline mode the same work runs
//! on the caller's thread when [`Jobs::drain`] is called.

mod batch;
mod decode;
mod describe;
mod doctor;
mod draft;
mod export;
mod heatmap;
mod import;
mod kept;
mod leaks;
mod list;
mod mailbox;
mod memory;
mod numbers;
mod predict;
mod requests;
mod seen;
mod session;
mod stability;
mod store;
mod thumbnails;
mod trust;
mod volume;

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use self::mailbox::Mailbox;
use self::memory::Memory;
use super::Event;

pub(super) use batch::{Batch, Ready as ReadyModel};
pub(super) use decode::first_frame;
pub(super) use doctor::{Examination, Job as DoctorJob};
pub(super) use export::Job as ExportJob;
pub(super) use heatmap::{Job as HeatmapJob, Wanted as WantedHeatmap};
pub(super) use import::{DraftJob, Job as ImportJob, Place as ImportPlace, SaveJob};
pub use kept::KeptAnswers;
pub(super) use leaks::{Job as LeakJob, Search as LeakSearch};
pub(super) use numbers::Job as NumbersJob;
pub(super) use requests::FrameJob;
pub(super) use session::PredictJob;
pub(super) use stability::StabilityJob;
pub(super) use store::{Job as StoreJob, Open as OpenReview, Place};
pub use store::{OpenedComparison, OpenedReview};
pub(super) use volume::{FuseJob, SliceJob};

/// Called after every event, from a worker's thread: wakes the window.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Events waiting for the window before a worker has to wait.
const MOST_EVENTS: usize = 256;

/// Where a worker's results go.
#[derive(Clone)]
struct Emitter(Sink);

#[derive(Clone)]
enum Sink {
    Channel(SyncSender<Event>, Wake),
    Inline(Arc<Mutex<VecDeque<Event>>>),
}

impl Emitter {
    /// Waits where the window is behind; a closed window's results are dropped.
    fn send(&self, event: Event) {
        match &self.0 {
            Sink::Channel(sender, wake) => {
                if sender.send(event).is_ok() {
                    wake();
                }
            }
            Sink::Inline(queue) => queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(event),
        }
    }
}

/// The workers.
pub struct Jobs {
    list: Arc<Mailbox<list::Job>>,
    decode: Arc<Mailbox<decode::Job>>,
    volume: Arc<Mailbox<volume::Job>>,
    thumbnails: Arc<Mailbox<thumbnails::Job>>,
    session: Arc<Mailbox<session::Job>>,
    batch: Arc<Mailbox<batch::Job>>,
    numbers: Arc<Mailbox<numbers::Job>>,
    store: Arc<Mailbox<store::Job>>,
    export: Arc<Mailbox<export::Job>>,
    leaks: Arc<Mailbox<leaks::Job>>,
    import: Arc<Mailbox<import::Job>>,
    doctor: Arc<Mailbox<doctor::Job>>,
    /// The store worker: what it has to write is written before the program ends.
    storing: Option<JoinHandle<()>>,
    heatmap: Arc<Mailbox<heatmap::Job>>,
    install: Arc<Mailbox<()>>,
    memory: Memory,
    source: Source,
}

enum Source {
    Threads(Receiver<Event>),
    Inline { queue: Arc<Mutex<VecDeque<Event>>>, workers: Vec<Box<dyn FnMut() -> bool>> },
}

impl Jobs {
    /// Starts the threads. `wake` is called after every event.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn threads(wake: Wake) -> std::io::Result<Self> {
        let (sender, receiver) = sync_channel(MOST_EVENTS);
        let emit = Emitter(Sink::Channel(sender, wake));
        let mut jobs = Self::with(Source::Threads(receiver));
        let mut decode = decode::Worker::new(jobs.memory.clone());
        let mut volume = volume::Worker::new(jobs.volume.clone(), jobs.memory.clone());
        let mut session = session::Worker::new(jobs.session.clone());
        let mut heatmap = heatmap::Worker::new(jobs.heatmap.clone());
        spawn("decode", &jobs.decode, &emit, move |job, emit| decode.work(job, emit))?;
        spawn("volume", &jobs.volume, &emit, move |job, emit| volume.work(job, emit))?;
        spawn("list", &jobs.list, &emit, list::work)?;
        spawn("thumbnails", &jobs.thumbnails, &emit, thumbnails::work)?;
        spawn("session", &jobs.session, &emit, move |job, emit| session.work(job, emit))?;
        spawn("heatmap", &jobs.heatmap, &emit, move |job, emit| heatmap.work(job, emit))?;
        let mut batch = batch::Worker::new(jobs.batch.clone());
        spawn("batch", &jobs.batch, &emit, move |job, emit| batch.work(job, emit))?;
        let waiting = jobs.numbers.clone();
        spawn("numbers", &jobs.numbers, &emit, move |job, emit| numbers::work(job, emit, &waiting))?;
        spawn("export", &jobs.export, &emit, export::work)?;
        let asked = jobs.leaks.clone();
        spawn("leaks", &jobs.leaks, &emit, move |job, emit| leaks::work(job, emit, &asked))?;
        let mut import = import::Worker::new(jobs.import.clone());
        spawn("import", &jobs.import, &emit, move |job, emit| import.work(job, emit))?;
        let asked = jobs.doctor.clone();
        spawn("doctor", &jobs.doctor, &emit, move |job, emit| doctor::work(job, emit, &asked))?;
        let mut store = store::Worker::default();
        jobs.storing = Some(spawn("store", &jobs.store, &emit, move |job, emit| store.work(job, emit))?);
        spawn("install", &jobs.install, &emit, |(), emit| session::install(emit))?;
        Ok(jobs)
    }

    /// No threads: the work is done when [`AppState::settle`](super::AppState::settle) asks for its results.
    pub fn inline() -> Self {
        let queue = Arc::new(Mutex::new(VecDeque::new()));
        let emit = Emitter(Sink::Inline(queue.clone()));
        let mut jobs = Self::with(Source::Inline { queue: queue.clone(), workers: Vec::new() });
        let mut decode = decode::Worker::new(jobs.memory.clone());
        let mut volume = volume::Worker::new(jobs.volume.clone(), jobs.memory.clone());
        let mut session = session::Worker::new(jobs.session.clone());
        let mut heatmap = heatmap::Worker::new(jobs.heatmap.clone());
        let mut batch = batch::Worker::new(jobs.batch.clone());
        let mut store = store::Worker::default();
        let waiting = jobs.numbers.clone();
        let asked = jobs.leaks.clone();
        let mut import = import::Worker::new(jobs.import.clone());
        let examining = jobs.doctor.clone();
        let workers: Vec<Box<dyn FnMut() -> bool>> = vec![
            step(&jobs.list, &emit, list::work),
            step(&jobs.decode, &emit, move |job, emit| decode.work(job, emit)),
            step(&jobs.volume, &emit, move |job, emit| volume.work(job, emit)),
            step(&jobs.session, &emit, move |job, emit| session.work(job, emit)),
            step(&jobs.import, &emit, move |job, emit| import.work(job, emit)),
            step(&jobs.doctor, &emit, move |job, emit| doctor::work(job, emit, &examining)),
            step(&jobs.heatmap, &emit, move |job, emit| heatmap.work(job, emit)),
            step(&jobs.store, &emit, move |job, emit| store.work(job, emit)),
            step(&jobs.batch, &emit, move |job, emit| batch.work(job, emit)),
            step(&jobs.export, &emit, export::work),
            step(&jobs.leaks, &emit, move |job, emit| leaks::work(job, emit, &asked)),
            step(&jobs.numbers, &emit, move |job, emit| numbers::work(job, emit, &waiting)),
            step(&jobs.thumbnails, &emit, thumbnails::work),
            step(&jobs.install, &emit, |(), emit| session::install(emit)),
        ];
        jobs.source = Source::Inline { queue, workers };
        jobs
    }

    fn with(source: Source) -> Self {
        Self {
            list: Arc::new(Mailbox::new()),
            decode: Arc::new(Mailbox::new()),
            volume: Arc::new(Mailbox::new()),
            thumbnails: Arc::new(Mailbox::new()),
            session: Arc::new(Mailbox::new()),
            batch: Arc::new(Mailbox::new()),
            numbers: Arc::new(Mailbox::new()),
            store: Arc::new(Mailbox::new()),
            export: Arc::new(Mailbox::new()),
            leaks: Arc::new(Mailbox::new()),
            import: Arc::new(Mailbox::new()),
            doctor: Arc::new(Mailbox::new()),
            storing: None,
            heatmap: Arc::new(Mailbox::new()),
            install: Arc::new(Mailbox::new()),
            memory: Memory::default(),
            source,
        }
    }

    /// Results that are there. Inline, first works on what is waiting until there is one.
    pub(super) fn drain(&mut self) -> Vec<Event> {
        match &mut self.source {
            Source::Threads(receiver) => receiver.try_iter().collect(),
            Source::Inline { queue, workers } => {
                let take =
                    || -> Vec<Event> { queue.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect() };
                let mut events = take();
                // The first worker with something to do, in the order of a person's interest.
                while events.is_empty() && workers.iter_mut().any(|step| step()) {
                    events = take();
                }
                events
            }
        }
    }
}

impl Drop for Jobs {
    /// Ends the workers after the job they are in; only what is to be written is waited for.
    fn drop(&mut self) {
        self.list.close();
        self.decode.close();
        self.volume.close();
        self.thumbnails.close();
        self.session.close();
        self.batch.close();
        self.heatmap.close();
        self.install.close();
        self.numbers.close();
        self.export.close();
        self.leaks.close();
        self.import.close();
        self.doctor.close();
        self.store.finish();
        // Its reports go nowhere, so that it cannot wait for a reader.
        self.source = Source::Inline { queue: Arc::default(), workers: Vec::new() };
        if let Some(storing) = self.storing.take()
            && storing.join().is_err()
        {
            tracing::error!("the store worker broke");
        }
    }
}

fn spawn<J: Send + 'static>(
    name: &'static str,
    mailbox: &Arc<Mailbox<J>>,
    emit: &Emitter,
    mut work: impl FnMut(J, &Emitter) + Send + 'static,
) -> std::io::Result<JoinHandle<()>> {
    let (mailbox, emit) = (mailbox.clone(), emit.clone());
    thread::Builder::new().name(format!("overread-{name}")).spawn(move || {
        while let Some(job) = mailbox.take() {
            guarded(name, job, &emit, &mut work);
        }
    })
}

fn step<J: 'static>(
    mailbox: &Arc<Mailbox<J>>,
    emit: &Emitter,
    mut work: impl FnMut(J, &Emitter) + 'static,
) -> Box<dyn FnMut() -> bool> {
    let (mailbox, emit) = (mailbox.clone(), emit.clone());
    Box::new(move || match mailbox.try_take() {
        Some(job) => {
            guarded("inline", job, &emit, &mut work);
            true
        }
        None => false,
    })
}

/// One broken job must not end its worker.
fn guarded<J>(name: &'static str, job: J, emit: &Emitter, work: &mut impl FnMut(J, &Emitter)) {
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(job, emit))) {
        emit.send(Event::JobPanicked { worker: name, what: panic_text(payload.as_ref()) });
    }
}

fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no reason given".into())
}
