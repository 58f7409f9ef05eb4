//! The preprocessing doctor: which way to prepare pictures fits the labels, or the framework's own outputs.

use eframe::egui::{Align, Button, Grid, Label, Layout, ProgressBar, RichText, ScrollArea, Ui};

use super::rows;
use crate::app::{Command, Diagnosis, DoctorState, Finding, ImportWish, Importing};
use crate::review::doctor::names_in_order;
use crate::ui::dialogs::Wanted;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{details, notice, palette, problem, weak};
use crate::ui::words::{Words, words};

/// Rows of the table.
const MOST_ROWS: usize = 10;
/// Width of their words.
const WAY: f32 = 256.0;

pub(super) fn doctor(ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
    let words = words(ui);
    rows::section(ui, words.text("doctor"), None);
    match &importing.doctor {
        DoctorState::None => {
            weak(ui, words.text("doctor-what"));
            start(ui, importing, wishes);
        }
        // In the places of the words and the buttons before and after, so that nothing jumps.
        DoctorState::Running { stage, done, total } => {
            weak(ui, words.text("doctor-what"));
            ui.horizontal(|ui| {
                if ui.add(Button::new(words.text("leaks-stop"))).clicked() {
                    wishes.commands.push(Command::Import(ImportWish::StopDoctor));
                }
                let share = *done as f32 / (*total).max(1) as f32;
                ui.add(ProgressBar::new(share).desired_width(120.0).desired_height(4.0));
                weak(ui, words.doctor_stage(stage));
            });
        }
        DoctorState::Failed(why) => {
            problem(ui, why);
            start(ui, importing, wishes);
        }
        DoctorState::Done(diagnosis) => {
            found(ui, importing, diagnosis, wishes);
            start(ui, importing, wishes);
        }
    }
}

fn start(ui: &mut Ui, importing: &Importing, wishes: &mut Wishes) {
    let words = words(ui);
    ui.horizontal_wrapped(|ui| {
        let button = ui.add(Button::new(words.text("doctor-folder")));
        if button.on_hover_text(words.text("doctor-folder.tooltip")).clicked() {
            wishes.dialogs.push(Wanted::Labelled);
        }
        let name = importing.outputs.as_ref().and_then(|path| path.file_name());
        let text = match name {
            Some(name) => words.with("doctor-outputs-of", &[("name", name.to_string_lossy().into_owned().into())]),
            None => words.text("doctor-outputs").to_owned(),
        };
        let button = ui.add(Button::new(text)).on_hover_text(words.text("doctor-outputs.tooltip"));
        if button.clicked() {
            match importing.outputs {
                Some(_) => wishes.commands.push(Command::Import(ImportWish::Outputs(None))),
                None => wishes.dialogs.push(Wanted::Outputs),
            }
        }
    });
}

fn found(ui: &mut Ui, importing: &Importing, diagnosis: &Diagnosis, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let Some(winner) = diagnosis.findings.first() else { return };
    let best = words.with("doctor-best", &[("recipe", said(words, winner).into())]);
    ui.add(Label::new(RichText::new(best).font(theme::strong())).wrap());
    weak(ui, fit(words, diagnosis, winner));
    if diagnosis.findings.iter().any(|one| one.is_present) && !diagnosis.advises_change {
        notice(ui, words.text("doctor-no-change"), p.amber, p.amber_fill);
    }
    if diagnosis.tied > 1 {
        let values = [("count", diagnosis.tied.into())];
        let text = if diagnosis.tied_or_more {
            words.with("doctor-tied-or-more", &values)
        } else {
            words.with("doctor-tied", &values)
        };
        notice(ui, &text, p.amber, p.amber_fill);
    }
    if diagnosis.learned_names() {
        let names = names_in_order(&winner.order, &diagnosis.class_names).join(", ");
        notice(ui, &words.with("doctor-names", &[("names", names.into())]), p.amber, p.amber_fill);
    } else if winner.reorders() {
        notice(ui, words.text("doctor-reorders"), p.amber, p.amber_fill);
    }
    ScrollArea::horizontal().id_salt("doctor table").auto_shrink([false, true]).show(ui, |ui| {
        table(ui, importing, diagnosis, wishes);
    });
    weak(ui, words.with("doctor-tried", &[("tried", diagnosis.tried.into()), ("count", diagnosis.count.into())]));
    details(ui, &diagnosis.remarks);
}

/// How well the winner fits.
fn fit(words: Words, diagnosis: &Diagnosis, winner: &Finding) -> String {
    let count = ("count", diagnosis.count.into());
    if diagnosis.of_outputs {
        let worst = ("worst", format!("{:.1e}", winner.worst).into());
        return match diagnosis.reproduced {
            true => words.with("doctor-reproduced", &[count, worst]),
            false => words.with("doctor-not-reproduced", &[worst, ("agree", winner.agree.into()), count]),
        };
    }
    let (low, high) = diagnosis.right.unwrap_or((0.0, 1.0));
    let percent = |share: f64| format!("{:.0}", share * 100.0);
    let values = [
        ("agree", winner.agree.into()),
        count,
        ("low", percent(low).into()),
        ("high", percent(high).into()),
        ("loss", format!("{:.3}", winner.mean).into()),
    ];
    words.with("doctor-labels", &values)
}

fn table(ui: &mut Ui, importing: &Importing, diagnosis: &Diagnosis, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let small = |text: String, color| Label::new(RichText::new(text).font(theme::small()).color(color));
    ui.spacing_mut().interact_size.y = 18.0;
    Grid::new("findings of the doctor").num_columns(4).spacing([12.0, 4.0]).striped(true).show(ui, |ui| {
        let loss = if diagnosis.of_outputs { "doctor-difference" } else { "doctor-loss" };
        for text in ["", "doctor-way", loss, "doctor-right"] {
            let text = if text.is_empty() { "" } else { words.text(text) };
            ui.add(small(text.to_owned(), p.weak));
        }
        ui.end_row();
        let shown = |(place, finding): &(usize, &Finding)| *place < MOST_ROWS || finding.is_present;
        for (place, finding) in diagnosis.findings.iter().enumerate().filter(shown) {
            let tied = place < diagnosis.tied;
            let taken = is_taken(importing, finding);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let name = if taken { "doctor-taken" } else { "doctor-apply" };
                let color = if taken { p.weak } else { p.accent };
                let text = RichText::new(words.text(name)).font(theme::small()).color(color);
                let button = ui.add_enabled(!taken, Button::new(text).frame(false).small());
                let spoken = words.with("doctor-apply-number", &[("number", (place + 1).into())]);
                if button.accessible_name(spoken).clicked() {
                    wishes.commands.push(Command::Import(ImportWish::ApplyFinding(place)));
                }
            });
            let way = format!("{}. {}", place + 1, said(words, finding));
            let color = if tied { p.text } else { p.weak };
            ui.scope(|ui| {
                ui.set_max_width(WAY);
                ui.add(small(way.clone(), color).wrap()).on_hover_text(way);
            });
            let (low, high) = finding.interval;
            let value = if diagnosis.of_outputs {
                format!("{:.1e} ({low:.0e} – {high:.0e})", finding.mean)
            } else {
                format!("{:.3} ({low:.3} – {high:.3})", finding.mean)
            };
            ui.add(small(value, color));
            ui.add(small(format!("{} / {}", finding.agree, diagnosis.count), color));
            ui.end_row();
        }
    });
}

/// True where the page says this already, and its manifest says how it was found.
fn is_taken(importing: &Importing, finding: &Finding) -> bool {
    importing.said.doctor_record() == Some(&finding.record)
}

fn said(words: Words, finding: &Finding) -> String {
    let present = words.text("doctor-present");
    let Some(recipe) = &finding.recipe else { return present.to_owned() };
    let mut said = words.recipe(recipe);
    if let Some([rows, cols]) = finding.size {
        said = format!("{said} · {cols} × {rows}");
    }
    if let Some(layout) = finding.layout {
        said = format!("{said} · {layout}");
    }
    if finding.is_present {
        said = format!("{said} · {present}");
    }
    if let Some(name) = &finding.ruled_out_by {
        said = format!("{said} · {}", words.with("doctor-ruled-out", &[("name", name.clone().into())]));
    }
    said
}
