//! Series of DICOM files: which files belong together, in which order, and what their positions say.
//!
//! In: files in any order. Out: groups sorted by the slice's position along its own normal (PS3.3 C.7.6.2.1.1), then
//! Instance Number, never by name. Distances are in mm.

mod spacing;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::detect::{Kind, recognise};
use super::dicom::{self, SeriesKey};
use super::{Frame, Limits, Meta, Opened, ScanError, VoiLut, isolate, natural};
use crate::geometry::{Affine3, Size};

/// The files of one series, in order.
#[derive(Debug)]
pub(super) struct Source {
    files: Vec<Member>,
    size: Size,
    polarity: Option<super::Polarity>,
}

#[derive(Debug)]
struct Member {
    path: PathBuf,
    frames: usize,
}

/// A file and what its header says about its place.
struct Placed {
    path: PathBuf,
    key: SeriesKey,
}

/// What files of one group share. Direction cosines are compared after rounding to 1e-3: some writers print few digits.
#[derive(PartialEq, Eq, Hash)]
struct GroupKey {
    series: String,
    sop_class: Option<String>,
    orientation: Option<[i64; 6]>,
    size: (Option<usize>, Option<usize>),
}

/// Groups files: single-frame DICOM pictures by Series Instance UID, kind, orientation and size, each group sorted by
/// position; every other file alone. Groups come in the order of their first file.
pub fn group_series(files: &[PathBuf]) -> Vec<Vec<PathBuf>> {
    let mut groups: Vec<Vec<Placed>> = Vec::new();
    let mut of_key: HashMap<GroupKey, usize> = HashMap::new();
    for path in files {
        let key = is_dicom(path).then(|| read_key(path, &Limits::default()).ok()).flatten();
        let placed = Placed { path: path.clone(), key: key.unwrap_or_default() };
        let slot = GroupKey::of(&placed.key).map(|group| *of_key.entry(group).or_insert(groups.len()));
        match slot.and_then(|slot| groups.get_mut(slot)) {
            Some(group) => group.push(placed),
            None => groups.push(vec![placed]),
        }
    }
    groups
        .into_iter()
        .map(|mut group| {
            sort(&mut group);
            group.into_iter().map(|placed| placed.path).collect()
        })
        .collect()
}

/// Reads the headers of the files of one series and sorts them; no pixels.
pub(super) fn open(files: &[PathBuf], limits: &Limits) -> Result<Opened<Source>, ScanError> {
    let mut placed = Vec::with_capacity(files.len());
    for path in files {
        placed.push(Placed { path: path.clone(), key: read_key(path, limits)? });
    }
    sort(&mut placed);
    let first = placed
        .first()
        .ok_or_else(|| ScanError::NoPixels { path: PathBuf::new(), what: "a series needs at least one file".into() })?;
    check_same(first, &placed)?;
    let first_path = first.path.clone();
    let opened = isolate::run(&first.path, limits, move || dicom::open(&first_path))?;
    let mut meta = opened.meta;
    describe(&placed, &mut meta);
    let members: Vec<Member> =
        placed.into_iter().map(|p| Member { path: p.path, frames: p.key.frames.max(1) }).collect();
    let frames = members.iter().map(|member| member.frames).sum();
    let source = Source { files: members, size: opened.size, polarity: meta.polarity };
    Ok(Opened { size: opened.size, frames, meta, source })
}

impl Source {
    /// The first file of the series.
    pub fn first_path(&self) -> &Path {
        self.files.first().map_or(Path::new(""), |member| &member.path)
    }

    /// The file of frame `index`.
    pub fn path(&self, index: usize) -> Option<&Path> {
        self.member(index).ok().map(|(member, _)| member.path.as_path())
    }

    /// Decodes frame `index` of the series, counted from 0 and known to exist. Headers are read again for each frame,
    /// so that a long series does not stay in memory.
    pub fn frame(&self, index: usize) -> Result<Frame, ScanError> {
        let (member, index) = self.member(index)?;
        self.open_member(member)?.source.frame(index)
    }

    /// The VOI LUTs of frame `index`'s own file.
    pub fn voi_luts(&self, index: usize) -> Result<Vec<Arc<VoiLut>>, ScanError> {
        let (member, index) = self.member(index)?;
        Ok(self.open_member(member)?.source.voi_luts(index))
    }

    /// The file of frame `index`, and the frame's place in it.
    fn member(&self, index: usize) -> Result<(&Member, usize), ScanError> {
        let mut rest = index;
        for member in &self.files {
            if rest < member.frames {
                return Ok((member, rest));
            }
            rest -= member.frames;
        }
        let frames = self.files.iter().map(|member| member.frames).sum();
        Err(ScanError::NoSuchFrame { path: self.first_path().into(), frames, index })
    }

    fn open_member(&self, member: &Member) -> Result<Opened<dicom::Source>, ScanError> {
        let opened = dicom::open(&member.path)?;
        let mismatch = |what: String| Err(ScanError::SeriesMismatch { path: member.path.clone(), what });
        if opened.size != self.size {
            return mismatch(format!("its frames are {} pixels, the series' {}", opened.size, self.size));
        }
        if opened.meta.polarity != self.polarity {
            return mismatch("it shows white and black the other way round".into());
        }
        Ok(opened)
    }
}

pub(super) fn is_dicom(path: &Path) -> bool {
    matches!(recognise(path), Ok(Ok(Kind::Dicom)))
}

fn read_key(path: &Path, limits: &Limits) -> Result<SeriesKey, ScanError> {
    let owned = path.to_path_buf();
    isolate::run(path, limits, move || dicom::series_key(&owned))
}

impl GroupKey {
    /// `None` for files that stand alone: no series, no pixels, several frames.
    fn of(key: &SeriesKey) -> Option<Self> {
        if !key.has_pixels || key.frames != 1 {
            return None;
        }
        Some(Self {
            series: key.series.clone().filter(|series| !series.is_empty())?,
            sop_class: key.sop_class.clone(),
            orientation: key.orientation.map(|cosines| cosines.map(|v| (v * 1000.0).round() as i64)),
            size: (key.rows, key.cols),
        })
    }
}

/// By position along the slice normal, then Instance Number; names only decide between equals. Files
/// without a position come behind those with one.
fn sort(files: &mut [Placed]) {
    files.sort_by(|a, b| {
        // Rounded, so that slices at one place compare equal and the order stays total.
        let place = |file: &Placed| file.key.depth_mm().map(|depth| (depth / spacing::SAME_PLACE_MM).round());
        let by_depth = match (place(a), place(b)) {
            (Some(x), Some(y)) => x.total_cmp(&y),
            (x, y) => y.is_some().cmp(&x.is_some()),
        };
        by_depth.then_with(|| a.key.instance.cmp(&b.key.instance)).then_with(|| natural::compare(&a.path, &b.path))
    });
}

fn check_same(first: &Placed, files: &[Placed]) -> Result<(), ScanError> {
    for file in files {
        let mismatch = |what: String| Err(ScanError::SeriesMismatch { path: file.path.clone(), what });
        if file.key.series != first.key.series {
            return mismatch("its Series Instance UID is another".into());
        }
        if (file.key.rows, file.key.cols) != (first.key.rows, first.key.cols) {
            return mismatch("its frames have another size".into());
        }
    }
    Ok(())
}

/// Spacing, affine and remarks of the whole from the members' positions.
fn describe(files: &[Placed], meta: &mut Meta) {
    meta.facts.push(("FilesInSeries".into(), files.len().to_string()));
    if files.len() < 2 {
        return;
    }
    let positions: Option<Vec<[f64; 3]>> = files.iter().map(|file| file.key.position).collect();
    let depths: Option<Vec<f64>> = files.iter().map(|file| file.key.depth_mm()).collect();
    let (Some(positions), Some(depths)) = (positions, depths) else {
        meta.slice_spacing_mm = None;
        let problem = "The files do not all say where they are; they are sorted by Instance Number.".to_owned();
        meta.stack_problem = Some(problem.clone());
        meta.remarks.push(problem);
        return;
    };
    let found = spacing::Spacing::of(&depths);
    meta.stack_problem = found.remarks.first().cloned();
    meta.remarks.extend(found.remarks);
    meta.slice_spacing_mm = found.between_slices_mm;
    if let (Some(affine), Some(step_mm), Some(first), Some(last)) =
        (meta.patient_from_voxel.as_mut(), found.between_slices_mm, positions.first(), positions.last())
    {
        let span = depths.last().unwrap_or(&0.0) - depths.first().unwrap_or(&0.0);
        set_slice_step(affine, *first, *last, step_mm / span);
    }
}

/// The third column becomes `share` of the way from the first to the last position: with a tilted gantry the slices
/// are not stacked along their normal.
fn set_slice_step(affine: &mut Affine3, first: [f64; 3], last: [f64; 3], share: f64) {
    for (row, (from, to)) in affine.0.iter_mut().zip(first.into_iter().zip(last)) {
        row[2] = (to - from) * share;
    }
}
