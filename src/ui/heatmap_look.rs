//! How heatmaps look: colours, opacity, threshold, lines and the scale.

use eframe::egui::{Checkbox, Slider, Ui, WidgetInfo};

use super::shell::Wishes;
use super::widgets::{named_row, picker};
use crate::app::{AppState, Command};
use crate::render::ColorMap;

const SHARED: &str = "On: the colours reach up to the most evidence seen with this model, layer and method, and mean the \
                      same in every case. Off: up to this case's own; do not compare it with others.";

pub(super) fn heatmap_look(ui: &mut Ui, state: &AppState, wishes: &mut Wishes) {
    let old = state.heatmaps().style();
    let mut style = old;
    picker(ui, "", "Colours", style.colors().label(), |ui| {
        for colors in ColorMap::ALL {
            if ui.selectable_label(old.colors() == colors, colors.label()).clicked() {
                style = old.with_colors(colors);
            }
        }
    });
    share(ui, "Opacity", &mut style.opacity);
    share(ui, "Threshold", &mut style.threshold);
    ui.horizontal(|ui| {
        ui.add(Checkbox::new(&mut style.signed, "Signed"))
            .on_hover_text("Also evidence against the class, with zero in the middle of the colours");
        ui.add(Checkbox::new(&mut style.contour, "Contour"))
            .on_hover_text("A line at the threshold; without one, at half of the scale");
        ui.add(Checkbox::new(&mut style.shared_scale, "Shared scale")).on_hover_text(SHARED);
    });
    if style != old {
        wishes.commands.push(Command::SetHeatmapStyle(style));
    }
}

fn share(ui: &mut Ui, name: &str, value: &mut f32) {
    named_row(ui, name, |ui| {
        let text = format!("{:.0} %", *value * 100.0);
        ui.spacing_mut().interact_size.y = 18.0; // the handle's size follows it
        ui.spacing_mut().slider_width = (ui.available_width() - 48.0).max(64.0);
        let slider = ui.add(Slider::new(value, 0.0..=1.0).show_value(false));
        slider.widget_info(|| WidgetInfo::slider(true, f64::from(*value), name));
        ui.label(text);
    });
}
