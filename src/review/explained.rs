//! Files through a mapper: each picture's (or volume's) map, with what is needed to draw it in its place.

use std::path::{Path, PathBuf};

use ndarray::ArrayView3;

use super::CaseError;
use super::prepare::PreparedCase;
use crate::engine::Inference;
use crate::explain::forward::ProgressFn;
use crate::explain::{ExplainError, Explanation, Mapper, Question, SaliencyMap};
use crate::geometry::{Area, PlaneMap, Size};
use crate::preprocess::{Prepared, VolumePlace};
use crate::render::PlacedMap;

/// One slice with its map.
#[derive(Debug)]
pub struct Explained {
    /// The file, or the first file of a series.
    pub path: PathBuf,
    /// Frame index, from 0.
    pub slice: usize,
    /// The scores of this slice.
    pub inference: Inference,
    pub map: SaliencyMap,
    /// From the map's cells to pixels of the picture, edges at whole numbers.
    pub image_from_map: PlaneMap,
    /// What the model saw, in the map's coordinates.
    pub seen: Area,
    /// Where the volume lies that the slice was explained with; `None` for a picture's map.
    pub volume: Option<VolumePlace>,
    pub warnings: Vec<String>,
}

impl Explained {
    /// The same volume's map on another of its slices; a picture's map stays.
    pub fn on_slice(self, slice: usize) -> Self {
        let moved = self.volume.and_then(|volume| {
            let map = self.map.on_frame(&volume, slice)?;
            Some((map.seen(volume.frame_size())?, map))
        });
        match moved {
            Some((seen, map)) => Self { slice, image_from_map: map.model_from_map, seen, map, ..self },
            None => self,
        }
    }

    /// Ready to be drawn over the picture.
    pub fn placed(&self) -> PlacedMap<'_> {
        PlacedMap { values: self.map.values.view(), canvas_from_map: self.image_from_map, seen: self.seen }
    }
}

/// Explains every slice of a prepared case; of a volume, the slice with the most evidence of the volume's map. `progress` is that of [`Mapper::explain`].
///
/// # Errors
/// A sentence with the path.
pub fn explain_case(
    path: &Path,
    case: &PreparedCase,
    mapper: &mut Mapper,
    question: &Question,
    progress: &mut ProgressFn<'_>,
) -> Result<Vec<Explained>, CaseError> {
    place(path, case, explanations(path, case, mapper, question, progress)?.into_iter())
}

/// The map of every slice of a prepared case, or of its volume, without its place.
///
/// # Errors
/// As [`explain_case`].
pub fn explanations(
    path: &Path,
    case: &PreparedCase,
    mapper: &mut Mapper,
    question: &Question,
    progress: &mut ProgressFn<'_>,
) -> Result<Vec<Explanation>, CaseError> {
    let pictures: Vec<ArrayView3<'_, f32>> = case.prepared.iter().map(|prepared| prepared.tensor.view()).collect();
    let found = mapper.explain(&pictures, question, progress);
    found.map_err(|source| CaseError::Explain { path: path.to_owned(), source: Box::new(source) })
}

/// One frame of a volume with what it sees of the volume's map; without a `frame`, the one with the most evidence.
///
/// # Errors
/// A sentence with the path, for a case that is no volume.
pub fn on_frame(
    path: &Path,
    case: &PreparedCase,
    explanation: &Explanation,
    frame: Option<usize>,
) -> Result<Explained, CaseError> {
    let volume = case.prepared.first().and_then(|prepared| prepared.volume);
    let found = volume.and_then(|volume| {
        let frame = frame.or_else(|| explanation.map.frame_with_most_evidence(&volume))?;
        let map = explanation.map.on_frame(&volume, frame)?;
        let seen = map.seen(volume.frame_size())?;
        let (path, warnings) = (path.to_owned(), case.warnings.clone());
        let (image_from_map, inference) = (map.model_from_map, explanation.inference.clone());
        let volume = Some(volume);
        Some(Explained { path, slice: frame, inference, map, image_from_map, seen, volume, warnings })
    });
    found.ok_or_else(|| {
        let source = Box::new(ExplainError::Shape { what: "the case is no volume".to_owned() });
        CaseError::Explain { path: path.to_owned(), source }
    })
}

/// The slices of a case with what was found for each.
pub(super) fn place(
    path: &Path,
    case: &PreparedCase,
    found: impl Iterator<Item = Explanation>,
) -> Result<Vec<Explained>, CaseError> {
    if let [Prepared { volume: Some(_), .. }] = case.prepared.as_slice() {
        return found.map(|explanation| on_frame(path, case, &explanation, None)).collect();
    }
    let placed = |((prepared, slice), Explanation { inference, map }): ((&Prepared, &usize), Explanation)| {
        let (rows, cols, _) = prepared.tensor.dim();
        let place = map.image_from_map(&prepared.model_from_image).zip(map.seen(Size::new(rows, cols)));
        let (image_from_map, seen) = place.ok_or_else(|| {
            let source = Box::new(ExplainError::Shape { what: "the picture was flattened".to_owned() });
            CaseError::Explain { path: path.to_owned(), source }
        })?;
        let (path, warnings) = (path.to_owned(), case.warnings.clone());
        Ok(Explained { path, slice: *slice, inference, map, image_from_map, seen, volume: None, warnings })
    };
    case.prepared.iter().zip(&case.slices).zip(found).map(placed).collect()
}
