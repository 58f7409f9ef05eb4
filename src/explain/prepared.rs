//! A model's graph with the backward pass, running, for one size of picture.

use std::sync::Arc;

use super::backward::{Backward, Probabilities, Seed, backward};
use super::error::ExplainError;
use super::onnx::{Facts, FeatureMap, FeatureMaps, Questions, feature_maps, float_value};
use crate::engine::{
    CancelHandle, EngineChoice, EngineError, GraphOutputs, GraphSession, Model, NamedInput, SessionOptions,
};
use crate::onnx;
use crate::onnx::proto::GraphProto;

/// Names of the inputs that are added.
pub(super) const SEED_LOGIT: &str = "overread_seed_logit";
pub(super) const SEED_PROBABILITY: &str = "overread_seed_probability";

/// How many layers a message names.
const NAMED_LAYERS: usize = 6;

/// What is asked for, once per explainer.
pub(super) struct Request {
    pub model: Model,
    pub layer: Option<String>,
    pub gradients: bool,
    pub choice: EngineChoice,
    pub options: SessionOptions,
    pub cancel: CancelHandle,
}

/// The extended graph of one picture size.
pub(super) struct Prepared {
    /// Shape of the pictures `(rows, cols, channels)`, or of the volumes `(depth, rows, cols)`.
    pub shape: (usize, usize, usize),
    pub maps: Vec<FeatureMap>,
    pub layer: Arc<FeatureMap>,
    /// Why this layer, in words.
    pub reason: String,
    pub session: GraphSession,
}

impl Request {
    /// The tensor before softmax or sigmoid.
    pub fn logits(&self) -> Result<&str, ExplainError> {
        let named = self.model.logits.as_ref().map(|logits| logits.name.as_str());
        named.ok_or_else(|| ExplainError::NoLogits { what: self.model.manifest.remarks.join(" ") })
    }

    /// Values per picture of the logits.
    pub fn values(&self) -> usize {
        self.model.rule().values
    }

    pub fn probabilities(&self) -> Probabilities {
        probabilities(&self.model)
    }

    /// Finds the layer, writes the gradient and starts the session.
    pub fn prepare(&self, picture: (usize, usize, usize)) -> Result<Prepared, ExplainError> {
        let logits = self.logits()?;
        let bytes = self.model.bytes()?;
        let facts = self.facts(&bytes, logits, picture)?;
        let input = (self.model.input.name.as_str(), self.model.layout());
        let found = feature_maps(&self.model.graph, &facts, input, logits);
        let (layer, reason, written) = self.layer(&found, &facts, logits)?;

        let fixed = self.model.input.batch.fixed();
        let batch = fixed.unwrap_or(1);
        let mut all: Vec<String> = self.model.graph.outputs.iter().map(|output| output.name.clone()).collect();
        let mut read = vec![self.model.output.clone(), logits.to_owned(), layer.name.clone()];
        let mut delta = GraphProto::default();
        if let Some(written) = written {
            delta.node = written.nodes;
            read.push(written.gradient);
            let seed = |name: &str| float_value(name, Some(&[fixed, Some(self.values())]));
            delta.input = vec![seed(SEED_LOGIT), seed(SEED_PROBABILITY)];
        }
        for name in &read {
            if !all.contains(name) {
                delta.output.push(float_value(name, None));
                all.push(name.clone());
            }
        }
        let shape = self.model.batch_shape(batch, picture);
        let zeros = vec![0.0; shape.iter().product()];
        let seeds = vec![0.0; batch * self.values()];
        let seed_shape = [batch, self.values()];
        let mut sample = vec![NamedInput { name: input.0, shape: &shape, data: &zeros }];
        if self.gradients {
            sample.push(NamedInput { name: SEED_LOGIT, shape: &seed_shape, data: &seeds });
            sample.push(NamedInput { name: SEED_PROBABILITY, shape: &seed_shape, data: &seeds });
        }
        let extended = onnx::append(&bytes, delta);
        drop(bytes);
        let outputs = GraphOutputs { all, read };
        let engine = (self.choice, &self.options);
        let session = GraphSession::start(extended, outputs, &sample, fixed, engine, &self.cancel)?;
        Ok(Prepared { shape: picture, maps: found.maps, layer: Arc::new(layer), reason, session })
    }

    /// Shapes and parameters, from a run over pictures of zeros.
    fn facts(
        &self,
        bytes: &prost::bytes::Bytes,
        logits: &str,
        picture: (usize, usize, usize),
    ) -> Result<Facts, ExplainError> {
        let input = self.model.input.name.as_str();
        let questions = Questions::about(&self.model.graph, input, logits);
        let mut all: Vec<String> = self.model.graph.outputs.iter().map(|output| output.name.clone()).collect();
        all.extend(questions.outputs.iter().cloned());
        let outputs = GraphOutputs { all, read: questions.outputs.clone() };
        let extended = onnx::append(bytes, questions.delta.clone());
        let fixed = self.model.input.batch.fixed();
        let cpu = SessionOptions { provider: crate::engine::ProviderChoice::Cpu, ..self.options.clone() };
        let run = |batch: usize| -> Result<Facts, EngineError> {
            let shape = self.model.batch_shape(batch, picture);
            let zeros = vec![0.0; shape.iter().product()];
            let picture = [NamedInput { name: input, shape: &shape, data: &zeros }];
            let engine = (self.choice, &cpu);
            let mut session =
                GraphSession::start(extended.clone(), outputs.clone(), &picture, Some(batch), engine, &self.cancel)?;
            Ok(questions.clone().answered(batch, &session.run(&picture)?))
        };
        // Two pictures tell the batch from axes of length 1; a graph that only pretends to take several gets one.
        Ok(match fixed {
            Some(batch) => run(batch)?,
            None => match run(2) {
                Err(error) if !matches!(error, EngineError::Cancelled) => run(1)?,
                other => other?,
            },
        })
    }

    /// The layer asked for, or the default; with its gradient unless none is wanted.
    fn layer(
        &self,
        found: &FeatureMaps,
        facts: &Facts,
        logits: &str,
    ) -> Result<(FeatureMap, String, Option<Backward>), ExplainError> {
        let maps = &found.maps;
        let stated = self.model.manifest.explain.layer.as_deref();
        let asked = self.layer.as_deref().or(stated);
        let (map, mut reason) = match asked {
            Some(asked) => {
                let map = find(&self.model.graph, maps, asked)?;
                let by = if self.layer.is_some() { "chosen" } else { "named by the model's manifest" };
                (map, format!("{by}, {}", map.sides()))
            }
            None => (maps.get(found.default).ok_or(ExplainError::NoFeatureMap)?, found.reason.clone()),
        };
        if !self.gradients {
            return Ok((map.clone(), reason, None));
        }
        let probability = Some((SEED_PROBABILITY.to_owned(), self.probabilities()));
        let seed = Seed { logit: SEED_LOGIT.to_owned(), probability };
        let write = |map: &FeatureMap| backward(&self.model.graph, facts, &map.name, logits, &seed);
        match write(map) {
            Ok(written) => Ok((map.clone(), reason, Some(written))),
            Err(because) => {
                let mut working = maps.iter().rev().filter_map(|map| Some((map, write(map).ok()?)));
                if asked.is_some() {
                    let names: Vec<&str> = working.take(NAMED_LAYERS).map(|(map, _)| map.name.as_str()).collect();
                    return Err(not_available(map, because, &names));
                }
                let (other, written) = working.next().ok_or_else(|| not_available(map, because.clone(), &[]))?;
                reason = format!(
                    "the last layer that works, {}; gradients are not available for \"{}\", because {because}",
                    other.words(),
                    map.name
                );
                Ok((other.clone(), reason, Some(written)))
            }
        }
    }
}

/// How the model's logits become probabilities.
pub(super) fn probabilities(model: &Model) -> Probabilities {
    let rule = model.rule();
    if rule.independent || rule.values == 1 { Probabilities::Sigmoid } else { Probabilities::Softmax }
}

fn not_available(map: &FeatureMap, because: String, working: &[&str]) -> ExplainError {
    let works = if working.is_empty() {
        "EigenCAM, Score-CAM, occlusion and RISE need no gradients.".to_owned()
    } else {
        format!("Layers that work are: {}.", working.join(", "))
    };
    ExplainError::NotAvailable { layer: map.name.clone(), because, works }
}

/// By the tensor's name, the node's, or a part of either: the last that fits, which is what comes out of a framework's
/// layer of that name. The whole name of a tensor without a map is not taken for a part of another one.
fn find<'a>(graph: &onnx::Graph, maps: &'a [FeatureMap], asked: &str) -> Result<&'a FeatureMap, ExplainError> {
    let exact = maps.iter().find(|map| map.name == asked || map.node == asked);
    let part = || maps.iter().rev().find(|map| map.name.contains(asked) || map.node.contains(asked));
    let is_whole = graph.producer(asked).is_some();
    exact.or_else(|| if is_whole { None } else { part() }).ok_or_else(|| {
        let near: Vec<&str> = maps.iter().rev().take(NAMED_LAYERS).map(|map| map.name.as_str()).collect();
        ExplainError::NoSuchLayer { asked: asked.to_owned(), near: near.join(", ") }
    })
}
