//! Any method on any picture: what a method needs is started when it is first asked for.

use std::time::Instant;

use ndarray::ArrayView3;

use super::error::ExplainError;
use super::explainer::{Explainer, FeatureGradients};
use super::forward::ProgressFn;
use super::methods::Method;
use super::onnx::FeatureMap;
use super::passes::{map_by_passes, score_fn, score_of};
use super::saliency::{SaliencyMap, Target};
use crate::engine::{EngineChoice, EngineKind, Inference, Model, Provider, Session, SessionOptions};
use crate::geometry::PlaneMap;

/// What is asked of every picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    pub method: Method,
    /// Class index; `None` asks about the predicted class.
    pub class: Option<usize>,
    pub target: Target,
}

/// One picture's scores and its map.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub inference: Inference,
    pub map: SaliencyMap,
}

/// A model and one of its layers, ready for any question. One owner at a time.
pub struct Mapper {
    model: Model,
    layer: Option<String>,
    choice: EngineChoice,
    options: SessionOptions,
    explainer: Option<Started>,
    session: Option<Session>,
    /// The class asked first where the predicted one is wanted: the one predicted last.
    guess: usize,
}

struct Started {
    gradients: bool,
    explainer: Explainer,
}

impl Mapper {
    /// Starts nothing yet. Without a `layer` (a tensor's name, a node's, or a part of either) it is the one that the
    /// manifest names, else the default.
    pub fn new(model: Model, layer: Option<&str>, choice: EngineChoice, options: SessionOptions) -> Self {
        Self { model, layer: layer.map(str::to_owned), choice, options, explainer: None, session: None, guess: 0 }
    }

    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Every layer that can be chosen, from the picture to the logits; empty before a method needed one.
    pub fn layers(&self) -> &[FeatureMap] {
        self.explainer.as_ref().map_or(&[], |started| started.explainer.layers())
    }

    /// The layer in use; `None` before a method needed one.
    pub fn layer(&self) -> Option<&FeatureMap> {
        Some(self.explainer.as_ref()?.explainer.layer())
    }

    /// Why it is this layer, in words; `None` before a method needed one.
    pub fn layer_reason(&self) -> Option<&str> {
        Some(self.explainer.as_ref()?.explainer.layer_reason())
    }

    /// The layer in use, started where nothing was yet.
    ///
    /// # Errors
    /// As [`Explainer::start`].
    pub fn start_layer(&mut self, gradients: bool) -> Result<&FeatureMap, ExplainError> {
        Ok(self.explainer(gradients)?.layer())
    }

    /// What ran last, or would: engine and provider; `None` before anything was started.
    pub fn ran(&self) -> Option<(EngineKind, Provider)> {
        let explainer =
            self.explainer.as_ref().map(|started| (started.explainer.engine(), started.explainer.provider()));
        explainer.or_else(|| self.session.as_ref().map(|session| (session.engine(), session.provider())))
    }

    /// One explanation per prepared picture `[rows, cols, channels]`, in their order. `progress` hears of the changed
    /// pictures of methods that score many, for each picture anew, and may cancel.
    ///
    /// # Errors
    /// As [`Explainer::start`] and [`Explainer::run`], [`ExplainError::Passes`], or [`ExplainError::Cancelled`].
    pub fn explain(
        &mut self,
        pictures: &[ArrayView3<'_, f32>],
        question: &Question,
        progress: &mut ProgressFn<'_>,
    ) -> Result<Vec<Explanation>, ExplainError> {
        if question.method.needs_passes() && self.model.is_volume() {
            let what = "it scores changed pictures, and this model takes volumes".to_owned();
            return Err(ExplainError::Passes { method: question.method.title(), what });
        }
        if question.method.needs_passes() {
            return pictures.iter().map(|picture| self.by_passes(*picture, question, progress)).collect();
        }
        let features = self.features(pictures, question)?;
        let explained = |features: FeatureGradients| {
            Ok(Explanation { map: question.method.map(&features)?, inference: features.inference })
        };
        features.into_iter().map(explained).collect()
    }

    /// Activations, and gradients where the method needs them, of every picture.
    ///
    /// # Errors
    /// As [`Explainer::start`] and [`Explainer::run`].
    pub fn features(
        &mut self,
        pictures: &[ArrayView3<'_, f32>],
        question: &Question,
    ) -> Result<Vec<FeatureGradients>, ExplainError> {
        let guess = self.guess;
        let explainer = self.explainer(question.method.needs_gradients())?;
        let first = vec![question.class.unwrap_or(guess); pictures.len()];
        let mut found = explainer.run(pictures, &first, question.target)?;
        if question.class.is_some() {
            return Ok(found);
        }
        // Those that turn out to be of another class run once more.
        let wrong: Vec<usize> =
            found.iter().enumerate().filter(|(_, one)| one.inference.predicted != one.class).map(|(i, _)| i).collect();
        let again: Vec<ArrayView3<'_, f32>> = wrong.iter().filter_map(|index| pictures.get(*index).copied()).collect();
        let classes: Vec<usize> =
            wrong.iter().filter_map(|index| Some(found.get(*index)?.inference.predicted)).collect();
        for (index, better) in wrong.iter().zip(explainer.run(&again, &classes, question.target)?) {
            if let Some(place) = found.get_mut(*index) {
                *place = better;
            }
        }
        self.guess = found.last().map_or(guess, |one| one.class);
        Ok(found)
    }

    fn by_passes(
        &mut self,
        picture: ArrayView3<'_, f32>,
        question: &Question,
        progress: &mut ProgressFn<'_>,
    ) -> Result<Explanation, ExplainError> {
        let (method, start) = (question.method, Instant::now());
        let inference = self.session()?.run(&[picture])?.pop();
        let inference = inference.ok_or_else(|| ExplainError::Shape { what: "no result came back".to_owned() })?;
        let class = question.class.unwrap_or(inference.predicted);
        let classes = self.model.rule().classes;
        if class >= classes {
            return Err(ExplainError::NoSuchClass { class, classes });
        }
        let features = match method.needs_layer() {
            true => self.explainer(false)?.run(&[picture], &[class], question.target)?.pop(),
            false => None,
        };
        let model = self.model.clone();
        let mut score = score_fn(self.session()?, &model, class, question.target);
        let activations = features.as_ref().map(|features| features.activations.view());
        let (values, settings) = map_by_passes(method, picture, activations, &mut score, progress)?;
        let layer = features.map(|features| features.layer);
        let map = SaliencyMap {
            values,
            method,
            model_from_map: layer.as_ref().map_or(PlaneMap::IDENTITY, |layer| layer.model_from_map),
            layer,
            settings: Some(settings),
            whole: None,
            class,
            target: question.target,
            score: score_of(&inference, &model, class, question.target),
        };
        // All passes, not only the first.
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3;
        Ok(Explanation { inference: Inference { elapsed_ms, ..inference }, map })
    }

    /// One with gradients also serves methods that need none.
    fn explainer(&mut self, gradients: bool) -> Result<&mut Explainer, ExplainError> {
        let started = match self.explainer.take().filter(|started| started.gradients || !gradients) {
            Some(started) => started,
            None => {
                let start = if gradients { Explainer::start } else { Explainer::start_forward_only };
                let explainer = start(&self.model, self.layer.as_deref(), self.choice, &self.options)?;
                Started { gradients, explainer }
            }
        };
        Ok(&mut self.explainer.insert(started).explainer)
    }

    /// The plain session, for scores alone.
    ///
    /// # Errors
    /// What the engine said.
    pub fn session(&mut self) -> Result<&mut Session, ExplainError> {
        let session = match self.session.take() {
            Some(session) => session,
            None => Session::start(&self.model, self.choice, &self.options)?,
        };
        Ok(self.session.insert(session))
    }
}
