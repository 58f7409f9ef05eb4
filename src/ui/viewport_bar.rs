//! The bars over and under the picture: zoom, window, slices, for those who do not know the keys yet.

use eframe::egui::{Button, Label, RichText, ScrollArea, Slider, Ui, WidgetInfo};

use super::actions::Action;
use super::menus::{MARK_ROOM, action_entry, compact, marked_entry};
use super::overlay::window_name;
use super::shell::{Look, Wishes};
use super::theme;
use super::widgets::{action_button, palette, toggle_button};
use super::words::words;
use crate::app::{AppState, Command, Current, Layout, Link, Tool, ValueWindow, WindowSource};
use crate::render::{ColorMap, Plane, presets, suv_presets};
use crate::scan::Window;

pub(super) fn viewport_bar(ui: &mut Ui, state: &AppState, look: &Look, wishes: &mut Wishes) {
    ui.spacing_mut().interact_size.y = 28.0;
    ui.spacing_mut().button_padding = eframe::egui::vec2(10.0, 4.0);
    ui.horizontal_centered(|ui| {
        ui.add_space(16.0);
        ui.spacing_mut().item_spacing.x = 6.0;
        if let Some(current) = state.current() {
            action_button(ui, Action::Fit, wishes);
            action_button(ui, Action::ActualSize, wishes);
            window_menu(ui, current, wishes);
            if current.is_nuclear() {
                colours_menu(ui, current, wishes);
            }
            toggle_button(ui, Action::Invert, current.invert, wishes);
            tool_menu(ui, state, look, wishes);
        }
        views_menu(ui, state, look, wishes);
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
    // Its place alone, until the slices are counted.
    if current.frames() < 2 {
        return;
    }
    ui.spacing_mut().interact_size.y = 24.0;
    ui.spacing_mut().button_padding.y = 2.0;
    ui.horizontal_centered(|ui| {
        ui.add_space(16.0);
        toggle_button(ui, Action::Play, current.playing, wishes);
        slices(ui, current, wishes);
    });
}

fn window_menu(ui: &mut Ui, current: &Current, wishes: &mut Wishes) {
    let windows = current.header_windows();
    let words = words(ui);
    let source = current.windowing.source;
    ui.menu_button(words.text("window-menu"), |ui| {
        ui.set_min_width(200.0);
        for (n, window) in windows.iter().enumerate() {
            let name = window_name(words, window, WindowSource::Header(n));
            if ui.add(Button::selectable(source == WindowSource::Header(n), name)).clicked() {
                wishes.commands.push(Command::HeaderWindow(n));
            }
        }
        for (n, lut) in current.luts().iter().enumerate() {
            let unnamed = || words.with("window-lut", &[("number", (n + 1).into())]);
            let named = |name: &String| words.with("window-lut-named", &[("name", name.into())]);
            let name = lut.name.as_ref().map_or_else(unnamed, named);
            if ui.add(Button::selectable(source == WindowSource::Lut(n), name)).clicked() {
                wishes.commands.push(Command::VoiLut(n));
            }
        }
        for window in of_modality(current) {
            let on = source == WindowSource::Preset && current.window() == Some(&window);
            if ui.add(Button::selectable(on, words.preset(&window))).clicked() {
                wishes.commands.push(Command::PresetWindow(window));
            }
        }
        for (name, from) in [("preset-percentiles", ValueWindow::Percentiles), ("preset-full-range", ValueWindow::Full)]
        {
            let name = words.find(name).unwrap_or_default();
            if ui.add_enabled(current.shown.is_some(), Button::selectable(false, name)).clicked() {
                wishes.commands.push(Command::ValueWindow(from));
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

fn colours_menu(ui: &mut Ui, current: &Current, wishes: &mut Wishes) {
    let words = words(ui);
    ui.menu_button(words.text("colours-menu"), |ui| {
        ui.set_min_width(180.0);
        for colors in ColorMap::FOR_PET {
            if ui.add(Button::selectable(current.colors == colors, words.colours(colors))).clicked() {
                wishes.commands.push(Command::SetColors(colors));
            }
        }
    })
    .response
    .on_hover_text(words.text("colours-menu.tooltip"));
}

fn tool_menu(ui: &mut Ui, state: &AppState, look: &Look, wishes: &mut Wishes) {
    let words = words(ui);
    let tool = state.tool();
    // What the left button does, where that is not what it usually does.
    let name = if tool == Tool::Window { words.text("measure-menu") } else { Action::Tool(tool).name(words) };
    ui.menu_button(name, |ui| {
        ui.set_min_width(240.0);
        compact(ui);
        for tool in [Tool::Window, Tool::Length, Tool::Angle, Tool::Ellipse, Tool::Rectangle] {
            action_entry(ui, Action::Tool(tool), state, look, wishes);
        }
        ui.separator();
        for action in [Action::Undo, Action::Redo, Action::ForgetMeasures] {
            action_entry(ui, action, state, look, wishes);
        }
    })
    .response
    .on_hover_text(words.text("measure-menu.tooltip"));
}

fn views_menu(ui: &mut Ui, state: &AppState, look: &Look, wishes: &mut Wishes) {
    let words = words(ui);
    ui.menu_button(words.text("views-menu"), |ui| {
        ui.set_min_width(280.0);
        compact(ui);
        for layout in Layout::ALL {
            action_entry(ui, Action::Layout(layout), state, look, wishes);
        }
        ui.separator();
        for plane in [None, Some(Plane::Axial), Some(Plane::Coronal), Some(Plane::Sagittal)] {
            action_entry(ui, Action::Plane(plane), state, look, wishes);
        }
        ui.separator();
        for link in Link::ALL {
            action_entry(ui, Action::Link(link), state, look, wishes);
        }
        if state.items().len() > 1 {
            ui.separator();
            fusion_menu(ui, state, wishes);
        }
    })
    .response
    .on_hover_text(words.text("views-menu.tooltip"));
}

/// Which case lies over the active view, and how it looks.
fn fusion_menu(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let words = words(ui);
    let Some(current) = state.current() else { return };
    let over = current.fusion.as_ref();
    let button = ui.menu_button(format!("{MARK_ROOM}{}", words.text("fusion-menu")), |ui| {
        compact(ui);
        ScrollArea::vertical().max_height(theme::LIST_HEIGHT).show(ui, |ui| {
            if marked_entry(ui, words.text("fusion-none"), "", over.is_none(), true).clicked() {
                wishes.commands.push(Command::Fuse(None));
            }
            for (index, item) in state.items().all().iter().enumerate().filter(|(index, _)| *index != current.item) {
                let on = over.is_some_and(|fusion| fusion.item == index);
                if marked_entry(ui, &words.item(item), "", on, true).clicked() {
                    wishes.commands.push(Command::Fuse(Some(index)));
                }
            }
        });
    });
    button.response.on_hover_text(words.text("fusion-menu.tooltip"));
    if let Some(fusion) = over {
        let (mut opacity, mut colors) = (fusion.opacity, fusion.colors);
        let slider = ui.add(Slider::new(&mut opacity, 0.0..=1.0).show_value(false).text(words.text("fusion-opacity")));
        ui.menu_button(format!("{MARK_ROOM}{}", words.text("colours-menu")), |ui| {
            compact(ui);
            for map in ColorMap::FOR_PET {
                if marked_entry(ui, words.colours(map), "", colors == map, true).clicked() {
                    colors = map;
                }
            }
        });
        if slider.changed() || colors != fusion.colors {
            wishes.commands.push(Command::SetFusionLook { opacity, colors });
        }
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
