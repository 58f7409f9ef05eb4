//! The confusion matrix; its cells filter the list.

use eframe::egui::{self, Align2, Color32, CornerRadius, RichText, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::{Command, ModelFacts};
use crate::metrics::ConfusionMatrix;
use crate::review::Show;
use crate::ui::shell::Wishes;
use crate::ui::theme;
use crate::ui::widgets::{elided, heading, outline, palette, tip, weak};
use crate::ui::words::words;

/// Classes up to which the matrix fits.
const MOST_CLASSES: usize = 12;
const CELL_HEIGHT: f32 = 40.0;
const NAMES_WIDTH: f32 = 104.0;

/// What the cells hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cells {
    #[default]
    Counts,
    /// Of the reference label's cases.
    Rows,
    /// Of the predicted class's cases.
    Columns,
}

impl Cells {
    const ALL: [(Self, &'static str); 3] =
        [(Self::Counts, "review-counts"), (Self::Rows, "review-row-shares"), (Self::Columns, "review-column-shares")];
}

pub(super) fn matrix(
    ui: &mut Ui,
    matrix: &ConfusionMatrix,
    facts: &ModelFacts,
    (cells, show): (&mut Cells, Show),
    wishes: &mut Wishes,
) {
    let words = words(ui);
    ui.horizontal(|ui| {
        heading(ui, words.text("review-matrix"));
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for (each, name) in Cells::ALL.into_iter().rev() {
                let text = RichText::new(words.text(name)).font(theme::small());
                if ui.add(egui::Button::selectable(*cells == each, text)).clicked() {
                    *cells = each;
                }
            }
        });
    });
    let classes = matrix.classes();
    if classes > MOST_CLASSES {
        weak(ui, words.with("review-matrix-large", &[("count", classes.into())]));
        return;
    }
    weak(ui, words.text("review-matrix-axes"));
    ui.spacing_mut().item_spacing = vec2(2.0, 2.0);
    let width = ((ui.available_width() - NAMES_WIDTH) / classes as f32 - 2.0).clamp(24.0, 120.0);
    ui.horizontal(|ui| {
        ui.add_space(NAMES_WIDTH + 2.0);
        for class in 0..classes {
            let (rect, _) = ui.allocate_exact_size(vec2(width, 20.0), Sense::hover());
            let text = elided(ui, &words.class(facts, class), theme::small(), palette(ui).weak, width);
            ui.painter().galley(rect.center() - text.size() / 2.0, text, palette(ui).weak);
        }
    });
    for truth in 0..classes {
        ui.horizontal(|ui| {
            let p = palette(ui);
            let (rect, _) = ui.allocate_exact_size(vec2(NAMES_WIDTH, CELL_HEIGHT), Sense::hover());
            let text = elided(ui, &words.class(facts, truth), theme::small(), p.text, NAMES_WIDTH - 8.0);
            let at = pos2(rect.right() - 8.0 - text.size().x, rect.center().y - text.size().y / 2.0);
            ui.painter().galley(at, text, p.text);
            for predicted in 0..classes {
                cell(ui, matrix, facts, (truth, predicted, width), (*cells, show), wishes);
            }
        });
    }
}

fn cell(
    ui: &mut Ui,
    matrix: &ConfusionMatrix,
    facts: &ModelFacts,
    (truth, predicted, width): (usize, usize, f32),
    (cells, show): (Cells, Show),
    wishes: &mut Wishes,
) {
    let (p, words) = (palette(ui), words(ui));
    let count = matrix.count(truth, predicted);
    let (rect, response) = ui.allocate_exact_size(vec2(width, CELL_HEIGHT), Sense::click());
    let this = Show::Cell { truth, predicted };
    let spoken = words.with(
        "review-cell",
        &[
            ("truth", words.class(facts, truth).into()),
            ("predicted", words.class(facts, predicted).into()),
            ("count", count.into()),
        ],
    );
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, show == this, &spoken));
    let share = matrix.row_share(truth, predicted).unwrap_or(0.0) as f32;
    ui.painter().rect_filled(rect, CornerRadius::same(4), fill(p, truth == predicted, share));
    let text = match cells {
        Cells::Counts => count.to_string(),
        Cells::Rows => percent(matrix.row_share(truth, predicted)),
        Cells::Columns => percent(matrix.column_share(truth, predicted)),
    };
    let color = if count == 0 { p.weak } else { p.text };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, text, theme::strong(), color);
    if show == this || response.hovered() || response.has_focus() {
        outline(ui, rect, CornerRadius::same(4), Stroke::new(2.0, if show == this { p.accent } else { p.weak }));
    }
    if tip(response, || spoken).clicked() {
        // A second click opens the whole list again.
        wishes.commands.push(Command::Filter(if show == this { Show::All } else { this }));
    }
}

/// Right answers in green, wrong ones in red, as strong as their share of the reference label's cases.
fn fill(p: &theme::Palette, right: bool, share: f32) -> Color32 {
    let color = if right { p.green } else { p.red };
    p.raised.lerp_to_gamma(color, 0.04 + 0.5 * share)
}

fn percent(share: crate::metrics::Measured) -> String {
    share.map_or_else(|_| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}
