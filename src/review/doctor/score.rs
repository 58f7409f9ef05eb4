//! Candidates through the model: each distinct tensor once.

use std::collections::HashMap;

use ndarray::Array3;

use super::candidates::Candidate;
use super::{DoctorError, Sample};
use crate::engine::{Model, Session};
use crate::preprocess::{go_on, prepare_for};

/// A model with its session.
pub(super) struct Lane {
    pub model: Model,
    pub session: Session,
}

/// Scores `[samples][classes]` of one candidate; `None` where it cannot be applied to some picture.
pub(super) type Scores = Option<Vec<Vec<f64>>>;

/// Prepares and runs.
pub(super) struct Runner<'a> {
    pub lanes: Vec<Lane>,
    pub samples: &'a [Sample],
    channels: usize,
    /// By model, sample and hash of the tensor.
    known: HashMap<(usize, usize, u64), Option<Vec<f64>>>,
    /// Pictures that went through the network.
    pub runs: usize,
}

impl<'a> Runner<'a> {
    pub fn new(lanes: Vec<Lane>, samples: &'a [Sample], channels: usize) -> Self {
        Self { lanes, samples, channels, known: HashMap::new(), runs: 0 }
    }

    /// Scores of the samples `which`, for each candidate. `tell` hears the share done and returns false to stop.
    pub fn scores(
        &mut self,
        candidates: &[Candidate],
        which: &[usize],
        tell: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Vec<Scores>, DoctorError> {
        let mut found: Vec<Scores> = vec![Some(Vec::with_capacity(which.len())); candidates.len()];
        let total = candidates.len();
        let mut done = 0;
        // Candidates that differ in values only share the resized picture.
        for group in groups(candidates, self.channels) {
            let Some(first) = group.members.first().map(|(_, model, _)| *model) else { continue };
            for &sample in which {
                let base = self.samples.get(sample).and_then(|sample| {
                    Some(prepare_for(self.channels, &sample.frame, &sample.meta, &group.steps, false).ok()?.tensor)
                });
                for (place, _, values) in &group.members {
                    let Some(slot) = found.get_mut(*place) else { continue };
                    let tensor = base.as_ref().and_then(|base| go_on(base.clone(), values).ok());
                    let scores = tensor.and_then(|tensor| self.run(first, sample, &tensor));
                    *slot = slot.take().zip(scores).map(|(mut all, scores)| {
                        all.push(scores);
                        all
                    });
                }
            }
            done += group.members.len();
            if !tell(done, total) {
                return Err(DoctorError::Cancelled);
            }
        }
        Ok(found)
    }

    fn run(&mut self, lane: usize, sample: usize, tensor: &Array3<f32>) -> Option<Vec<f64>> {
        let key = (lane, sample, hash(tensor));
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let Lane { model, session } = self.lanes.get_mut(lane)?;
        self.runs += 1;
        // The framework knows nothing of a calibration that was fitted afterwards.
        let result = session.run(&[tensor.view()]).and_then(|parts| model.combine_uncalibrated(parts)).ok();
        let scores = result.map(|result| result.scores.iter().map(|score| f64::from(*score)).collect::<Vec<f64>>());
        self.known.insert(key, scores.clone());
        scores
    }
}

/// Two multiplications a value, over 64 bits: equal tensors meet, others do not (they are a few thousand).
fn hash(tensor: &Array3<f32>) -> u64 {
    let mix = |state: u64, word: u64| {
        let mixed = (state ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed ^ (mixed >> 29)
    };
    let (rows, cols, channels) = tensor.dim();
    let start = [rows, cols, channels].into_iter().fold(0, |state, length| mix(state, length as u64));
    tensor.iter().fold(start, |state, value| mix(state, u64::from(value.to_bits())))
}

/// Candidates of one model whose resized picture is the same.
struct Group {
    steps: Vec<crate::preprocess::Step>,
    /// Place among the candidates, model, steps on the values.
    members: Vec<(usize, usize, Vec<crate::preprocess::Step>)>,
}

fn groups(candidates: &[Candidate], channels: usize) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (place, candidate) in candidates.iter().enumerate() {
        let (steps, values) = candidate.split(channels);
        let member = (place, candidate.model, values);
        let same = |group: &&mut Group| {
            group.steps == steps && group.members.first().is_some_and(|(_, model, _)| *model == candidate.model)
        };
        match groups.iter_mut().find(same) {
            Some(group) => group.members.push(member),
            None => groups.push(Group { steps, members: vec![member] }),
        }
    }
    groups
}
