//! Short messages at the lower edge of the picture. Mere information goes by itself.

use std::collections::{HashMap, HashSet};

use eframe::egui::{
    self, Align, Align2, Area, Context, Id, Label, Layout, Order, Rect, RichText, ScrollArea, Sense, Ui, vec2,
};

use super::icons::{self, Icon};
use super::shell::Wishes;
use super::theme;
use super::widgets::{bare_icon_button, palette};
use super::words::words;
use crate::app::{Command, Severity, Toast};

/// Seconds that mere information stays.
const INFORMATION_STAYS: f64 = 8.0;

/// When each message came, and which ones show their details.
#[derive(Default)]
pub(super) struct ToastLook {
    since: HashMap<u64, f64>,
    open: HashSet<u64>,
}

/// `middle` is where the picture is: messages lie at its lower edge and cover no findings.
pub(super) fn toasts(ctx: &Context, middle: Rect, look: &mut ToastLook, shown: &[Toast], wishes: &mut Wishes) {
    look.since.retain(|id, _| shown.iter().any(|toast| toast.id == *id));
    if shown.is_empty() {
        return;
    }
    let now = ctx.input(|input| input.time);
    for toast in shown {
        let since = *look.since.entry(toast.id).or_insert(now);
        if toast.severity == Severity::Info {
            let left = since + INFORMATION_STAYS - now;
            if left <= 0.0 {
                wishes.commands.push(Command::DismissToast(toast.id));
            } else {
                ctx.request_repaint_after_secs(left as f32);
            }
        }
    }
    let at = middle.center_bottom() - vec2(0.0, 16.0);
    let area = Area::new(Id::unique("toasts")).order(Order::Foreground).pivot(Align2::CENTER_BOTTOM).fixed_pos(at);
    area.show(ctx, |ui| {
        ui.set_width(theme::TOAST_WIDTH);
        for toast in shown {
            message(ui, look, toast, wishes);
        }
    });
}

fn message(ui: &mut Ui, look: &mut ToastLook, toast: &Toast, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let (text, lines) = words.notice(&toast.notice);
    let (color, icon) = match toast.severity {
        Severity::Info => (p.accent, Icon::Check),
        Severity::Warning => (p.amber, Icon::Warning),
        Severity::Error => (p.red, Icon::Warning),
    };
    let frame = egui::Frame::popup(ui.style()).fill(p.raised).corner_radius(theme::CARD_RADIUS).inner_margin(12);
    frame.show(ui, |ui| {
        ui.set_width(theme::TOAST_WIDTH - 24.0);
        ui.horizontal_top(|ui| {
            let (at, _) = ui.allocate_exact_size(vec2(16.0, 20.0), Sense::hover());
            icons::paint(ui.painter(), at, 16.0, icon, color);
            let width = ui.available_width() - theme::ICON_BUTTON - 8.0;
            ui.allocate_ui_with_layout(vec2(width, 20.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                ui.add(Label::new(RichText::new(text)).wrap().selectable(true));
                details(ui, look, (toast.id, &lines));
            });
            if bare_icon_button(ui, Icon::Close, words.text("dismiss"), false).clicked() {
                wishes.commands.push(Command::DismissToast(toast.id));
            }
        });
    });
}

fn details(ui: &mut Ui, look: &mut ToastLook, (id, lines): (u64, &[String])) {
    if lines.is_empty() {
        return;
    }
    let open = look.open.contains(&id);
    let text = if open { words(ui).text("details-hide") } else { words(ui).text("details-show") };
    if ui.link(RichText::new(text).font(theme::small())).clicked() {
        if open {
            look.open.remove(&id);
        } else {
            look.open.insert(id);
        }
    }
    if open {
        ScrollArea::vertical().max_height(160.0).show(ui, |ui| {
            let p = palette(ui);
            let text = RichText::new(lines.join("\n")).font(theme::small()).color(p.weak);
            ui.add(Label::new(text).wrap().selectable(true));
        });
    }
}
