//! The staged search: few pictures and many candidates first, all pictures and few candidates last.

use super::candidates::{Candidate, Space, Way, has_colour};
use super::expected::Reference;
use super::judge::judge;
use super::score::{Lane, Runner, Scores};
use super::verdict::{self, Final, Verdict};
use super::{DoctorError, Sample};
use crate::engine::{EngineChoice, Model, Session, SessionOptions};
use crate::metrics::{DEFAULT_RESAMPLES, DEFAULT_SEED};

/// How the search runs.
#[derive(Clone, Debug)]
pub struct DoctorOptions {
    pub engine: EngineChoice,
    pub session: SessionOptions,
    /// Of the bootstrap.
    pub resamples: u32,
    pub seed: u64,
}

impl Default for DoctorOptions {
    fn default() -> Self {
        Self {
            engine: EngineChoice::Auto,
            session: SessionOptions::default(),
            resamples: DEFAULT_RESAMPLES,
            seed: DEFAULT_SEED,
        }
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub stage: &'static str,
    pub done: usize,
    pub total: usize,
}

/// What the caller wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    Continue,
    Stop,
}

/// Pictures of the early stages where the framework's outputs are known: one wrong output is enough to tell.
const FEW: usize = 4;
/// Labels are noisy: as many as there are, up to this.
const FEW_LABELLED: usize = 40;
/// Candidates that are varied further after each stage.
const BEAM: usize = 4;
/// Candidates that are not weeded out by the first pictures alone.
const LEAST_KEPT: usize = 12;
/// Most candidates that see all pictures, and how many do beside those that are close to the best.
const FINALISTS: usize = 20;
const RUNNERS_UP: usize = 3;
/// Sizes for which every combination is tried, and how many of these go on.
const MOST_SIZES: usize = 2;
const SURVIVORS: usize = 60;
/// Pictures that contradicted what the first ones told, and made the search begin again.
const MOST_COUNTEREXAMPLES: usize = 2;

/// Tries to prepare `samples` in every plausible way and ranks the ways by the reference. `models` are readings of one file
/// (one, or one for each layout where the graph does not tell).
///
/// # Errors
/// [`DoctorError::TooLittle`] without samples or with a reference of another length; what an engine says about the model;
/// [`DoctorError::Cancelled`] where `tell` asks to stop.
pub fn examine(
    models: &[Model],
    samples: &[Sample],
    reference: &Reference,
    options: &DoctorOptions,
    tell: &mut dyn FnMut(Progress) -> Control,
) -> Result<Verdict, DoctorError> {
    if samples.is_empty() || samples.len() != reference.len() {
        let what = format!("{} pictures and {} references were given.", samples.len(), reference.len());
        return Err(DoctorError::TooLittle { what });
    }
    let lanes = models
        .iter()
        .map(|model| {
            let session = Session::start(model, options.engine, &options.session)?;
            Ok(Lane { model: model.clone(), session })
        })
        .collect::<Result<Vec<Lane>, DoctorError>>()?;
    let space = Space::of(models, samples);
    let runner = Runner::new(lanes, samples, space.channels);
    let few = first_pictures(samples, reference);
    let mut search = Search { runner, space, reference, few, pool: Vec::new(), tell };
    search.stages()?;
    search.with_counterexamples()?;
    search.finish(options)
}

struct Search<'a> {
    runner: Runner<'a>,
    space: Space,
    reference: &'a Reference,
    /// The pictures of the early stages.
    few: Vec<usize>,
    /// Everything tried, with its mean loss over the few pictures.
    pool: Vec<(Candidate, f64)>,
    tell: &'a mut dyn FnMut(Progress) -> Control,
}

impl Search<'_> {
    fn stages(&mut self) -> Result<(), DoctorError> {
        let start: Vec<Candidate> = self.space.start().iter().flat_map(|one| self.space.values(one)).collect();
        self.try_all("scale, colours, inversion", start)?;
        // What fits best decides what is varied next; then once more around that.
        for beam in [BEAM, 2] {
            let fits = self.around(beam, Space::fits);
            self.try_all("fit", fits)?;
            let resamplers = self.around(beam, Space::resamplers);
            self.try_all("resizing", resamplers)?;
            if self.is_settled() {
                // What remains is to look who else would fit as well.
                let others = [self.around(1, Space::fits), self.around(1, Space::resamplers)].concat();
                return self.try_all("fit and resizing", others);
            }
            let values = self.around(beam, Space::values);
            self.try_all("scale, colours, inversion", values)?;
        }
        match self.reference {
            Reference::Outputs { .. } if !self.is_settled() => self.everything(),
            _ => Ok(()),
        }
    }

    /// Where small changes of a picture change everything, no stage can go by what is nearly right: every combination, on
    /// the one picture that says most.
    fn everything(&mut self) -> Result<(), DoctorError> {
        let mut sizes: Vec<(usize, Option<[usize; 2]>)> = Vec::new();
        for (candidate, _) in &self.pool {
            let Way::Recipe(_, size) = &candidate.way else { continue };
            if sizes.len() < MOST_SIZES && !sizes.contains(&(candidate.model, *size)) {
                sizes.push((candidate.model, *size));
            }
        }
        let everything: Vec<Candidate> =
            sizes.into_iter().flat_map(|(model, size)| self.space.all(model, size)).collect();
        let telling = telling_picture(self.reference, &self.few);
        let tell = &mut self.tell;
        let mut progress =
            |done, total| tell(Progress { stage: "every combination", done, total }) == Control::Continue;
        let scores = self.runner.scores(&everything, &[telling], &mut progress)?;
        let mut judged: Vec<(Candidate, f64)> = everything
            .into_iter()
            .zip(scores)
            .filter_map(|(candidate, scores)| Some((candidate, judge(self.reference, &[telling], &scores?).mean())))
            .collect();
        judged.sort_by(|(_, a), (_, b)| a.total_cmp(b));
        let survivors = judged.into_iter().take(SURVIVORS).map(|(candidate, _)| candidate).collect();
        self.try_all("what is left", survivors)
    }

    /// True where the best reproduces the few pictures: then no other scale can.
    fn is_settled(&self) -> bool {
        match (self.reference, self.pool.first()) {
            (Reference::Outputs { tolerance, .. }, Some((_, best))) => best <= tolerance,
            _ => false,
        }
    }

    fn around(&self, beam: usize, vary: fn(&Space, &Candidate) -> Vec<Candidate>) -> Vec<Candidate> {
        let Some((_, best)) = self.pool.first() else { return Vec::new() };
        // Far behind the best, nothing is worth varying.
        let worth_it = |loss: f64| loss <= (best * 8.0).max(best + 0.1);
        let beam = self.pool.iter().take(beam).take_while(|(_, loss)| worth_it(*loss));
        beam.flat_map(|(candidate, _)| vary(&self.space, candidate)).collect()
    }

    fn try_all(&mut self, stage: &'static str, candidates: Vec<Candidate>) -> Result<(), DoctorError> {
        let mut fresh: Vec<Candidate> = Vec::new();
        for candidate in candidates {
            if !fresh.contains(&candidate) && !self.pool.iter().any(|(known, _)| *known == candidate) {
                fresh.push(candidate);
            }
        }
        // The first pictures weed out what is far off; what was weeded out does not come back.
        for share in [self.few.len().div_ceil(2), self.few.len()] {
            let pictures: Vec<usize> = self.few.iter().take(share).copied().collect();
            let tell = &mut self.tell;
            let mut progress = |done, total| tell(Progress { stage, done, total }) == Control::Continue;
            let scores = self.runner.scores(&fresh, &pictures, &mut progress)?;
            let mut judged: Vec<(Candidate, f64)> = std::mem::take(&mut fresh)
                .into_iter()
                .zip(scores)
                .filter_map(|(candidate, scores)| Some((candidate, judge(self.reference, &pictures, &scores?).mean())))
                .collect();
            if share == self.few.len() {
                self.pool.append(&mut judged);
            } else {
                judged.sort_by(|(_, a), (_, b)| a.total_cmp(b));
                let kept = judged.len().div_ceil(2).max(LEAST_KEPT);
                fresh = judged.into_iter().take(kept).map(|(candidate, _)| candidate).collect();
            }
        }
        let space = &self.space;
        self.pool.sort_by(|(a, x), (b, y)| x.total_cmp(y).then_with(|| space.rank(a).cmp(&space.rank(b))));
        Ok(())
    }

    /// Where a way reproduces the first pictures and another picture contradicts it (the one with colours, the one of 16
    /// bits), that picture joins them and the search is done again; what was scored is not scored twice.
    fn with_counterexamples(&mut self) -> Result<(), DoctorError> {
        let Reference::Outputs { tolerance, .. } = self.reference else { return Ok(()) };
        for _ in 0..MOST_COUNTEREXAMPLES {
            if !self.is_settled() {
                return Ok(());
            }
            let finals = self.finals()?;
            let worst = |one: &Final| one.fit.worst();
            let Some(best) = finals.iter().min_by(|a, b| worst(a).total_cmp(&worst(b))) else { return Ok(()) };
            let picture = best.fit.worst_picture();
            if best.fit.worst() <= *tolerance || self.few.contains(&picture) {
                return Ok(());
            }
            self.few.insert(0, picture);
            self.pool.clear();
            self.stages()?;
        }
        Ok(())
    }

    fn finish(mut self, options: &DoctorOptions) -> Result<Verdict, DoctorError> {
        let finals = self.finals()?;
        if finals.is_empty() {
            let what = "No way to prepare these pictures gave scores: the model refused all of them.".to_owned();
            return Err(DoctorError::TooLittle { what });
        }
        let tried = self.pool.len();
        let remarks = std::mem::take(&mut self.space.remarks);
        let name = |sample: &Sample| sample.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let names = self.runner.samples.iter().map(|sample| name(sample).unwrap_or_default()).collect();
        let mut verdict = verdict::verdict(finals, self.reference, options, (tried, self.runner.runs), remarks, names);
        if verdict.tolerance.is_some() && !verdict.reproduced && self.runner.samples.iter().any(is_jpeg) {
            verdict.remarks.push(
                "TensorFlow decodes JPEG files up to 3 grey levels differently from Pillow and this program. If that was the \
                 framework, give it the same pictures as PNG: then the answer is certain."
                    .to_owned(),
            );
        }
        Ok(verdict)
    }

    /// The closest candidates and what the model says now, judged by all pictures.
    fn finals(&mut self) -> Result<Vec<Final>, DoctorError> {
        let all: Vec<usize> = (0..self.runner.samples.len()).collect();
        let best = self.pool.first().map_or(0.0, |(_, best)| *best);
        let is_close = |loss: f64| match self.reference {
            Reference::Outputs { tolerance, .. } => loss <= (best * 4.0).max(*tolerance),
            Reference::Labels(_) => true,
        };
        let close = self.pool.iter().take_while(|(_, loss)| is_close(*loss)).count();
        let most = (close + RUNNERS_UP).min(FINALISTS);
        let mut finalists: Vec<Candidate> =
            self.pool.iter().take(most).map(|(candidate, _)| candidate.clone()).collect();
        let present = self.runner.lanes.first().map(|lane| lane.model.steps().to_vec()).unwrap_or_default();
        finalists.push(Candidate { model: 0, way: Way::Present(present) });
        // Labels tell ways apart only roughly: the plain ones are looked at whatever the few pictures said, or a tie with
        // them would go unseen and an odder way be named.
        if matches!(self.reference, Reference::Labels(_)) {
            let plain = self.space.start().first().map(|first| self.space.values(first)).unwrap_or_default();
            let is_usual = |one: &Candidate| matches!(&one.way, Way::Recipe(recipe, _) if !recipe.swap);
            let fresh = plain.into_iter().filter(|one| is_usual(one) && !finalists.contains(one)).collect::<Vec<_>>();
            finalists.extend(fresh);
        }
        let tell = &mut self.tell;
        let mut progress = |done, total| tell(Progress { stage: "all pictures", done, total }) == Control::Continue;
        let scores = self.runner.scores(&finalists, &all, &mut progress)?;
        let judged = |(candidate, scores): (Candidate, Scores)| {
            let fit = judge(self.reference, &all, &scores?);
            let rank = self.space.rank(&candidate);
            Some(Final { steps: candidate.steps(self.space.channels), candidate, fit, rank })
        };
        Ok(finalists.into_iter().zip(scores).filter_map(judged).collect())
    }
}

fn is_jpeg(sample: &Sample) -> bool {
    let ending = sample.path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| matches!(ending.as_str(), "jpg" | "jpeg" | "jpe" | "jfif"))
}

/// The picture whose outputs are least sure: saturated ones hide differences.
fn telling_picture(reference: &Reference, few: &[usize]) -> usize {
    let surest = |sample: &usize| match reference {
        Reference::Outputs { scores, .. } => {
            scores.get(*sample).map_or(1.0, |scores| scores.iter().copied().fold(0.0, f64::max))
        }
        Reference::Labels(_) => 1.0,
    };
    few.iter().copied().min_by(|a, b| surest(a).total_cmp(&surest(b))).unwrap_or(0)
}

/// The pictures of the early stages: of every size and kind one after the other, colour and odd shapes first.
fn first_pictures(samples: &[Sample], reference: &Reference) -> Vec<usize> {
    let wanted = match reference {
        Reference::Outputs { .. } => FEW,
        Reference::Labels(_) => FEW_LABELLED,
    };
    let kind = |sample: &Sample| {
        let size = sample.frame.pixels.size();
        (!has_colour(sample), sample.frame.eight_bit_picture, size.rows == size.cols, size.rows, size.cols)
    };
    let mut kinds: std::collections::BTreeMap<_, Vec<usize>> = std::collections::BTreeMap::new();
    for (index, sample) in samples.iter().enumerate() {
        kinds.entry(kind(sample)).or_default().push(index);
    }
    let longest = kinds.values().map(Vec::len).max().unwrap_or(0);
    let round = |turn: usize| kinds.values().filter_map(move |list| list.get(turn).copied());
    (0..longest).flat_map(round).take(wanted).collect()
}
