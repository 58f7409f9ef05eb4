//! What the doctor advises: never away from a setting that the pictures cannot tell from the best, and never to a way that a
//! single picture contradicts.

#[allow(dead_code)]
#[path = "common/onnx_models.rs"]
mod onnx_models;

use std::path::{Path, PathBuf};

use onnx_models::{Axis, Tail, bytes, small_cnn};
use overread::engine::import::{Choices, ReadExport, save};
use overread::engine::{EngineChoice, Model, Session, SessionOptions};
use overread::preprocess::{Preset, Recipe, Scale, prepare};
use overread::review::doctor::{Control, DoctorOptions, NamesFrom, Reference, Sample, Table, Verdict, examine};
use overread::scan;

struct Desk {
    folder: tempfile::TempDir,
    export: ReadExport,
}

fn desk() -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let onnx = folder.path().join("grades.onnx");
    std::fs::write(&onnx, bytes(&small_cnn(true, Axis::Open("N"), Tail::Softmax))).unwrap();
    Desk { export: ReadExport::open(&onnx).unwrap(), folder }
}

impl Desk {
    fn model(&self, recipe: &Recipe) -> Model {
        self.export.draft(&Choices { recipe: Some(recipe.clone()), ..Choices::default() }).unwrap().model
    }

    /// A smooth picture; grey where `colour` is false, and then written as RGB with equal channels all the same.
    fn picture(&self, seed: u32, colour: bool) -> Sample {
        let path: PathBuf = self.folder.path().join(format!("{seed}.png"));
        let at = |x: u32, y: u32, a: u32, b: u32| ((x * a + y * b + 17 * seed) % 256) as u8;
        let picture = image::RgbImage::from_fn(40, 28, |x, y| match colour {
            true => image::Rgb([at(x, y, 3, 1), 20, 255 - at(x, y, 1, 2)]),
            false => image::Rgb([at(x, y, 2, 3); 3]),
        });
        picture.save(&path).unwrap();
        sample(&path)
    }
}

fn sample(path: &Path) -> Sample {
    let scan = scan::open(path).unwrap();
    Sample { frame: scan.frame(0).unwrap(), meta: scan.meta.clone(), path: path.to_owned() }
}

fn scores(model: &Model, samples: &[Sample]) -> Vec<Vec<f64>> {
    let mut session = Session::start(model, EngineChoice::Embedded, &SessionOptions::default()).unwrap();
    let mut one = |sample: &Sample| {
        let prepared = prepare(&sample.frame, &sample.meta, model.steps(), false).unwrap();
        session.run(&[prepared.tensor.view()]).unwrap().remove(0).scores.iter().map(|score| f64::from(*score)).collect()
    };
    samples.iter().map(&mut one).collect()
}

fn examined(model: &Model, samples: &[Sample], reference: &Reference) -> Verdict {
    let options = DoctorOptions { engine: EngineChoice::Embedded, resamples: 300, ..DoctorOptions::default() };
    examine(std::slice::from_ref(model), samples, reference, &options, &mut |_| Control::Continue).unwrap()
}

/// Twenty-nine grey pictures fit either order of colours; the one with colours decides, in the mean and by name.
#[test]
fn one_coloured_picture_decides_the_order_of_colours() {
    let desk = desk();
    let truth = Recipe { swap: true, ..Preset::by_name("plain").unwrap().recipe() };
    let present = Recipe { swap: false, ..truth.clone() };
    let samples: Vec<Sample> = (0..30).map(|seed| desk.picture(seed, seed == 23)).collect();
    let reference = Table::unnamed(&scores(&desk.model(&truth), &samples)).in_order();
    let model = desk.model(&present);
    let verdict = examined(&model, &samples, &reference);
    assert!(verdict.reproduced, "{verdict:#?}");
    let tied = &verdict.ranked[..verdict.tied];
    assert!(tied.iter().all(|one| one.words.contains("blue first")), "{verdict:#?}");
    let (place, now) = verdict.present().unwrap();
    assert!(now.contradicted && now.fits == 29 && place >= verdict.tied, "{now:#?}");
    assert_eq!(verdict.names[now.worst_picture], "23.png");
    assert!(verdict.advises_change());
    let said = verdict.sentences(model.class_names(), NamesFrom::Stated).join(" ");
    assert!(said.contains("As the model says now") && said.contains("(23.png)"), "{said}");
}

/// Labels that many settings of a sure model get right: none is advised, and the present one is first.
#[test]
fn labels_that_many_ways_get_right_advise_no_change() {
    let desk = desk();
    let present = Recipe { scale: Scale::Caffe, ..Preset::by_name("plain").unwrap().recipe() };
    let model = desk.model(&present);
    let samples: Vec<Sample> = (0..12).map(|seed| desk.picture(seed, true)).collect();
    let best = |row: &Vec<f64>| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
    let labels = scores(&model, &samples).iter().map(best).collect();
    let verdict = examined(&model, &samples, &Reference::Labels(labels));
    let (place, now) = verdict.present().unwrap();
    assert_eq!((place, now.agree, verdict.ranked.iter().filter(|one| one.is_present).count()), (0, 12, 1));
    assert!(verdict.tied > 1 && !verdict.advises_change(), "{verdict:#?}");
    let said = verdict.sentences(model.class_names(), NamesFrom::Stated).join(" ");
    assert!(said.contains("(the current setting)") && said.contains("no change is advised"), "{said}");
    assert!(said.contains("cannot be told apart from the current setting") && !said.contains("-0.000"), "{said}");
}

/// The framework's outputs know nothing of a temperature that was fitted afterwards.
#[test]
fn a_calibrated_model_is_compared_before_its_calibration() {
    let desk = desk();
    let truth = Preset::by_name("plain").unwrap().recipe();
    let samples: Vec<Sample> = (0..8).map(|seed| desk.picture(seed, true)).collect();
    let plain = desk.model(&truth);
    let outputs = scores(&plain, &samples);
    let draft = desk.export.draft(&Choices { recipe: Some(truth), ..Choices::default() }).unwrap();
    let folder = desk.folder.path().join("calibrated");
    save(&draft, &folder).unwrap();
    let mut metadata = serde_json::to_value(&draft.file).unwrap();
    metadata["calibration"] = serde_json::json!({"temperature": 4.0, "model_sha256": plain.sha256});
    std::fs::write(folder.join("metadata.json"), metadata.to_string()).unwrap();
    let model = Model::load(&folder).unwrap();
    let apart = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).any(|(a, b)| (a - b).abs() > 1e-2);
    assert!(outputs.iter().zip(&scores(&model, &samples)).any(apart), "the temperature shows");
    let verdict = examined(&model, &samples, &Table::unnamed(&outputs).in_order());
    assert!(verdict.reproduced && !verdict.advises_change(), "{verdict:#?}");
}

/// Where a sure model gets every picture right in many ways, the plain ones are among those that cannot be told apart.
#[test]
fn a_tie_of_labels_holds_the_plain_ways() {
    let desk = desk();
    let present = Recipe { invert: true, ..Preset::by_name("plain").unwrap().recipe() };
    let truth = desk.model(&Preset::by_name("plain").unwrap().recipe());
    let samples: Vec<Sample> = (0..12).map(|seed| desk.picture(seed, true)).collect();
    let best = |row: &Vec<f64>| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
    let labels = scores(&truth, &samples).iter().map(best).collect();
    let verdict = examined(&desk.model(&present), &samples, &Reference::Labels(labels));
    let right: Vec<&str> = verdict.ranked.iter().filter(|one| one.agree == 12).map(|one| one.words.as_str()).collect();
    assert!(right.iter().any(|words| words.starts_with("values 0 to 1; ")), "{right:#?}");
}
