//! The few controls every panel shares.

use eframe::egui::{
    self, Align2, Button, Color32, CornerRadius, FontId, Label, Rect, Response, RichText, Sense, Stroke, StrokeKind,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::actions::Action;
use super::icons::{self, Icon};
use super::shell::Wishes;
use super::theme::{self, Palette};
use super::words::{Language, words};
use crate::app::Problem;

/// The colours of the theme in use.
pub fn palette(ui: &Ui) -> &'static Palette {
    theme::in_use(ui.visuals())
}

/// A button named, explained and fulfilled by the table of actions.
pub fn action_button(ui: &mut Ui, action: Action, wishes: &mut Wishes) -> Response {
    let entry = action.entry();
    let response = ui.add(Button::new(entry.name(words(ui)))).on_hover_text(entry.hover_text(words(ui)));
    if response.clicked() {
        wishes.actions.push(action);
    }
    response
}

/// The one button of a group that a person most likely wants.
pub fn primary_button(ui: &mut Ui, action: Action, wishes: &mut Wishes) -> Response {
    let p = palette(ui);
    let text = RichText::new(action.name(words(ui))).font(theme::strong()).color(p.on_accent);
    let button = Button::new(text).fill(p.accent).stroke(Stroke::NONE);
    let response = ui.add(button).on_hover_text(action.entry().hover_text(words(ui)));
    if response.clicked() {
        wishes.actions.push(action);
    }
    response
}

/// A button that stays pressed while its action is on.
pub fn toggle_button(ui: &mut Ui, action: Action, on: bool, wishes: &mut Wishes) -> Response {
    let (p, words) = (palette(ui), words(ui));
    let entry = action.entry();
    let text = RichText::new(entry.name(words)).color(if on { p.accent } else { p.text });
    let stroke = Stroke::new(1.0, if on { p.accent } else { p.line });
    let response = ui.add(Button::new(text).stroke(stroke)).on_hover_text(entry.hover_text(words));
    response.widget_info(|| WidgetInfo::selected(egui::Role::CheckBox, true, on, entry.name(words)));
    if response.clicked() {
        wishes.actions.push(action);
    }
    response
}

/// An icon that acts, with the action's name for those who cannot see it.
pub fn icon_button(ui: &mut Ui, icon: Icon, action: Action, on: bool, wishes: &mut Wishes) {
    let entry = action.entry();
    let response = bare_icon_button(ui, icon, entry.name(words(ui)), on).on_hover_text(entry.hover_text(words(ui)));
    if response.clicked() {
        wishes.actions.push(action);
    }
}

/// Words that act, without a frame.
pub fn bare_text_button(ui: &mut Ui, action: Action, wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let text = RichText::new(action.name(words)).font(theme::small()).color(p.weak);
    let button = Button::new(text).frame_when_inactive(false);
    if ui.add(button).on_hover_text(action.entry().hover_text(words)).clicked() {
        wishes.actions.push(action);
    }
}

/// An icon without a frame until the pointer is over it.
pub fn bare_icon_button(ui: &mut Ui, icon: Icon, name: &str, on: bool) -> Response {
    let p = palette(ui);
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(theme::ICON_BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, ui.is_enabled(), on, name));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, theme::CONTROL_RADIUS, p.hovered);
    }
    let color = if on || response.hovered() { p.text } else { p.weak };
    icons::paint(ui.painter(), rect, 16.0, icon, color);
    response
}

/// A section's title.
pub fn heading(ui: &mut Ui, text: &str) -> Response {
    ui.add(Label::new(RichText::new(text).font(theme::heading())))
}

/// Small and pale.
pub fn weak(ui: &mut Ui, text: impl Into<String>) -> Response {
    let color = palette(ui).weak;
    ui.add(Label::new(RichText::new(text).font(theme::small()).color(color)).wrap().halign(egui::Align::LEFT))
}

/// A tooltip, unless a dialog lies over what it is about: egui keeps one that is open for as long as the pointer rests.
pub fn tip(response: Response, text: impl FnOnce() -> String) -> Response {
    let covered = response.ctx.memory(|memory| !memory.is_above_modal_layer(response.layer_id));
    if covered { response } else { response.on_hover_text(text()) }
}

/// A sentence on a tinted card with an icon: doubts in amber, failures in red.
pub fn notice(ui: &mut Ui, text: &str, color: Color32, fill: Color32) {
    let frame = egui::Frame::NONE.fill(fill).corner_radius(theme::CARD_RADIUS).inner_margin(12);
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal_top(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(16.0, 18.0), Sense::hover());
            icons::paint(ui.painter(), rect, 16.0, Icon::Warning, color);
            let text = RichText::new(text).color(palette(ui).text);
            ui.add(Label::new(text).wrap().selectable(true));
        });
    });
}

/// What went wrong, and what to do.
pub fn problem(ui: &mut Ui, problem: &Problem) {
    let (text, lines) = words(ui).problem(problem);
    let p = palette(ui);
    notice(ui, &text, p.red, p.red_fill);
    details(ui, &lines);
}

/// The same for a sentence of a lower room without a known cause.
pub fn sentence(ui: &mut Ui, headline: &str, sentence: &str) {
    let (text, lines) = words(ui).sentence(headline, sentence);
    let p = palette(ui);
    notice(ui, &text, p.red, p.red_fill);
    details(ui, &lines);
}

/// English sentences of the lower rooms that a person should know of: each as it is, or together under a headline.
pub fn doubts(ui: &mut Ui, headline: &str, sentences: &[&str]) {
    let p = palette(ui);
    if words(ui).language() == Language::English {
        sentences.iter().for_each(|sentence| notice(ui, sentence, p.amber, p.amber_fill));
    } else if !sentences.is_empty() {
        notice(ui, headline, p.amber, p.amber_fill);
        details(ui, sentences);
    }
}

/// An English sentence of the lower rooms that explains: as it is, or folded under a headline.
pub fn remark(ui: &mut Ui, headline: &str, sentence: &str) {
    if words(ui).language() == Language::English {
        weak(ui, sentence);
    } else {
        fold(ui, headline, &[sentence]);
    }
}

/// Lines in a fold; nothing where there are none.
pub fn details<T: AsRef<str>>(ui: &mut Ui, lines: &[T]) {
    if !lines.is_empty() {
        fold(ui, words(ui).text("details"), lines);
    }
}

fn fold<T: AsRef<str>>(ui: &mut Ui, title: &str, lines: &[T]) {
    let color = palette(ui).weak;
    let title = RichText::new(title).font(theme::small()).color(color);
    let text = lines.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\n");
    // Another text is another fold, and starts closed.
    egui::CollapsingHeader::new(title).id_salt(&text).show_unindented(ui, |ui| {
        ui.add(Label::new(RichText::new(&text).font(theme::small()).color(color)).wrap().selectable(true));
    });
}

/// A card on the panel's background.
pub fn card(ui: &Ui) -> egui::Frame {
    let p = palette(ui);
    egui::Frame::NONE.fill(p.raised).stroke(Stroke::new(1.0, p.line)).corner_radius(theme::CARD_RADIUS).inner_margin(12)
}

/// A name and its value beside it, wrapped; amber where it was assumed.
pub fn fact(ui: &mut Ui, name: &str, value: &str, assumed: bool) -> Response {
    let p = palette(ui);
    let color = if assumed { p.amber } else { p.text };
    let text = if assumed { words(ui).with("fact-assumed", &[("value", value.into())]) } else { value.to_owned() };
    fact_in(ui, name, &text, color)
}

/// The same in a color that says something.
pub fn fact_in(ui: &mut Ui, name: &str, value: &str, color: Color32) -> Response {
    let p = palette(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        let width = 96.0;
        ui.allocate_ui_with_layout(vec2(width, 16.0), egui::Layout::left_to_right(egui::Align::Min), |ui| {
            ui.set_width(width);
            ui.add(Label::new(RichText::new(name).font(theme::small()).color(p.weak)).wrap());
        });
        ui.add(Label::new(RichText::new(value).font(theme::small()).color(color)).wrap().selectable(true))
    })
    .inner
}

/// A name and the control that it names.
pub fn named_row(ui: &mut Ui, name: &str, control: impl FnOnce(&mut Ui)) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GRID;
        let (width, height) = (theme::NAME_WIDTH, ui.spacing().interact_size.y);
        ui.allocate_ui_with_layout(vec2(width, height), egui::Layout::left_to_right(egui::Align::Center), |ui| {
            ui.set_width(width);
            weak(ui, name);
        });
        control(ui);
    });
}

/// A list to choose from. `spoken` is its accessible name where several have one name.
pub fn picker(ui: &mut Ui, spoken: Option<String>, name: &str, shown: &str, entries: impl FnOnce(&mut Ui)) {
    let spoken = spoken.unwrap_or_else(|| name.to_owned());
    named_row(ui, name, |ui| {
        let width = ui.available_width();
        let list = egui::ComboBox::from_id_salt(&spoken)
            .selected_text(shown)
            .width(width)
            .height(theme::LIST_HEIGHT)
            .truncate();
        list.show_ui(ui, entries).response.accessible_name(spoken);
    });
}

/// Lists are as wide as what they show; here they have no more room than this.
pub fn no_wider<T>(ui: &mut Ui, width: f32, content: impl FnOnce(&mut Ui) -> T) -> T {
    let size = vec2(width, ui.spacing().interact_size.y);
    ui.allocate_ui_with_layout(size, egui::Layout::left_to_right(egui::Align::Center), |ui| {
        ui.set_max_width(width);
        content(ui)
    })
    .inner
}

/// A horizontal bar for a number in 0..=1 with an optional tick.
pub fn score_bar(ui: &mut Ui, score: f32, tick: Option<f32>, color: Color32) {
    let p = palette(ui);
    let size = vec2(ui.available_width(), theme::SCORE_BAR_HEIGHT);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let radius = CornerRadius::same((theme::SCORE_BAR_HEIGHT / 2.0) as u8);
    ui.painter().rect_filled(rect, radius, p.track);
    let share = if score.is_finite() { score.clamp(0.0, 1.0) } else { 0.0 };
    if share > 0.0 {
        let width = (rect.width() * share).max(theme::SCORE_BAR_HEIGHT);
        ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(width, rect.height())), radius, color);
    }
    if let Some(tick) = tick {
        let x = rect.left() + rect.width() * tick.clamp(0.0, 1.0);
        let line = [pos2(x, rect.top() - 3.0), pos2(x, rect.bottom() + 3.0)];
        ui.painter().line_segment(line, Stroke::new(2.0, p.text));
    }
}

/// Text in a rounded tint, painted at the right end of `rect`; returns its rectangle.
pub fn paint_chip(ui: &Ui, right_center: egui::Pos2, text: &str, color: Color32, most_width: f32) -> Rect {
    let font = theme::small_strong();
    let galley = elided(ui, text, font, color, most_width - 16.0);
    let size = galley.size() + vec2(16.0, 6.0);
    let rect = Rect::from_min_size(right_center - vec2(size.x, size.y / 2.0), size);
    ui.painter().rect_filled(rect, CornerRadius::same(255), color.gamma_multiply(0.16));
    ui.painter().galley(Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size()).min, galley, color);
    rect
}

/// One line of text cut with `…` at `width`.
pub fn elided(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(width.max(0.0));
    ui.painter().layout_job(job)
}

/// The same cut in its middle, so that the end, which tells files apart, stays.
pub fn elided_middle(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> std::sync::Arc<egui::Galley> {
    let lay = |text: String| ui.painter().layout_no_wrap(text, font.clone(), color);
    let whole = lay(text.to_owned());
    if whole.size().x <= width {
        return whole;
    }
    let (mut fits, mut too_long) = (0, text.chars().count());
    while too_long - fits > 1 {
        let kept = usize::midpoint(fits, too_long);
        let width_of = lay(without_middle(text, kept)).size().x;
        (fits, too_long) = if width_of <= width { (kept, too_long) } else { (fits, kept) };
    }
    lay(without_middle(text, fits))
}

/// The first and last letters, `kept` of them, a little more of the end than of the beginning.
fn without_middle(text: &str, kept: usize) -> String {
    let letters: Vec<char> = text.chars().collect();
    let head = kept.min(letters.len()) * 2 / 5;
    let tail = letters.len().saturating_sub(kept.saturating_sub(head));
    letters.iter().take(head).chain(&['…']).chain(letters.iter().skip(tail)).collect()
}

/// A border inside `rect`.
pub fn outline(ui: &Ui, rect: Rect, radius: CornerRadius, stroke: Stroke) {
    ui.painter().rect_stroke(rect, radius, stroke, StrokeKind::Inside);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_keeps_both_ends() {
        assert_eq!(without_middle("NORMAL2-IM-0381-0001.jpeg", 10), "NORM…1.jpeg");
        assert_eq!(without_middle("정상-사례-0001", 5), "정상…001");
        assert_eq!((without_middle("abc", 0), without_middle("", 4)), ("…".to_owned(), "…".to_owned()));
    }
}
