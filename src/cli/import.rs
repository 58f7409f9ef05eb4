//! `overread import`: an export in, a page of facts and a model folder out.

use std::path::Path;

use serde_json::json;

use super::{Ended, ImportArgs, Misuse};
use crate::engine::import::{self, Choices, Draft, Fact, ReadExport, UnsaidSteps, Written};
use crate::engine::{EngineError, Origin};
use crate::preprocess::{PRESETS, Preset, VolumeRecipe, VolumeScale, VolumeStep};

/// Runs the command.
pub fn import(args: &ImportArgs) -> anyhow::Result<Ended> {
    if !args.model.exists() {
        return Err(Misuse(format!("{}: there is no such file or folder", args.model.display())).into());
    }
    let draft = drafted(args)?;
    let written = args.out.as_deref().map(|out| import::save(&draft, out)).transpose()?;
    if args.json {
        let page = json!({
            "model": draft.model.path.to_string_lossy(), "sha256": draft.model.sha256, "facts": draft.page,
            "remarks": draft.model.manifest.remarks, "metadata": draft.file,
            "written": written.as_ref().map(|written| written.path.to_string_lossy()),
        });
        println!("{}", serde_json::to_string_pretty(&page)?);
    } else {
        print_page(&draft);
        print_end(&draft, args.out.as_deref(), written.as_ref());
    }
    Ok(Ended::Well)
}

fn drafted(args: &ImportArgs) -> anyhow::Result<Draft> {
    let of_option = |error| of_option(error, args);
    let export = ReadExport::open(&args.model)?;
    let choices = choices(args)?;
    let first = export.draft(&choices).map_err(of_option)?;
    if args.orient.is_none() && args.clip_percentiles.is_none() && args.values.is_none() {
        return Ok(first);
    }
    if !first.model.is_volume() {
        let what = "--orient, --clip-percentiles and --values are for networks of volumes; this model takes pictures \
                    (--preset says how they are prepared)";
        return Err(Misuse(what.to_owned()).into());
    }
    let volume_unsaid = UnsaidSteps {
        orient: args.orient.is_none(),
        // The size is the graph's; no option says how volumes come to it.
        resize: true,
        percentiles: args.clip_percentiles.is_none(),
        values: args.values.is_none(),
    };
    let mut volume = kept(first.model.volume_steps());
    if let Some(orient) = args.orient {
        volume.axes = orient.0;
    }
    if let Some(percentiles) = args.clip_percentiles {
        volume.percentiles = percentiles.0;
    }
    volume.scale = args.values.unwrap_or(volume.scale);
    export.draft(&Choices { volume: Some(volume), volume_unsaid, ..choices }).map_err(of_option)
}

/// What is not said stays as it was found or is assumed; steps that no choices lead to make way.
fn kept(steps: &[VolumeStep]) -> VolumeRecipe {
    VolumeRecipe::of_steps(steps).unwrap_or_else(|| VolumeRecipe {
        axes: steps.iter().find_map(|step| if let VolumeStep::Orient { axes } = step { Some(*axes) } else { None }),
        percentiles: None,
        scale: VolumeScale::Zscore { nonzero: true },
    })
}

/// An error that an option brought about names it, not the metadata.json that would be written.
fn of_option(error: EngineError, args: &ImportArgs) -> anyhow::Error {
    let option = |what: &str| match what {
        "the input's layout" => args.layout.map(|layout| format!("--layout {layout}")),
        "the number of rows" | "the number of columns" | "the depth" | "the number of axes in spatial_shape" => {
            args.size.as_ref().map(|size| format!("--size {size}"))
        }
        "the output's kind" => args.output.map(|kind| format!("--output {kind}")),
        _ => None,
    };
    match &error {
        EngineError::Mismatch { what, found, .. } => match option(what) {
            Some(option) => Misuse(format!("{option} does not fit: {what} is {found} in the model")).into(),
            None => error.into(),
        },
        EngineError::Manifest { what, .. } if what.starts_with("positive_class") => match &args.positive {
            Some(class) => {
                let known = what.split_once("; ").map_or(what.as_str(), |(_, known)| known);
                Misuse(format!("--positive {class} names no class: {}", known.trim_end_matches('.'))).into()
            }
            None => error.into(),
        },
        _ => error.into(),
    }
}

fn choices(args: &ImportArgs) -> anyhow::Result<Choices> {
    let preset = args.preset.as_deref().map(preset).transpose()?;
    let (classes, classes_from) = match (&args.classes, &args.labels, &args.from_folder) {
        (Some(names), _, _) => (Some(trimmed(names)), "typed".to_owned()),
        (None, Some(file), _) => (Some(import::class_names_from_file(file)?), file_name(file)),
        (None, None, Some(folder)) => {
            (Some(import::class_names_from_folder(folder)?), format!("folders of {}", file_name(folder)))
        }
        (None, None, None) => (None, String::new()),
    };
    Ok(Choices {
        name: args.name.clone(),
        preset,
        recipe: None,
        volume: None,
        volume_unsaid: UnsaidSteps::default(),
        classes,
        classes_from,
        positive: args.positive.clone(),
        layout: args.layout,
        kind: args.output,
        size: args.size.map(|size| size.0),
        modality: args.modality.clone(),
        body_part: args.body_part.clone(),
        found: None,
    })
}

/// Class names as they were typed.
pub(super) fn trimmed(names: &[String]) -> Vec<String> {
    names.iter().map(|name| name.trim().to_owned()).collect()
}

pub(super) fn preset(name: &str) -> Result<&'static Preset, Misuse> {
    Preset::by_name(name).ok_or_else(|| {
        let known: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        Misuse(format!("--preset {name} is not known; choose one of {}", known.join(", ")))
    })
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn print_page(draft: &Draft) {
    println!("{}\nsha256 {}", draft.model.path.display(), draft.model.sha256);
    let width = draft.page.iter().map(|fact| fact.topic.len()).max().unwrap_or(0);
    for fact in &draft.page {
        println!("  {:<width$}  {}{}", fact.topic, fact.text, origin(fact));
    }
    for remark in &draft.model.manifest.remarks {
        println!("  note: {remark}");
    }
}

fn origin(fact: &Fact) -> String {
    match fact.origin {
        Origin::Declared if fact.from == "the model's graph" => String::new(),
        Origin::Declared => format!("   [{}]", fact.from),
        Origin::Imported => format!("   [found: {}]", fact.from),
        Origin::Assumed => format!("   [ASSUMED: {}]", fact.from),
    }
}

fn print_end(draft: &Draft, out: Option<&Path>, written: Option<&Written>) {
    let (things, them) = match import::assumed(&draft.page) {
        0 => (String::new(), ""),
        1 => ("1 thing is assumed and is not written down as known.".to_owned(), "it"),
        count => (format!("{count} things are assumed and are not written down as known."), "them"),
    };
    // Presets and the doctor are for pictures.
    if !things.is_empty() && draft.model.is_volume() {
        println!(
            "{things} State {them} (--orient, --clip-percentiles, --values, --classes, --positive, --output; the resize as \
             preprocess_volume in metadata.json)."
        );
    } else if !things.is_empty() {
        println!(
            "{things} State {them} (--preset, --classes, --positive, --output), or let `overread doctor` find the \
             preprocessing."
        );
    }
    match (written, out) {
        (Some(written), Some(out)) => {
            println!("Written: {}", out.display());
            if let Some(older) = &written.older {
                println!("The metadata.json before is kept as {}.", older.display());
            }
        }
        _ => println!("Nothing was written; --out FOLDER makes a model folder."),
    }
}
