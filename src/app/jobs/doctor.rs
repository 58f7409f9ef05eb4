//! The doctor worker: finds out how pictures were prepared, from a labelled folder or the framework's own outputs.

use std::path::PathBuf;

use super::Emitter;
use super::mailbox::Mailbox;
use crate::app::{Cause, Diagnosis, Event, Finding, ImportEvent, Problem};
use crate::engine::import::{Choices, ReadExport};
use crate::engine::{Model, SessionOptions};
use crate::metrics::wilson;
use crate::review::doctor::{
    Control, DoctorError, DoctorOptions, Material, Progress, Ranked, Verdict, Way, examine, material,
};

/// Pictures that are tried at most.
const MOST_PICTURES: usize = 60;

#[derive(Debug)]
pub(in crate::app) enum Job {
    Examine(Box<Examination>),
    Stop,
}

#[derive(Debug)]
pub(in crate::app) struct Examination {
    pub generation: u64,
    pub path: PathBuf,
    pub choices: Choices,
    pub pictures: PathBuf,
    /// A table of the framework's outputs; without one the folders' names are labels.
    pub outputs: Option<PathBuf>,
}

pub(super) fn work(job: Job, emit: &Emitter, mailbox: &Mailbox<Job>) {
    let Job::Examine(job) = job else { return };
    let generation = job.generation;
    let mut tell = |progress: Progress| {
        let Progress { stage, done, total } = progress;
        emit.send(Event::Import(ImportEvent::DoctorProgress { generation, stage, done, total }));
        if mailbox.is_waiting() { Control::Stop } else { Control::Continue }
    };
    let result = match diagnose(&job, &mut tell) {
        Ok(diagnosis) => Ok(Some(Box::new(diagnosis))),
        Err(DoctorError::Cancelled) => Ok(None),
        Err(error) => Err(problem(error)),
    };
    emit.send(Event::Import(ImportEvent::Diagnosed { generation, result }));
}

fn diagnose(job: &Examination, tell: &mut dyn FnMut(Progress) -> Control) -> Result<Diagnosis, DoctorError> {
    let export = ReadExport::open(&job.path)?;
    let pictures = std::slice::from_ref(&job.pictures);
    let made = material(&export, &job.choices, pictures, job.outputs.as_deref(), MOST_PICTURES)?;
    let options = DoctorOptions { session: SessionOptions::beside_a_window(), ..DoctorOptions::default() };
    let verdict = examine(&made.models, &made.samples, &made.reference, &options, tell)?;
    Ok(described(job, &made, &verdict))
}

fn described(job: &Examination, made: &Material, verdict: &Verdict) -> Diagnosis {
    let models = &made.models;
    let several = models.len() > 1;
    let finding = |(place, one): (usize, &Ranked)| {
        let layout = models.get(one.candidate.model).map(Model::layout).filter(|_| several);
        let (recipe, size) = match &one.candidate.way {
            Way::Recipe(recipe, size) => (Some(recipe.clone()), *size),
            Way::Present(_) => (None, None),
        };
        Finding {
            recipe,
            size,
            layout,
            mean: one.mean,
            interval: one.interval,
            worst: one.worst,
            agree: one.agree,
            is_present: one.is_present,
            ruled_out_by: verdict.names.get(one.worst_picture).filter(|_| one.contradicted).cloned(),
            order: one.order.clone(),
            record: verdict.record(place).unwrap_or_default(),
        }
    };
    let right = verdict.winner().map_or(0, |winner| winner.agree) as u64;
    Diagnosis {
        pictures: job.pictures.clone(),
        count: verdict.pictures,
        findings: verdict.ranked.iter().enumerate().map(finding).collect(),
        class_names: models.first().map(|model| model.class_names().to_vec()).unwrap_or_default(),
        names_from: made.names_from,
        said: job.choices.clone(),
        tied: verdict.tied,
        tied_or_more: verdict.tied_or_more,
        of_outputs: verdict.tolerance.is_some(),
        reproduced: verdict.reproduced,
        advises_change: verdict.advises_change(),
        tried: verdict.tried,
        right: wilson(right, verdict.pictures as u64),
        remarks: verdict.remarks.clone(),
    }
}

fn problem(error: DoctorError) -> Problem {
    match error {
        DoctorError::Scan(error) => error.into(),
        DoctorError::Engine(error) => error.into(),
        DoctorError::Preprocess(error) => error.into(),
        DoctorError::Reference { .. } => Problem::new(Cause::Labels, error.to_string()),
        DoctorError::TooLittle { .. } | DoctorError::Volumes | DoctorError::Cancelled => {
            Problem::new(Cause::NothingFound, error.to_string())
        }
    }
}
