//! Does the predicted class stay when the picture changes as little as a reader would not mind?
//!
//! In: the slices of a case and a model. Out: the prediction as it is, and one for each small change of the picture before
//! the model's own steps: window, size, place, and left for right where that is allowed. A volume changes as a whole: its
//! slices alike, and also along them. It judges no class right or wrong.

use ndarray::{Array2, Array3};

use super::CaseError;
use super::prepare::engine_error;
use crate::engine::{Inference, Model, Session};
use crate::preprocess::{PreprocessError, VolumeStep, prepare_for, prepare_stack, read};
use crate::scan::{Frame, Pixels, Scan, ScanError};

/// One small change.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Change {
    /// Values up or down, as a share of their range.
    Brighter(f64),
    /// The spread of values around their middle, as a factor.
    Contrast(f64),
    /// Larger (above 1) or smaller, about the middle; the edge is repeated.
    Zoom(f64),
    /// Down and to the right, as shares of the size; the edge is repeated.
    Shift(f64, f64),
    /// Of a volume: to later slices, as a share of their number and by one at least; the slice at the edge is repeated.
    Along(f64),
    /// Left for right.
    Flip,
}

impl Change {
    /// The twelve that every picture gets.
    pub const SMALL: [Self; 12] = [
        Self::Brighter(0.05),
        Self::Brighter(-0.05),
        Self::Contrast(1.1),
        Self::Contrast(0.9),
        Self::Zoom(1.03),
        Self::Zoom(0.97),
        Self::Zoom(1.06),
        Self::Zoom(0.94),
        Self::Shift(0.02, 0.0),
        Self::Shift(-0.02, 0.0),
        Self::Shift(0.0, 0.02),
        Self::Shift(0.0, -0.02),
    ];

    /// Those of a picture, or of a volume.
    pub fn small(volume: bool) -> Vec<Self> {
        let along = [Self::Along(0.02), Self::Along(-0.02)].into_iter().filter(|_| volume);
        Self::SMALL.into_iter().chain(along).collect()
    }

    /// `brighter by 5 %`, `3 % larger`, `2 % to the left`…
    pub fn words(self) -> String {
        let percent = |share: f64| format!("{:.0} %", share.abs() * 100.0);
        match self {
            Self::Brighter(share) if share > 0.0 => format!("brighter by {}", percent(share)),
            Self::Brighter(share) => format!("darker by {}", percent(share)),
            Self::Contrast(factor) if factor > 1.0 => format!("contrast up {}", percent(factor - 1.0)),
            Self::Contrast(factor) => format!("contrast down {}", percent(1.0 - factor)),
            Self::Zoom(factor) if factor > 1.0 => format!("{} larger", percent(factor - 1.0)),
            Self::Zoom(factor) => format!("{} smaller", percent(1.0 - factor)),
            Self::Shift(rows, _) if rows > 0.0 => format!("{} down", percent(rows)),
            Self::Shift(rows, _) if rows < 0.0 => format!("{} up", percent(rows)),
            Self::Shift(_, cols) if cols > 0.0 => format!("{} to the right", percent(cols)),
            Self::Shift(_, cols) => format!("{} to the left", percent(cols)),
            Self::Along(share) if share > 0.0 => format!("{} towards the last slice", percent(share)),
            Self::Along(share) => format!("{} towards the first slice", percent(share)),
            Self::Flip => "left for right".to_owned(),
        }
    }

    /// The changed picture; its windows stay where they were.
    pub fn of(self, frame: &Frame) -> Frame {
        self.within(frame, range([frame].into_iter()))
    }

    /// The changed slices of a volume. With `keeps_zero`, what is 0 stays 0 where values change: the background that the
    /// model's own steps leave out would else be filled, and the answer be about that.
    pub fn of_volume(self, frames: &[Frame], keeps_zero: bool) -> Vec<Frame> {
        let range = range(frames.iter());
        let last = frames.len().saturating_sub(1);
        let from = |place: usize| match self {
            Self::Along(share) => {
                let steps = (share.abs() * frames.len() as f64).round().max(1.0) as usize;
                if share > 0.0 { place.saturating_sub(steps) } else { (place + steps).min(last) }
            }
            _ => place,
        };
        let changed = |frame: &Frame| {
            let mut changed = self.within(frame, range);
            if keeps_zero && matches!(self, Self::Brighter(_) | Self::Contrast(_)) {
                keep_zeros(&mut changed, frame);
            }
            changed
        };
        (0..frames.len()).filter_map(|place| frames.get(from(place))).map(changed).collect()
    }

    /// The changed picture; brightness and contrast are shares of `range`.
    fn within(self, frame: &Frame, range: (f32, f32)) -> Frame {
        let pixels = match &frame.pixels {
            Pixels::Gray(values) => {
                let changed = self.gray(values, range);
                // What a file of 8 bits could hold.
                Pixels::Gray(match frame.eight_bit_picture {
                    true => changed.mapv(|value| value.clamp(0.0, 255.0).round()),
                    false => changed,
                })
            }
            Pixels::Rgb(values) => Pixels::Rgb(self.rgb(values)),
        };
        Frame { pixels, windows: frame.windows.clone(), eight_bit_picture: frame.eight_bit_picture }
    }

    fn gray(self, values: &Array2<f32>, (low, high): (f32, f32)) -> Array2<f32> {
        match self {
            Self::Along(_) => values.clone(),
            _ if low > high => values.clone(),
            Self::Brighter(share) => values.mapv(|value| value + (high - low) * share as f32),
            Self::Contrast(factor) => {
                let middle = (low + high) / 2.0;
                values.mapv(|value| (value - middle) * factor as f32 + middle)
            }
            _ => {
                let (rows, cols) = values.dim();
                Array2::from_shape_fn((rows, cols), |at| {
                    let value = |row: usize, col: usize| values.get((row, col)).copied().unwrap_or(low);
                    between(self.source(at, (rows, cols)), (rows, cols), value)
                })
            }
        }
    }

    fn rgb(self, values: &Array3<u8>) -> Array3<u8> {
        let (rows, cols, channels) = values.dim();
        let whole = |value: f32| value.clamp(0.0, 255.0).round() as u8;
        match self {
            Self::Along(_) => values.clone(),
            Self::Brighter(share) => values.mapv(|value| whole(f32::from(value) + 255.0 * share as f32)),
            Self::Contrast(factor) => values.mapv(|value| whole((f32::from(value) - 127.5) * factor as f32 + 127.5)),
            _ => Array3::from_shape_fn((rows, cols, channels), |(row, col, channel)| {
                let value = |row: usize, col: usize| values.get((row, col, channel)).copied().map_or(0.0, f32::from);
                whole(between(self.source((row, col), (rows, cols)), (rows, cols), value))
            }),
        }
    }

    /// Where a pixel of the changed picture comes from, in pixels.
    fn source(self, (row, col): (usize, usize), (rows, cols): (usize, usize)) -> (f64, f64) {
        let (row, col, rows, cols) = (row as f64, col as f64, rows as f64, cols as f64);
        match self {
            Self::Zoom(factor) => {
                let from = |at: f64, length: f64| (at - (length - 1.0) / 2.0) / factor + (length - 1.0) / 2.0;
                (from(row, rows), from(col, cols))
            }
            Self::Shift(down, right) => (row - (down * rows).round(), col - (right * cols).round()),
            Self::Flip => (row, cols - 1.0 - col),
            Self::Brighter(_) | Self::Contrast(_) | Self::Along(_) => (row, col),
        }
    }
}

/// What was 0 is 0 again.
fn keep_zeros(changed: &mut Frame, before: &Frame) {
    if let (Pixels::Gray(changed), Pixels::Gray(before)) = (&mut changed.pixels, &before.pixels) {
        changed.zip_mut_with(before, |value, before| {
            if *before == 0.0 {
                *value = 0.0;
            }
        });
    }
}

/// Least and largest finite value of grey frames.
fn range<'a>(frames: impl Iterator<Item = &'a Frame>) -> (f32, f32) {
    let grey = frames.filter_map(|frame| match &frame.pixels {
        Pixels::Gray(values) => Some(values),
        Pixels::Rgb(_) => None,
    });
    let finite = grey.flatten().copied().filter(|value| value.is_finite());
    finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
}

/// Bilinear between the four pixels around a place; outside, the nearest edge.
fn between((row, col): (f64, f64), (rows, cols): (usize, usize), value: impl Fn(usize, usize) -> f32) -> f32 {
    let split = |at: f64, length: usize| {
        let at = at.clamp(0.0, length.saturating_sub(1) as f64);
        let first = at.floor() as usize;
        (first, (first + 1).min(length.saturating_sub(1)), (at - at.floor()) as f32)
    };
    let ((top, bottom, down), (left, right, across)) = (split(row, rows), split(col, cols));
    let line = |row: usize| value(row, left) * (1.0 - across) + value(row, right) * across;
    line(top) * (1.0 - down) + line(bottom) * down
}

/// A prediction and what small changes make of it.
#[derive(Clone, Debug)]
pub struct Stability {
    pub unchanged: Inference,
    pub changed: Vec<(Change, Inference)>,
}

impl Stability {
    /// The changes under which another class is predicted.
    pub fn other_class(&self) -> impl Iterator<Item = &(Change, Inference)> {
        self.changed.iter().filter(|(_, inference)| inference.predicted != self.unchanged.predicted)
    }

    /// Lowest and highest score of the predicted class over all changes.
    pub fn range(&self) -> (f32, f32) {
        let score = |inference: &Inference| inference.scores.get(self.unchanged.predicted).copied().unwrap_or(0.0);
        let all = self.changed.iter().map(|(_, inference)| score(inference)).chain([score(&self.unchanged)]);
        all.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)))
    }

    /// `changes under 3 of 12`, or `stays under all 12`.
    pub fn words(&self) -> String {
        match self.other_class().count() {
            0 => format!("stays under all {}", self.changed.len()),
            count => format!("changes under {count} of {}", self.changed.len()),
        }
    }
}

/// The slices of a case, read once, to be predicted under one change after the other.
#[derive(Debug)]
pub struct Unchanged {
    scan: Scan,
    frames: Vec<Frame>,
}

impl Unchanged {
    /// Reads `slices`, counted from 0, as the model is to get them.
    ///
    /// # Errors
    /// What is wrong with the scan.
    pub fn read(scan: &Scan, slices: &[usize], model: &Model) -> Result<Self, CaseError> {
        let volume = model.is_volume();
        let read = |slice: &usize| match volume {
            true => scan.frame(*slice),
            false => Ok(read(scan, *slice, model.steps())?.0),
        };
        let frames = slices.iter().map(read).collect::<Result<Vec<Frame>, ScanError>>()?;
        Ok(Self { scan: scan.clone(), frames })
    }

    /// The prediction under a change; `None` is the case as it is.
    ///
    /// # Errors
    /// What is wrong with the steps or the engine.
    pub fn predict(
        &self,
        change: Option<Change>,
        model: &Model,
        session: &mut Session,
    ) -> Result<Inference, CaseError> {
        let changed: Vec<Frame> = match change {
            Some(change) if model.is_volume() => {
                let leaves_zero = |step: &VolumeStep| matches!(step, VolumeStep::Zscore { nonzero: true });
                change.of_volume(&self.frames, model.volume_steps().iter().any(leaves_zero))
            }
            Some(change) => self.frames.iter().map(|frame| change.of(frame)).collect(),
            None => self.frames.clone(),
        };
        let path = &self.scan.path;
        let tensors = tensors(changed, &self.scan, model)
            .map_err(|source| CaseError::Preprocess { path: path.clone(), source })?;
        let views: Vec<_> = tensors.iter().map(|tensor| tensor.view()).collect();
        let parts = session.run(&views).and_then(|parts| model.combine(parts));
        parts.map_err(|source| engine_error(path, source))
    }
}

/// Predicts the case of `slices` as it is and under each change.
///
/// # Errors
/// What is wrong with the scan, the steps or the engine.
pub fn stability(
    scan: &Scan,
    slices: &[usize],
    model: &Model,
    session: &mut Session,
    changes: &[Change],
) -> Result<Stability, CaseError> {
    let case = Unchanged::read(scan, slices, model)?;
    let unchanged = case.predict(None, model, session)?;
    let one = |change: &Change| Ok((*change, case.predict(Some(*change), model, session)?));
    let changed = changes.iter().map(one).collect::<Result<Vec<_>, CaseError>>()?;
    Ok(Stability { unchanged, changed })
}

/// What the model is fed of the slices of a case.
fn tensors(frames: Vec<Frame>, scan: &Scan, model: &Model) -> Result<Vec<Array3<f32>>, PreprocessError> {
    if model.is_volume() {
        let frames: Vec<Pixels> = frames.into_iter().map(|frame| frame.pixels).collect();
        return Ok(vec![prepare_stack(&frames, &scan.meta, model.volume_steps(), false)?.tensor]);
    }
    let one = |frame: &Frame| Ok(prepare_for(model.channels(), frame, &scan.meta, model.steps(), false)?.tensor);
    frames.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(values: Array2<f32>, eight_bit_picture: bool) -> Frame {
        Frame { pixels: Pixels::Gray(values), windows: Vec::new(), eight_bit_picture }
    }

    fn gray(frame: &Frame) -> &Array2<f32> {
        match &frame.pixels {
            Pixels::Gray(values) => values,
            Pixels::Rgb(_) => panic!("not grey"),
        }
    }

    #[test]
    fn places_move_as_they_are_called() {
        let values = Array2::from_shape_fn((50, 100), |(row, col)| (row * 100 + col) as f32);
        let of = |change: Change| gray(&change.of(&frame(values.clone(), false))).clone();
        let right = of(Change::Shift(0.0, 0.02));
        assert_eq!((right[[7, 12]], right[[7, 0]]), (values[[7, 10]], values[[7, 0]]));
        assert_eq!(of(Change::Shift(-0.02, 0.0))[[7, 12]], values[[8, 12]]);
        assert_eq!(of(Change::Flip)[[3, 0]], values[[3, 99]]);
        let larger = of(Change::Zoom(1.06));
        assert!(larger[[0, 0]] > values[[0, 0]] && larger[[49, 99]] < values[[49, 99]]);
        assert!((larger.mean().unwrap() - values.mean().unwrap()).abs() < 0.5);
    }

    #[test]
    fn values_stay_what_a_file_can_hold() {
        let values = Array2::from_shape_fn((2, 3), |(row, col)| (row * 3 + col) as f32 * 51.0);
        let brighter = Change::Brighter(0.05).of(&frame(values.clone(), true));
        assert_eq!(gray(&brighter).iter().copied().collect::<Vec<_>>(), [13.0, 64.0, 115.0, 166.0, 217.0, 255.0]);
        let contrast = Change::Contrast(0.9).of(&frame(values * 10.0 - 1000.0, false));
        assert!((gray(&contrast)[[0, 0]] - (-872.5)).abs() < 1e-3);
        let rgb = Pixels::Rgb(Array3::from_elem((4, 4, 3), 250));
        let changed = Change::Brighter(0.05).of(&Frame { pixels: rgb, windows: Vec::new(), eight_bit_picture: true });
        assert!(matches!(changed.pixels, Pixels::Rgb(values) if values.iter().all(|value| *value == 255)));
    }

    #[test]
    fn a_volume_changes_as_a_whole() {
        let slice = |level: f32| frame(Array2::from_elem((4, 4), level), false);
        let volume: Vec<Frame> = (0..50).map(|place| slice(place as f32 * 2.0)).collect();
        let of =
            |change: Change| change.of_volume(&volume, false).iter().map(|one| gray(one)[[1, 1]]).collect::<Vec<_>>();
        let later = of(Change::Along(0.02));
        assert_eq!((later.len(), later[0], later[1], later[49]), (50, 0.0, 0.0, 96.0));
        let earlier = of(Change::Along(-0.04));
        assert_eq!((earlier[0], earlier[47], earlier[49]), (4.0, 98.0, 98.0));
        assert_eq!(Change::Along(0.001).of_volume(&volume[..3], false).len(), 3);
        // 5 % of the volume's range, where each slice has none of its own.
        assert!((of(Change::Brighter(0.05))[10] - 24.9).abs() < 1e-5);
        assert!((of(Change::Contrast(0.9))[0] - 4.9).abs() < 1e-5);
        assert_eq!(of(Change::Flip)[7], 14.0);
        let kept = Change::Brighter(0.05).of_volume(&volume, true);
        assert_eq!(gray(&kept[0])[[1, 1]], 0.0, "the background stays");
        assert!((gray(&kept[10])[[1, 1]] - 24.9).abs() < 1e-5);
    }

    #[test]
    fn every_change_has_its_words() {
        assert_eq!((Change::small(false).len(), Change::small(true).len()), (12, 14));
        let mut words: Vec<String> = Change::small(true).iter().map(|change| change.words()).collect();
        words.sort();
        words.dedup();
        assert_eq!(words.len(), 14);
        assert_eq!(Change::Shift(0.0, -0.02).words(), "2 % to the left");
    }
}
