//! Where the score came from, over the slice on the screen: what is asked, how far it is, how it looks.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{ModelFacts, TrustState};
use crate::explain::{FeatureMap, Method, SaliencyMap, Target};
use crate::render::{ColorMap, EvidenceMode, OverlayStyle, Scale, Threshold};
use crate::review::Explained;

/// One of the two pictures that are compared; without a comparison there is only the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    #[default]
    First,
    Second,
}

impl Pane {
    pub const ALL: [Self; 2] = [Self::First, Self::Second];
}

/// What a person asks of one pane.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct HeatmapQuestion {
    /// Class index; `None` is the predicted class.
    pub class: Option<usize>,
    /// A tensor's name; `None` is the default.
    pub layer: Option<String>,
    pub method: Method,
    pub target: Target,
}

/// A question about one slice of one scan to one model; equal requests have equal answers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HeatmapRequest {
    pub(super) model: u64,
    /// The generation of the scan on the screen.
    pub(super) scan: u64,
    /// Frame index, from 0.
    pub slice: usize,
    /// The predicted class is filled in where a prediction is there.
    pub question: HeatmapQuestion,
}

/// An answer.
#[derive(Debug)]
pub struct Heatmap {
    pub explained: Explained,
    /// Every layer that can be chosen, from the picture to the logits.
    pub layers: Arc<[FeatureMap]>,
    /// Why it is this layer, in words; `None` for a method that looks at no layer.
    pub layer_reason: Option<String>,
    /// The model that was asked.
    pub model: Arc<ModelFacts>,
}

impl Heatmap {
    pub fn map(&self) -> &SaliencyMap {
        &self.explained.map
    }
}

/// How far a pane's heatmap is.
#[derive(Clone, Debug, Default)]
pub enum HeatmapState {
    /// Nothing is asked: switched off, no model, or no picture.
    #[default]
    Off,
    Waiting {
        /// Changed pictures scored, of how many, for methods that need them.
        passes: Option<(usize, usize)>,
    },
    Ready(Arc<Heatmap>),
    /// The sentence.
    Failed(String),
}

/// How heatmaps look; changing it computes nothing anew.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HeatmapStyle {
    /// Evidence for and against the class, instead of only for it.
    pub signed: bool,
    /// 0 to 1.
    pub opacity: f32,
    /// Share of the scale below which nothing is coloured.
    pub threshold: f32,
    pub contour: bool,
    pub positive_colors: ColorMap,
    pub signed_colors: ColorMap,
    /// One scale for all that was seen with the same model, layer and method; else the shown map's own.
    pub shared_scale: bool,
}

impl Default for HeatmapStyle {
    fn default() -> Self {
        Self {
            signed: false,
            opacity: 0.5,
            threshold: 0.0,
            contour: false,
            positive_colors: ColorMap::Viridis,
            signed_colors: ColorMap::CoolWarm,
            shared_scale: true,
        }
    }
}

impl HeatmapStyle {
    /// The colour map of the mode in use.
    pub fn colors(&self) -> ColorMap {
        if self.signed { self.signed_colors } else { self.positive_colors }
    }

    /// The same with other colours in the mode in use.
    pub fn with_colors(self, colors: ColorMap) -> Self {
        if self.signed { Self { signed_colors: colors, ..self } } else { Self { positive_colors: colors, ..self } }
    }

    fn overlay(&self, reach: Reach) -> Option<OverlayStyle> {
        let (high, low) = if self.signed { (reach.magnitude, -reach.magnitude) } else { (reach.positive, 0.0) };
        (high > 0.0).then(|| OverlayStyle {
            mode: if self.signed { EvidenceMode::Signed } else { EvidenceMode::Positive },
            color_map: self.colors(),
            opacity: self.opacity,
            threshold: Threshold::Share(self.threshold),
            ..OverlayStyle::positive(Scale { low, high })
        })
    }
}

/// The largest evidence of one or several maps.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Reach {
    positive: f32,
    magnitude: f32,
}

impl Reach {
    fn of(map: &SaliencyMap) -> Self {
        let end = |scale: Option<Scale>| scale.map_or(0.0, |scale| scale.high);
        Self { positive: end(Scale::positive([map.for_scale()])), magnitude: end(Scale::signed([map.for_scale()])) }
    }

    fn with(self, other: Self) -> Self {
        Self { positive: self.positive.max(other.positive), magnitude: self.magnitude.max(other.magnitude) }
    }
}

/// Maps with the same numbers' meaning: model (sha256), layer, method, target.
type Kind = (String, Option<String>, Method, Target);

/// One pane: its question, what was asked of the worker, what came back.
#[derive(Clone, Debug, Default)]
pub(super) struct HeatmapPane {
    pub question: HeatmapQuestion,
    pub asked: Option<HeatmapRequest>,
    pub state: HeatmapState,
    pub trust: TrustState,
}

/// The model of the second pane, where it is another one.
#[derive(Clone, Debug)]
pub struct ComparedModel {
    /// The folder or the .onnx.
    pub path: PathBuf,
    pub(super) generation: u64,
    /// Known once its first heatmap is there.
    pub facts: Option<Arc<ModelFacts>>,
    /// Its layers, from the picture to the logits; empty before that.
    pub(super) layers: Arc<[FeatureMap]>,
    pub(super) default_layer: Option<String>,
}

/// Everything about heatmaps that outlives one slice.
#[derive(Clone, Debug, Default)]
pub struct Heatmaps {
    pub(super) on: bool,
    pub(super) compare: bool,
    pub(super) style: HeatmapStyle,
    panes: [HeatmapPane; 2],
    pub(super) compared: Option<ComparedModel>,
    /// Of the model in use.
    pub(super) layers: Option<Arc<[FeatureMap]>>,
    pub(super) default_layer: Option<String>,
    /// The largest evidence seen in this session.
    seen: HashMap<Kind, Reach>,
}

impl Heatmaps {
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// True where two heatmaps of the slice lie side by side.
    pub fn is_comparing(&self) -> bool {
        self.on && self.compare
    }

    /// The panes on the screen.
    pub fn panes(&self) -> &'static [Pane] {
        if self.is_comparing() { &[Pane::First, Pane::Second] } else { &[Pane::First] }
    }

    pub fn style(&self) -> HeatmapStyle {
        self.style
    }

    pub fn question(&self, pane: Pane) -> &HeatmapQuestion {
        &self.pane(pane).question
    }

    pub fn state(&self, pane: Pane) -> &HeatmapState {
        if self.on && self.panes().contains(&pane) { &self.pane(pane).state } else { &HeatmapState::Off }
    }

    pub fn ready(&self, pane: Pane) -> Option<&Arc<Heatmap>> {
        match self.state(pane) {
            HeatmapState::Ready(heatmap) => Some(heatmap),
            _ => None,
        }
    }

    /// The second pane's own model, where it has one.
    pub fn compared_model(&self) -> Option<&ComparedModel> {
        self.compared.as_ref()
    }

    /// What was measured of a pane's heatmap.
    pub fn trust(&self, pane: Pane) -> &TrustState {
        &self.pane(pane).trust
    }

    /// Layers of a pane's model that can be chosen; empty until its first heatmap of a layer is there.
    pub fn layers(&self, pane: Pane) -> &[FeatureMap] {
        match self.compared.as_ref().filter(|_| pane == Pane::Second) {
            Some(compared) => &compared.layers,
            None => self.layers.as_deref().unwrap_or_default(),
        }
    }

    /// The layer used where none is chosen, once that is known.
    pub fn default_layer(&self, pane: Pane) -> Option<&FeatureMap> {
        let name = match self.compared.as_ref().filter(|_| pane == Pane::Second) {
            Some(compared) => compared.default_layer.as_deref(),
            None => self.default_layer.as_deref(),
        }?;
        self.layers(pane).iter().find(|layer| layer.name == name)
    }

    /// How a pane's map is drawn. `None` where there is nothing to draw: no map yet, or a scale without any evidence.
    /// Panes that are compared have one scale where their numbers mean the same.
    pub fn overlay_style(&self, pane: Pane) -> Option<OverlayStyle> {
        let own = self.ready(pane)?;
        let units = own.map().method.is_in_score_units();
        let alike = |other: &&Arc<Heatmap>| {
            let (map, one_model) = (other.map(), other.model.sha256 == own.model.sha256);
            let in_units = units && map.method.is_in_score_units();
            map.target == own.map().target && (in_units || (one_model && map.method == own.map().method))
        };
        let ready = self.panes().iter().filter_map(|pane| self.ready(*pane)).filter(alike);
        let reach = ready.map(|heatmap| self.reach(heatmap)).fold(Reach::default(), Reach::with);
        self.style.overlay(reach)
    }

    fn reach(&self, heatmap: &Heatmap) -> Reach {
        let own = Reach::of(heatmap.map());
        if !self.style.shared_scale {
            return own;
        }
        self.seen.get(&kind(heatmap)).copied().unwrap_or_default().with(own)
    }

    /// Keeps a map's largest evidence for the shared scale.
    pub(super) fn remember(&mut self, heatmap: &Heatmap) {
        let reach = self.seen.entry(kind(heatmap)).or_default();
        *reach = reach.with(Reach::of(heatmap.map()));
    }

    pub(super) fn pane(&self, pane: Pane) -> &HeatmapPane {
        let [first, second] = &self.panes;
        if pane == Pane::First { first } else { second }
    }

    pub(super) fn pane_mut(&mut self, pane: Pane) -> &mut HeatmapPane {
        let [first, second] = &mut self.panes;
        if pane == Pane::First { first } else { second }
    }
}

fn kind(heatmap: &Heatmap) -> Kind {
    let map = heatmap.map();
    (heatmap.model.sha256.clone(), map.layer.as_ref().map(|layer| layer.name.clone()), map.method, map.target)
}
