//! The worklist: what was opened, and what is known of each entry so far.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Pane;
use crate::engine::SliceFiles;
use crate::render::Thumbnail;
use crate::review::record::CaseRecord;

/// What was opened together: a file, the files of a series, or those of a case's slices.
#[derive(Clone, Debug)]
pub struct Item {
    pub files: Arc<[PathBuf]>,
    /// The file's name; for a series its folder's, for slices that of their case.
    pub name: String,
    /// The folder that holds it.
    pub folder: Option<String>,
    /// Shared with the workers that read them.
    pub(super) answers: Arc<Answers>,
    pub thumbnail: ThumbnailState,
}

/// An item's cases as the models answered them; of a model that takes each slice for itself, one a slice.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    first: Vec<CaseRecord>,
    /// Of the model that the first is compared with.
    second: Vec<CaseRecord>,
}

impl Answers {
    pub fn of(&self, pane: Pane) -> &[CaseRecord] {
        match pane {
            Pane::First => &self.first,
            Pane::Second => &self.second,
        }
    }
}

/// An item's small picture.
#[derive(Clone, Debug, Default)]
pub enum ThumbnailState {
    #[default]
    Unknown,
    Ready(Arc<Thumbnail>),
    /// It cannot be opened.
    Broken,
}

impl Item {
    fn new(files: Vec<PathBuf>, slice_files: Option<&SliceFiles>) -> Self {
        let path = files.first().cloned().unwrap_or_default();
        let parent = path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
        let case = slice_files.filter(|_| files.len() > 1).and_then(|named| named.case_of(&path));
        let (name, folder) = if let Some(case) = case {
            (case.to_owned(), parent)
        } else if files.len() > 1 {
            let above = path.parent().and_then(Path::parent).and_then(Path::file_name);
            let folder = above.map(|name| name.to_string_lossy().into_owned());
            (parent.unwrap_or_else(|| file_name(&path)), folder)
        } else {
            (file_name(&path), parent)
        };
        Self { files: files.into(), name, folder, answers: Arc::default(), thumbnail: ThumbnailState::Unknown }
    }

    /// The cases as the model of `pane` answered them.
    pub fn records(&self, pane: Pane) -> &[CaseRecord] {
        self.answers.of(pane)
    }

    /// A worker that reads the old records keeps those.
    pub(super) fn records_mut(&mut self, pane: Pane) -> &mut Vec<CaseRecord> {
        let answers = Arc::make_mut(&mut self.answers);
        match pane {
            Pane::First => &mut answers.first,
            Pane::Second => &mut answers.second,
        }
    }

    /// Nothing is known of what the model of `pane` says.
    pub(super) fn forget(&mut self, pane: Pane) {
        if !self.records(pane).is_empty() {
            self.records_mut(pane).clear();
        }
    }

    /// The first file.
    pub fn path(&self) -> &Path {
        self.files.first().map_or(Path::new(""), PathBuf::as_path)
    }
}

fn together(cases: Vec<Vec<PathBuf>>, slice_files: Option<&SliceFiles>) -> Vec<Vec<PathBuf>> {
    match slice_files {
        Some(named) => named.group(cases),
        None => cases,
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The list and the selection.
#[derive(Debug, Default)]
pub struct Items {
    /// Counts the lists, so that late results of an earlier one are dropped.
    pub generation: u64,
    all: Vec<Item>,
    /// How slices are named that stand together.
    slice_files: Option<SliceFiles>,
    selected: Option<usize>,
}

impl Items {
    /// Another list; single files that `slice_files` names as slices of one case come together.
    pub(super) fn replace(&mut self, cases: Vec<Vec<PathBuf>>, slice_files: Option<SliceFiles>) {
        self.generation += 1;
        let named = slice_files.as_ref();
        let cases = together(cases, named);
        self.all = cases.into_iter().filter(|files| !files.is_empty()).map(|files| Item::new(files, named)).collect();
        self.selected = None;
        self.slice_files = slice_files;
    }

    /// The same files as a model with other names of slices takes them; `None` where that changes nothing.
    pub(super) fn regrouped(&mut self, slice_files: Option<&SliceFiles>) -> Option<Vec<Vec<PathBuf>>> {
        if self.slice_files.as_ref() == slice_files {
            return None;
        }
        let before = std::mem::replace(&mut self.slice_files, slice_files.cloned());
        let cases: Vec<Vec<PathBuf>> = self.all.iter().map(|item| item.files.to_vec()).collect();
        let apart = before.map_or(cases.clone(), |named| named.ungroup(cases.clone()));
        Some(together(apart, slice_files)).filter(|regrouped| *regrouped != cases)
    }

    pub fn all(&self) -> &[Item] {
        &self.all
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub fn get(&self, index: usize) -> Option<&Item> {
        self.all.get(index)
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Item> {
        self.all.get_mut(index)
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Item> {
        self.all.iter_mut()
    }

    pub fn selected(&self) -> Option<usize> {
        self.selected
    }

    pub fn selected_item(&self) -> Option<&Item> {
        self.selected.and_then(|index| self.all.get(index))
    }

    /// True where the selection changed.
    pub(super) fn select(&mut self, index: usize) -> bool {
        if index >= self.all.len() || self.selected == Some(index) {
            return false;
        }
        self.selected = Some(index);
        true
    }

    /// Items without an answer of the model of `pane`, from the one after the selection around to the selection.
    pub(super) fn unanswered(&self, pane: Pane) -> Vec<usize> {
        let from = self.selected.map_or(0, |index| index + 1);
        let open = |index: &usize| self.all.get(*index).is_some_and(|item| item.records(pane).is_empty());
        (from..self.all.len()).chain(0..from.min(self.all.len())).filter(open).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_itself_and_a_series_by_its_folder() {
        let one = Item::new(vec!["/data/환자/뇌 MRI.png".into()], None);
        assert_eq!((one.name.as_str(), one.folder.as_deref()), ("뇌 MRI.png", Some("환자")));
        let series = Item::new(vec!["/data/visit/T1/1.dcm".into(), "/data/visit/T1/2.dcm".into()], None);
        assert_eq!((series.name.as_str(), series.folder.as_deref()), ("T1", Some("visit")));
    }

    #[test]
    fn the_rest_begins_after_the_selection() {
        let mut items = Items::default();
        items.replace((0..5).map(|n| vec![PathBuf::from(format!("{n}.png"))]).collect(), None);
        items.select(3);
        *items.get_mut(0).unwrap().records_mut(Pane::First) = vec![CaseRecord::failed("0.png", "not a picture")];
        assert_eq!(items.unanswered(Pane::First), [4, 1, 2, 3]);
        assert!(!items.select(9));
    }

    #[test]
    fn slices_stand_together_while_a_model_names_them() {
        let named = SliceFiles::try_from("{case}_z{mm}.png".to_owned()).unwrap();
        let mut items = Items::default();
        items.replace(["AD/A_z12.png", "AD/A_z0.png", "AD/b.png"].map(|file| vec![PathBuf::from(file)]).to_vec(), None);
        let together = items.regrouped(Some(&named)).unwrap();
        assert_eq!(together[0], [PathBuf::from("AD/A_z0.png"), PathBuf::from("AD/A_z12.png")]);
        items.replace(together, Some(named.clone()));
        assert_eq!((items.len(), items.all()[0].name.as_str(), items.all()[0].folder.as_deref()), (2, "A", Some("AD")));
        assert_eq!(items.regrouped(Some(&named)), None);
        assert_eq!(items.regrouped(None).map(|apart| apart.len()), Some(3));
    }
}
