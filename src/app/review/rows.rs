//! Rows from items: made, filtered, ordered, walked.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::{ListedCase, OperatingPoint};
use crate::app::jobs::StoreJob;
use crate::app::{AppState, Command, Item, LeakState, Pane, ThumbnailState};
use crate::engine::predicted_class;
use crate::review::folder::Opinion;
use crate::review::record::{CaseRecord, predicted_at};
use crate::review::{Answer, Far, Order, Row, Show, arrange};

/// While answers stream in, rows are made at most this often.
const PAUSE: Duration = Duration::from_millis(300);

impl AppState {
    /// Makes the rows where something changed; while a batch runs, not at every answer.
    pub(in crate::app) fn freshen_rows(&mut self) {
        let recent = self.review.made.is_some_and(|made| made.elapsed() < PAUSE);
        if !self.review.stale || (recent && self.background.is_running()) {
            return;
        }
        self.make_rows();
    }

    pub(in crate::app) fn make_rows(&mut self) {
        let before = self.review.selected_case().map(|case| (case.item, case.part));
        let items = self.items.all().iter().enumerate();
        let cases = items.flat_map(|(index, item)| {
            let parts = item.records(Pane::First).len().max(1);
            (0..parts).map(move |part| (index, item, part))
        });
        let cases = cases.map(|(item, from, part)| ListedCase { item, part, row: self.row(item, from, part) });
        self.review.cases = Arc::new(cases.collect());
        let selected = self.items.selected();
        let same = |case: &ListedCase| match before.filter(|(item, _)| Some(*item) == selected) {
            Some(before) => (case.item, case.part) == before,
            None => Some(case.item) == selected,
        };
        self.review.selected = self.review.cases.iter().position(same);
        self.arrange_rows();
        self.ask_numbers();
        (self.review.stale, self.review.made) = (false, Some(Instant::now()));
    }

    fn row(&self, index: usize, item: &Item, part: usize) -> Row {
        let leaked = matches!(&self.review.leaks, LeakState::Found(finding) if finding.is_leaked(index));
        let Some(record) = item.records(Pane::First).get(part) else {
            let broken = matches!(item.thumbnail, ThumbnailState::Broken);
            let answer = if broken { Answer::Failed } else { Answer::Waiting };
            return Row { answer, leaked, ..Row::default() };
        };
        let thresholds = self.review.threshold.map(|point| [point]);
        let predicted = predicted_at(record, thresholds.as_ref().map(|points| points.as_slice()));
        let decision = self.review.decisions.get(&record.key);
        Row {
            truth: self.truth_with(record, decision),
            answer: predicted.map_or(Answer::Failed, |predicted| Answer::of(record, predicted, self.operating_point())),
            other: item.records(Pane::Second).get(part).and_then(CaseRecord::predicted),
            opinion: decision.map_or(Opinion::None, |decision| decision.opinion),
            flagged: decision.is_some_and(|decision| decision.flag),
            leaked,
            noted: decision.is_some_and(|decision| !decision.note.is_empty()),
            far: Far::of(record),
        }
    }

    /// The reader's operating point, else the one that the model states; `None` where the largest score wins, or several
    /// classes have one.
    fn operating_point(&self) -> Option<OperatingPoint> {
        self.review.threshold.or_else(|| {
            let stated = &self.model.facts()?.thresholds;
            let mut stated = stated.iter().enumerate().filter_map(|(class, limit)| Some((class, (*limit)?)));
            stated.next().filter(|_| stated.next().is_none())
        })
    }

    /// Makes the selected case's row anew, after a decision.
    pub(super) fn make_selected_row(&mut self) {
        let Some(case) = self.review.selected_case().copied() else { return };
        let Some(item) = self.items.get(case.item) else { return };
        let row = self.row(case.item, item, case.part);
        let place = self.review.selected;
        if let Some(case) = place.and_then(|place| Arc::make_mut(&mut self.review.cases).get_mut(place)) {
            case.row = row;
        }
        self.arrange_rows();
        if row.truth != case.row.truth {
            self.ask_numbers();
        }
    }

    /// Filters and orders the rows anew.
    pub(super) fn arrange_rows(&mut self) {
        let review = &self.review;
        let words: Vec<String> = review.text.split_whitespace().map(str::to_lowercase).collect();
        let class_names = self.model.facts().map_or(&[][..], |facts| &facts.class_names);
        let holds = |place: usize| {
            words.is_empty() || {
                let text = review.cases.get(place).map(|case| self.searched(case, class_names)).unwrap_or_default();
                words.iter().all(|word| text.contains(word))
            }
        };
        let name = |place: usize| review.cases.get(place).and_then(|case| self.items.get(case.item)).map(|i| &i.name);
        let rows: Vec<Row> = review.cases.iter().map(|case| case.row).collect();
        self.review.shown = arrange(&rows, review.show, review.order, &holds, &|a, b| name(a).cmp(&name(b)));
    }

    /// What a search looks into: path, classes, note; in lower case.
    fn searched(&self, case: &ListedCase, class_names: &[String]) -> String {
        let Some(item) = self.items.get(case.item) else { return String::new() };
        let class = |index: Option<usize>| index.and_then(|index| class_names.get(index)).map_or("", String::as_str);
        let key = item.records(Pane::First).get(case.part).map(|record| record.key.as_str());
        let note = key.and_then(|key| self.review.decisions.get(key)).map_or("", |decision| decision.note.as_str());
        let path = item.path().to_string_lossy();
        [&*path, class(case.row.truth), class(case.row.predicted()), note].join("\n").to_lowercase()
    }

    pub(in crate::app) fn filter(&mut self, show: Show) {
        self.review.show = show;
        self.arrange_rows();
    }

    pub(in crate::app) fn search(&mut self, text: String) {
        self.review.text = text;
        self.arrange_rows();
    }

    pub(in crate::app) fn sort(&mut self, order: Order) {
        self.review.order = order;
        self.arrange_rows();
    }

    /// Opens the case at `place`: its item, and its slice where the item has several cases.
    pub(in crate::app) fn select_case(&mut self, place: usize) {
        let Some(case) = self.review.cases.get(place).copied() else { return };
        self.review.selected = Some(place);
        self.select(case.item);
        let records = self.items.get(case.item).map_or(&[][..], |item| item.records(Pane::First));
        let slice = records.get(case.part).filter(|_| records.len() > 1).and_then(|record| record.scored());
        if let Some(slice) = slice.and_then(|scored| scored.slices.first()) {
            self.apply(Command::GoToFrame(*slice));
        }
    }

    /// The list's selection follows the item on the screen.
    pub(in crate::app) fn point_to_selected(&mut self) {
        let selected = self.items.selected();
        if self.review.selected_case().map(|case| case.item) != selected {
            self.review.selected = self.review.cases.iter().position(|case| Some(case.item) == selected);
        }
    }

    /// The class called of `scores` at the reader's operating point; `None` where that is the model's own.
    pub fn called(&self, scores: &[f32]) -> Option<usize> {
        self.review.threshold.map(|point| predicted_class(scores, &[point]))
    }

    pub(in crate::app) fn set_threshold(&mut self, point: Option<OperatingPoint>) {
        self.review.threshold = point;
        self.jobs.store(StoreJob::Point { generation: self.review.folder_generation, point });
        self.make_rows();
    }

    /// This many shown cases down, negative up.
    pub(in crate::app) fn step_case(&mut self, by: isize) {
        let last = self.review.shown.len().saturating_sub(1);
        let next = self.review.place_shown().map_or(0, |at| at.saturating_add_signed(by)).min(last);
        if let Some(place) = self.review.shown.get(next).copied() {
            self.select_case(place);
        }
    }

    /// The next shown case that `show` takes, from the selection around.
    pub(in crate::app) fn next_case(&mut self, show: Show, forward: bool) {
        let shown = &self.review.shown;
        let count = shown.len();
        let from = self.review.place_shown();
        let steps = 1..=count;
        let at = |step: usize| match (from, forward) {
            (Some(from), true) => (from + step) % count,
            (Some(from), false) => (from + count - step) % count,
            (None, true) => step - 1,
            (None, false) => count - step,
        };
        let takes = |place: &usize| self.review.cases.get(*place).is_some_and(|case| show.takes(&case.row));
        let found = steps.filter_map(|step| shown.get(at(step)).copied()).find(takes);
        if let Some(place) = found {
            self.select_case(place);
        }
    }
}
