//! A model's facts, an engine's and a heatmap's in words.

use super::{Value, Words};
use crate::app::{EngineFacts, Fact, Golden, Item, ModelFacts};
use crate::engine::{Combine, EngineKind, PatientAxis, Provider, SliceChoice};
use crate::explain::{FeatureMap, MapLayout, Method};
use crate::render::{ColorMap, Plane};
use crate::review::golden::{Compared, Place};
use crate::scan::Window;

impl Words {
    /// A case's name; of a series with the number of files.
    pub fn item(self, item: &Item) -> String {
        match item.files.len() {
            0 | 1 => item.name.clone(),
            count => self.with("series-name", &[("name", (&item.name).into()), ("count", count.into())]),
        }
    }

    /// A class's name, or its number where it has none.
    pub fn class(self, facts: &ModelFacts, index: usize) -> String {
        facts.class_name(index).map_or_else(|| self.unnamed_class(index), str::to_owned)
    }

    fn unnamed_class(self, index: usize) -> String {
        self.with("class-unnamed", &[("index", index.into())])
    }

    /// `True: 2gr  Pred: 1gr`, as readers of this field write it.
    pub fn caption(self, facts: &ModelFacts, truth: Option<usize>, predicted: Option<usize>) -> String {
        let name = |class: Option<usize>| class.map_or_else(|| "–".to_owned(), |class| self.class(facts, class));
        self.with("caption", &[("truth", name(truth).into()), ("predicted", name(predicted).into())])
    }

    /// The same in two lines.
    pub fn caption_lines(self, facts: &ModelFacts, truth: Option<usize>, predicted: Option<usize>) -> (String, String) {
        let name = |class: Option<usize>| class.map_or_else(|| "–".to_owned(), |class| self.class(facts, class));
        let (truth, predicted) = (name(truth), name(predicted));
        (
            self.with("caption-truth", &[("truth", truth.into())]),
            self.with("caption-predicted", &[("predicted", predicted.into())]),
        )
    }

    /// A score in two digits that never rounds a doubt away: `0.98`, `>0.99`.
    pub fn short_score(self, score: f32) -> String {
        match score {
            score if (0.995..1.0).contains(&score) => ">0.99".to_owned(),
            score if score > 0.0 && score < 0.005 => "<0.01".to_owned(),
            score => format!("{score:.2}"),
        }
    }

    /// `98/s · 1 min 18 s left`.
    pub fn pace(self, rate: f64, seconds: f64) -> String {
        let rate = if rate < 10.0 { format!("{rate:.1}") } else { format!("{rate:.0}") };
        let seconds = seconds.clamp(0.0, 359_999.0) as u64;
        let left = match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
            (0, 0, s) => self.with("time-s", &[("s", s.into())]),
            (0, m, s) => self.with("time-m-s", &[("m", m.into()), ("s", s.into())]),
            (h, m, _) => self.with("time-h-m", &[("h", h.into()), ("m", m.into())]),
        };
        self.with("prediction-pace", &[("rate", rate.into()), ("left", left.into())])
    }

    /// The word for a class's number: only a stated calibration makes it a probability.
    pub fn score(self, facts: &ModelFacts) -> &'static str {
        if facts.calibrated { self.text("probability") } else { self.text("score") }
    }

    /// What became of the golden cases, and whether that is good; `None` where there are none.
    pub fn golden(self, golden: &Golden) -> Option<(String, Option<bool>)> {
        match golden {
            Golden::None => None,
            Golden::Waiting { cases } => Some((self.with("golden-waiting", &[("cases", (*cases).into())]), None)),
            Golden::Checked { passed, cases, pictures, compared, largest_difference, .. } => {
                let difference = largest_difference.map_or_else(|| "–".to_owned(), |found| format!("{found:.1e}"));
                let what = match *pictures {
                    0 => self.text("golden-arrays"),
                    all if all == *cases => self.text("golden-pictures"),
                    _ => self.text("golden-cases"),
                };
                let numbers = match compared {
                    Some(Compared::Logits) => self.text("golden-logits"),
                    Some(Compared::Probabilities) => self.text("golden-probabilities"),
                    None => self.text("golden-numbers"),
                };
                let values = [
                    ("passed", (*passed).into()),
                    ("cases", (*cases).into()),
                    ("what", what.into()),
                    ("numbers", numbers.into()),
                    ("difference", difference.into()),
                ];
                Some((self.with("golden-checked", &values), Some(passed == cases)))
            }
        }
    }

    /// What the golden cases that were run prove, and where one differs; empty before.
    pub fn golden_proof(self, golden: &Golden) -> String {
        let Golden::Checked { cases, pictures, own, place, problem, .. } = golden else { return String::new() };
        let mut said = vec![match *pictures {
            0 => self.text("golden-proves-network").to_owned(),
            all if all == *cases => self.text("golden-proves-all").to_owned(),
            some => self.with("golden-proves-both", &[("pictures", some.into()), ("arrays", (cases - some).into())]),
        }];
        if *own > 0 {
            said.push(self.with("golden-own", &[("own", (*own).into())]));
        }
        said.extend(place.map(|place| {
            let place = match place {
                Place::Preprocessing => "golden-differs-preprocessing",
                Place::Network => "golden-differs-network",
                Place::Both => "golden-differs-both",
            };
            self.text(place).to_owned()
        }));
        said.extend(problem.clone());
        said.join("\n")
    }

    /// A fact's name and value.
    pub fn fact(self, fact: &Fact) -> (&'static str, String) {
        match fact {
            Fact::Classes { count, names } => {
                let unnamed = || (0..*count).map(|index| self.unnamed_class(index)).collect();
                (self.text("model-classes"), names.clone().unwrap_or_else(unnamed).join(", "))
            }
            Fact::Input { depth, cols, rows, channels, layout } => {
                let side = |value: &Option<usize>| -> Value<'_> {
                    value.map_or_else(|| self.text("model-any-size").into(), Value::from)
                };
                let values = [
                    ("depth", side(depth)),
                    ("cols", side(cols)),
                    ("rows", side(rows)),
                    ("channels", (*channels).into()),
                    ("layout", layout.to_string().into()),
                ];
                let value = if layout.is_volume() { "model-input-volume" } else { "model-input-value" };
                (self.text("model-input"), self.with(value, &values))
            }
            Fact::Output(kind) => (self.text("model-output"), kind.to_string()),
            Fact::Slices { slices, combine } => {
                (self.text("model-slices"), self.slices(slices.as_ref(), combine.as_ref()))
            }
        }
    }

    fn slices(self, slices: Option<&SliceChoice>, combine: Option<&Combine>) -> String {
        let combine = combine.map(|combine| match combine {
            Combine::MeanLogits => self.text("model-combine-mean-logits"),
            Combine::MeanProbabilities => self.text("model-combine-mean-probabilities"),
            Combine::Max => self.text("model-combine-max"),
            Combine::Each => self.text("model-combine-each"),
        });
        match (slices.map(|slices| self.slice_choice(slices)), combine) {
            (Some(slices), Some(combine)) => {
                self.with("model-slices-combined", &[("slices", slices.into()), ("combine", combine.into())])
            }
            (Some(slices), None) => slices,
            (None, Some(combine)) => self.with("model-combined", &[("combine", combine.into())]),
            (None, None) => String::new(),
        }
    }

    /// Slices are counted from 1 on the screen.
    fn slice_choice(self, slices: &SliceChoice) -> String {
        match slices {
            SliceChoice::Middle => self.text("model-slices-middle").to_owned(),
            SliceChoice::All => self.text("model-slices-all").to_owned(),
            SliceChoice::Index(index) => (index + 1).to_string(),
            SliceChoice::EveryNth(n) => self.with("model-slices-every-nth", &[("n", (*n).into())]),
            SliceChoice::Indices(indices) => list(indices.iter().map(|index| index + 1)),
            SliceChoice::PositionsMm { positions_mm, axis } => {
                let axis = match axis {
                    PatientAxis::X => "x",
                    PatientAxis::Y => "y",
                    PatientAxis::Z => "z",
                };
                self.with("model-slices-positions", &[("list", list(positions_mm).into()), ("axis", axis.into())])
            }
        }
    }

    /// `ONNX Runtime 1.31.1`.
    pub fn engine(self, engine: &EngineFacts) -> String {
        match engine.kind {
            EngineKind::OnnxRuntime => format!("ONNX Runtime {}", engine.version).trim_end().to_owned(),
            EngineKind::Embedded if engine.version.is_empty() => self.text("engine-embedded-alone").to_owned(),
            EngineKind::Embedded => self.with("engine-embedded", &[("version", (&engine.version).into())]),
        }
    }

    pub fn provider(self, provider: Provider) -> String {
        match provider {
            Provider::Cpu | Provider::Cuda => provider.to_string(),
            Provider::CudaAndCpu => self.text("engine-both").to_owned(),
        }
    }

    /// A preprocessing step's name; the manifest's own where it has no other.
    pub fn step(self, name: &str) -> String {
        self.find(&format!("step-{}", name.replace('_', "-"))).unwrap_or(name).to_owned()
    }

    /// A method as its paper writes it.
    pub fn method(self, method: Method) -> &'static str {
        match method {
            Method::Random => self.text("heatmap-method-random"),
            Method::Occlusion => self.text("heatmap-method-occlusion"),
            // Proper names.
            Method::GradCam
            | Method::GradCamPlusPlus
            | Method::HiResCam
            | Method::XGradCam
            | Method::LayerCam
            | Method::EigenCam
            | Method::Cam
            | Method::ScoreCam
            | Method::Rise => method.title(),
        }
    }

    /// `Relu, 14 x 14 x 64`.
    pub fn layer(self, layer: &FeatureMap) -> String {
        let values = [
            ("op", (&layer.op).into()),
            ("depth", layer.depth.map_or(1, |depth| depth.cells).into()),
            ("rows", layer.rows.into()),
            ("cols", layer.cols.into()),
            ("channels", layer.channels.into()),
        ];
        match layer.layout {
            MapLayout::Tokens { .. } => self.with("heatmap-layer-tokens", &values),
            MapLayout::Nchw | MapLayout::Nhwc => self.with("heatmap-layer-words", &values),
            MapLayout::Ncdhw | MapLayout::Ndhwc => self.with("heatmap-layer-volume", &values),
        }
    }

    /// A window that readers know by name.
    pub fn preset(self, window: &Window) -> String {
        let name = window.name.as_deref().unwrap_or_default();
        let known = match name.to_lowercase().as_str() {
            "brain" => self.text("preset-brain"),
            "subdural" => self.text("preset-subdural"),
            "stroke" => self.text("preset-stroke"),
            "temporal bone" => self.text("preset-temporal-bone"),
            "head and neck" => self.text("preset-head-and-neck"),
            "lung" => self.text("preset-lung"),
            "mediastinum" => self.text("preset-mediastinum"),
            "abdomen" => self.text("preset-abdomen"),
            "liver" => self.text("preset-liver"),
            "spine" => self.text("preset-spine"),
            "bone" => self.text("preset-bone"),
            "full" => self.text("preset-full-range"),
            "percentiles 1 to 99" => self.text("preset-percentiles"),
            // SUV and numbers read the same everywhere.
            _ => return name.to_owned(),
        };
        known.to_owned()
    }

    pub fn plane(self, plane: Plane) -> &'static str {
        match plane {
            Plane::Axial => self.text("plane-axial"),
            Plane::Coronal => self.text("plane-coronal"),
            Plane::Sagittal => self.text("plane-sagittal"),
        }
    }

    pub fn colours(self, colours: ColorMap) -> &'static str {
        match colours {
            ColorMap::CoolWarm => self.text("colours-cool-warm"),
            ColorMap::Gray => self.text("colours-gray"),
            ColorMap::InvertedGray => self.text("colours-inverted-gray"),
            // Proper names.
            ColorMap::Viridis
            | ColorMap::Inferno
            | ColorMap::Magma
            | ColorMap::Jet
            | ColorMap::HotIron
            | ColorMap::Pet
            | ColorMap::HotMetalBlue
            | ColorMap::Pet20Step => colours.label(),
        }
    }
}

fn list<T: ToString>(values: impl IntoIterator<Item = T>) -> String {
    values.into_iter().map(|value| value.to_string()).collect::<Vec<_>>().join(" ")
}
