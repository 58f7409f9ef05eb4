//! What the usual training scripts do, by name.

use super::choices::{Filter, Library};
use super::recipe::{Fit, Recipe, Resampler, Scale};
use super::step::Step;

/// One named recipe.
pub struct Preset {
    /// As the command line takes it.
    pub name: &'static str,
    /// Which scripts and networks, and what it does.
    pub about: &'static str,
    recipe: fn() -> Recipe,
}

/// `image_dataset_from_directory`, `layers.Resizing`.
const KERAS: Resampler = Resampler::new(Library::Keras, Filter::Bilinear);
/// `ImageDataGenerator.flow_from_directory`, `load_img(target_size=…)`.
const GENERATOR: Resampler = Resampler::new(Library::Pillow, Filter::Nearest);
const PILLOW: Resampler = Resampler::new(Library::Pillow, Filter::Bilinear);
const BICUBIC: Resampler = Resampler::new(Library::Pillow, Filter::Bicubic);
const OPENCV: Resampler = Resampler::new(Library::Opencv, Filter::Bilinear);
const AREA: Resampler = Resampler::new(Library::Torch, Filter::Area);

/// A row of the table.
macro_rules! preset {
    ($name:literal, $about:literal, $recipe:expr) => {
        Preset { name: $name, about: $about, recipe: || $recipe }
    };
}

/// Every preset, by family.
pub static PRESETS: &[Preset] = &[
    preset!("plain", "Pillow bilinear, 1/255", Recipe::plain(PILLOW, Scale::Unit)),
    preset!(
        "keras-unit",
        "Keras image_dataset_from_directory, Rescaling(1/255): own networks",
        Recipe::plain(KERAS, Scale::Unit)
    ),
    preset!(
        "keras-caffe",
        "Keras applications VGG16, VGG19, ResNet50/101/152 (preprocess_input): blue first, mean taken off",
        Recipe::plain(KERAS, Scale::Caffe)
    ),
    preset!(
        "keras-tf",
        "Keras applications ResNetV2, Inception, InceptionResNet, Xception, MobileNet, MobileNetV2, NASNet: -1 to 1",
        Recipe::plain(KERAS, Scale::Signed)
    ),
    preset!(
        "keras-torch",
        "Keras applications DenseNet: ImageNet's mean and deviation",
        Recipe::plain(KERAS, Scale::ImageNet)
    ),
    preset!(
        "keras-raw",
        "Keras applications EfficientNet, EfficientNetV2, MobileNetV3, ConvNeXt: 0 to 255, the model scales itself",
        Recipe::plain(KERAS, Scale::Raw)
    ),
    preset!(
        "generator-unit",
        "Keras ImageDataGenerator(rescale=1/255).flow_from_directory: Pillow's nearest pixel",
        Recipe::plain(GENERATOR, Scale::Unit)
    ),
    preset!(
        "generator-caffe",
        "ImageDataGenerator with preprocess_input of VGG or ResNet",
        Recipe::plain(GENERATOR, Scale::Caffe)
    ),
    preset!(
        "generator-tf",
        "ImageDataGenerator with preprocess_input of ResNetV2, Inception, Xception or MobileNet",
        Recipe::plain(GENERATOR, Scale::Signed)
    ),
    preset!(
        "generator-raw",
        "ImageDataGenerator without rescale: EfficientNet, models that scale themselves",
        Recipe::plain(GENERATOR, Scale::Raw)
    ),
    preset!(
        "torchvision",
        "torchvision's weights: Resize(256), CenterCrop(224), ToTensor, Normalize(ImageNet)",
        Recipe { fit: Fit::Crop(0.875), ..Recipe::plain(PILLOW, Scale::ImageNet) }
    ),
    preset!(
        "torchvision-squash",
        "Resize((h, w)), ToTensor, Normalize(ImageNet); fastai with ResizeMethod.Squish",
        Recipe::plain(PILLOW, Scale::ImageNet)
    ),
    preset!("torchvision-unit", "Resize((h, w)), ToTensor", Recipe::plain(PILLOW, Scale::Unit)),
    preset!("torchvision-half", "Resize((h, w)), ToTensor, Normalize(0.5, 0.5)", Recipe::plain(PILLOW, Scale::Signed)),
    preset!(
        "timm",
        "timm's usual evaluation: bicubic, crop_pct 0.875, ImageNet's mean and deviation",
        Recipe { fit: Fit::Crop(0.875), ..Recipe::plain(BICUBIC, Scale::ImageNet) }
    ),
    preset!(
        "timm-inception",
        "timm's ViT and Inception: bicubic, crop_pct 0.9, -1 to 1",
        Recipe { fit: Fit::Crop(0.9), ..Recipe::plain(BICUBIC, Scale::Signed) }
    ),
    preset!(
        "clip",
        "networks on CLIP: bicubic, middle, CLIP's mean and deviation",
        Recipe { fit: Fit::Crop(1.0), ..Recipe::plain(BICUBIC, Scale::Clip) }
    ),
    preset!(
        "monai",
        "MONAI Resize (area) and ScaleIntensity: values of the file, each picture to 0 to 1",
        Recipe { range: None, ..Recipe::plain(AREA, Scale::MinMax) }
    ),
    preset!(
        "torchxrayvision",
        "torchxrayvision: middle, 224 x 224, -1024 to 1024",
        Recipe { fit: Fit::Crop(1.0), ..Recipe::plain(PILLOW, Scale::Xray) }
    ),
    preset!("opencv", "cv2.cvtColor(BGR2RGB), cv2.resize, 1/255", Recipe::plain(OPENCV, Scale::Unit)),
    preset!(
        "opencv-bgr",
        "cv2.imread without cvtColor: blue first, cv2.resize, 1/255",
        Recipe { swap: true, ..Recipe::plain(OPENCV, Scale::Unit) }
    ),
    preset!(
        "deepphi-grey",
        "chain: grey, resize (OpenCV), 1/255",
        Recipe { grey: true, ..Recipe::plain(OPENCV, Scale::Unit) }
    ),
    preset!(
        "deepphi-invert",
        "chain: grey, invert, opening 5 x 5, resize, 1/255",
        Recipe {
            grey: true,
            invert: true,
            before: vec![Step::Opening { kernel: 5, iterations: 1 }],
            ..Recipe::plain(OPENCV, Scale::Unit)
        }
    ),
    preset!(
        "deepphi-clahe",
        "chain: grey, opening 5 x 5, CLAHE, resize, Gaussian 11, 1/255",
        Recipe {
            grey: true,
            before: vec![Step::Opening { kernel: 5, iterations: 1 }, Step::Clahe { clip_limit: 40.0, tiles: [8, 8] }],
            after: vec![Step::Smooth { kind: super::SmoothKind::Gaussian, kernel: 11, sigma: 0.0 }],
            ..Recipe::plain(OPENCV, Scale::Unit)
        }
    ),
    preset!(
        "deepphi-overlap",
        "chain: resize, overlap merge with the Gaussian (local contrast after Ben Graham), 1/255",
        Recipe {
            after: vec![Step::OverlapMerge {
                image: 4.0,
                smoothed: -4.0,
                offset: 128.0,
                kind: super::SmoothKind::Gaussian,
                kernel: 11,
                sigma: 0.0
            }],
            ..Recipe::plain(OPENCV, Scale::Unit)
        }
    ),
    preset!(
        "deepphi-multiply",
        "chain: resize, multiply merge with the average, 1/255",
        Recipe {
            after: vec![Step::MultiplyMerge {
                scale: 1.0 / 255.0,
                kind: super::SmoothKind::Average,
                kernel: 11,
                sigma: 0.0
            }],
            ..Recipe::plain(OPENCV, Scale::Unit)
        }
    ),
];

impl Preset {
    /// The preset of that name.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name.eq_ignore_ascii_case(name))
    }

    /// The first preset that says exactly this.
    pub fn of(recipe: &Recipe) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.recipe() == *recipe)
    }

    pub fn recipe(&self) -> Recipe {
        (self.recipe)()
    }
}

impl PartialEq for Preset {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Preset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::prepare;
    use crate::scan::{Frame, Meta, Pixels};

    /// Every preset prepares a grey and a colour picture for every model that its scale fits.
    #[test]
    fn every_preset_runs_and_is_found_by_its_name() {
        let grey = ndarray::Array2::from_shape_fn((40, 31), |(row, col)| ((row * 7 + col * 5) % 256) as f32);
        let colour = ndarray::Array3::from_shape_fn((40, 31, 3), |(r, c, k)| ((r * 7 + c * 5 + k * 60) % 256) as u8);
        for preset in PRESETS {
            assert!(Preset::by_name(&preset.name.to_uppercase()).is_some_and(|found| found.name == preset.name));
            let recipe = preset.recipe();
            for pixels in [Pixels::Gray(grey.clone()), Pixels::Rgb(colour.clone())] {
                let frame = Frame { pixels, windows: Vec::new(), eight_bit_picture: true };
                for channels in [1, 3].into_iter().filter(|channels| recipe.scale.fits(*channels)) {
                    let steps = recipe.steps(Some([24, 32]), channels);
                    let read = Recipe::of_steps(&steps, channels).map(|recipe| recipe.steps(Some([24, 32]), channels));
                    assert_eq!(read.as_ref(), Some(&steps), "{}", preset.name);
                    let prepared = prepare(&frame, &Meta::default(), &steps, false);
                    let prepared = prepared.unwrap_or_else(|error| panic!("{}: {error}", preset.name));
                    assert_eq!(prepared.tensor.dim(), (24, 32, channels), "{}", preset.name);
                    assert!(prepared.warnings.is_empty(), "{}: {:?}", preset.name, prepared.warnings);
                }
            }
        }
    }

    #[test]
    fn names_are_different() {
        let mut names: Vec<_> = PRESETS.iter().map(|preset| preset.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PRESETS.len());
        // Some are one recipe under two names.
        let found = |preset: &Preset| Preset::of(&preset.recipe()).map(Preset::recipe);
        assert!(PRESETS.iter().all(|preset| found(preset) == Some(preset.recipe())));
    }
}
