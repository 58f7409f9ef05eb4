//! What the workers are asked. Posting never waits.

use std::path::PathBuf;
use std::sync::Arc;

use super::{
    Batch, DoctorJob, ExportJob, FuseJob, HeatmapJob, ImportJob, Jobs, LeakJob, NumbersJob, PredictJob, ReadyModel,
    SliceJob, StabilityJob, StoreJob, batch, decode, list, session, thumbnails, volume,
};
use crate::app::ValueWindow;
use crate::geometry::PixelSpacing;
use crate::render::Roi;
use crate::scan::{Frame, Scan};

/// A frame for a view.
pub(in crate::app) struct FrameJob {
    pub generation: u64,
    pub files: Arc<[PathBuf]>,
    pub scan: Scan,
    pub index: usize,
    pub lut: Option<usize>,
    pub auto: bool,
}

/// What views ask the decode worker for; each has its own place in the mailbox.
enum ForView {
    Frame,
    Window,
}

fn of_view(view: usize, what: ForView) -> u64 {
    2 * view as u64 + matches!(what, ForView::Window) as u64
}

/// Beyond the numbers of the views.
fn of_mark(mark: u64) -> u64 {
    mark.saturating_add(1 << 16)
}

/// Who asks the session worker how stable a prediction is; beyond the numbers of the views.
const OF_STABILITY: u64 = 1 << 16;

impl Jobs {
    pub(in crate::app) fn list(&self, generation: u64, paths: Vec<PathBuf>, sets_up: bool) {
        self.list.post_urgent(list::Job { generation, paths, sets_up });
    }

    /// For view `view`.
    pub(in crate::app) fn open(&self, view: usize, generation: u64, files: Arc<[PathBuf]>) {
        self.decode.post_later([]);
        self.decode.post_urgent_from(of_view(view, ForView::Frame), decode::Job::Open { generation, files });
    }

    /// Replaces what view `view` last asked for.
    pub(in crate::app) fn frame(&self, view: usize, job: FrameJob) {
        let FrameJob { generation, files, scan, index, lut, auto } = job;
        let job = decode::Job::Frame { generation, files, scan, index, lut, auto };
        self.decode.post_urgent_from(of_view(view, ForView::Frame), job);
    }

    /// Frames to decode while nothing else is asked for, in this order; the first `near` of them are likely to be next.
    pub(in crate::app) fn ahead(
        &self,
        files: &Arc<[PathBuf]>,
        scan: &Scan,
        near: usize,
        indices: impl IntoIterator<Item = usize>,
    ) {
        let job = |(n, index)| decode::Job::Ahead { files: files.clone(), scan: scan.clone(), index, near: n < near };
        self.decode.post_later(indices.into_iter().enumerate().map(job));
    }

    /// A window for view `view` from a frame's values.
    pub(in crate::app) fn window(&self, view: usize, generation: u64, frame: Arc<Frame>, from: ValueWindow) {
        let job = decode::Job::Window { generation, frame, from };
        self.decode.post_urgent_from(of_view(view, ForView::Window), job);
    }

    /// What lies inside the shape of mark `mark`, whose number is its own.
    pub(in crate::app) fn region(
        &self,
        generation: u64,
        mark: u64,
        frame: Arc<Frame>,
        roi: Roi,
        spacing: Option<PixelSpacing>,
    ) {
        let job = decode::Job::Region { generation, mark, frame, roi, spacing };
        self.decode.post_urgent_from(of_mark(mark), job);
    }

    /// Replaces what the view last asked for.
    pub(in crate::app) fn slice(&self, job: SliceJob) {
        self.volume.post_urgent_from(volume::sender(job.view, false), volume::Job::Slice(job));
    }

    /// View `view` shows no plane any more.
    pub(in crate::app) fn leave_plane(&self, view: usize) {
        self.volume.post_urgent_from(volume::sender(view as u64, false), volume::Job::Leave);
    }

    /// Replaces what the view last asked for.
    pub(in crate::app) fn fuse(&self, job: FuseJob) {
        self.volume.post_urgent_from(volume::sender(job.view, true), volume::Job::Fuse(job));
    }

    /// Bytes that decoded pictures may take, half of them for volumes.
    pub(in crate::app) fn set_memory(&self, bytes: usize) {
        self.memory.set(bytes);
    }

    pub(in crate::app) fn memory(&self) -> usize {
        self.memory.bytes()
    }

    pub(in crate::app) fn thumbnails(&self, list: u64, wanted: impl IntoIterator<Item = (usize, Arc<[PathBuf]>)>) {
        self.thumbnails.post_later(wanted.into_iter().map(|(item, files)| thumbnails::Job::Item { list, item, files }));
    }

    /// Of the reference case at this place beside the prediction; replaces what was last asked for it.
    pub(in crate::app) fn near_picture(&self, place: usize, file: PathBuf) {
        self.thumbnails.post_urgent_from(place as u64, thumbnails::Job::Near { file });
    }

    pub(in crate::app) fn load_model(&self, generation: u64, path: PathBuf) {
        self.session.post_first(session::Job::Load { generation, path });
    }

    /// For view `view`.
    pub(in crate::app) fn predict(&self, view: usize, job: PredictJob) {
        self.session.post_urgent_from(view as u64, session::Job::Predict(job));
    }

    /// Replaces the check that runs.
    pub(in crate::app) fn stability(&self, job: StabilityJob) {
        self.session.post_urgent_from(OF_STABILITY, session::Job::Stability(job));
    }

    /// Ends the check that runs after the change it is at.
    pub(in crate::app) fn stop_stability(&self) {
        self.session.post_urgent_from(OF_STABILITY, session::Job::StopStability);
    }

    /// Replaces the batch that runs.
    pub(in crate::app) fn batch(&self, batch: Batch) {
        self.batch.post_urgent(batch::Job::Run(batch));
    }

    /// Replaces the batch that runs.
    pub(in crate::app) fn ready_model(&self, ready: ReadyModel) {
        self.batch.post_urgent(batch::Job::Ready(ready));
    }

    pub(in crate::app) fn numbers(&self, job: NumbersJob) {
        self.numbers.post_urgent(job);
    }

    /// Replaces the search that runs.
    pub(in crate::app) fn find_leaks(&self, job: LeakJob) {
        self.leaks.post_urgent(job);
    }

    /// Replaces the request of the same kind that waits.
    pub(in crate::app) fn import(&self, job: ImportJob) {
        self.import.post_urgent_from(job.kind(), job);
    }

    /// Replaces the examination that runs.
    pub(in crate::app) fn doctor(&self, job: DoctorJob) {
        self.doctor.post_urgent(job);
    }

    pub(in crate::app) fn export(&self, job: ExportJob) {
        self.export.post_urgent(job);
    }

    /// After everything that was asked of it before.
    pub(in crate::app) fn store(&self, job: StoreJob) {
        self.store.post_last(job);
    }

    /// Ends the batch that runs, without losing what it has answered.
    pub(in crate::app) fn stop_batch(&self) {
        self.batch.post_urgent(batch::Job::Stop);
    }

    /// Replaces what the heatmap worker is asked for, and ends what it is at.
    pub(in crate::app) fn heatmap(&self, job: HeatmapJob) {
        self.heatmap.post_urgent(job);
    }

    pub(in crate::app) fn install_runtime(&self) {
        self.install.post_urgent(());
    }
}
