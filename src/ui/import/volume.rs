//! How volumes are prepared, choice by choice.

use eframe::egui::{Checkbox, DragValue, Ui};

use super::rows;
use crate::preprocess::{Axes, VolumeRecipe, VolumeScale};
use crate::ui::widgets::{tip, weak};
use crate::ui::words::{Words, words};

/// Orientations that scripts ask for; others stay as the files say.
const AXES: [&str; 8] = ["RAS", "LPS", "LAS", "RPS", "SAR", "SPL", "SAL", "IPL"];

/// Draws the controls; what they say now, where something was changed.
pub(super) fn controls(ui: &mut Ui, recipe: &VolumeRecipe) -> Option<VolumeRecipe> {
    let words = words(ui);
    let mut next = *recipe;
    let known = AXES.iter().filter_map(|letters| Axes::try_from((*letters).to_owned()).ok());
    let mut all: Vec<Option<Axes>> = known.map(Some).chain([None]).collect();
    if !all.contains(&recipe.axes) {
        all.insert(0, recipe.axes);
    }
    let say = |axes: &Option<Axes>| orientation(words, *axes);
    if let Some(axes) = rows::choose(ui, words.text("import-orientation"), Some(&recipe.axes), &all, say) {
        next.axes = axes;
    }
    percentiles(ui, &mut next);
    scale(ui, &mut next);
    (next != *recipe).then_some(next)
}

fn orientation(words: Words, axes: Option<Axes>) -> String {
    match axes {
        None => words.text("import-axes-stored").to_owned(),
        Some(axes) if axes == Axes::RAS => words.text("import-axes-ras").to_owned(),
        Some(axes) => {
            let letters = axes.letters();
            let sides: Vec<&str> = letters.chars().map(|letter| side(words, letter)).collect();
            format!("{letters}: {}", sides.join(", "))
        }
    }
}

/// The side of the patient that a letter stands for.
fn side(words: Words, letter: char) -> &'static str {
    match letter {
        'R' => words.text("towards-right"),
        'L' => words.text("towards-left"),
        'A' => words.text("towards-front"),
        'P' => words.text("towards-back"),
        'S' => words.text("towards-head"),
        _ => words.text("towards-feet"),
    }
}

fn percentiles(ui: &mut Ui, recipe: &mut VolumeRecipe) {
    let words = words(ui);
    rows::row(ui, words.text("import-percentiles"), |ui| {
        let mut on = recipe.percentiles.is_some();
        let response = ui.add(Checkbox::new(&mut on, words.text("import-percentiles-cut")));
        tip(response, || words.text("import-percentiles-cut.tooltip").to_owned());
        if on != recipe.percentiles.is_some() {
            recipe.percentiles = on.then_some(VolumeRecipe::PERCENTILES);
        }
        if let Some([low, high]) = &mut recipe.percentiles {
            let (least, largest) = (*low, *high);
            ends(ui, (low, 0.0..=largest), (high, least..=100.0), " %");
        }
    });
}

fn scale(ui: &mut Ui, recipe: &mut VolumeRecipe) {
    let words = words(ui);
    let name = words.text("import-scale");
    rows::row(ui, name, |ui| {
        let is_range = matches!(recipe.scale, VolumeScale::Range(_));
        let width = ui.available_width() - if is_range { 168.0 } else { 0.0 };
        let now = VolumeScale::ALL.into_iter().find(|kind| kind.is_same_kind(recipe.scale));
        let say = |scale: &VolumeScale| words.volume_scale(*scale).to_owned();
        let chosen = rows::list(ui, name, width, now.as_ref(), &VolumeScale::ALL, say);
        if let VolumeScale::Range([low, high]) = &mut recipe.scale {
            let (least, largest) = (*low, *high);
            ends(ui, (low, -100_000.0..=largest - 1.0), (high, least + 1.0..=100_000.0), "");
        }
        if let Some(scale) = chosen.filter(|scale| !scale.is_same_kind(recipe.scale)) {
            recipe.scale = scale;
        }
    });
}

/// Two numbers, the lower first.
fn ends(
    ui: &mut Ui,
    (low, low_range): (&mut f64, std::ops::RangeInclusive<f64>),
    (high, high_range): (&mut f64, std::ops::RangeInclusive<f64>),
    suffix: &str,
) {
    let words = words(ui);
    let drag = |value, range| DragValue::new(value).range(range).speed(0.5).max_decimals(1).suffix(suffix);
    ui.add(drag(low, low_range)).accessible_name(words.text("import-lower-end"));
    weak(ui, "–");
    ui.add(drag(high, high_range)).accessible_name(words.text("import-upper-end"));
}
