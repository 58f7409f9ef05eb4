//! Parameters of preprocessing steps: as the manifest writes them in English, in words elsewhere.

use super::{Language, Words};
use crate::app::StepFacts;
use crate::preprocess::Filter;

impl Words {
    /// `size 224 224`, `filter bilinear`, `as tensorflow`.
    pub fn parameters(self, step: &StepFacts) -> Vec<String> {
        step.parameters.iter().map(|(name, value)| self.parameter(name, value)).collect()
    }

    /// How pixels are put together in a resize.
    pub fn filter(self, filter: Filter) -> String {
        let known = self.parameter_value(filter.name()).filter(|_| self.language() != Language::English);
        known.map_or_else(|| filter.name().replace('_', " "), str::to_owned)
    }

    fn parameter(self, name: &str, value: &str) -> String {
        if self.language() == Language::English {
            return format!("{name} {value}");
        }
        let shown = self.parameter_value(value).map_or_else(|| value.to_owned(), str::to_owned);
        match self.parameter_name(name) {
            Some(known) => format!("{known} {shown}"),
            None => format!("{name} {shown}"),
        }
    }

    /// Names that need no word of their own (`sigma`) have none.
    fn parameter_name(self, name: &str) -> Option<&'static str> {
        Some(match name {
            "size" => self.text("parameter-size"),
            "window" => self.text("parameter-window"),
            "low" => self.text("parameter-low"),
            "high" => self.text("parameter-high"),
            "center" => self.text("parameter-center"),
            "width" => self.text("parameter-width"),
            "function" => self.text("parameter-function"),
            "as" => self.text("parameter-as"),
            "filter" => self.text("parameter-filter"),
            "antialias" => self.text("parameter-antialias"),
            "columns_first" => self.text("parameter-columns-first"),
            "fill" => self.text("parameter-fill"),
            "factor" | "scale" => self.text("parameter-factor"),
            "offset" => self.text("parameter-offset"),
            "mean" => self.text("parameter-mean"),
            "std" => self.text("parameter-std"),
            "order" => self.text("parameter-order"),
            "kernel" => self.text("parameter-kernel"),
            "iterations" => self.text("parameter-iterations"),
            "clip_limit" => self.text("parameter-clip-limit"),
            "tiles" => self.text("parameter-tiles"),
            "kind" => self.text("parameter-kind"),
            "image" => self.text("parameter-image"),
            "smoothed" => self.text("parameter-smoothed"),
            "axes" => self.text("parameter-axes"),
            "nonzero" => self.text("parameter-nonzero"),
            "from" => self.text("parameter-from"),
            "to" => self.text("parameter-to"),
            "clip" => self.text("parameter-clip"),
            _ => return None,
        })
    }

    /// Numbers, orientations and other tools' names stay.
    fn parameter_value(self, value: &str) -> Option<&'static str> {
        Some(match value {
            "header" => self.text("value-header"),
            "percentile" => self.text("value-percentile"),
            "full" => self.text("value-full"),
            "none" => self.text("value-none"),
            "linear" => self.text("value-linear"),
            "sigmoid" => self.text("value-sigmoid"),
            "true" => self.text("value-true"),
            "false" => self.text("value-false"),
            "nearest" => self.text("value-nearest"),
            "bilinear" => self.text("value-bilinear"),
            "bicubic" => self.text("value-bicubic"),
            "area" => self.text("value-area"),
            "gaussian" => self.text("value-gaussian"),
            "average" => self.text("value-average"),
            "median" => self.text("value-median"),
            "bgr" => self.text("value-bgr"),
            "rgb" => self.text("value-rgb"),
            "pillow" => self.text("value-pillow"),
            "tensorflow" => self.text("value-tensorflow"),
            "torch" => self.text("value-torch"),
            "opencv" => self.text("value-opencv"),
            "keras" => self.text("value-keras"),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::{PRESETS, VolumeRecipe, VolumeScale};

    /// Names and values of every preset's steps.
    fn written() -> Vec<(String, String)> {
        let picture = PRESETS.iter().flat_map(|preset| preset.recipe().steps(Some([224, 224]), 3));
        let picture = picture.map(|step| serde_json::to_value(step).unwrap());
        let volumes = VolumeScale::ALL.map(|scale| VolumeRecipe { axes: None, percentiles: Some([1.0, 99.0]), scale });
        let volumes = volumes.into_iter().flat_map(|recipe| recipe.steps(Some([8, 8, 8])));
        let all = picture.chain(volumes.map(|step| serde_json::to_value(step).unwrap()));
        let fields = all.flat_map(|step| step.as_object().unwrap().clone());
        let text = |value: serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        fields.filter(|(name, _)| name != "step").map(|(name, value)| (name, text(value))).collect()
    }

    #[test]
    fn parameters_of_all_presets_are_said_in_korean() {
        let words = Words::new(Language::Korean);
        for (name, value) in written() {
            let said = words.parameter(&name, &value);
            assert!(said.chars().any(|c| ('가'..='힣').contains(&c)), "{name} {value} is said as {said}");
        }
        assert_eq!(words.parameter("filter", "bilinear"), "보간 쌍선형(bilinear)");
        assert_eq!(words.parameter("sigma", "2"), "sigma 2");
        assert_eq!(Words::new(Language::English).parameter("as", "pillow"), "as pillow");
    }
}
