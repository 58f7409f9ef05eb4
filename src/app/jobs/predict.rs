//! One scan through a model, with everything that says how the answer came about.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use ndarray::{ArrayView3, Axis};

use super::decode;
use super::seen::{fed_volume, seen_steps};
use crate::app::{FedChannel, KnownCase, Prediction, Problem};
use crate::engine::{Inference, Model, Session, SliceChoice};
use crate::preprocess::{self, Prepared};
use crate::review::SourceFacts;
use crate::review::reference::Reference;
use crate::scan::Scan;

/// What is predicted.
pub(super) struct Asked<'a> {
    pub files: &'a Arc<[PathBuf]>,
    /// Where it is open already.
    pub scan: Option<&'a Scan>,
    /// The one slice to predict instead of the manifest's choice, counted from 0.
    pub slice: Option<usize>,
    /// What the model has seen.
    pub reference: Option<&'a Reference>,
}

pub(super) fn predict(model: &Model, session: &mut Session, asked: &Asked<'_>) -> Result<Prediction, Problem> {
    let start = Instant::now();
    let scan = match asked.scan {
        Some(scan) => scan.clone(),
        None => decode::open(asked.files)?,
    };
    let choice = asked.slice.map(SliceChoice::Index);
    let selection = model.select_slices(&scan, choice.as_ref())?;
    let remarks = selection.remarks;
    let cases = selection.groups.len();
    // Where each slice is a case of its own, the middle one stands for the scan.
    let frames = selection.groups.into_iter().nth(cases / 2).unwrap_or_default();
    let seen_frame = frames.get(frames.len() / 2).copied().unwrap_or(0);
    let mut warnings = scan.meta.remarks.clone();
    let (mut seen, mut fed, mut volume) = (Vec::new(), Vec::new(), None);
    let mut prepared = Vec::with_capacity(frames.len());
    if model.is_volume() {
        let one = preprocess::prepare_volume(&scan, &frames, model.volume_steps(), true)?;
        seen = seen_steps(&scan.frame(seen_frame)?, &one);
        warnings.extend(one.warnings);
        fed = vec![fed_channel(one.tensor.iter())];
        volume = Some(fed_volume(model, one.tensor.view()));
        prepared.push(one.tensor);
    }
    for &index in frames.iter().filter(|_| !model.is_volume()) {
        let keep = index == seen_frame;
        let (frame, _) = preprocess::read(&scan, index, model.steps())?;
        let one: Prepared = preprocess::prepare_for(model.channels(), &frame, &scan.meta, model.steps(), keep)?;
        for warning in model.picture_warnings(&frame, &scan.meta).into_iter().chain(one.warnings.iter().cloned()) {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        if keep {
            seen = seen_steps(&frame, &one);
            fed = fed_channels(one.tensor.view());
        }
        prepared.push(one.tensor);
    }
    let tensors: Vec<_> = prepared.iter().map(|tensor| tensor.view()).collect();
    let parts = session.run(&tensors)?;
    let inference = model.combine(parts.clone())?;
    let total_ms = start.elapsed().as_secs_f64() * 1000.0;
    let source = SourceFacts::read(asked.files, Some(&scan.meta));
    let slice = frames.first().copied().filter(|_| cases > 1);
    let known = asked.reference.and_then(|reference| known(reference, &inference, &source, slice));
    Ok(Prediction {
        inference,
        source,
        frames,
        seen,
        seen_frame,
        fed,
        volume,
        parts,
        warnings,
        known,
        remarks,
        cases,
        total_ms,
    })
}

/// How far the case lies from the reference, and where the cases near it are.
fn known(
    reference: &Reference,
    inference: &Inference,
    source: &SourceFacts,
    slice: Option<usize>,
) -> Option<KnownCase> {
    let known = reference.judge(inference.features.as_deref()?, source.sha256.as_deref(), slice)?;
    let files = known.nearest.iter().map(|neighbour| reference.files(neighbour).map(Arc::from)).collect();
    let sha256 = known.nearest.iter().map(|neighbour| reference.sha256(neighbour).map(str::to_owned)).collect();
    Some(KnownCase { known, files, sha256, cases: reference.facts.cases })
}

/// Of `[rows, cols, channels]`, channel by channel.
fn fed_channels(tensor: ArrayView3<'_, f32>) -> Vec<FedChannel> {
    tensor.axis_iter(Axis(2)).map(|channel| fed_channel(channel.iter())).collect()
}

fn fed_channel<'a>(values: impl Iterator<Item = &'a f32>) -> FedChannel {
    let (mut low, mut high, mut sum, mut count) = (f32::INFINITY, f32::NEG_INFINITY, 0.0, 0_usize);
    for value in values {
        (low, high) = (low.min(*value), high.max(*value));
        sum += f64::from(*value);
        count += 1;
    }
    FedChannel { low, mean: (sum / count.max(1) as f64) as f32, high }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn channels_are_summed_up_one_by_one() {
        let tensor = ndarray::Array3::from_shape_fn((2, 2, 3), |(r, c, k)| (r * 2 + c) as f32 * (k as f32 - 1.0));
        let fed = fed_channels(tensor.view());
        let of = |low, mean, high| FedChannel { low, mean, high };
        assert_eq!(fed, [of(-3.0, -1.5, 0.0), of(0.0, 0.0, 0.0), of(0.0, 1.5, 3.0)]);
    }
}
