//! Preprocessing for a model that says nothing: what the scripts of its family do, else the commonest; every step marked
//! as a guess, with its reason.

use super::family::Family;
use super::manifest::Sourced;
use crate::onnx::Entry;
use crate::preprocess::{Axes, Filter, Library, Recipe, Resampler, Scale, Step, VolumeStep};

/// Side of the picture where the graph leaves it open: what most classifiers were trained on.
const USUAL_SIDE: usize = 224;

/// What the graph tells about a model without stated steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Hints {
    /// What the graph does to the picture first.
    pub entry: Entry,
    pub family: Option<Family>,
    /// True where values from 0 to 255 are scaled inside.
    pub scales_itself: bool,
    /// True for files that Keras' exporter wrote.
    pub from_keras: bool,
}

/// A recipe and the reasons for its resize and its scale.
struct Guess {
    recipe: Recipe,
    resize: String,
    scale: String,
}

impl Guess {
    fn of(hints: &Hints, channels: usize) -> Self {
        let of_family = hints.family.and_then(|family| {
            let (preset, recipe) = family.recipe(hints.scales_itself)?;
            let why = format!("{}; {}", family.words(), preset.about);
            recipe.scale.fits(channels).then(|| Self { recipe, resize: why.clone(), scale: why })
        });
        of_family.unwrap_or_else(|| {
            let scale = if hints.scales_itself { Scale::Raw } else { Scale::Unit };
            let (library, resize) = match hints.from_keras {
                true => (Library::Keras, "bilinear as Keras' image_dataset_from_directory does it"),
                false => (Library::Pillow, "bilinear as Pillow does it is the commonest choice"),
            };
            let recipe = Recipe::plain(Resampler::new(library, Filter::Bilinear), scale);
            Self { recipe, resize: resize.to_owned(), scale: "values from 0 to 1 are the commonest choice".to_owned() }
        })
    }
}

/// Steps for a model of this size (`None`: the graph takes any) and 1 or 3 channels, without the resize or the scale that
/// the graph makes itself.
pub(super) fn steps(
    rows: Option<&Sourced<usize>>,
    cols: Option<&Sourced<usize>>,
    channels: usize,
    hints: &Hints,
) -> Vec<Sourced<Step>> {
    let guess = Guess::of(hints, channels);
    let side = |stated: Option<&Sourced<usize>>| stated.map_or(USUAL_SIDE, |side| side.value);
    let size_of = match (rows, cols) {
        (Some(_), Some(_)) => "the size is the graph's",
        _ => "the graph takes any size; 224 x 224 is the commonest one",
    };
    let resizes_itself = hints.entry.resizes && rows.is_none() && cols.is_none();
    let size = (!resizes_itself).then(|| [side(rows), side(cols)]);
    let why = |step: &Step| match step {
        Step::To8Bit { .. } => "most classifiers were trained on 8-bit pictures".to_owned(),
        Step::ToRgb { .. } | Step::ToGray { .. } => "the channels are the graph's".to_owned(),
        Step::Resize { .. } | Step::ResizeShorter { .. } | Step::CenterCrop { .. } => {
            format!("{size_of}; {}", guess.resize)
        }
        _ => guess.scale.clone(),
    };
    guess.recipe.steps(size, channels).into_iter().map(|step| Sourced::assumed(step.clone(), why(&step))).collect()
}

/// RAS, the graph's size, and the mean and deviation of what is not background: what most networks of brain volumes were
/// trained on.
pub(super) fn volume_steps(sides: [&Option<Sourced<usize>>; 3]) -> Vec<Sourced<VolumeStep>> {
    let size = sides.map(|side| side.as_ref().map(|side| side.value));
    let resize = match size {
        [Some(depth), Some(rows), Some(cols)] => Some(VolumeStep::Resize { size: [depth, rows, cols] }),
        _ => None,
    };
    let orient = Sourced::assumed(VolumeStep::Orient { axes: Axes::RAS }, "RAS is the commonest orientation");
    let resize =
        resize.map(|step| Sourced::assumed(step, "the size is the graph's; trilinear is the commonest choice"));
    let zscore = Sourced::assumed(VolumeStep::Zscore { nonzero: true }, "the commonest choice for magnetic resonance");
    std::iter::once(orient).chain(resize).chain([zscore]).collect()
}
