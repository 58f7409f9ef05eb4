//! How pictures are prepared, in words.

use super::Words;
use crate::engine::Origin;
use crate::preprocess::{Fit, Preset, RangeChoice, Recipe, Scale, Step, VolumeScale};

impl Words {
    /// What a preset does and who uses it.
    pub fn preset_about(self, preset: &Preset) -> &'static str {
        self.find(&format!("recipe-{}", preset.name)).unwrap_or(preset.about)
    }

    /// What people call it; its name goes beside it, as the command line takes it.
    pub fn preset_title(self, preset: &Preset) -> &'static str {
        self.find(&format!("recipe-{}.title", preset.name)).unwrap_or(preset.name)
    }

    pub fn volume_scale(self, scale: VolumeScale) -> &'static str {
        match scale {
            VolumeScale::AsStored => self.text("volume-as-stored"),
            VolumeScale::Zscore { nonzero: true } => self.text("volume-zscore-nonzero"),
            VolumeScale::Zscore { nonzero: false } => self.text("volume-zscore"),
            VolumeScale::MinMax => self.text("volume-min-max"),
            VolumeScale::Range(_) => self.text("volume-range"),
        }
    }

    pub fn scale(self, scale: Scale) -> &'static str {
        match scale {
            Scale::Raw => self.text("scale-raw"),
            Scale::Unit => self.text("scale-unit"),
            Scale::Signed => self.text("scale-signed"),
            Scale::Caffe => self.text("scale-caffe"),
            Scale::ImageNet => self.text("scale-imagenet"),
            Scale::Clip => self.text("scale-clip"),
            Scale::Xray => self.text("scale-xray"),
            Scale::Standardize => self.text("scale-standardize"),
            Scale::MinMax => self.text("scale-min-max"),
        }
    }

    /// Its kind, without the share or the value.
    pub fn fit(self, fit: Fit) -> &'static str {
        match fit {
            Fit::Squash => self.text("fit-squash"),
            Fit::Crop(_) => self.text("fit-crop"),
            Fit::Letterbox(_) => self.text("fit-letterbox"),
            Fit::Square(_) => self.text("fit-square"),
        }
    }

    fn whole_fit(self, fit: Fit) -> String {
        match fit {
            Fit::Squash => self.text("fit-squash").to_owned(),
            Fit::Crop(share) => format!("{} {:.0} %", self.text("fit-crop"), share * 100.0),
            Fit::Letterbox(fill) | Fit::Square(fill) => format!("{} ({fill})", self.fit(fit)),
        }
    }

    pub fn range_choice(self, range: Option<RangeChoice>) -> &'static str {
        match range {
            Some(RangeChoice::Header) => self.text("range-header"),
            Some(RangeChoice::Percentile) => self.text("range-percentile"),
            Some(RangeChoice::Full) => self.text("range-full"),
            None => self.text("range-none"),
        }
    }

    /// `values 0 to 1 · Pillow bilinear · squashed`.
    pub fn recipe(self, recipe: &Recipe) -> String {
        let mut said = vec![self.scale(recipe.scale).to_owned()];
        said.extend(recipe.swap.then(|| self.text("recipe-blue-first").to_owned()));
        said.extend(recipe.grey.then(|| self.text("recipe-grey").to_owned()));
        said.extend(recipe.invert.then(|| self.text("recipe-inverted").to_owned()));
        said.push(recipe.resampler.title());
        said.push(self.whole_fit(recipe.fit));
        said.extend((recipe.range != Some(RangeChoice::Header)).then(|| self.range_choice(recipe.range).to_owned()));
        said.extend(recipe.before.iter().chain(&recipe.after).map(Step::name).map(|name| self.step(name)));
        said.join(" · ")
    }

    /// What the doctor is trying.
    pub fn doctor_stage(self, stage: &str) -> &'static str {
        match stage {
            "scale, colours, inversion" => self.text("doctor-stage-values"),
            "fit" => self.text("doctor-stage-fit"),
            "resizing" | "fit and resizing" => self.text("doctor-stage-resizing"),
            "every combination" | "what is left" => self.text("doctor-stage-every"),
            "all pictures" => self.text("doctor-stage-all"),
            _ => self.text("doctor-running"),
        }
    }

    /// Where a value comes from; `None` for the graph, which needs no word.
    pub fn origin(self, origin: Origin, from: &str) -> String {
        match origin {
            Origin::Assumed => self.text("origin-assumed").to_owned(),
            Origin::Declared if from == "given" => self.text("origin-given").to_owned(),
            Origin::Declared if from == "metadata.json" => from.to_owned(),
            Origin::Declared => self.text("origin-graph").to_owned(),
            // A file's name and the tool that writes it.
            Origin::Imported => from.to_owned(),
        }
    }
}
