//! The bars over and under the picture: zoom, window, slices, for those who do not know the keys yet.

use eframe::egui::{Button, Label, RichText, Slider, Ui, WidgetInfo};

use super::actions::Action;
use super::overlay::window_name;
use super::shell::Wishes;
use super::theme;
use super::widgets::{action_button, palette, toggle_button};
use super::words::words;
use crate::app::{AppState, Command, Current, WindowSource};
use crate::render::{full_range, percentiles, presets, suv_presets};
use crate::scan::Window;

pub(super) fn viewport_bar(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let Some(current) = state.current() else { return };
    ui.spacing_mut().interact_size.y = 28.0;
    ui.spacing_mut().button_padding.y = 4.0;
    ui.horizontal_centered(|ui| {
        ui.add_space(16.0);
        ui.spacing_mut().item_spacing.x = 6.0;
        action_button(ui, Action::Fit, wishes);
        action_button(ui, Action::ActualSize, wishes);
        window_menu(ui, current, wishes);
        toggle_button(ui, Action::Invert, state.invert(), wishes);
        toggle_button(ui, Action::Smooth, state.smooth(), wishes);
        toggle_button(ui, Action::Identity, state.shows_identity(), wishes);
        if state.model().facts().is_some() {
            let heatmaps = state.heatmaps();
            toggle_button(ui, Action::Heatmap, heatmaps.is_on(), wishes);
            if heatmaps.is_on() {
                toggle_button(ui, Action::Compare, heatmaps.is_comparing(), wishes);
            }
        }
    });
}

/// The bar under the picture of a scan with more than one slice.
pub(super) fn slice_bar(ui: &mut Ui, current: &Current, wishes: &mut Wishes) {
    ui.horizontal_centered(|ui| {
        ui.add_space(16.0);
        toggle_button(ui, Action::Play, current.playing, wishes);
        slices(ui, current, wishes);
    });
}

fn window_menu(ui: &mut Ui, current: &Current, wishes: &mut Wishes) {
    let windows = current.header_windows();
    let words = words(ui);
    ui.menu_button(words.text("window-menu"), |ui| {
        ui.set_min_width(200.0);
        for (n, window) in windows.iter().enumerate() {
            let name = window_name(words, window, WindowSource::Header(n));
            let on = current.window_source == WindowSource::Header(n);
            if ui.add(Button::selectable(on, name)).clicked() {
                wishes.commands.push(Command::HeaderWindow(n));
            }
        }
        for window in of_modality(current) {
            let on = current.window_source == WindowSource::Preset && current.window.as_ref() == Some(&window);
            if ui.add(Button::selectable(on, words.preset(&window))).clicked() {
                wishes.commands.push(Command::PresetWindow(window));
            }
        }
        // Every value is looked at for these: only when one is chosen, not in every frame of the open menu.
        if let Some(shown) = &current.shown {
            let frame = shown.picture.frame();
            if ui.add(Button::selectable(false, words.text("preset-percentiles"))).clicked() {
                wishes.commands.push(Command::PresetWindow(percentiles(frame, 1.0, 99.0)));
            }
            if ui.add(Button::selectable(false, words.text("preset-full-range"))).clicked() {
                wishes.commands.push(Command::PresetWindow(full_range(frame)));
            }
        }
        for action in [Action::AutoWindow, Action::ResetWindow] {
            let entry = action.entry();
            let key = entry.key_text().unwrap_or_default();
            if ui.add(Button::new(entry.name(words)).shortcut_text(key).frame_when_inactive(false)).clicked() {
                wishes.actions.push(action);
            }
        }
    })
    .response
    .on_hover_text(words.text("window-menu.tooltip"));
}

/// Windows that readers know by name, for values like these.
fn of_modality(current: &Current) -> Vec<Window> {
    let Some(scan) = &current.scan else { return Vec::new() };
    let meta = &scan.meta;
    let windows = presets(meta.modality.as_deref(), meta.unit.as_deref());
    match meta.suv {
        Some(Ok(factor)) if windows.is_empty() => suv_presets(factor),
        _ => windows,
    }
}

fn slices(ui: &mut Ui, current: &Current, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let frames = current.frames();
    let mut place = current.wanted_frame + 1;
    ui.add(Label::new(RichText::new(words.text("slice")).font(theme::small()).color(p.weak)));
    // Of one width whatever it shows, so that nothing jumps.
    let text = format!("{place} / {frames}");
    ui.add_sized([72.0, 20.0], Label::new(RichText::new(text).font(theme::small()).color(p.text)));
    ui.spacing_mut().interact_size.y = 18.0; // the handle's size follows it
    ui.spacing_mut().slider_width = (ui.available_width() - 16.0).max(64.0);
    let slider = ui.add(Slider::new(&mut place, 1..=frames).show_value(false));
    slider.widget_info(|| WidgetInfo::slider(true, place as f64, words.text("slice")));
    if slider.changed() {
        wishes.commands.push(Command::GoToFrame(place.saturating_sub(1)));
    }
}
