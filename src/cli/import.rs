//! `overread import`: an export in, a page of facts and a model folder out.

use std::path::Path;

use serde_json::json;

use super::{Ended, ImportArgs, Misuse};
use crate::engine::Origin;
use crate::engine::import::{self, Choices, Draft, Fact, Written};
use crate::preprocess::{PRESETS, Preset};

/// Runs the command.
pub fn import(args: &ImportArgs) -> anyhow::Result<Ended> {
    if !args.model.exists() {
        return Err(Misuse(format!("{}: there is no such file or folder", args.model.display())).into());
    }
    let draft = import::draft(&args.model, &choices(args)?)?;
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
    if !things.is_empty() {
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
