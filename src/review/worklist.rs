//! Which cases of a list are shown, and in which order. In: one [`Row`] a case; out: indices of rows. A hundred
//! thousand rows are arranged in some ten milliseconds, so that nothing here is incremental. It reads no file and
//! knows no class names: the caller matches text.

use std::cmp::Ordering;

use super::folder::Opinion;
use super::record::CaseRecord;
use super::reference::Known;

/// Probabilities of the two likeliest classes that differ by less than this make a case uncertain.
pub const UNCERTAIN_MARGIN: f32 = 0.2;

/// What is known of a case, as far as arranging and counting need it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Row {
    /// Reference label, a class index.
    pub truth: Option<usize>,
    pub answer: Answer,
    /// Class that the compared model predicts.
    pub other: Option<usize>,
    pub opinion: Opinion,
    pub flagged: bool,
    /// True where the training data holds it too, as far as that was looked for.
    pub leaked: bool,
    /// True where the reader wrote a note.
    pub noted: bool,
    /// Where the model has a reference.
    pub far: Option<Far>,
}

/// How far a case lies from what the model has seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Far {
    /// As [`Known::distance`].
    pub distance: f64,
    pub unlike: bool,
}

impl Far {
    /// Of a record.
    pub fn of(record: &CaseRecord) -> Option<Self> {
        let known: &Known = record.scored()?.known.as_ref()?;
        Some(Self { distance: known.distance, unlike: known.is_unlike() })
    }
}

/// How far a case's prediction is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Answer {
    #[default]
    Waiting,
    Failed,
    Class {
        predicted: usize,
        /// The predicted class's score.
        score: f32,
        /// How clear the answer is: the likeliest class's score less the second's; at an operating point as
        /// [`CaseRecord::margin_at`].
        margin: Option<f32>,
        /// `-ln` of the reference label's score.
        loss: Option<f64>,
    },
}

impl Answer {
    /// Of a record; `predicted` is the class called at `point`, the operating point in use (class and least score).
    pub fn of(record: &CaseRecord, predicted: usize, point: Option<(usize, f32)>) -> Self {
        let Some(scored) = record.scored() else { return Self::Failed };
        let score = scored.scores.get(predicted).copied().unwrap_or(f32::NAN);
        let margin = point.map_or_else(|| record.margin(), |(class, limit)| record.margin_at(class, limit));
        Self::Class { predicted, score, margin, loss: record.loss() }
    }
}

impl Row {
    pub fn predicted(&self) -> Option<usize> {
        match self.answer {
            Answer::Class { predicted, .. } => Some(predicted),
            _ => None,
        }
    }

    /// Reference label and prediction, where both are there.
    pub fn cell(&self) -> Option<(usize, usize)> {
        Some((self.truth?, self.predicted()?))
    }

    pub fn is_wrong(&self) -> bool {
        self.cell().is_some_and(|(truth, predicted)| truth != predicted)
    }

    pub fn is_uncertain(&self) -> bool {
        matches!(self.answer, Answer::Class { margin: Some(margin), .. } if margin < UNCERTAIN_MARGIN)
    }

    /// Which of two models is right, where both have answered a labelled case.
    pub fn pair(&self) -> Option<Pair> {
        let ((truth, a), b) = (self.cell()?, self.other?);
        Some(match (a == truth, b == truth) {
            (true, true) => Pair::BothRight,
            (true, false) => Pair::OnlyFirst,
            (false, true) => Pair::OnlySecond,
            (false, false) => Pair::BothWrong,
        })
    }
}

/// Which of two models is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pair {
    BothRight,
    OnlyFirst,
    OnlySecond,
    BothWrong,
}

impl Pair {
    pub const ALL: [Self; 4] = [Self::BothRight, Self::OnlyFirst, Self::OnlySecond, Self::BothWrong];
}

/// Which rows are wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Show {
    #[default]
    All,
    /// The model disagrees with the reference label.
    Wrong,
    Uncertain,
    /// No prediction could be made.
    Failed,
    /// Answered, and without the reader's opinion.
    Undecided,
    Decided(Opinion),
    Flagged,
    /// In the training data too, or not.
    Leaked,
    NotLeaked,
    /// Both models answered, differently.
    Flipped,
    Pair(Pair),
    /// A cell of the confusion matrix.
    Cell {
        truth: usize,
        predicted: usize,
    },
}

impl Show {
    pub fn takes(self, row: &Row) -> bool {
        match self {
            Self::All => true,
            Self::Wrong => row.is_wrong(),
            Self::Uncertain => row.is_uncertain(),
            Self::Failed => row.answer == Answer::Failed,
            Self::Undecided => row.predicted().is_some() && row.opinion == Opinion::None,
            Self::Decided(opinion) => row.opinion == opinion,
            Self::Flagged => row.flagged,
            Self::Leaked => row.leaked,
            Self::NotLeaked => !row.leaked,
            Self::Flipped => row.other.is_some_and(|other| row.predicted().is_some_and(|own| own != other)),
            Self::Pair(pair) => row.pair() == Some(pair),
            Self::Cell { truth, predicted } => row.cell() == Some((truth, predicted)),
        }
    }
}

/// What rows are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// As they were listed.
    #[default]
    Listed,
    Name,
    Truth,
    Predicted,
    Score,
    Margin,
    Loss,
    /// How far from what the model has seen.
    Distance,
    Opinion,
}

/// An order; rows without a value come last in both directions, equal ones as listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Order {
    pub key: SortKey,
    pub descending: bool,
}

impl Order {
    fn compare(self, a: (usize, &Row), b: (usize, &Row), names: &dyn Fn(usize, usize) -> Ordering) -> Ordering {
        let number = |row: &Row| -> Option<f64> {
            match (self.key, row.answer) {
                (SortKey::Truth, _) => row.truth.map(|truth| truth as f64),
                (SortKey::Opinion, _) => (row.opinion != Opinion::None).then(|| f64::from(row.opinion as u8)),
                (SortKey::Distance, _) => row.far.map(|far| far.distance),
                (SortKey::Predicted, Answer::Class { predicted, .. }) => Some(predicted as f64),
                (SortKey::Score, Answer::Class { score, .. }) => Some(f64::from(score)),
                (SortKey::Margin, Answer::Class { margin, .. }) => margin.map(f64::from),
                (SortKey::Loss, Answer::Class { loss, .. }) => loss,
                _ => None,
            }
        };
        let turned = |order: Ordering| if self.descending { order.reverse() } else { order };
        let order = match self.key {
            SortKey::Listed => turned(a.0.cmp(&b.0)),
            SortKey::Name => turned(names(a.0, b.0)),
            _ => match (number(a.1), number(b.1)) {
                (Some(a), Some(b)) => turned(a.total_cmp(&b)),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => Ordering::Equal,
            },
        };
        order.then(a.0.cmp(&b.0))
    }
}

/// Indices of the rows that `show` and `text` take, in `order`. `text` says whether a row holds the words that are
/// searched for; `names` compares two rows by name.
pub fn arrange(
    rows: &[Row],
    show: Show,
    order: Order,
    text: &dyn Fn(usize) -> bool,
    names: &dyn Fn(usize, usize) -> Ordering,
) -> Vec<usize> {
    let mut kept: Vec<(usize, &Row)> =
        rows.iter().enumerate().filter(|(index, row)| show.takes(row) && text(*index)).collect();
    if order != Order::default() {
        kept.sort_unstable_by(|a, b| order.compare(*a, *b, names));
    }
    kept.into_iter().map(|(index, _)| index).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(truth: usize, predicted: usize, score: f32) -> Row {
        let loss = Some(f64::from(if truth == predicted { 1.0 - score } else { 1.0 + score }));
        let answer = Answer::Class { predicted, score, margin: Some(2.0 * score - 1.0), loss };
        Row { truth: Some(truth), answer, ..Row::default() }
    }

    fn arranged(rows: &[Row], show: Show, key: SortKey, descending: bool) -> Vec<usize> {
        arrange(rows, show, Order { key, descending }, &|_| true, &|a, b| a.cmp(&b))
    }

    #[test]
    fn rows_are_filtered_and_ordered() {
        let mut rows = [row(0, 0, 0.9), row(0, 1, 0.6), row(1, 1, 0.8), Row::default(), row(1, 1, 0.59)];
        rows[2].other = Some(0);
        rows[1].other = Some(0);
        let none: [usize; 0] = [];
        assert_eq!(arranged(&rows, Show::Wrong, SortKey::Listed, false), [1]);
        assert_eq!(arranged(&rows, Show::Uncertain, SortKey::Listed, false), [4], "a margin of 0.2 is no doubt");
        assert_eq!(arranged(&rows, Show::Cell { truth: 1, predicted: 1 }, SortKey::Listed, false), [2, 4]);
        assert_eq!(arranged(&rows, Show::Pair(Pair::OnlySecond), SortKey::Listed, false), [1]);
        assert_eq!(arranged(&rows, Show::Pair(Pair::OnlyFirst), SortKey::Listed, false), [2]);
        assert_eq!(arranged(&rows, Show::Flipped, SortKey::Listed, false), [1, 2]);
        assert_eq!(arranged(&rows, Show::Decided(Opinion::Agree), SortKey::Listed, false), none);
        assert_eq!(arranged(&rows, Show::Undecided, SortKey::Listed, false), [0, 1, 2, 4]);
        assert_eq!(arranged(&rows, Show::All, SortKey::Score, true), [0, 2, 1, 4, 3], "no score comes last");
        assert_eq!(arranged(&rows, Show::All, SortKey::Score, false), [4, 1, 2, 0, 3]);
        assert_eq!(arranged(&rows, Show::All, SortKey::Loss, true)[0], 1);
        assert_eq!(arranged(&rows, Show::All, SortKey::Listed, true), [4, 3, 2, 1, 0]);
    }
}
