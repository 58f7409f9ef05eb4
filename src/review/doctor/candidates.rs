//! The ways to prepare pictures that are worth trying for a model and a set of pictures.

use super::Sample;
use crate::engine::Model;
use crate::onnx;
use crate::preprocess::{Filter, Fit, Library, RangeChoice, Recipe, Resampler, Scale, Step};
use crate::scan::Pixels;

/// One way to prepare pictures for one reading of the model.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Which of the models (they differ in layout only).
    pub model: usize,
    pub way: Way,
}

/// How a candidate's steps come about.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// For a model of this size, `None` where nothing is resized.
    Recipe(Recipe, Option<[usize; 2]>),
    /// What the model says now.
    Present(Vec<Step>),
}

impl Candidate {
    /// Steps up to the resized picture, and those on its values.
    pub(super) fn split(&self, channels: usize) -> (Vec<Step>, Vec<Step>) {
        match &self.way {
            Way::Recipe(recipe, size) => (recipe.picture_steps(*size, channels), recipe.value_steps(channels)),
            Way::Present(steps) => (steps.clone(), Vec::new()),
        }
    }

    pub fn steps(&self, channels: usize) -> Vec<Step> {
        let (mut steps, values) = self.split(channels);
        steps.extend(values);
        steps
    }

    pub(super) fn words(&self) -> String {
        match &self.way {
            Way::Recipe(recipe, Some([rows, cols])) => format!("{} ({rows} x {cols})", recipe.words()),
            Way::Recipe(recipe, None) => format!("{} (not resized)", recipe.words()),
            Way::Present(_) => "as the model says now".to_owned(),
        }
    }
}

/// What is tried. Of things that cannot be told apart, the one that comes first in these lists is named.
#[derive(Clone, Debug)]
pub(super) struct Space {
    pub channels: usize,
    models: usize,
    sizes: Vec<Option<[usize; 2]>>,
    ranges: Vec<Option<RangeChoice>>,
    swaps: Vec<bool>,
    fits: Vec<Fit>,
    resamplers: Vec<Resampler>,
    /// Why something was not tried.
    pub remarks: Vec<String>,
}

/// Sides tried where the graph takes any size.
const USUAL_SIDES: [usize; 5] = [224, 128, 256, 299, 512];

impl Space {
    pub fn of(models: &[Model], samples: &[Sample]) -> Self {
        let model = models.first();
        let channels = model.map_or(3, Model::channels);
        let mut space = Self {
            channels,
            models: models.len().max(1),
            sizes: model.map(sizes).unwrap_or_default(),
            ranges: vec![Some(RangeChoice::Header)],
            swaps: vec![false],
            fits: vec![Fit::Squash],
            resamplers: resamplers(model.is_some_and(|model| model.graph.is_from_keras())),
            remarks: Vec::new(),
        };
        if samples.iter().any(|sample| !sample.frame.eight_bit_picture) {
            space.ranges.extend([Some(RangeChoice::Percentile), Some(RangeChoice::Full), None]);
        }
        if channels == 3 {
            match samples.iter().any(has_colour) {
                true => space.swaps.push(true),
                false => {
                    space.remarks.push("The pictures are grey, so the order of colours cannot be told.".to_owned());
                }
            }
        }
        space.shapes(samples);
        space
    }

    /// Fits that differ for these pictures.
    fn shapes(&mut self, samples: &[Sample]) {
        let fixed = match self.sizes.as_slice() {
            [Some(size)] => Some(*size),
            _ => None,
        };
        let dims = || samples.iter().map(|sample| sample.frame.pixels.size());
        if fixed.is_some_and(|[rows, cols]| dims().all(|size| (size.rows, size.cols) == (rows, cols))) {
            self.remarks.push(
                "The pictures have the model's size already, so how others would be resized cannot be told.".to_owned(),
            );
            self.resamplers.truncate(1);
        }
        let same_shape = |(rows, cols): (usize, usize)| match fixed {
            Some([r, c]) => rows * c == cols * r,
            None => rows == cols,
        };
        self.fits.extend([Fit::Crop(0.875), Fit::Crop(0.9), Fit::Crop(0.95), Fit::Crop(224.0 / 232.0)]);
        if dims().all(|size| same_shape((size.rows, size.cols))) {
            self.remarks.push(
                "The pictures have the model's shape already, so squashing, letterboxing and cropping to that shape cannot \
                 be told apart."
                    .to_owned(),
            );
        } else {
            self.fits.extend([Fit::Crop(1.0), Fit::Letterbox(0.0), Fit::Square(0.0), Fit::Letterbox(114.0)]);
        }
    }

    /// Where the search starts: plain, for each reading of the model, by two kinds of resizing.
    pub fn start(&self) -> Vec<Candidate> {
        let first = self.resamplers.first().copied();
        let nearest = self.resamplers.iter().find(|resampler| resampler.filter == Filter::Nearest).copied();
        let mut start = Vec::new();
        for model in 0..self.models {
            for size in &self.sizes {
                for resampler in first.into_iter().chain(nearest) {
                    let recipe = Recipe::plain(resampler, Scale::Unit);
                    start.push(Candidate { model, way: Way::Recipe(recipe, *size) });
                }
            }
        }
        start
    }

    /// Every scale, order of colours, inversion and range.
    pub fn values(&self, around: &Candidate) -> Vec<Candidate> {
        self.vary(around, |recipe, found| {
            for scale in Scale::ALL.into_iter().filter(|scale| scale.fits(self.channels)) {
                for (range, swap) in
                    self.ranges.iter().flat_map(|range| self.swaps.iter().map(move |swap| (range, swap)))
                {
                    for invert in [false, true] {
                        found.push(Recipe { scale, range: *range, swap: *swap, invert, ..recipe.clone() });
                    }
                }
            }
        })
    }

    pub fn fits(&self, around: &Candidate) -> Vec<Candidate> {
        self.vary(around, |recipe, found| {
            found.extend(self.fits.iter().map(|fit| Recipe { fit: *fit, ..recipe.clone() }));
        })
    }

    pub fn resamplers(&self, around: &Candidate) -> Vec<Candidate> {
        self.vary(around, |recipe, found| {
            found.extend(self.resamplers.iter().map(|resampler| Recipe { resampler: *resampler, ..recipe.clone() }));
        })
    }

    /// Every combination for one size.
    pub fn all(&self, model: usize, size: Option<[usize; 2]>) -> Vec<Candidate> {
        let Some(first) = self.resamplers.first() else { return Vec::new() };
        let plain = Candidate { model, way: Way::Recipe(Recipe::plain(*first, Scale::Unit), size) };
        let fits = self.fits(&plain);
        let resized = fits.iter().flat_map(|fit| self.resamplers(fit));
        resized.flat_map(|one| self.values(&one)).collect()
    }

    fn vary(&self, around: &Candidate, vary: impl Fn(&Recipe, &mut Vec<Recipe>)) -> Vec<Candidate> {
        let Way::Recipe(recipe, size) = &around.way else { return Vec::new() };
        let mut found = Vec::new();
        vary(recipe, &mut found);
        found.into_iter().map(|recipe| Candidate { model: around.model, way: Way::Recipe(recipe, *size) }).collect()
    }

    /// The plainer of two that cannot be told apart has the smaller rank; what the model says now is plainest.
    pub fn rank(&self, candidate: &Candidate) -> [usize; 7] {
        let Way::Recipe(recipe, size) = &candidate.way else { return [0; 7] };
        fn place<T: PartialEq>(list: &[T], item: &T) -> usize {
            list.iter().position(|other| other == item).map_or(list.len(), |place| place + 1)
        }
        [
            usize::from(recipe.invert) + 1,
            usize::from(recipe.swap),
            place(&self.fits, &recipe.fit),
            place(&self.resamplers, &recipe.resampler),
            place(&Scale::ALL, &recipe.scale),
            place(&self.ranges, &recipe.range),
            place(&self.sizes, size),
        ]
    }
}

/// The model's size, else the usual ones, that of its present steps first; `None` where the graph resizes itself.
fn sizes(model: &Model) -> Vec<Option<[usize; 2]>> {
    if let Some((rows, cols)) = model.input_size() {
        return vec![Some([rows, cols])];
    }
    let stated = model.steps().iter().find_map(|step| match step {
        Step::Resize { size, .. } | Step::CenterCrop { size, .. } | Step::Letterbox { size, .. } => Some(*size),
        _ => None,
    });
    let itself = onnx::entry(&model.graph).resizes.then_some(None);
    let mut sizes: Vec<Option<[usize; 2]>> = itself.into_iter().collect();
    sizes.extend(stated.map(Some));
    for side in USUAL_SIDES {
        if !sizes.contains(&Some([side, side])) {
            sizes.push(Some([side, side]));
        }
    }
    sizes
}

/// Every way of resizing whose numbers differ, the commonest of the model's framework first.
fn resamplers(keras_first: bool) -> Vec<Resampler> {
    use Filter::*;
    let of = |library: Library, filters: &[Filter]| -> Vec<Resampler> {
        filters.iter().map(|filter| Resampler::new(library, *filter)).collect()
    };
    let smooth = |library, filter| Resampler { antialias: Some(true), ..Resampler::new(library, filter) };
    let mut keras = of(Library::Keras, &[Bilinear]);
    keras.extend(of(Library::Pillow, &[Nearest]));
    let pillow = of(Library::Pillow, &[Bilinear, Bicubic]);
    let mut all = if keras_first { [keras, pillow].concat() } else { [pillow, keras].concat() };
    all.extend(of(Library::Opencv, &[Bilinear, Area, Bicubic, Nearest, Lanczos4]));
    all.extend(of(Library::Pillow, &[Lanczos, Box, Hamming]));
    all.extend(of(Library::Keras, &[Bicubic, Nearest, Area, Lanczos3]));
    all.push(smooth(Library::Keras, Bilinear));
    all.push(smooth(Library::Keras, Bicubic));
    all.extend(of(Library::Torch, &[Bilinear, Bicubic, Nearest, Area]));
    all.push(smooth(Library::Torch, Bilinear));
    all.push(smooth(Library::Torch, Bicubic));
    all.extend(of(Library::Torchvision, &[Bilinear, Bicubic]));
    let older = |filter| Resampler { columns_first: true, ..Resampler::new(Library::Pillow, filter) };
    all.extend([Bilinear, Bicubic].map(older));
    all
}

/// True where the three channels differ somewhere.
pub(super) fn has_colour(sample: &Sample) -> bool {
    match &sample.frame.pixels {
        Pixels::Gray(_) => false,
        Pixels::Rgb(values) => values
            .rows()
            .into_iter()
            .any(|pixel| pixel.iter().zip(pixel.iter().skip(1)).any(|(one, other)| one != other)),
    }
}
