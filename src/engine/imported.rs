//! What other tools leave beside a model: Hugging Face's `preprocessor_config.json` and `config.json`, timm's
//! `config.json`, a MONAI bundle's `configs/inference.json`, and class names in the ONNX file's own metadata.

use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::imported_hugging_face::hugging_face_steps;
use super::imported_monai::{Transforms, monai_steps, transforms};
use super::imported_monai_volume::monai_volume_steps;
use super::json_words::json_reason;
use super::manifest::Sourced;
use crate::onnx::{Dim, ImageInput};
use crate::preprocess::{PreprocessError, Step, VolumeStep};

/// Values found outside `metadata.json`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Imported {
    pub name: Option<Sourced<String>>,
    pub class_names: Option<Sourced<Vec<String>>>,
    /// Why names that a file holds cannot be taken: a sentence without its full stop.
    pub unusable_names: Option<String>,
    pub preprocess: Vec<Sourced<Step>>,
    pub preprocess_volume: Vec<Sourced<VolumeStep>>,
    /// Why pictures go in with columns before rows, where they do.
    pub columns_first: Option<&'static str>,
    /// What was read, for the person.
    pub remarks: Vec<String>,
}

/// Where a MONAI bundle says how it prepares.
const MONAI: &str = "configs/inference.json (MONAI)";
const INFERENCE: &str = "configs/inference.json";

const IN_PART: &str = "configs/inference.json (MONAI), whose other transforms are not known here, or not so";

const EMPTY: &str = "configs/inference.json (MONAI) names no transforms, so it does not say how its input is prepared.";

const NO_SIZE: &str = "configs/inference.json (MONAI) brings nothing to the model's fixed size; a resize to it is assumed, and \
                       with it the rest.";

const MONAI_COLUMNS: &str = "MONAI's LoadImage gives columns before rows (reverse_indexing)";

/// Files beyond this size are not configuration files.
const MAX_CONFIG_BYTES: u64 = 8 << 20;

/// Numbers of classes that a sentence lists.
const MOST_KEYS: usize = 12;

/// Reads what lies in `folder` and in the model's `metadata_props`. Files that cannot be understood become remarks.
pub(super) fn import(folder: Option<&Path>, input: &ImageInput, metadata_props: &[(String, String)]) -> Imported {
    let mut found = Imported::default();
    if let Some(folder) = folder.filter(|_| input.layout.is_volume()) {
        if let Some(config) = read(folder, INFERENCE, &mut found.remarks) {
            import_monai_volume(&config, input, &mut found);
        }
    } else if let Some(folder) = folder {
        let model = read(folder, "config.json", &mut found.remarks);
        if let Some(config) = read(folder, "preprocessor_config.json", &mut found.remarks) {
            let tool = "preprocessor_config.json (Hugging Face)";
            let described = hugging_face_steps(&config, model.as_ref());
            found.preprocess = import_steps(described.steps, tool, Step::check, &mut found.remarks);
            found.remarks.extend(described.remark);
        }
        if let Some(config) = model {
            import_config(&config, &mut found);
        }
        if found.preprocess.is_empty()
            && let Some(config) = read(folder, INFERENCE, &mut found.remarks)
        {
            import_monai(&config, input, &mut found);
        }
    }
    if found.class_names.is_none()
        && let Some((key, names)) = metadata_props.iter().find_map(|(key, value)| Some((key, prop_names(key, value)?)))
    {
        found.class_names = Some(Sourced::imported(names, format!("metadata of the model file, \"{key}\"")));
    }
    found
}

/// A bundle for pictures. Its steps are found where it tells all of them; else they are assumed.
fn import_monai(config: &Map<String, Value>, input: &ImageInput, found: &mut Imported) {
    let Some(Transforms { steps: mut told, notes, columns_first }) = monai_steps(config) else { return };
    if has_no_transforms(config) {
        found.remarks.push(EMPTY.to_owned());
        return;
    }
    let mut doubt = (!notes.is_empty()).then_some(IN_PART);
    found.remarks.extend(notes);
    found.columns_first = columns_first.then_some(MONAI_COLUMNS);
    let sides = if columns_first { [&input.cols, &input.rows] } else { [&input.rows, &input.cols] };
    if let ([Some(rows), Some(cols)], false) = (sides.map(Dim::fixed), has_step(&told, &SIZES)) {
        found.remarks.push(NO_SIZE.to_owned());
        told.insert(0, json!({"step": "resize", "size": [rows, cols], "filter": "area", "as": "torch"}));
        doubt = Some(NO_SIZE);
    }
    let colours = json!({"step": if input.channels == Some(1) { "to_gray" } else { "to_rgb" }, "as": "torch"});
    let steps = std::iter::once(colours).chain(told).collect();
    found.preprocess = in_doubt(import_steps(Some(steps), MONAI, Step::check, &mut found.remarks), doubt);
}

/// The same for volumes. What is done otherwise here, and an orientation that the bundle leaves open, are doubts too.
fn import_monai_volume(config: &Map<String, Value>, input: &ImageInput, found: &mut Imported) {
    let Some((mut told, notes)) = monai_volume_steps(config) else { return };
    if has_no_transforms(config) {
        found.remarks.push(EMPTY.to_owned());
        return;
    }
    let mut doubt = (!notes.is_empty()).then_some(IN_PART);
    found.remarks.extend(notes);
    let depth = input.depth.as_ref().and_then(Dim::fixed);
    if let ([Some(depth), Some(rows), Some(cols)], false) =
        ([depth, input.rows.fixed(), input.cols.fixed()], has_step(&told, &SIZES))
    {
        found.remarks.push(NO_SIZE.to_owned());
        // Behind the orientation, which decides the axes.
        let place = told.iter().position(|step| is_step(step, "orient")).map_or(0, |place| place + 1);
        told.insert(place, json!({"step": "resize", "size": [depth, rows, cols]}));
        doubt = Some(NO_SIZE);
    }
    found.preprocess_volume = in_doubt(import_steps(Some(told), MONAI, VolumeStep::check, &mut found.remarks), doubt);
}

fn has_no_transforms(config: &Map<String, Value>) -> bool {
    transforms(config).is_none_or(|mut all| all.next().is_none())
}

/// Steps after which pictures have one size.
const SIZES: [&str; 2] = ["resize", "center_crop"];

fn has_step(steps: &[Value], names: &[&str]) -> bool {
    steps.iter().any(|step| names.iter().any(|name| is_step(step, name)))
}

fn is_step(step: &Value, name: &str) -> bool {
    step.get("step").and_then(Value::as_str) == Some(name)
}

/// Steps of a chain that is not known whole are guesses, all of them.
fn in_doubt<T>(steps: Vec<Sourced<T>>, doubt: Option<&str>) -> Vec<Sourced<T>> {
    let Some(why) = doubt else { return steps };
    steps.into_iter().map(|step| Sourced::assumed(step.value, why)).collect()
}

fn read(folder: &Path, name: &str, remarks: &mut Vec<String>) -> Option<Map<String, Value>> {
    let path = folder.join(name);
    let length = std::fs::metadata(&path).ok()?.len();
    if length > MAX_CONFIG_BYTES {
        remarks.push(format!("{name} is too large for a configuration file and is ignored."));
        return None;
    }
    let text = std::fs::read_to_string(&path).ok()?;
    match serde_json::from_str(&text) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => {
            remarks.push(format!("{name} is not valid JSON and is ignored."));
            None
        }
    }
}

fn import_config(config: &Map<String, Value>, found: &mut Imported) {
    let is_timm = config.contains_key("pretrained_cfg");
    let tool = if is_timm { "config.json (timm)" } else { "config.json (Hugging Face)" };
    if let Some(name) = config.get("architecture").or_else(|| config.get("_name_or_path")).and_then(Value::as_str) {
        found.name = Some(Sourced::imported(name.to_owned(), tool)).filter(|name| !name.value.is_empty());
    }
    let of = |key: &str| config.get(key).filter(|names| !names.is_null() && **names != json!({}));
    let (by_number, listed) = (of("id2label"), of("label_names"));
    if let Some(names) = by_number.and_then(indexed_names).or_else(|| listed.and_then(listed_names)) {
        found.class_names = Some(Sourced::imported(names, tool));
    } else if by_number.is_some() || listed.is_some() {
        let fault = by_number.map_or_else(|| "not as a list of texts".to_owned(), by_number_fault);
        found.unusable_names = Some(format!("{tool} names classes, but {fault}"));
    }
    if let Some(pretrained) =
        config.get("pretrained_cfg").and_then(Value::as_object).filter(|_| found.preprocess.is_empty())
    {
        found.preprocess = import_steps(timm_steps(pretrained), tool, Step::check, &mut found.remarks);
    }
}

/// The steps of pictures or of volumes; none, with a remark, where they cannot be read.
fn import_steps<T: DeserializeOwned>(
    steps: Option<Vec<Value>>,
    tool: &str,
    check: fn(&T) -> Result<(), PreprocessError>,
    remarks: &mut Vec<String>,
) -> Vec<Sourced<T>> {
    let parsed = steps.map(|steps| steps.into_iter().map(serde_json::from_value).collect::<Result<Vec<T>, _>>());
    let bad = |steps: &[T]| steps.iter().find_map(|step| check(step).err());
    let (found, remark) = match parsed {
        Some(Ok(steps)) if bad(&steps).is_some() => {
            let why = bad(&steps).map(|error| error.to_string()).unwrap_or_default();
            let remark =
                format!("{tool} asks for what cannot be done: {why}. Its preprocessing is not taken; state it.");
            (Vec::new(), remark)
        }
        Some(Ok(steps)) => (steps, format!("Preprocessing is taken from {tool}.")),
        Some(Err(error)) => {
            (Vec::new(), format!("{tool} asks for preprocessing that is not known here ({}).", json_reason(&error)))
        }
        None => (Vec::new(), format!("{tool} describes no preprocessing that can be read.")),
    };
    remarks.push(remark);
    found.into_iter().map(|step| Sourced::imported(step, tool)).collect()
}

/// `{"0": "cat", "1": "dog"}` with every index from 0.
fn indexed_names(value: &Value) -> Option<Vec<String>> {
    let fields = value.as_object()?;
    (0..fields.len()).map(|index| Some(fields.get(&index.to_string())?.as_str()?.to_owned())).collect()
}

/// A key of an outside file, in a sentence.
fn short(key: &str) -> String {
    key.chars().filter(|c| !c.is_control()).take(20).collect()
}

/// Why [`indexed_names`] takes none of them.
fn by_number_fault(names: &Value) -> String {
    let Some(fields) = names.as_object() else { return "not by their numbers (0, 1, …)".to_owned() };
    if let Some((number, name)) = fields.iter().find(|(_, name)| !name.is_string()) {
        let shown: String = name.to_string().chars().take(40).collect();
        return format!("class {} is called {shown}, which is no text", short(number));
    }
    let keys: Vec<String> = fields.keys().take(MOST_KEYS).map(|key| short(key)).collect();
    let more = if fields.len() > MOST_KEYS { "…" } else { "" };
    format!("numbers them {}{more} and not from 0 without gaps", keys.join(", "))
}

fn listed_names(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|name| Some(name.as_str()?.to_owned())).collect()
}

/// Class names under a usual key: a JSON list, a JSON object by index, Python's `{0: 'cat'}`, or words with commas.
fn prop_names(key: &str, text: &str) -> Option<Vec<String>> {
    if !["names", "class_names", "classes", "labels", "id2label"].contains(&key.to_ascii_lowercase().as_str()) {
        return None;
    }
    if let Ok(value) = serde_json::from_str::<Value>(text) {
        return listed_names(&value).or_else(|| indexed_names(&value)).filter(|names| !names.is_empty());
    }
    let names: Vec<String> = match text.trim().strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        Some(body) => python_dictionary(body)?,
        None => text.split(',').map(|name| name.trim().to_owned()).collect(),
    };
    (names.len() > 1 && names.iter().all(|name| !name.is_empty())).then_some(names)
}

fn python_dictionary(body: &str) -> Option<Vec<String>> {
    body.split(',')
        .enumerate()
        .map(|(index, entry)| {
            let (key, name) = entry.split_once(':')?;
            (key.trim().parse() == Ok(index)).then(|| name.trim().trim_matches(['\'', '"']).to_owned())
        })
        .collect()
}

/// timm's evaluation transform: the shorter side to floor(size / crop_pct), centre crop, 1/255, normalise.
fn timm_steps(config: &Map<String, Value>) -> Option<Vec<Value>> {
    let size = config.get("input_size")?.as_array()?;
    let [_, rows, cols] = size.as_slice() else { return None };
    let (rows, cols) = (rows.as_u64()?, cols.as_u64()?);
    let crop =
        config.get("crop_pct").and_then(Value::as_f64).filter(|crop| *crop > 0.0 && *crop <= 1.0).unwrap_or(0.875);
    let filter = config.get("interpolation").and_then(Value::as_str).unwrap_or("bicubic");
    let mut steps = vec![json!({"step": "to_8bit"}), json!({"step": "to_rgb", "as": "pillow"})];
    if config.get("crop_mode").and_then(Value::as_str) == Some("squash") {
        let scaled = |side: u64| (side as f64 / crop).floor() as u64;
        steps.push(json!({"step": "resize", "size": [scaled(rows), scaled(cols)], "filter": filter, "as": "pillow"}));
    } else {
        let shorter = (rows.min(cols) as f64 / crop).floor() as u64;
        steps.push(json!({"step": "resize_shorter", "size": shorter, "filter": filter, "as": "pillow"}));
    }
    steps.push(json!({"step": "center_crop", "size": [rows, cols]}));
    steps.push(json!({"step": "rescale", "factor": 1.0 / 255.0}));
    steps.push(json!({"step": "normalize", "mean": config.get("mean")?, "std": config.get("std")?}));
    Some(steps)
}
