//! The misclassified cases as pictures with heatmaps, all on one colour scale.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::ReportError;
use super::plate::Plate;
use crate::engine::SliceChoice;
use crate::explain::{Mapper, Method, Question, Target};
use crate::render::{OverlayStyle, Scale};
use crate::review::record::CaseRecord;
use crate::review::{Explained, explain_case, prepare_scan};
use crate::scan::{self, Polarity, Scan};

/// Longer side of a picture, pixels: enough to see, small enough to send.
const SIDE: usize = 512;

/// Between the words of the two models' heatmaps.
pub(super) const BETWEEN: &str = "; B: ";

/// A case that is to be shown.
#[derive(Clone, Debug)]
pub struct GalleryCase<'a> {
    pub record: &'a CaseRecord,
    /// The file, or the files of its series.
    pub files: Vec<PathBuf>,
    /// Class index at the operating point.
    pub predicted: usize,
    /// The second model's record and its class.
    pub compared: Option<(&'a CaseRecord, usize)>,
}

/// A misclassified case with its heatmaps.
#[derive(Clone, Debug)]
pub struct GalleryEntry {
    /// [`CaseRecord::key`].
    pub key: String,
    /// `True: 2gr  Pred: 1gr (0.93)`, and the second model's prediction where there is one.
    pub caption: String,
    /// Class names.
    pub truth: String,
    pub predicted: String,
    /// Score of the predicted class, and of the labelled one.
    pub score: f32,
    pub truth_score: f32,
    /// The second model's predicted class and its score.
    pub compared: Option<(String, f32)>,
    /// The picture without a heatmap, with the model's and with the second model's: PNG files.
    pub picture: Option<PathBuf>,
    pub heatmap: Option<PathBuf>,
    pub heatmap_b: Option<PathBuf>,
    /// Rows of these pictures above their strip of words.
    pub rows: Option<u32>,
    /// What the heatmap shows, or why there is none.
    pub heatmap_words: String,
}

/// The `most` misclassified cases (by either model) with the largest loss, the largest first; and how many there are.
pub fn choose_gallery(cases: Vec<GalleryCase<'_>>, most: usize) -> (Vec<GalleryCase<'_>>, usize) {
    let wrong = |case: &GalleryCase<'_>| {
        let truth = case.record.truth_class();
        truth.is_some_and(|truth| case.predicted != truth || case.compared.is_some_and(|(_, b)| b != truth))
    };
    let loss = |case: &GalleryCase<'_>| {
        let of_b = case.compared.and_then(|(record, _)| record.loss());
        case.record.loss().into_iter().chain(of_b).fold(0.0, f64::max)
    };
    let mut cases: Vec<GalleryCase<'_>> = cases.into_iter().filter(wrong).collect();
    cases.sort_by(|a, b| loss(b).total_cmp(&loss(a)));
    let all = cases.len();
    cases.truncate(most);
    (cases, all)
}

/// Writes three pictures a case into `folder` (pictures of an earlier call go): plain, with the heatmap of the class
/// that each model predicts. `done` hears how many cases are finished.
///
/// # Errors
/// [`ReportError`] for the first file that cannot be written. A case that cannot be explained is an entry that says so.
pub fn write_gallery(
    folder: &Path,
    cases: &[GalleryCase<'_>],
    class_names: &[String],
    mappers: &mut [Mapper],
    done: &mut dyn FnMut(usize),
) -> Result<Vec<GalleryEntry>, ReportError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| ReportError::Write { path, source }
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    clear(folder).map_err(failed(folder))?;
    let mut explained = Vec::with_capacity(cases.len());
    for (number, case) in cases.iter().enumerate() {
        let maps: Vec<_> = mappers.iter_mut().map(|mapper| explain(case, mapper)).collect();
        let shown = shown_slice(case.record, &maps);
        explained.push(maps.into_iter().map(|one| one.map(|one| one.on_slice(shown))).collect::<Vec<_>>());
        done(number);
    }
    let maps = explained.iter().flatten().filter_map(|one| one.as_ref().ok());
    let style = Scale::positive(maps.map(|one| one.map.for_scale())).map(OverlayStyle::positive);
    let mut entries = Vec::with_capacity(cases.len());
    for (number, (case, explained)) in cases.iter().zip(&explained).enumerate() {
        let mut entry = entry(case, class_names);
        entry.heatmap_words = words(explained, class_names);
        if let Err(error) = draw(folder, number + 1, case, explained, style.as_ref(), &mut entry) {
            match error {
                Drawing::Report(error) => return Err(error),
                Drawing::Case(sentence) => entry.heatmap_words = sentence,
            }
        }
        entries.push(entry);
        done(cases.len() + number);
    }
    Ok(entries)
}

/// Numbered pictures of an earlier gallery.
fn clear(folder: &Path) -> std::io::Result<()> {
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        let numbered = name.get(..4).is_some_and(|start| start.bytes().all(|byte| byte.is_ascii_digit()));
        if numbered && name.ends_with(".png") {
            std::fs::remove_file(file.path())?;
        }
    }
    Ok(())
}

fn slice(record: &CaseRecord) -> usize {
    let slices = record.scored().map(|scored| scored.slices.as_slice()).unwrap_or_default();
    slices.get(slices.len() / 2).copied().unwrap_or(0)
}

/// The slice on which all maps of a case are shown: of volumes the one with the most evidence for the first model.
fn shown_slice(record: &CaseRecord, maps: &[Result<Explained, String>]) -> usize {
    let mut made = maps.iter().flatten();
    let all_of_volumes = maps.iter().flatten().all(|one| one.volume.is_some());
    made.next().filter(|_| all_of_volumes).map_or_else(|| slice(record), |one| one.slice)
}

fn explain(case: &GalleryCase<'_>, mapper: &mut Mapper) -> Result<Explained, String> {
    let scan = scan::open_series(&case.files).map_err(|error| error.to_string())?;
    let choice = SliceChoice::Index(slice(case.record));
    let mut prepared = None;
    let model = mapper.model().clone();
    let mut take = |one| {
        prepared = Some(one);
        false
    };
    prepare_scan(&scan, &model, Some(&choice), &mut take).map_err(|error| error.to_string())?;
    let prepared = prepared.ok_or("it gives no picture")?.map_err(|error| error.to_string())?;
    let question = Question { method: Method::GradCam, class: None, target: Target::Logit };
    let mut progress = |_, _| ControlFlow::Continue(());
    let maps = explain_case(&scan.path, &prepared, mapper, &question, &mut progress);
    maps.map_err(|error| error.to_string())?.pop().ok_or_else(|| "it gives no map".to_owned())
}

fn entry(case: &GalleryCase<'_>, class_names: &[String]) -> GalleryEntry {
    let name = |class: usize| class_names.get(class).cloned().unwrap_or_default();
    let score = |record: &CaseRecord, class: usize| {
        record.scored().and_then(|scored| scored.scores.get(class)).copied().unwrap_or(f32::NAN)
    };
    let truth = case.record.truth_class().map(name).unwrap_or_default();
    let predicted = name(case.predicted);
    let of_a = score(case.record, case.predicted);
    let compared = case.compared.map(|(record, class)| (name(class), score(record, class)));
    let mut caption = format!("True: {truth}  Pred: {predicted} ({of_a:.2})");
    if let Some((class, score)) = &compared {
        caption += &format!("  B: {class} ({score:.2})");
    }
    GalleryEntry {
        key: case.record.key.clone(),
        caption,
        truth,
        predicted,
        score: of_a,
        truth_score: case.record.truth_score().unwrap_or(f32::NAN),
        compared,
        picture: None,
        heatmap: None,
        heatmap_b: None,
        rows: None,
        heatmap_words: String::new(),
    }
}

fn words(explained: &[Result<Explained, String>], class_names: &[String]) -> String {
    let one = |one: &Result<Explained, String>| match one {
        Ok(one) => {
            let class = class_names.get(one.map.class).map_or("?", String::as_str);
            let layer = one.map.layer.as_ref().map_or("?", |layer| layer.name.as_str());
            match one.map.has_positive_evidence() {
                true => format!("Heatmap (Grad-CAM, layer {layer}, class {class})"),
                false => format!("Heatmap (Grad-CAM, layer {layer}, class {class}): no positive evidence"),
            }
        }
        Err(sentence) => format!("No heatmap: {sentence}"),
    };
    explained.iter().map(one).collect::<Vec<_>>().join(BETWEEN)
}

enum Drawing {
    Report(ReportError),
    /// What is wrong with the case's file now.
    Case(String),
}

impl From<ReportError> for Drawing {
    fn from(error: ReportError) -> Self {
        Self::Report(error)
    }
}

fn draw(
    folder: &Path,
    number: usize,
    case: &GalleryCase<'_>,
    explained: &[Result<Explained, String>],
    style: Option<&OverlayStyle>,
    entry: &mut GalleryEntry,
) -> Result<(), Drawing> {
    let in_words = |error: scan::ScanError| Drawing::Case(error.to_string());
    let scan: Scan = scan::open_series(&case.files).map_err(in_words)?;
    let frame = scan.frame(shown_slice(case.record, explained)).map_err(in_words)?;
    let plate = Plate::new(frame, scan.meta.polarity.unwrap_or(Polarity::HighIsWhite), Some(SIDE));
    let write = |name: &str, map: Option<(&Explained, &OverlayStyle)>| -> Result<PathBuf, Drawing> {
        let path = folder.join(format!("{number:04}{name}.png"));
        let rgba = plate.draw(map).map_err(|what| ReportError::Draw { path: path.clone(), what })?;
        plate.save_with_words(&path, rgba, &entry.caption)?;
        Ok(path)
    };
    let picture = write("", None)?;
    let rows = u32::try_from(plate.size().rows).ok();
    let mut heatmaps = ["-heatmap", "-heatmap-b"].iter().zip(explained).map(|(name, one)| {
        let map = one.as_ref().ok().zip(style);
        map.map(|map| write(name, Some(map))).transpose()
    });
    let (heatmap, heatmap_b) = (heatmaps.next().transpose()?.flatten(), heatmaps.next().transpose()?.flatten());
    drop(heatmaps);
    (entry.picture, entry.heatmap, entry.heatmap_b) = (Some(picture), heatmap, heatmap_b);
    entry.rows = rows;
    Ok(())
}
