//! Reference cases in the window: their small pictures, and one of them opened beside the case on the screen.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{AppState, Current, KnownCase, Layout, Pane, PredictionState, ThumbnailState};
use crate::render::Thumbnail;

/// Small pictures of reference cases that are kept (about 36 KiB each).
const MOST_PICTURES: usize = 256;

/// Small pictures of reference cases, by file.
#[derive(Debug, Default)]
pub(super) struct NearPictures(HashMap<PathBuf, ThumbnailState>);

impl AppState {
    /// The small picture of a reference case.
    pub fn near_picture(&self, file: &Path) -> &ThumbnailState {
        self.near.0.get(file).unwrap_or(&ThumbnailState::Unknown)
    }

    /// The files of each of the nearest: where the reference has them, else of the list's case with the same content.
    pub fn near_files(&self, case: &KnownCase) -> Vec<Option<Arc<[PathBuf]>>> {
        let mut files = case.files.clone();
        if files.iter().all(Option::is_some) || case.sha256.iter().all(Option::is_none) {
            return files;
        }
        for item in self.items.all() {
            let Some(own) = item.records(Pane::First).first().and_then(|record| record.sha256.as_ref()) else {
                continue;
            };
            for (slot, sha256) in files.iter_mut().zip(&case.sha256) {
                if slot.is_none() && sha256.as_ref() == Some(own) {
                    *slot = Some(item.files.clone());
                }
            }
        }
        files
    }

    /// The list's answers may tell where reference cases lie.
    pub(super) fn ask_all_near_pictures(&mut self) {
        let requests: Vec<u64> = self.views.iter().filter_map(|current| current.prediction_request).collect();
        requests.into_iter().for_each(|request| self.ask_near_pictures(request));
    }

    /// Asks for the pictures of the cases near the one that was just predicted.
    pub(super) fn ask_near_pictures(&mut self, request: u64) {
        let answered = self.views.iter().find(|current| current.prediction_request == Some(request));
        let Some(PredictionState::Done(prediction)) = answered.map(|current| &current.prediction) else { return };
        let files = prediction.known.iter().flat_map(|known| self.near_files(known)).enumerate();
        for (place, files) in files {
            if let Some(file) =
                files.as_ref().and_then(|files| files.first()).filter(|file| !self.near.0.contains_key(file.as_path()))
            {
                self.jobs.near_picture(place, file.clone());
            }
        }
    }

    pub(super) fn near_picture_ready(&mut self, file: PathBuf, thumbnail: Option<Arc<Thumbnail>>) {
        if self.near.0.len() >= MOST_PICTURES {
            self.near.0.clear();
        }
        self.near.0.insert(file, thumbnail.map_or(ThumbnailState::Broken, ThumbnailState::Ready));
    }

    /// A case into the view after the active one, which stays active; of one view there are two then. A case of the list
    /// opens as what it is.
    pub(super) fn open_beside(&mut self, files: Arc<[PathBuf]>) {
        if matches!(self.views.layout, Layout::One | Layout::Planes) {
            self.set_layout(Layout::TwoColumns);
        }
        let view = (self.views.active + 1) % self.views.layout.views();
        let listed = self.items.all().iter().position(|item| item.files == files);
        let item = listed.unwrap_or_else(|| Current::outside(self.next_generation()));
        self.open_files(view, item, files, None);
    }

    /// True where the active view holds a case that is not of the list: nothing is decided about it.
    pub(super) fn looks_outside(&self) -> bool {
        self.current().is_some_and(|current| current.outside_name().is_some())
    }
}

impl Current {
    /// The place of a case that is not in the list; each has its own.
    fn outside(generation: u64) -> usize {
        usize::MAX - usize::try_from(generation).unwrap_or(0).min(usize::MAX / 2)
    }

    /// The file's name of a case that is not in the list.
    pub fn outside_name(&self) -> Option<String> {
        let file = self.files.first().filter(|_| self.item > usize::MAX / 2)?;
        Some(file.file_name()?.to_string_lossy().into_owned())
    }
}
