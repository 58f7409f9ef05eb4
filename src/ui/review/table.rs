//! The cases as a table; only the visible rows are drawn, a click on a column's name orders by it.

use std::ops::Range;

use eframe::egui::{self, Rect, ScrollArea, Sense, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::filters::opinion_name;
use crate::app::{AppState, Command, Item, ListedCase, ModelFacts};
use crate::review::folder::Opinion;
use crate::review::{Answer, Order, Row, SortKey};
use crate::ui::actions::Action;
use crate::ui::icons::{self, Icon};
use crate::ui::shell::Wishes;
use crate::ui::theme::{self, Palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::{elided, elided_middle, palette, tip};
use crate::ui::words::{Words, words};

const ROW_HEIGHT: f32 = 40.0;
const HEADER_HEIGHT: f32 = 32.0;
const PICTURE: f32 = 32.0;
const MARGIN: f32 = 16.0;
/// What a case's name and picture take before the other columns have theirs.
const NAME_ROOM: f32 = 208.0;
/// Between columns.
const GAP: f32 = 16.0;

/// Which case the table last scrolled to.
#[derive(Default)]
pub(super) struct Scrolled {
    to: Option<usize>,
    offset: f32,
    height: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Truth,
    Predicted,
    Other,
    Score,
    Margin,
    Loss,
    Distance,
    Opinion,
}

impl Column {
    /// Width in a narrow table; what it holds is still whole there, but for long class names.
    fn least(self) -> f32 {
        match self {
            Self::Name => 0.0,
            Self::Truth | Self::Predicted | Self::Other => 112.0,
            Self::Score | Self::Margin | Self::Loss => 60.0,
            Self::Distance => 68.0,
            Self::Opinion => 80.0,
        }
    }

    /// Width, the name's key, what it orders by. The name takes what the others leave.
    fn facts(self) -> (f32, &'static str, Option<SortKey>) {
        match self {
            Self::Name => (0.0, "column-name", Some(SortKey::Name)),
            Self::Truth => (128.0, "column-truth", Some(SortKey::Truth)),
            Self::Predicted => (128.0, "column-predicted", Some(SortKey::Predicted)),
            Self::Other => (128.0, "column-other", None),
            Self::Score => (72.0, "column-score", Some(SortKey::Score)),
            Self::Margin => (72.0, "column-margin", Some(SortKey::Margin)),
            Self::Loss => (72.0, "column-loss", Some(SortKey::Loss)),
            Self::Distance => (80.0, "column-distance", Some(SortKey::Distance)),
            Self::Opinion => (104.0, "column-opinion", Some(SortKey::Opinion)),
        }
    }

    /// The key of how it is computed and which way is better.
    fn about(self) -> Option<&'static str> {
        match self {
            Self::Score => Some("column-score.tooltip"),
            Self::Margin => Some("column-margin.tooltip"),
            Self::Loss => Some("column-loss.tooltip"),
            Self::Distance => Some("column-distance.tooltip"),
            _ => None,
        }
    }

    fn is_number(self) -> bool {
        matches!(self, Self::Score | Self::Margin | Self::Loss | Self::Distance)
    }
}

/// What decides which columns there are.
#[derive(Clone, Copy, Default)]
struct Has {
    /// A second model.
    other: bool,
    /// Distances to what the model has seen.
    distances: bool,
    /// A reader's decision.
    decisions: bool,
}

/// Columns with their places, for a table `width` points wide.
fn columns(width: f32, has: Has) -> Vec<(Column, Range<f32>)> {
    use Column::{Distance, Loss, Margin, Name, Opinion, Other, Predicted, Score, Truth};
    let all = [Name, Truth, Predicted, Other, Score, Margin, Loss, Distance, Opinion];
    let wanted = |column: &Column| match column {
        Other => has.other,
        Distance => has.distances,
        Opinion => has.decisions,
        _ => true,
    };
    let wanted: Vec<Column> = all.into_iter().filter(wanted).collect();
    let fixed: f32 = wanted.iter().map(|column| column.facts().0).sum();
    let least: f32 = wanted.iter().map(|column| column.least()).sum();
    // The others give way until the name has its room, each as far as it can.
    let missing = (NAME_ROOM - (width - fixed - 2.0 * MARGIN)).clamp(0.0, fixed - least);
    let narrow = |column: Column| {
        let wide = column.facts().0;
        wide - missing * (wide - column.least()) / (fixed - least).max(1.0)
    };
    let mut left = MARGIN;
    wanted
        .into_iter()
        .map(|column| {
            let wide = match column {
                Name => (width - (fixed - missing) - 2.0 * MARGIN).max(96.0),
                _ => narrow(column),
            };
            left += wide;
            (column, left - wide..left)
        })
        .collect()
}

/// Draws the table; the visible rows come back.
pub(super) fn table(
    ui: &mut Ui,
    state: &AppState,
    thumbnails: &mut Thumbnails,
    scrolled: &mut Scrolled,
    wishes: &mut Wishes,
) -> Range<usize> {
    let review = state.review();
    let any = |wanted: fn(&Row) -> bool| review.cases().iter().any(|case| wanted(&case.row));
    let has = Has {
        other: review.is_compared(),
        distances: any(|row| row.far.is_some()),
        decisions: any(|row| row.opinion != Opinion::None || row.flagged || row.noted),
    };
    let columns = columns(ui.available_width(), has);
    ui.spacing_mut().item_spacing.y = 0.0;
    header(ui, review.order(), &columns, wishes);
    let mut area = ScrollArea::vertical().auto_shrink(false);
    let selected = review.place_shown();
    if scrolled.to != selected && scrolled.height > 0.0 {
        scrolled.to = selected;
        if let Some(offset) = selected.and_then(|index| scrolled.reveal(index)) {
            area = area.vertical_scroll_offset(offset);
        }
    }
    let out = area.show_rows(ui, ROW_HEIGHT, review.shown().len(), |ui, rows| {
        let visible = review.shown().get(rows.clone()).unwrap_or_default();
        let cases = || visible.iter().filter_map(|place| Some((*place, review.get(*place)?)));
        thumbnails.keep(|item| cases().any(|(_, case)| case.item == item));
        for (place, case) in cases() {
            if let (Some(item), Some(facts)) = (state.items().get(case.item), state.model().facts()) {
                row(ui, state, (place, case, item), facts, (&columns, thumbnails), wishes);
            }
        }
        rows
    });
    (scrolled.offset, scrolled.height) = (out.state.clamped_offset().y, out.inner_rect.height());
    out.inner
}

impl Scrolled {
    /// The offset that brings row `index` into view, where it is not.
    fn reveal(&self, index: usize) -> Option<f32> {
        let (top, bottom) = (index as f32 * ROW_HEIGHT, (index + 1) as f32 * ROW_HEIGHT);
        if top < self.offset {
            Some(top)
        } else if bottom > self.offset + self.height {
            Some(bottom - self.height)
        } else {
            None
        }
    }
}

fn header(ui: &mut Ui, order: Order, columns: &[(Column, Range<f32>)], wishes: &mut Wishes) {
    let (p, words) = (palette(ui), words(ui));
    let (bar, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEADER_HEIGHT), Sense::hover());
    ui.painter().rect_filled(bar, 0.0, p.raised);
    for (column, place) in columns {
        let (_, key, sorts) = column.facts();
        let rect = cell(bar, place);
        let on = sorts == Some(order.key) && order != Order::default();
        let arrow = if !on {
            ""
        } else if order.descending {
            " ↓"
        } else {
            " ↑"
        };
        let text = format!("{}{arrow}", words.text(key));
        let color = if on { p.accent } else { p.weak };
        put(ui, rect, &text, theme::small(), color, column.is_number());
        let Some(key) = sorts else { continue };
        let response = ui.interact(rect, ui.scope_id().with(*column as u8), Sense::click());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::ColumnHeader, true, &text));
        let response = match column.about() {
            Some(about) => tip(response, || words.find(about).unwrap_or_default().to_owned()),
            None => response,
        };
        if response.clicked() {
            wishes.commands.push(Command::Sort(next_order(order, key)));
        }
    }
}

/// Ascending, descending, as listed; numbers begin with the largest.
fn next_order(order: Order, key: SortKey) -> Order {
    let largest_first = matches!(key, SortKey::Score | SortKey::Loss | SortKey::Distance);
    if order.key != key {
        Order { key, descending: largest_first }
    } else if order.descending == largest_first {
        Order { key, descending: !largest_first }
    } else {
        Order::default()
    }
}

fn row(
    ui: &mut Ui,
    state: &AppState,
    (place, case, item): (usize, &ListedCase, &Item),
    facts: &ModelFacts,
    (columns, thumbnails): (&[(Column, Range<f32>)], &mut Thumbnails),
    wishes: &mut Wishes,
) {
    let (p, words) = (palette(ui), words(ui));
    let selected = state.review().selected() == Some(place);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW_HEIGHT), Sense::click());
    let caption = words.caption(facts, case.row.truth, case.row.predicted());
    let spoken = format!("{}: {caption}", words.item(item));
    response.widget_info(|| WidgetInfo::selected(egui::Role::Row, true, selected, &spoken));
    if selected || response.hovered() {
        ui.painter().rect_filled(rect, 0.0, if selected { p.raised } else { p.hovered });
    }
    if selected {
        ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(3.0, rect.height())), 0.0, p.accent);
    }
    for (column, range) in columns {
        let mut at = cell(rect, range);
        if *column == Column::Name {
            let picture = Rect::from_center_size(pos2(at.left() + PICTURE / 2.0, at.center().y), Vec2::splat(PICTURE));
            thumbnails.paint(ui, case.item, item, picture);
            at.min.x += PICTURE + 8.0;
        }
        let (text, color) = value(*column, case, (item, facts), words, p);
        match column {
            Column::Name => put_name(ui, at, &text, color),
            _ => put(ui, at, &text, theme::body(), color, column.is_number()),
        }
        if *column == Column::Opinion && case.row.flagged {
            let flag = Rect::from_center_size(pos2(at.right() - 12.0, at.center().y), Vec2::splat(14.0));
            icons::paint(ui.painter(), flag, 14.0, Icon::Flag, p.amber);
        }
    }
    let response = tip(response, || {
        let (path, name) = (item.path().display().to_string(), words.item(item));
        let name = if path.ends_with(&name) { String::new() } else { format!("{name}\n") };
        format!("{name}{path}\n{caption}")
    });
    if response.clicked() {
        wishes.commands.push(Command::SelectCase(place));
    }
    if response.double_clicked() {
        wishes.actions.push(Action::ReadPage);
    }
}

fn value(
    column: Column,
    case: &ListedCase,
    (item, facts): (&Item, &ModelFacts),
    words: Words,
    p: &Palette,
) -> (String, egui::Color32) {
    let class = |index: Option<usize>| index.map_or_else(|| "–".to_owned(), |index| words.class(facts, index));
    let row = &case.row;
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"));
    match (column, row.answer) {
        (Column::Name, _) => (words.item(item), p.text),
        (Column::Truth, _) => (class(row.truth), p.text),
        (Column::Predicted, Answer::Failed) => (words.text("worklist-failed").to_owned(), p.red),
        (Column::Predicted, _) => (class(row.predicted()), if row.is_wrong() { p.amber } else { p.text }),
        (Column::Other, _) => {
            let wrong = row.other.zip(row.truth).is_some_and(|(other, truth)| other != truth);
            (class(row.other), if wrong { p.amber } else { p.text })
        }
        (Column::Score, Answer::Class { score, .. }) => (number(Some(f64::from(score))), p.text),
        (Column::Margin, Answer::Class { margin, .. }) => {
            (number(margin.map(f64::from)), if row.is_uncertain() { p.amber } else { p.text })
        }
        (Column::Loss, Answer::Class { loss, .. }) => (number(loss), p.text),
        (Column::Distance, _) => {
            let color = if row.far.is_some_and(|far| far.unlike) { p.amber } else { p.text };
            (row.far.map_or_else(|| "–".to_owned(), |far| tenths(far.distance)), color)
        }
        (Column::Opinion, _) if row.opinion != Opinion::None => (opinion_name(words, row.opinion).to_owned(), p.text),
        (Column::Opinion, _) if row.noted => (words.text("column-noted").to_owned(), p.weak),
        _ => (String::new(), p.weak),
    }
}

fn cell(row: Rect, place: &Range<f32>) -> Rect {
    let left = row.left();
    Rect::from_min_max(pos2(left + place.start, row.top()), pos2(left + place.end - GAP, row.bottom()))
}

fn put(ui: &Ui, rect: Rect, text: &str, font: egui::FontId, color: egui::Color32, right: bool) {
    let galley = elided(ui, text, font, color, rect.width());
    let x = if right { rect.right() - galley.size().x } else { rect.left() };
    ui.painter().galley(pos2(x, rect.center().y - galley.size().y / 2.0), galley, color);
}

/// Files of one folder often differ at their end only.
fn put_name(ui: &Ui, rect: Rect, name: &str, color: egui::Color32) {
    let galley = elided_middle(ui, name, theme::body(), color, rect.width());
    ui.painter().galley(pos2(rect.left(), rect.center().y - galley.size().y / 2.0), galley, color);
}

/// One decimal, and never -0.0.
fn tenths(value: f64) -> String {
    format!("{:.1}", (value * 10.0).round() / 10.0 + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_less_than_nothing() {
        assert_eq!([-0.04, 0.04, -0.06, 2.25].map(tenths), ["0.0", "0.0", "-0.1", "2.3"]);
    }

    #[test]
    fn a_column_orders_both_ways_and_then_as_listed() {
        let first = next_order(Order::default(), SortKey::Loss);
        assert!(first.descending, "the worst case first");
        let second = next_order(first, SortKey::Loss);
        assert!(!second.descending);
        assert_eq!(next_order(second, SortKey::Loss), Order::default());
        assert!(!next_order(first, SortKey::Truth).descending);
    }

    #[test]
    fn columns_fill_the_width() {
        let columns = columns(1000.0, Has { distances: true, decisions: true, ..Has::default() });
        assert_eq!(columns.last().unwrap().1.end, 1000.0 - MARGIN);
        assert!(columns.windows(2).all(|pair| pair[0].1.end == pair[1].1.start));
    }

    /// Beside the numbers in the smallest window, with a second model.
    #[test]
    fn names_keep_their_room_when_a_second_model_is_there() {
        let all = Has { other: true, distances: true, decisions: true };
        let with_distances = columns(856.0, all);
        assert!(with_distances[0].1.end - with_distances[0].1.start >= 160.0, "{with_distances:?}");
        let columns = columns(856.0, Has { distances: false, ..all });
        assert!(columns[0].1.end - columns[0].1.start >= NAME_ROOM, "{columns:?}");
        assert!((columns.last().unwrap().1.end - (856.0 - MARGIN)).abs() < 0.01);
        assert!(columns.windows(2).all(|pair| (pair[0].1.end - pair[1].1.start).abs() < 0.01));
    }
}
