//! `overread inspect`: what a file holds, and its values as a NumPy array.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Map, Value, json};

use super::{Ended, InspectArgs, progress};
use crate::geometry::EdgeLetters;
use crate::report::NpyWriter;
use crate::scan::{self, Frame, Pixels, Scan};

/// Runs the command.
pub fn inspect(args: &InspectArgs) -> anyhow::Result<Ended> {
    let scan = if args.path.is_dir() { open_folder(&args.path)? } else { scan::open(&args.path)? };
    let first = scan.frame(0)?;
    let facts = facts(&scan, &first, args.identity);
    if let Some(out) = &args.pixels {
        write_pixels(&scan, first, out)?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&facts)?);
    } else {
        print_facts(&facts);
    }
    Ok(Ended::Well)
}

/// A folder that holds one series is one scan.
fn open_folder(folder: &Path) -> anyhow::Result<Scan> {
    let found = scan::discover(&[folder.to_owned()]);
    let mut series = scan::group_series(&found.files);
    match series.len() {
        0 => anyhow::bail!("{} holds no picture that this program reads", folder.display()),
        1 => Ok(scan::open_series(&series.remove(0))?),
        several => anyhow::bail!("{} holds {several} series or pictures; name one file of it", folder.display()),
    }
}

fn facts(scan: &Scan, first: &Frame, with_identity: bool) -> Map<String, Value> {
    let meta = &scan.meta;
    let mut facts = Map::new();
    let mut put = |key: &str, value: Value| {
        if !value.is_null() {
            facts.insert(key.to_owned(), value);
        }
    };
    put("path", json!(scan.path.to_string_lossy()));
    put("format", json!(scan.format));
    put("encoding", json!(meta.encoding));
    put("frames", json!(scan.frames));
    put("rows", json!(scan.size.rows));
    put("cols", json!(scan.size.cols));
    put("color", json!(matches!(first.pixels, Pixels::Rgb(_))));
    put("modality", json!(meta.modality));
    put("body_part", json!(meta.body_part));
    put("photometric", json!(meta.photometric));
    put("polarity", json!(meta.polarity));
    put("bits_stored", json!(meta.bits_stored));
    put("unit", json!(meta.unit));
    put("spacing_mm", json!(meta.spacing.map(|spacing| [spacing.row_mm, spacing.col_mm])));
    put("slice_spacing_mm", json!(meta.slice_spacing_mm));
    put("patient_from_voxel_lps", json!(meta.patient_from_voxel.map(|affine| affine.0)));
    let edges = meta.patient_from_voxel.as_ref().and_then(EdgeLetters::from_affine);
    put("edges", json!(edges.map(|e| json!({"left": e.left, "right": e.right, "top": e.top, "bottom": e.bottom}))));
    put("windows", json!(first.windows));
    put("first_frame", value_range(&first.pixels));
    put("facts", Value::Object(meta.facts.iter().map(|(key, value)| (key.clone(), json!(value))).collect()));
    put("remarks", json!(meta.remarks));
    if with_identity {
        put("identity", json!(meta.identity));
    } else {
        put("identifying_attributes_hidden", json!(meta.identity.len()));
    }
    facts
}

fn value_range(pixels: &Pixels) -> Value {
    match pixels {
        Pixels::Gray(values) => {
            let finite = values.iter().copied().filter(|value| value.is_finite());
            let (low, high) = finite.fold((f32::INFINITY, f32::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            if low > high { json!({"finite": false}) } else { json!({"min": low, "max": high}) }
        }
        Pixels::Rgb(values) => json!({"min": values.iter().min(), "max": values.iter().max()}),
    }
}

fn print_facts(facts: &Map<String, Value>) {
    for (key, value) in facts {
        match value {
            Value::Object(inner) if key == "facts" => {
                for (name, value) in inner {
                    println!("  {name}: {}", plain(value));
                }
            }
            Value::Array(items) if items.is_empty() => {}
            Value::Array(items) if items.iter().all(|item| item.is_string() || item.is_object()) => {
                println!("{}:", key.replace('_', " "));
                for item in items {
                    println!("  {}", plain(item));
                }
            }
            _ => println!("{}: {}", key.replace('_', " "), plain(value)),
        }
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let parts: Vec<String> = fields
                .iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| format!("{key} {}", plain(value)))
                .collect();
            parts.join(", ")
        }
        other => other.to_string(),
    }
}

/// Frame by frame, so that a long series never lies in memory whole.
fn write_pixels(scan: &Scan, first: Frame, out: &Path) -> anyhow::Result<()> {
    let mut shape = Vec::new();
    if scan.frames > 1 {
        shape.push(scan.frames);
    }
    shape.extend([scan.size.rows, scan.size.cols]);
    let mut writer = match first.pixels {
        Pixels::Gray(_) => NpyWriter::create::<f32>(out, &shape)?,
        Pixels::Rgb(_) => {
            shape.push(3);
            NpyWriter::create::<u8>(out, &shape)?
        }
    };
    let is_color = matches!(first.pixels, Pixels::Rgb(_));
    let bar = progress::bar(scan.frames);
    let mut frame = first;
    for index in 0..scan.frames {
        if index > 0 {
            frame = scan.frame(index)?;
        }
        match &frame.pixels {
            Pixels::Gray(values) if !is_color => writer.write(values.iter().copied())?,
            Pixels::Rgb(values) if is_color => writer.write(values.iter().copied())?,
            _ => anyhow::bail!("frame {index} is grey where the first is colour, or the other way round"),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    writer.finish().with_context(|| format!("after {} frames", scan.frames))
}
