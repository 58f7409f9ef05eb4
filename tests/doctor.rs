//! The preprocessing doctor finds how pictures were prepared, for each golden model and for a labelled folder.

mod common;
#[path = "common/engines.rs"]
mod engines_here;

use std::path::{Path, PathBuf};

use engines_here::cpu;
use overread::engine::Model;
use overread::preprocess::Step;
use overread::review::doctor::{Control, DoctorOptions, NamesFrom, Reference, Sample, Table, Verdict, examine};
use overread::scan;
use serde_json::Value;

use common::shared;

/// Ten MRI slices, ten X-rays, ten cut-outs of a colour photograph. Mirrored in `tests/pins/doctor.py`.
fn samples(shared: &Path, cutouts: &Path) -> Vec<Sample> {
    let mut paths: Vec<PathBuf> = Vec::new();
    for folder in ["alzheimer_mri_4class", "chest_xray_pneumonia"] {
        let mut files: Vec<PathBuf> = Vec::new();
        for class in std::fs::read_dir(shared.join("data").join(folder).join("test")).unwrap() {
            files.extend(std::fs::read_dir(class.unwrap().path()).unwrap().map(|entry| entry.unwrap().path()));
        }
        // As Python sorts them: by the whole text.
        files.sort_by_key(|path| path.to_string_lossy().into_owned());
        paths.extend((0..10).map(|number| files[number * (files.len() / 10)].clone()));
    }
    let photograph = image::open(shared.join("golden/inputs/astro.png")).unwrap();
    for i in 0..10 {
        let (width, height) = (150 + i * 13 % 90, 110 + i * 29 % 120);
        let (left, top) = (i * 7 % (256 - width), i * 11 % (256 - height));
        let path = cutouts.join(format!("{i}.png"));
        photograph.crop_imm(left, top, width, height).save(&path).unwrap();
        paths.push(path);
    }
    paths.into_iter().map(sample).collect()
}

fn sample(path: PathBuf) -> Sample {
    let scan = scan::open(&path).unwrap();
    Sample { frame: scan.frame(0).unwrap(), meta: scan.meta.clone(), path }
}

/// The bundled chest model learnt from Pillow's bilinear pictures, 0 to 1: labels alone put that (or what cannot be told
/// from it) before other scales.
#[test]
fn labels_tell_the_scale_of_a_bundled_model() {
    let Some(shared) = shared() else { return };
    let model = Model::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("models/chest-xray-pneumonia-lite")).unwrap();
    let mut samples = Vec::new();
    let mut labels = Vec::new();
    for (label, class) in model.class_names().iter().enumerate() {
        let folder = shared.join("data/chest_xray_pneumonia/test").join(class);
        let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        samples.extend(files.iter().step_by(files.len() / 6).take(6).cloned().map(sample));
        labels.resize(samples.len(), label);
    }
    let mut stages = Vec::new();
    let verdict =
        examine(std::slice::from_ref(&model), &samples, &Reference::Labels(labels), &options(), &mut |progress| {
            stages.push(progress.stage);
            Control::Continue
        })
        .unwrap();
    let present = own_steps(model.steps());
    let said = verdict.sentences(model.class_names(), NamesFrom::Stated).join(" ");
    println!("{said}");
    assert!(
        verdict.ranked.iter().take(verdict.tied).any(|one| one.is_present || own_steps(&one.steps) == present),
        "{said}"
    );
    assert!(!verdict.reproduced && said.contains("of 12 pictures are right") && said.contains("log loss"), "{said}");
    assert!(said.contains("grey") && stages.contains(&"resizing"));
}

/// Without what every recipe begins with.
fn own_steps(steps: &[Step]) -> Value {
    let own: Vec<&Step> = steps.iter().filter(|step| !matches!(step.name(), "to_8bit" | "to_rgb")).collect();
    serde_json::to_value(own).unwrap()
}

fn found(verdict: &Verdict, truth: &Value) -> bool {
    verdict.ranked.iter().take(verdict.tied).any(|one| own_steps(&one.steps) == *truth)
}

fn options() -> DoctorOptions {
    DoctorOptions { session: cpu(), resamples: 500, ..DoctorOptions::default() }
}

/// What the golden models say of 30 pictures that Keras, torchvision, Pillow and OpenCV prepared. Twelve models take minutes
/// without optimisation, so two are tried; all of docs/DOCTOR.md:
/// `OVERREAD_DOCTOR=all cargo test --release --test doctor -- --nocapture`; names of models instead of `all` take those.
#[test]
fn the_true_setting_of_every_golden_model_is_found() {
    let Some(shared) = shared() else { return };
    let folder = tempfile::tempdir().unwrap();
    let samples = samples(&shared, folder.path());
    let wanted = std::env::var("OVERREAD_DOCTOR").unwrap_or_default();
    let all = wanted == "all";
    let (mut seen, mut lost): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    for line in include_str!("pins/doctor.jsonl").lines() {
        let pin: Value = serde_json::from_str(line).unwrap();
        let name = pin["model"].as_str().unwrap().to_owned();
        let quick = ["ks_vgg16_gap_bin128", "ts_resnet18_dynamo"].contains(&name.as_str()) && !seen.contains(&name);
        let named = wanted.split(',').any(|one| one == name);
        if !(all || named || wanted.is_empty() && quick) {
            continue;
        }
        seen.push(name.clone());
        let outputs: Vec<Vec<f64>> = serde_json::from_value(pin["output"].clone()).unwrap();
        let model = Model::load(&shared.join(format!("golden/models/{name}.onnx"))).unwrap();
        let reference = Table::unnamed(&outputs).in_order();
        let start = std::time::Instant::now();
        let verdict = examine(&[model], &samples, &reference, &options(), &mut |_| Control::Continue).unwrap();
        let winner = verdict.winner().unwrap();
        let truth = &pin["steps"];
        let is_found = found(&verdict, truth) && verdict.reproduced;
        println!(
            "| {name} | {} | {} | {} | {:.0e} | {} | {} | {:.1} s |",
            pin["made"].as_str().unwrap(),
            if is_found { "yes" } else { "NO" },
            winner.words,
            winner.worst,
            verdict.tied,
            verdict.runs,
            start.elapsed().as_secs_f64()
        );
        if !is_found {
            let best: Vec<String> =
                verdict.ranked.iter().take(5).map(|one| format!("{} {:.2e}", one.words, one.mean)).collect();
            lost.push(format!("{name}: truth {truth}, found {best:#?}"));
        }
    }
    let count = if wanted.is_empty() { 2 } else { wanted.split(',').count() };
    assert_eq!(seen.iter().collect::<std::collections::HashSet<_>>().len(), if all { 12 } else { count });
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
