//! The volume worker: puts the frames of a scan together as a volume, keeps the last ones, and cuts planes through them.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Emitter;
use super::decode::{self, same};
use super::mailbox::Mailbox;
use super::memory::Memory;
use crate::app::{Cause, Decoded, Event, Fused, PlanePicture, Problem, SliceChoice, Stack, ValueWindow};
use crate::geometry::{Affine3, Size};
use crate::render::{Plane, Pyramid, Scale, Volume, VolumeError, VolumePlan, on_plane, same_space};
use crate::scan::{Meta, Scan, ScanError};

/// How often a person is told how far it is.
const PROGRESS: Duration = Duration::from_millis(60);
/// Enough for a percentile.
const MOST_SAMPLES: usize = 1 << 18;

#[derive(Debug)]
pub(super) enum Job {
    Slice(SliceJob),
    Fuse(FuseJob),
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

/// Another scan's values on a slice of a view.
#[derive(Clone, Debug)]
pub(in crate::app) struct FuseJob {
    pub view: u64,
    pub generation: u64,
    /// Of the scan that is shown.
    pub under: Arc<Meta>,
    /// Of the one that is laid over it.
    pub files: Arc<[PathBuf]>,
    /// The slice.
    pub plane: Option<Plane>,
    pub index: usize,
    /// `(col, row, 0)` of its pixel centres to LPS mm.
    pub patient_from_pixel: Option<Affine3>,
    pub size: Size,
}

/// Which volume, and for whom.
struct Wanted<'a> {
    /// Of the mailbox.
    sender: u64,
    files: &'a Arc<[PathBuf]>,
    scan: &'a Scan,
    volume: usize,
}

/// A view asks for its planes and for what lies over them independently of each other.
pub(super) fn sender(view: u64, fuses: bool) -> u64 {
    2 * view + u64::from(fuses)
}

/// Volumes, the least recently used dropped first.
pub(super) struct Worker {
    mailbox: Arc<Mailbox<Job>>,
    memory: Memory,
    volumes: VecDeque<(Arc<[PathBuf]>, usize, Arc<Volume>)>,
    /// What was last laid over something, opened, and its brightest value.
    over: Option<(Arc<[PathBuf]>, Scan, Option<f32>)>,
}

impl Worker {
    pub fn new(mailbox: Arc<Mailbox<Job>>, memory: Memory) -> Self {
        Self { mailbox, memory, volumes: VecDeque::new(), over: None }
    }

    pub fn work(&mut self, job: Job, emit: &Emitter) {
        match job {
            Job::Slice(job) => {
                let sender = sender(job.view, false);
                let wanted = Wanted { sender, files: &job.files, scan: &job.scan, volume: job.volume };
                let Some(result) = self.volume(&wanted, emit).transpose() else { return };
                let result = result.map(|volume| Box::new(cut(&volume, &job)));
                emit.send(Event::PlaneReady { generation: job.generation, plane: job.plane, result });
            }
            Job::Fuse(job) => {
                let Some(result) = self.fuse(&job, emit).transpose() else { return };
                let result = result.map(Arc::new);
                emit.send(Event::Fused { generation: job.generation, files: job.files, result });
            }
            Job::Leave => {}
        }
    }

    /// `None` where nobody waits for it any more.
    fn fuse(&mut self, job: &FuseJob, emit: &Emitter) -> Result<Option<Fused>, Problem> {
        let (files, scan, top) = match self.over.take().filter(|(files, ..)| same(files, &job.files)) {
            Some(over) => over,
            None => (job.files.clone(), decode::open(&job.files)?, None),
        };
        let caution = same_space(&job.under, &scan.meta).map_err(|why| Problem::new(Cause::NotOneSpace, why))?;
        let no_place = || Problem::new(Cause::NotOneSpace, "The slice does not say where it lies in the patient.");
        let patient_from_pixel = job.patient_from_pixel.ok_or_else(no_place)?;
        let wanted = Wanted { sender: sender(job.view, true), files: &files, scan: &scan, volume: 0 };
        let Some(volume) = self.volume(&wanted, emit)? else { return Ok(None) };
        let top = top.unwrap_or_else(|| brightest(&volume));
        let values = on_plane(&volume, &patient_from_pixel, job.size);
        self.over = Some((files, scan, Some(top)));
        let scale = Scale { low: 0.0, high: top };
        Ok(Some(Fused { values, plane: job.plane, index: job.index, scale, caution }))
    }

    /// `None` where nobody waits for it any more.
    fn volume(&mut self, job: &Wanted<'_>, emit: &Emitter) -> Result<Option<Arc<Volume>>, Problem> {
        let hit = |(of, n, _): &(Arc<[PathBuf]>, usize, Arc<Volume>)| *n == job.volume && same(of, job.files);
        if let Some(place) = self.volumes.iter().position(hit)
            && let Some(hit) = self.volumes.remove(place)
        {
            let volume = hit.2.clone();
            self.volumes.push_back(hit);
            return Ok(Some(volume));
        }
        let plan = VolumePlan::new(job.scan, job.volume).map_err(no_volume)?;
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
    fn filled(&self, plan: &VolumePlan, job: &Wanted<'_>, emit: &Emitter) -> Result<Option<Volume>, Problem> {
        let (frames, mut done, mut given_up) = (plan.frames().len(), 0, false);
        let mut told = Instant::now();
        let elsewhere = |waiting: &Job| match waiting {
            Job::Slice(SliceJob { files, .. }) | Job::Fuse(FuseJob { files, .. }) => !same(files, job.files),
            Job::Leave => true,
        };
        let volume = plan.fill(|index| {
            given_up = given_up || self.mailbox.holds(job.sender, elsewhere);
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

/// The value that all but the brightest two of a thousand stay below.
fn brightest(volume: &Volume) -> f32 {
    let values = volume.values();
    let every = values.len().div_ceil(MOST_SAMPLES).max(1);
    let mut samples: Vec<f32> = values.iter().step_by(every).copied().filter(|v| v.is_finite() && *v > 0.0).collect();
    let Some(last) = samples.len().checked_sub(1) else { return 0.0 };
    let place = (last as f64 * 0.998) as usize;
    *samples.select_nth_unstable_by(place, f32::total_cmp).1
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
