//! A reference out of labelled pictures.

use std::collections::BTreeMap;
use std::path::PathBuf;

use half::f16;
use ndarray::{Array2, Axis, s};

use super::depths::{Depths, ranges};
use super::{FEWEST, MOST_FILES, Part, ReferenceCase, ReferenceFacts, Tap, TapsFound, VERSION, as_written};
use crate::engine::{Model, SliceChoice, sha256_hex};
use crate::review::record::{CaseRecord, Labels, Recorder, Roots};
use crate::review::{BatchOptions, Case, Control, run};

/// How a reference is made.
#[derive(Clone, Debug)]
pub struct BuildOptions {
    /// Most cases that are kept.
    pub most: usize,
    /// Whether file names and the folder are written down; hashes of files always are.
    pub names: bool,
    /// Cases that there are to choose from.
    pub of: usize,
    /// Overrides the manifest's choice of slices.
    pub slices: Option<SliceChoice>,
}

/// Why no reference could be made.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("only {found} pictures gave a vector; a reference needs {FEWEST} of them, better hundreds.")]
    TooFew { found: usize },
    #[error("the vectors of all pictures are alike, so they tell nothing apart.")]
    AllAlike,
}

/// A reference before it is written.
pub struct NewReference {
    /// Without the hash of the features' file, which its writer knows.
    pub facts: ReferenceFacts,
    pub cases: Vec<ReferenceCase>,
    /// `[cases, dims]`, each part divided by its scale; binary16.
    pub features: Array2<u16>,
}

/// Chooses `most` items, as many of each label as there are, without a look at their names' order; the rest of the
/// order stays.
pub fn choose(items: &[Vec<PathBuf>], most: usize, roots: &Roots, labels: &Labels) -> Vec<Vec<PathBuf>> {
    if items.len() <= most {
        return items.to_vec();
    }
    let mut by_label: BTreeMap<Option<String>, Vec<(String, usize)>> = BTreeMap::new();
    for (index, files) in items.iter().enumerate() {
        let key = files.first().map(|path| roots.key(path)).unwrap_or_default();
        let mut record = CaseRecord::failed(&key, "");
        labels.label(&mut record);
        let order = sha256_hex(key.as_bytes());
        by_label.entry(record.truth.map(|truth| truth.label)).or_default().push((order, index));
    }
    by_label.values_mut().for_each(|group| group.sort_unstable());
    let longest = by_label.values().map(Vec::len).max().unwrap_or(0);
    let in_turn = (0..longest).flat_map(|turn| by_label.values().filter_map(move |group| group.get(turn)));
    let mut chosen: Vec<usize> = in_turn.take(most).map(|(_, index)| *index).collect();
    chosen.sort_unstable();
    chosen.into_iter().filter_map(|index| items.get(index).cloned()).collect()
}

/// Runs `items` and keeps the vector of each case. `on_case` hears of every case and may stop; what was run until then
/// counts.
///
/// # Errors
/// Too few pictures that could be run, or vectors that are all alike.
pub fn build(
    items: &[Vec<PathBuf>],
    model: &Model,
    found: &mut TapsFound,
    recorder: &Recorder,
    options: &BuildOptions,
    on_case: &mut dyn FnMut(&Case) -> Control,
) -> Result<NewReference, BuildError> {
    let (mut cases, mut vectors): (Vec<ReferenceCase>, Vec<Vec<f32>>) = (Vec::new(), Vec::new());
    let batch = BatchOptions { source_facts: true, slices: options.slices.clone(), ..BatchOptions::default() };
    run(items, model, &mut found.session, &batch, &mut |case| {
        let files = items.get(case.item).map(Vec::as_slice).unwrap_or_default();
        if let Some((kept, features)) = kept((&case, files), model, recorder, options.names)
            && vectors.first().is_none_or(|first| first.len() == features.len())
        {
            cases.push(kept);
            vectors.push(features);
        }
        let control = on_case(&case);
        if cases.len() >= options.most { Control::Stop } else { control }
    });
    let (count, dims) = (vectors.len(), vectors.first().map_or(0, Vec::len));
    if count < FEWEST {
        return Err(BuildError::TooFew { found: count });
    }
    let flat: Vec<f32> = vectors.into_iter().flatten().collect();
    let mut read = Array2::from_shape_vec((count, dims), flat).map_err(|_| BuildError::AllAlike)?;
    let mut parts = parts(found, dims).ok_or(BuildError::AllAlike)?;
    let features = halves(&mut read, &mut parts);
    // Measured as they will be read.
    let distances = Depths::measure(read.view(), &mut parts).ok_or(BuildError::AllAlike)?;
    cases.iter_mut().zip(distances).for_each(|(case, distance)| case.distance = as_written(distance));
    let last = ranges(&parts).last().unwrap_or_default();
    let labels: Vec<Option<String>> = cases.iter().map(|case| case.label.clone()).collect();
    let mut folders = recorder.roots.paths();
    let folder = folders.next().filter(|_| options.names && folders.next().is_none());
    let facts = ReferenceFacts {
        version: VERSION,
        preprocess: Some(model.steps_json()),
        model_sha256: model.sha256.clone(),
        model: model.manifest.name.value.clone(),
        parts,
        cases: count,
        of: options.of.max(count),
        folder: folder.map(|folder| folder.canonicalize().unwrap_or_else(|_| folder.to_owned())),
        made_by: format!("overread {}", env!("CARGO_PKG_VERSION")),
        features_sha256: String::new(),
        nearest_agrees: nearest_agrees(&read.slice(s![.., last]).to_owned(), &labels),
    };
    Ok(NewReference { facts, cases, features })
}

/// The parts of vectors of `dims` numbers; `None` where they have another length.
fn parts(found: &TapsFound, dims: usize) -> Option<Vec<Part>> {
    let sum: usize = found.taps.iter().map(|tap| tap.dims).sum();
    let part = |found: &Tap| Part {
        tap: found.tap.clone(),
        words: found.words.clone(),
        dims: found.dims,
        scale: 1.0,
        usual: None,
    };
    (sum == dims).then(|| found.taps.iter().map(part).collect())
}

/// Each part divided by its largest number, as binary16; `read` becomes what will be read of it.
fn halves(read: &mut Array2<f32>, parts: &mut [Part]) -> Array2<u16> {
    let mut features = Array2::zeros(read.dim());
    let ranges: Vec<_> = ranges(parts).collect();
    for (range, part) in ranges.into_iter().zip(parts) {
        let mut own = read.slice_mut(s![.., range.clone()]);
        let largest = own.iter().fold(0f32, |most, value| most.max(value.abs()));
        let scale = if largest > 0.0 { f64::from(largest) } else { 1.0 };
        part.scale = scale;
        for (value, half) in own.iter_mut().zip(features.slice_mut(s![.., range]).iter_mut()) {
            let kept = f16::from_f32((f64::from(*value) / scale) as f32);
            *half = kept.to_bits();
            *value = (kept.to_f64() * scale) as f32;
        }
    }
    features
}

/// A case that has a vector, as it is written down; its distance comes later.
fn kept(
    (case, files): (&Case, &[PathBuf]),
    model: &Model,
    recorder: &Recorder,
    names: bool,
) -> Option<(ReferenceCase, Vec<f32>)> {
    let scored = case.outcome.as_ref().ok()?;
    let features = scored.inference.features.clone()?;
    let record = recorder.record(case);
    let class = |index: Option<usize>| index.and_then(|index| model.class_names().get(index)).cloned();
    let label = record.truth.as_ref().map(|truth| class(truth.class).unwrap_or_else(|| truth.label.clone()));
    let kept = ReferenceCase {
        name: names.then_some(record.path),
        slice: scored.slices.first().copied().filter(|_| scored.siblings > 1),
        label,
        predicted: class(Some(scored.inference.predicted)).unwrap_or_default(),
        sha256: record.sha256,
        distance: 0.0,
        more: match names && files.len() <= MOST_FILES {
            true => files.iter().skip(1).map(|file| recorder.roots.key(file)).collect(),
            false => Vec::new(),
        },
    };
    Some((kept, features))
}

/// Share of labelled rows whose most similar other labelled row has their label; `None` where fewer than two have one.
fn nearest_agrees(features: &Array2<f32>, labels: &[Option<String>]) -> Option<f64> {
    let labelled: Vec<usize> = (0..labels.len()).filter(|row| labels.get(*row).is_some_and(Option::is_some)).collect();
    let mut unit = features.select(Axis(0), &labelled);
    for mut row in unit.outer_iter_mut() {
        let length = row.dot(&row).sqrt();
        row.mapv_inplace(|value| if length > 0.0 { value / length } else { 0.0 });
    }
    let label = |row: usize| labelled.get(row).and_then(|row| labels.get(*row)).and_then(Option::as_ref);
    let similar = unit.dot(&unit.t());
    let agrees = |(row, similar): &(usize, ndarray::ArrayView1<'_, f32>)| {
        let others = similar.iter().enumerate().filter(|(other, _)| other != row);
        let nearest = others.max_by(|(_, a), (_, b)| a.total_cmp(b));
        nearest.is_some_and(|(other, _)| label(other) == label(*row))
    };
    let right = similar.outer_iter().enumerate().filter(agrees).count();
    (labelled.len() >= 2).then(|| right as f64 / labelled.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::record::{ClassMapping, LabelSource, Pseudonyms};

    #[test]
    fn the_share_of_neighbours_with_the_same_label() {
        let features = ndarray::array![[1.0f32, 0.0], [0.0, 3.0], [2.0, 0.1], [0.1, 1.0], [0.9, -0.2], [1.0, 1.0]];
        let labels =
            ["a", "b", "a", "b", "b", ""].map(|label| Some(label.to_owned()).filter(|label| !label.is_empty()));
        // Row 4 lies with the a; row 5 has no label.
        assert_eq!(nearest_agrees(&features, &labels), Some(0.8));
        assert_eq!(nearest_agrees(&features, &[None, None, None, None, None, None]), None);
    }

    #[test]
    fn as_many_of_each_label_as_there_are() {
        let path = |name: &str| vec![PathBuf::from(name)];
        let names = ["x/a/1", "x/a/2", "x/a/3", "x/a/4", "x/b/1", "x/c/1", "x/c/2"];
        let items: Vec<Vec<PathBuf>> = names.into_iter().map(path).collect();
        let files: Vec<PathBuf> = items.iter().flatten().cloned().collect();
        let mapping = ClassMapping::new(&["a".to_owned(), "b".to_owned(), "c".to_owned()]);
        let labels = Labels::new(&LabelSource::Folders, &files, &Roots::default(), &Pseudonyms::Plain, &mapping);
        let chosen = choose(&items, 5, &Roots::default(), &labels);
        let of = |label: &str| chosen.iter().flatten().filter(|path| path.starts_with(format!("x/{label}"))).count();
        assert_eq!((of("a"), of("b"), of("c")), (2, 1, 2));
        assert!(chosen.is_sorted());
        assert_eq!(choose(&items, 7, &Roots::default(), &labels), items);
    }
}
