//! How pictures are prepared, choice by choice.

use eframe::egui::{Checkbox, CollapsingHeader, DragValue, RichText, Ui};

use super::rows;
use crate::preprocess::{Fit, Library, RangeChoice, Recipe, Resampler, Scale, SmoothKind, Step};
use crate::ui::theme;
use crate::ui::widgets::palette;
use crate::ui::words::{Words, words};

const RANGES: [Option<RangeChoice>; 4] =
    [Some(RangeChoice::Header), Some(RangeChoice::Percentile), Some(RangeChoice::Full), None];
/// The usual value of each kind.
const FITS: [Fit; 4] = [Fit::Squash, Fit::Crop(0.875), Fit::Letterbox(0.0), Fit::Square(0.0)];

/// Draws the controls; what they say now, where something was changed. `is_resized` is false where the graph resizes
/// the picture itself.
pub(super) fn controls(ui: &mut Ui, recipe: &Recipe, channels: usize, is_resized: bool) -> Option<Recipe> {
    let words = words(ui);
    let mut next = recipe.clone();
    let scales: Vec<Scale> = Scale::ALL.into_iter().filter(|scale| scale.fits(channels)).collect();
    let say = |scale: &Scale| words.scale(*scale).to_owned();
    if let Some(scale) = rows::choose(ui, words.text("import-scale"), Some(&recipe.scale), &scales, say) {
        next.scale = scale;
    }
    colours(ui, &mut next, channels);
    if is_resized {
        fit(ui, &mut next);
        resampler(ui, &mut next);
    }
    let title = RichText::new(words.text("import-more")).font(theme::small()).color(palette(ui).weak);
    let unusual = recipe.range != Some(RangeChoice::Header) || !recipe.before.is_empty() || !recipe.after.is_empty();
    CollapsingHeader::new(title).id_salt("more").default_open(unusual).show_unindented(ui, |ui| {
        more(ui, &mut next, is_resized);
    });
    (next != *recipe).then_some(next)
}

/// What few scripts do.
fn more(ui: &mut Ui, next: &mut Recipe, is_resized: bool) {
    let words = words(ui);
    let say = |range: &Option<RangeChoice>| words.range_choice(*range).to_owned();
    if let Some(range) = rows::choose(ui, words.text("import-range"), Some(&next.range), &RANGES, say) {
        next.range = range;
    }
    if is_resized {
        details_of_resize(ui, &mut next.resampler);
    }
    steps(ui, next);
}

fn colours(ui: &mut Ui, recipe: &mut Recipe, channels: usize) {
    let words = words(ui);
    rows::row(ui, words.text("import-colours"), |ui| {
        if channels == 3 {
            check(ui, &mut recipe.swap, words.text("import-bgr"), words.text("import-bgr.tooltip"));
            check(ui, &mut recipe.grey, words.text("import-grey"), words.text("import-grey.tooltip"));
        }
        check(ui, &mut recipe.invert, words.text("import-invert"), words.text("import-invert.tooltip"));
    });
}

fn check(ui: &mut Ui, on: &mut bool, name: &str, tooltip: &str) {
    ui.add(Checkbox::new(on, name)).on_hover_text(tooltip);
}

fn fit(ui: &mut Ui, recipe: &mut Recipe) {
    let words = words(ui);
    rows::row(ui, words.text("import-fit"), |ui| {
        let has_value = recipe.fit != Fit::Squash;
        let width = ui.available_width() - if has_value { 88.0 } else { 0.0 };
        let kind = FITS.iter().find(|kind| is_same_kind(**kind, recipe.fit)).copied();
        let say = |fit: &Fit| words.fit(*fit).to_owned();
        let chosen = rows::list(ui, words.text("import-fit"), width, kind.as_ref(), &FITS, say);
        match &mut recipe.fit {
            Fit::Squash => {}
            Fit::Crop(share) => {
                let mut percent = *share * 100.0;
                let drag = DragValue::new(&mut percent).range(50.0..=100.0).speed(0.25).max_decimals(1).suffix(" %");
                let response = ui.add(drag).on_hover_text(words.text("import-crop.tooltip"));
                if response.accessible_name(words.text("import-crop")).changed() {
                    *share = percent / 100.0;
                }
            }
            Fit::Letterbox(fill) | Fit::Square(fill) => {
                let drag = DragValue::new(fill).range(0.0..=255.0).speed(1.0).max_decimals(0);
                let response = ui.add(drag).on_hover_text(words.text("import-fill.tooltip"));
                response.accessible_name(words.text("import-fill"));
            }
        }
        if let Some(fit) = chosen {
            recipe.fit = fit;
        }
    });
}

fn is_same_kind(one: Fit, other: Fit) -> bool {
    std::mem::discriminant(&one) == std::mem::discriminant(&other)
}

fn resampler(ui: &mut Ui, recipe: &mut Recipe) {
    let words = words(ui);
    rows::row(ui, words.text("import-resize"), |ui| {
        let name = words.text("import-resize");
        let half = (ui.available_width() - 8.0) / 2.0;
        let now = recipe.resampler;
        let say = |library: &Library| library.title().to_owned();
        if let Some(library) = rows::list(ui, name, half, Some(&now.library), &Library::ALL, say) {
            // The same filter where the library has it.
            let filter = library.filters().iter().find(|filter| **filter == now.filter);
            recipe.resampler = Resampler::new(library, filter.copied().unwrap_or_default());
        }
        let say = |filter: &crate::preprocess::Filter| words.filter(*filter);
        let filters = now.library.filters();
        let name = words.text("import-filter");
        if let Some(filter) = rows::list(ui, name, half, Some(&now.filter), filters, say) {
            recipe.resampler.filter = filter;
        }
    });
}

/// What a library does only where it is asked to.
fn details_of_resize(ui: &mut Ui, resampler: &mut Resampler) {
    let words = words(ui);
    let Some((name, tooltip)) = extra(words, resampler.library) else { return };
    rows::row(ui, words.text("import-resize"), |ui| {
        if resampler.library == Library::Pillow {
            check(ui, &mut resampler.columns_first, name, tooltip);
            return;
        }
        let mut smooth = resampler.antialias == Some(true);
        check(ui, &mut smooth, name, tooltip);
        if smooth != (resampler.antialias == Some(true)) {
            resampler.antialias = smooth.then_some(true);
        }
    });
}

/// What a library's resize may do besides.
fn extra(words: Words, library: Library) -> Option<(&'static str, &'static str)> {
    match library {
        Library::Pillow => Some((words.text("import-pillow-old"), words.text("import-pillow-old.tooltip"))),
        Library::Tensorflow | Library::Keras | Library::Torch => {
            Some((words.text("import-antialias"), words.text("import-antialias.tooltip")))
        }
        Library::Opencv | Library::Torchvision => None,
    }
}

/// Steps of the usual chains, with their usual parameters.
fn steps(ui: &mut Ui, recipe: &mut Recipe) {
    let words = words(ui);
    let before = [
        Step::Opening { kernel: 5, iterations: 1 },
        Step::Equalize {},
        Step::Clahe { clip_limit: 40.0, tiles: [8, 8] },
    ];
    let gaussian = SmoothKind::Gaussian;
    let after = [
        Step::Smooth { kind: gaussian, kernel: 11, sigma: 0.0 },
        Step::OverlapMerge { image: 4.0, smoothed: -4.0, offset: 128.0, kind: gaussian, kernel: 11, sigma: 0.0 },
        Step::MultiplyMerge { scale: 1.0 / 255.0, kind: SmoothKind::Average, kernel: 11, sigma: 0.0 },
    ];
    rows::row(ui, words.text("import-before"), |ui| toggles(ui, &mut recipe.before, &before));
    rows::row(ui, words.text("import-after"), |ui| toggles(ui, &mut recipe.after, &after));
}

fn toggles(ui: &mut Ui, steps: &mut Vec<Step>, known: &[Step]) {
    let words = words(ui);
    ui.horizontal_wrapped(|ui| {
        for step in known {
            let mut on = steps.iter().any(|own| own.name() == step.name());
            let was = on;
            ui.add(Checkbox::new(&mut on, words.step(step.name())));
            if on && !was {
                steps.push(step.clone());
            } else if was && !on {
                steps.retain(|own| own.name() != step.name());
            }
        }
    });
}
