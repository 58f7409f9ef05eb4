//! Scores many changed pictures in batches, with progress and cancelling.

use std::fmt::Display;
use std::ops::ControlFlow;

use ndarray::Array3;

use super::ForwardError;

/// Pictures `[rows, cols, channels]` in, one score of the target class each out.
pub type ScoreFn<'a, E> = dyn FnMut(&[Array3<f32>]) -> Result<Vec<f32>, E> + 'a;
/// `(pictures done, pictures in all)` after every batch; `Break` cancels.
pub type ProgressFn<'a> = dyn FnMut(usize, usize) -> ControlFlow<()> + 'a;

/// The model as these methods see it.
pub struct Scorer<'a, E> {
    score: &'a mut ScoreFn<'a, E>,
    progress: &'a mut ProgressFn<'a>,
    batch: usize,
    done: usize,
    total: usize,
}

impl<'a, E: Display> Scorer<'a, E> {
    /// `batch`: most pictures in one call of `score`, at least 1. Bounds the memory.
    pub fn new(score: &'a mut ScoreFn<'a, E>, progress: &'a mut ProgressFn<'a>, batch: usize) -> Self {
        Self { score, progress, batch: batch.max(1), done: 0, total: 0 }
    }

    /// Announces how many pictures a method will score in all.
    pub(super) fn expect(&mut self, total: usize) {
        (self.done, self.total) = (0, total);
    }

    /// Scores all pictures, made one batch at a time; `each` gets every picture's number and score, in order.
    pub(super) fn run(
        &mut self,
        pictures: impl IntoIterator<Item = Array3<f32>>,
        mut each: impl FnMut(usize, f32),
    ) -> Result<(), ForwardError<E>> {
        let mut pictures = pictures.into_iter();
        let mut number = 0;
        loop {
            let batch: Vec<Array3<f32>> = pictures.by_ref().take(self.batch).collect();
            if batch.is_empty() {
                return Ok(());
            }
            for score in self.run_batch(&batch)? {
                each(number, score);
                number += 1;
            }
        }
    }

    /// The score of one picture.
    pub(super) fn one(&mut self, picture: Array3<f32>) -> Result<f32, ForwardError<E>> {
        let mut found = 0.0;
        self.run([picture], |_, score| found = score)?;
        Ok(found)
    }

    fn run_batch(&mut self, batch: &[Array3<f32>]) -> Result<Vec<f32>, ForwardError<E>> {
        let scores = (self.score)(batch).map_err(ForwardError::Score)?;
        if scores.len() != batch.len() {
            return Err(ForwardError::Count { asked: batch.len(), given: scores.len() });
        }
        if !scores.iter().all(|score| score.is_finite()) {
            return Err(ForwardError::NotFinite);
        }
        self.done += batch.len();
        match (self.progress)(self.done, self.total.max(self.done)) {
            ControlFlow::Continue(()) => Ok(scores),
            ControlFlow::Break(()) => Err(ForwardError::Cancelled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures(count: usize) -> impl Iterator<Item = Array3<f32>> {
        (0..count).map(|i| Array3::from_elem((1, 1, 1), i as f32))
    }

    #[test]
    fn pictures_go_in_batches_and_scores_come_back_in_order() {
        let (mut sizes, mut steps) = (Vec::new(), Vec::new());
        let mut score = |batch: &[Array3<f32>]| {
            sizes.push(batch.len());
            Ok::<_, String>(batch.iter().map(|picture| picture[[0, 0, 0]] * 2.0).collect())
        };
        let mut progress = |done, total| {
            steps.push((done, total));
            ControlFlow::Continue(())
        };
        let mut scorer = Scorer::new(&mut score, &mut progress, 3);
        scorer.expect(7);
        let mut found = Vec::new();
        scorer.run(pictures(7), |number, score| found.push((number, score))).unwrap();
        assert_eq!(found, (0..7).map(|i| (i, i as f32 * 2.0)).collect::<Vec<_>>());
        assert_eq!(sizes, [3, 3, 1]);
        assert_eq!(steps, [(3, 7), (6, 7), (7, 7)]);
    }

    #[test]
    fn cancelling_stops_after_the_batch() {
        let mut calls = 0;
        let mut score = |batch: &[Array3<f32>]| {
            calls += 1;
            Ok::<_, String>(vec![0.0; batch.len()])
        };
        let mut progress = |done, _| if done >= 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
        let result = Scorer::new(&mut score, &mut progress, 2).run(pictures(100), |_, _| ());
        assert!(matches!(result, Err(ForwardError::Cancelled)));
        assert_eq!(calls, 2);
    }

    #[test]
    fn wrong_answers_of_the_model_are_said() {
        let run = |answer: Result<Vec<f32>, String>| {
            let mut score = |_: &[Array3<f32>]| answer.clone();
            let mut progress = |_, _| ControlFlow::Continue(());
            Scorer::new(&mut score, &mut progress, 2).run(pictures(2), |_, _| ()).unwrap_err().to_string()
        };
        assert_eq!(run(Err("no memory".into())), "the model could not score the changed pictures: no memory");
        assert!(run(Ok(vec![1.0])).contains("2 pictures were to be scored, but 1 scores"));
        assert!(run(Ok(vec![1.0, f32::NAN])).contains("not a finite number"));
    }
}
