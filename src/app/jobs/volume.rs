//! The volume worker: puts the frames of a scan together as a volume, keeps the last ones, and cuts planes through them.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Emitter;
use super::decode::same;
use super::mailbox::Mailbox;
use super::memory::Memory;
use crate::app::{Cause, Decoded, Event, PlanePicture, Problem, SliceChoice, Stack, ValueWindow};
use crate::render::{Plane, Pyramid, Volume, VolumeError, VolumePlan};
use crate::scan::{Scan, ScanError};

/// How often a person is told how far it is.
const PROGRESS: Duration = Duration::from_millis(60);

#[derive(Debug)]
pub(super) enum Job {
    Slice(SliceJob),
    /// The view shows no plane any more.
    Leave,
}

/// One slice of a plane for one view.
#[derive(Clone, Debug)]
pub(in crate::app) struct SliceJob {
    /// The view, who sends it.
    pub view: u64,
    pub generation: u64,
    pub files: Arc<[PathBuf]>,
    pub scan: Scan,
    /// Which volume, where the frames are several.
    pub volume: usize,
    pub plane: Plane,
    pub slice: SliceChoice,
    /// An automatic window is wanted too.
    pub auto: bool,
}

/// Volumes, the least recently used dropped first.
pub(super) struct Worker {
    mailbox: Arc<Mailbox<Job>>,
    memory: Memory,
    volumes: VecDeque<(Arc<[PathBuf]>, usize, Arc<Volume>)>,
}

impl Worker {
    pub fn new(mailbox: Arc<Mailbox<Job>>, memory: Memory) -> Self {
        Self { mailbox, memory, volumes: VecDeque::new() }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        let Job::Slice(job) = job else { return };
        let result = match self.volume(&job, emit) {
            Ok(Some(volume)) => Ok(cut(&volume, &job)),
            Ok(None) => return,
            Err(problem) => Err(problem),
        };
        let (generation, plane) = (job.generation, job.plane);
        emit.send(Event::PlaneReady { generation, plane, result });
    }

    /// `None` where nobody waits for it any more.
    fn volume(&mut self, job: &SliceJob, emit: &Emitter) -> Result<Option<Arc<Volume>>, Problem> {
        let hit = |(of, n, _): &(Arc<[PathBuf]>, usize, Arc<Volume>)| *n == job.volume && same(of, &job.files);
        if let Some(place) = self.volumes.iter().position(hit)
            && let Some(hit) = self.volumes.remove(place)
        {
            let volume = hit.2.clone();
            self.volumes.push_back(hit);
            return Ok(Some(volume));
        }
        let plan = VolumePlan::new(&job.scan, job.volume).map_err(no_volume)?;
        self.make_room(plan.bytes())?;
        let Some(volume) = self.filled(&plan, job, emit)? else { return Ok(None) };
        let volume = Arc::new(volume);
        self.volumes.push_back((job.files.clone(), job.volume, volume.clone()));
        Ok(Some(volume))
    }

    /// Drops the longest unseen volumes; refuses one that would not fit alone.
    fn make_room(&mut self, bytes: usize) -> Result<(), Problem> {
        let most = self.memory.half();
        if bytes > most {
            let sentence = format!(
                "The volume takes {} MB; {} MB of the memory for pictures are for volumes.",
                bytes >> 20,
                most >> 20
            );
            return Err(Problem::new(Cause::VolumeTooLarge, sentence));
        }
        let size = |volume: &Volume| volume.values().len() * size_of::<f32>();
        while self.volumes.iter().map(|(_, _, volume)| size(volume)).sum::<usize>().saturating_add(bytes) > most {
            self.volumes.pop_front();
        }
        Ok(())
    }

    /// Decodes the frames, and says how far it is to whoever waits. Ends early where the view has turned to another scan.
    fn filled(&self, plan: &VolumePlan, job: &SliceJob, emit: &Emitter) -> Result<Option<Volume>, Problem> {
        let (frames, mut done, mut given_up) = (plan.frames().len(), 0, false);
        let mut told = Instant::now();
        let elsewhere = |waiting: &Job| match waiting {
            Job::Slice(waiting) => !same(&waiting.files, &job.files),
            Job::Leave => true,
        };
        let volume = plan.fill(|index| {
            given_up = given_up || self.mailbox.holds(job.view, elsewhere);
            if given_up {
                return Err(ScanError::NoSuchFrame { path: job.scan.path.clone(), frames, index });
            }
            if told.elapsed() > PROGRESS {
                told = Instant::now();
                emit.send(Event::VolumeProgress { scan: job.scan.path.clone(), done, total: frames });
            }
            done += 1;
            job.scan.frame(index)
        });
        if given_up {
            return Ok(None);
        }
        volume.map(Some).map_err(no_volume)
    }
}

fn no_volume(error: VolumeError) -> Problem {
    match error {
        VolumeError::Scan(error) => error.into(),
        VolumeError::TooLarge { .. } => Problem::new(Cause::VolumeTooLarge, error.to_string()),
        error => Problem::new(Cause::NoVolume, error.to_string()),
    }
}

fn cut(volume: &Volume, job: &SliceJob) -> PlanePicture {
    let stack = Stack::of_plane(volume, job.plane);
    let last = stack.count.saturating_sub(1);
    let index = match job.slice {
        SliceChoice::Index(index) => index.min(last),
        SliceChoice::Middle => stack.count / 2,
        SliceChoice::Through(point) => stack.nearest_slice(point, 0).unwrap_or(stack.count / 2),
    };
    let frame = volume.slice(job.plane, index).map(|slice| slice.frame()).unwrap_or_else(empty);
    let auto = job.auto.then(|| ValueWindow::Auto.of(&frame));
    let decoded = Decoded { picture: Pyramid::new(frame), luts: Arc::from(Vec::new()), through: None, auto };
    PlanePicture { stack, index, decoded, remarks: volume.remarks().to_vec() }
}

/// Never shown: a volume has slices in each plane.
fn empty() -> crate::scan::Frame {
    let pixels = crate::scan::Pixels::Gray(ndarray::Array2::zeros((1, 1)));
    crate::scan::Frame { pixels, windows: Vec::new(), eight_bit_picture: false }
}
