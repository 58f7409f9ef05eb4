//! A run into its folder: what is missing is run, every case is written down as it comes.

use std::path::PathBuf;

use super::{FolderError, RunFolder};
use crate::engine::{Model, Session};
use crate::review::record::{CaseRecord, Recorder};
use crate::review::{BatchOptions, Control, run};

impl RunFolder {
    /// Runs `items` and keeps every case; `on_record` hears of each and may stop.
    ///
    /// # Errors
    /// [`FolderError::Write`]; everything before it is kept.
    pub fn fill(
        &mut self,
        items: &[Vec<PathBuf>],
        (model, session): (&Model, &mut Session),
        recorder: &Recorder,
        options: &BatchOptions,
        on_record: &mut dyn FnMut(&CaseRecord) -> Control,
    ) -> Result<(), FolderError> {
        let options = BatchOptions { source_facts: true, ..options.clone() };
        let mut failed = None;
        run(items, model, session, &options, &mut |case| {
            let record = recorder.record(&case);
            let control = on_record(&record);
            match self.append(record) {
                Ok(()) => control,
                Err(error) => {
                    failed = Some(error);
                    Control::Stop
                }
            }
        });
        self.sync()?;
        failed.map_or(Ok(()), Err)
    }

    /// Labels every record anew; those that change are written again.
    ///
    /// # Errors
    /// [`FolderError::Write`].
    pub fn relabel(&mut self, recorder: &Recorder) -> Result<(), FolderError> {
        for at in 0..self.records.len() {
            let Some(mut record) = self.records.get(at).cloned() else { break };
            recorder.labels.label(&mut record);
            self.append(record)?;
        }
        Ok(())
    }
}
