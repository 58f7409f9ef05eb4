//! A model whose scores can be traced back.

use std::sync::Arc;
use std::time::Instant;

use ndarray::{Array3, ArrayD, ArrayView3, ArrayViewD, Axis, Ix2, Ix3, Ix4};

use super::backward::Probabilities;
use super::error::ExplainError;
use super::onnx::{FeatureMap, MapLayout};
use super::prepared::{Prepared, Request, SEED_LOGIT, SEED_PROBABILITY};
use super::saliency::Target;
use crate::engine::{CancelHandle, EngineChoice, EngineKind, Inference, Model, NamedInput, Provider, SessionOptions};

/// One picture's layer, and what the score would gain from it.
#[derive(Clone, Debug)]
pub struct FeatureGradients {
    /// The scores of the same run.
    pub inference: Inference,
    pub layer: Arc<FeatureMap>,
    /// Index of the class.
    pub class: usize,
    pub target: Target,
    /// The class's logit (of one sigmoid: z for class 1, -z for class 0), or its probability.
    pub score: f32,
    /// `[channels, rows, cols]`; of a volume `[channels, depth * rows, cols]`, its slices one under another.
    pub activations: Array3<f32>,
    /// As the activations: the derivative of [`score`](Self::score). `None` in a session without gradients.
    pub gradients: Option<Array3<f32>>,
}

/// A model with its backward pass on an engine. One owner at a time; [`cancel_handle`](Self::cancel_handle) works from
/// any thread.
pub struct Explainer {
    request: Request,
    prepared: Prepared,
}

impl Explainer {
    /// Starts a session with gradients of the layer `layer` (a tensor's name, a node's, or a part of either); without
    /// one, of the layer that the manifest names, else of the default.
    ///
    /// # Errors
    /// A sentence where there are no logits, no such layer, an operator without a gradient rule (with the layers that
    /// work), or what the engine said.
    pub fn start(
        model: &Model,
        layer: Option<&str>,
        choice: EngineChoice,
        options: &SessionOptions,
    ) -> Result<Self, ExplainError> {
        Self::with(model, layer, true, (choice, options))
    }

    /// Starts a session without gradients, for methods that need none; any layer will do.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_forward_only(
        model: &Model,
        layer: Option<&str>,
        choice: EngineChoice,
        options: &SessionOptions,
    ) -> Result<Self, ExplainError> {
        Self::with(model, layer, false, (choice, options))
    }

    fn with(
        model: &Model,
        layer: Option<&str>,
        gradients: bool,
        (choice, options): (EngineChoice, &SessionOptions),
    ) -> Result<Self, ExplainError> {
        let request = Request {
            model: model.clone(),
            layer: layer.map(str::to_owned),
            gradients,
            choice,
            options: options.clone(),
            cancel: CancelHandle::default(),
        };
        let prepared = request.prepare(model.usual_shape())?;
        Ok(Self { request, prepared })
    }

    /// Every map that can be chosen, from the picture to the logits.
    pub fn layers(&self) -> &[FeatureMap] {
        &self.prepared.maps
    }

    /// The map in use.
    pub fn layer(&self) -> &FeatureMap {
        &self.prepared.layer
    }

    /// Why it is this one, in words.
    pub fn layer_reason(&self) -> &str {
        &self.prepared.reason
    }

    /// The engine that runs.
    pub fn engine(&self) -> EngineKind {
        self.prepared.session.engine()
    }

    /// What the nodes really run on.
    pub fn provider(&self) -> Provider {
        self.prepared.session.provider()
    }

    /// Why it is not CUDA, or why it is the embedded engine.
    pub fn remark(&self) -> Option<&str> {
        self.prepared.session.remark()
    }

    /// Stops runs from another thread.
    pub fn cancel_handle(&self) -> CancelHandle {
        self.request.cancel.clone()
    }

    /// Runs any number of prepared pictures `[rows, cols, channels]` (volumes `[depth, rows, cols]`), each traced back from its own class; one result
    /// each, in their order. Pictures of one size that follow each other share a call of the engine. A new size (of a
    /// graph that takes any) prepares the graph again.
    ///
    /// # Errors
    /// For a picture or class that the model does not have, or what the engine said.
    pub fn run(
        &mut self,
        pictures: &[ArrayView3<'_, f32>],
        classes: &[usize],
        target: Target,
    ) -> Result<Vec<FeatureGradients>, ExplainError> {
        if pictures.len() != classes.len() {
            return Err(ExplainError::Unequal { pictures: pictures.len(), classes: classes.len() });
        }
        let known = self.request.model.rule().classes;
        if let Some(class) = classes.iter().find(|class| **class >= known) {
            return Err(ExplainError::NoSuchClass { class: *class, classes: known });
        }
        let model = &self.request.model;
        let longest = model.input.batch.fixed().unwrap_or(model.most_together(self.request.options.max_batch)).max(1);
        let mut results = Vec::with_capacity(pictures.len());
        let (mut pictures, mut classes) = (pictures, classes);
        while let Some(first) = pictures.first() {
            let same = pictures.iter().take_while(|picture| picture.dim() == first.dim()).count();
            let length = same.min(longest);
            let (now, later) = pictures.split_at_checked(length).unwrap_or((pictures, &[]));
            let (own, others) = classes.split_at_checked(length).unwrap_or((classes, &[]));
            let packed = self.request.model.pack(now)?;
            if first.dim() != self.prepared.shape {
                self.prepared = self.request.prepare(first.dim())?;
            }
            self.run_batch(&packed.shape, &packed.data, own, target, &mut results)?;
            (pictures, classes) = (later, others);
        }
        Ok(results)
    }

    fn run_batch(
        &mut self,
        shape: &[usize],
        data: &[f32],
        classes: &[usize],
        target: Target,
        results: &mut Vec<FeatureGradients>,
    ) -> Result<(), ExplainError> {
        let (length, values) = (shape.first().copied().unwrap_or(0), self.request.values());
        let seed = one_hot(classes, length, values);
        let none = vec![0.0; seed.len()];
        let (logit, probability) = match target {
            Target::Logit => (&seed, &none),
            Target::Probability => (&none, &seed),
        };
        let seed_shape = [length, values];
        let mut inputs = vec![NamedInput { name: &self.request.model.input.name, shape, data }];
        if self.request.gradients {
            inputs.push(NamedInput { name: SEED_LOGIT, shape: &seed_shape, data: logit });
            inputs.push(NamedInput { name: SEED_PROBABILITY, shape: &seed_shape, data: probability });
        }
        let start = Instant::now();
        let found = self.prepared.session.run(&inputs)?;
        let elapsed_ms = start.elapsed().as_secs_f64() * 1e3 / classes.len().max(1) as f64;
        let (Some(scores), Some(logits), Some(activations)) = (found.first(), found.get(1), found.get(2)) else {
            return Err(ExplainError::Shape { what: "an output is missing".to_owned() });
        };
        let (scores, logits) = (per_picture(scores, length)?, per_picture(logits, length)?);
        let ran = (self.engine(), self.provider());
        for (index, class) in classes.iter().enumerate() {
            let row =
                |of: &ndarray::Array2<f32>| of.outer_iter().nth(index).map(|row| row.to_vec()).unwrap_or_default();
            let own_logits = row(&logits);
            let inference = self.request.model.inference(&row(&scores), Some(&own_logits), ran, elapsed_ms)?;
            let gradients = found.get(3).map(|values| planes(values, index, &self.prepared.layer)).transpose()?;
            results.push(FeatureGradients {
                inference,
                layer: Arc::clone(&self.prepared.layer),
                class: *class,
                target,
                score: score(&own_logits, *class, target, self.request.probabilities()),
                activations: planes(activations, index, &self.prepared.layer)?,
                gradients,
            });
        }
        Ok(())
    }
}

/// `[length, values]`: 1 at each picture's class. Of one value, class 1 is its positive side and class 0 its negative.
fn one_hot(classes: &[usize], length: usize, values: usize) -> Vec<f32> {
    let mut seed = vec![0.0; length * values];
    for (row, class) in seed.chunks_exact_mut(values.max(1)).zip(classes) {
        match row {
            [only] => *only = if *class == 0 { -1.0 } else { 1.0 },
            several => {
                if let Some(cell) = several.get_mut(*class) {
                    *cell = 1.0;
                }
            }
        }
    }
    seed
}

/// The number that is explained. A probability is the graph's own, without a manifest's temperature.
pub(super) fn score(logits: &[f32], class: usize, target: Target, probabilities: Probabilities) -> f32 {
    let own = match logits {
        [z] => f64::from(if class == 0 { -*z } else { *z }),
        several => f64::from(several.get(class).copied().unwrap_or(f32::NAN)),
    };
    match (target, probabilities) {
        (Target::Logit, _) => own as f32,
        (Target::Probability, Probabilities::Sigmoid) => (1.0 / (1.0 + (-own).exp())) as f32,
        (Target::Probability, Probabilities::Softmax) => {
            (1.0 / logits.iter().map(|z| (f64::from(*z) - own).exp()).sum::<f64>()) as f32
        }
    }
}

fn shape_error(error: &ndarray::ShapeError) -> ExplainError {
    ExplainError::Shape { what: error.to_string() }
}

/// `[length, values per picture]`.
fn per_picture(values: &ArrayD<f32>, length: usize) -> Result<ndarray::Array2<f32>, ExplainError> {
    let width = values.len() / length.max(1);
    let flat = values.to_shape((length, width)).map_err(|error| shape_error(&error))?;
    flat.into_owned().into_dimensionality::<Ix2>().map_err(|error| shape_error(&error))
}

/// One picture's `[channels, rows, cols]` out of a batch in the layer's layout; of a volume its slices one under another.
fn planes(values: &ArrayD<f32>, index: usize, layer: &FeatureMap) -> Result<Array3<f32>, ExplainError> {
    let mut found = planes_of_graph(values, index, layer)?;
    if layer.columns_first {
        found.swap_axes(1, 2);
        found = found.as_standard_layout().into_owned();
    }
    Ok(found)
}

/// The same as the graph has them.
fn planes_of_graph(values: &ArrayD<f32>, index: usize, layer: &FeatureMap) -> Result<Array3<f32>, ExplainError> {
    if values.ndim() < 3 || index >= values.len_of(Axis(0)) {
        return Err(ExplainError::Shape { what: format!("{:?}", values.shape()) });
    }
    let own: ArrayViewD<'_, f32> = values.index_axis(Axis(0), index);
    let cube = |own: ArrayViewD<'_, f32>| -> Result<Array3<f32>, ExplainError> {
        own.into_dimensionality::<Ix3>().map(|own| own.as_standard_layout().into_owned()).map_err(|e| shape_error(&e))
    };
    let under_another = |own: ArrayViewD<'_, f32>| -> Result<Array3<f32>, ExplainError> {
        let own = own.into_dimensionality::<Ix4>().map_err(|error| shape_error(&error))?;
        let (channels, depth, rows, cols) = own.dim();
        let own = own.as_standard_layout().into_owned();
        own.into_shape_with_order((channels, depth * rows, cols)).map_err(|error| shape_error(&error))
    };
    match layer.layout {
        MapLayout::Nchw => cube(own),
        MapLayout::Nhwc => cube(own.permuted_axes(vec![2, 0, 1])),
        MapLayout::Ncdhw => under_another(own),
        MapLayout::Ndhwc => under_another(own.permuted_axes(vec![3, 0, 1, 2])),
        MapLayout::Tokens { skip } => {
            let tokens = own.into_dimensionality::<Ix2>().map_err(|error| shape_error(&error))?;
            let patches = tokens.slice_axis(Axis(0), ndarray::Slice::from(skip..));
            let turned = patches.t().as_standard_layout().into_owned();
            let (rows, cols) = if layer.columns_first { (layer.cols, layer.rows) } else { (layer.rows, layer.cols) };
            turned.into_shape_with_order((layer.channels, rows, cols)).map_err(|error| shape_error(&error))
        }
    }
}
