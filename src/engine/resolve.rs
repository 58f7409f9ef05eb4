//! From the graph, `metadata.json` and imported values to one [`Manifest`]; the file is checked against the graph here.

use std::path::Path;

use serde_json::Value;

use super::assumed;
use super::class_names::{check_class_names, told_apart};
use super::error::EngineError;
use super::import::{IMPORTED, STEPS_ASSUMED};
use super::manifest::{GraphFacts, Manifest, Origin, Sourced, Sources};
use super::metadata_file::{Explain, MetadataFile, OutputKind, TiedToModel};
use super::validate::{check_against_graph, kind_of_graph};
use crate::onnx::Activation;
use crate::preprocess::{PreprocessError, Step, VolumeStep};

/// Where declared values come from, in words.
const FILE: &str = "metadata.json";
const GRAPH: &str = "the model's graph";

/// Answers every question about a model. `path` is the `metadata.json` (or where it would be), `sha256` the model's.
///
/// # Errors
/// [`EngineError::Mismatch`] where the file contradicts the graph or the model's sha256, [`EngineError::Manifest`] where
/// a value is missing that cannot be guessed.
pub(super) fn resolve(sources: Sources<'_>, path: &Path, sha256: &str) -> Result<Manifest, EngineError> {
    let Sources { folder_name, graph, file, imported } = sources;
    let file = file.unwrap_or_default();
    check_against_graph(&file, graph, path, sha256)?;
    let mut remarks = imported.remarks;
    let input = file.input();
    let cannot = |what: String| EngineError::Manifest { path: path.to_owned(), what };

    let layout = match input.and_then(|input| input.layout) {
        Some(layout) => Sourced::declared(layout, FILE),
        None => Sourced::declared(graph.layout, graph.layout_reason.clone()),
    };
    let volume = layout.value.is_volume();
    let [depth, rows, cols] = size(&file, graph);
    let channels = match (input.and_then(|input| input.num_channels), graph.channels) {
        (Some(channels), _) => Sourced::declared(channels, FILE),
        (None, Some(channels)) => Sourced::declared(channels, GRAPH),
        (None, None) => Sourced::assumed(if volume { 1 } else { 3 }, "the graph leaves the channels open"),
    };
    if volume && channels.value != 1 {
        return Err(cannot(format!("its input has {} channels; volumes of one channel are run.", channels.value)));
    }
    if !matches!(channels.value, 1 | 3) {
        return Err(cannot(format!("its input has {} channels; pictures have 1 or 3.", channels.value)));
    }
    let output_kind = output_kind(&file, graph);
    let stated = file.output().is_some_and(|output| output.channel_def.is_some());
    if let Some(why) = imported.unusable_names.filter(|_| !stated && imported.class_names.is_none()) {
        remarks.push(format!("{why}, so its names are not taken. {NAME_ALL}."));
    }
    let found_names = imported.class_names.filter(|names| !stated && are_names(names, graph.values, &mut remarks));
    let class_names = match class_names(&file, found_names, graph, output_kind.value).map_err(&cannot)? {
        Some(names) => names,
        None => return Err(EngineError::ClassesUnsaid),
    };
    let positive_class = positive_class(&file, &class_names.value).map_err(&cannot)?;
    if volume && file.preprocess.is_some() {
        return Err(cannot(
            "preprocess holds steps for pictures; the model takes volumes, whose steps are stated under \
             preprocess_volume."
                .to_owned(),
        ));
    }
    if !volume && file.preprocess_volume.is_some() {
        return Err(cannot("preprocess_volume is stated, and the model takes pictures.".to_owned()));
    }
    let guesses_steps = match volume {
        true => file.preprocess_volume.is_none() && imported.preprocess_volume.is_empty(),
        false => file.preprocess.is_none() && imported.preprocess.is_empty(),
    };
    check_task(&file).map_err(&cannot)?;
    check_steps("preprocess", file.preprocess.iter().flatten().map(Step::check)).map_err(&cannot)?;
    check_steps("preprocess_volume", file.preprocess_volume.iter().flatten().map(VolumeStep::check))
        .map_err(&cannot)?;
    let preprocess_volume = match (&file.preprocess_volume, volume) {
        (Some(steps), _) => stated_steps(&file, steps),
        (None, true) if !imported.preprocess_volume.is_empty() => imported.preprocess_volume,
        (None, true) => assumed::volume_steps([&depth, &rows, &cols]),
        (None, false) => Vec::new(),
    };
    let preprocess = match (&file.preprocess, imported.preprocess.is_empty()) {
        _ if volume => Vec::new(),
        (Some(steps), _) => stated_steps(&file, steps),
        (None, false) => imported.preprocess,
        (None, true) => assumed::steps(rows.as_ref(), cols.as_ref(), channels.value, &graph.hints),
    };
    let thresholds = thresholds(&file, &class_names.value, sha256, &mut remarks).map_err(&cannot)?;
    let temperature = temperature(&file, sha256, &mut remarks).map_err(&cannot)?;
    let name = match (&file.name, imported.name) {
        (Some(name), _) => Sourced::declared(name.clone(), FILE),
        (None, Some(name)) => name,
        (None, None) => Sourced::assumed(folder_name, "the name of the file"),
    };
    let assumed = |origin: Origin| origin == Origin::Assumed;
    let pictures = preprocess.iter().map(|step| step.origin);
    if pictures.chain(preprocess_volume.iter().map(|step| step.origin)).all(assumed) {
        let family = graph.hints.family.map(|family| format!(" ({})", family.words())).unwrap_or_default();
        let why =
            if guesses_steps { "No file states the preprocessing" } else { "No file tells all of the preprocessing" };
        remarks.push(format!("{why}: how pictures are prepared is assumed{family}. Check it before trusting a score."));
    }
    let declared = |text: &Option<String>| text.clone().map(|text| Sourced::declared(text, FILE));
    Ok(Manifest {
        name,
        version: declared(&file.version),
        description: declared(&file.description),
        intended_use: declared(&file.intended_use),
        layout,
        depth,
        rows,
        cols,
        channels,
        dtype: graph.dtype,
        output_kind,
        class_names,
        positive_class,
        ordinal: file.output().and_then(|output| output.ordinal).unwrap_or(false),
        guesses_steps,
        steps: preprocess.iter().map(|step| step.value.clone()).collect(),
        preprocess,
        volume_steps: preprocess_volume.iter().map(|step| step.value.clone()).collect(),
        preprocess_volume,
        input_selection: file.input_selection.clone().map(|selection| Sourced::declared(selection, FILE)),
        explain: file.explain.clone().unwrap_or_else(Explain::default),
        thresholds,
        temperature,
        golden_cases: file.golden_cases.clone(),
        remarks,
        file,
    })
}

/// Steps of the file. Those that nobody stated when the folder was made are still assumed.
fn stated_steps<T: Clone>(file: &MetadataFile, steps: &[T]) -> Vec<Sourced<T>> {
    let marks = file.other.get(IMPORTED).and_then(|imported| imported.get(STEPS_ASSUMED)?.as_array());
    let why = |index: usize| marks.filter(|marks| marks.len() == steps.len())?.get(index)?.as_str();
    let sourced = |(index, step): (usize, &T)| match why(index) {
        Some(why) => Sourced::assumed(step.clone(), why),
        None => Sourced::declared(step.clone(), FILE),
    };
    steps.iter().enumerate().map(sourced).collect()
}

/// Classes are what this program shows; what else a network may do is refused where the file says so.
fn check_task(file: &MetadataFile) -> Result<(), String> {
    let Some(task) = &file.task else { return Ok(()) };
    let lower = task.to_lowercase();
    let other = ["segmentation", "detection", "registration", "regression", "reconstruction"];
    match other.iter().find(|other| lower.contains(*other)).filter(|_| !lower.contains("classif")) {
        Some(_) => Err(format!("task is \"{task}\"; this program runs classifiers (\"classification\").")),
        None => Ok(()),
    }
}

/// Parameters that nothing can be prepared with.
fn check_steps(key: &str, checks: impl Iterator<Item = Result<(), PreprocessError>>) -> Result<(), String> {
    let mut checks = checks.enumerate();
    checks.try_for_each(|(place, check)| check.map_err(|error| format!("{key}[{place}]: {error}.")))
}

/// Depth (of volumes), rows and columns: `spatial_shape` where it states numbers, else the graph's fixed axes.
fn size(file: &MetadataFile, graph: &GraphFacts) -> [Option<Sourced<usize>>; 3] {
    let stated = |index: usize| {
        let side = file.input()?.spatial_shape.as_ref()?.get(index)?.as_u64()?;
        usize::try_from(side).ok().filter(|side| *side > 0).map(|side| Sourced::declared(side, FILE))
    };
    let fixed = |side: Option<usize>| side.map(|side| Sourced::declared(side, GRAPH));
    let rows = usize::from(graph.layout.is_volume());
    let depth = stated(0).filter(|_| rows == 1).or_else(|| fixed(graph.depth));
    [depth, stated(rows).or_else(|| fixed(graph.rows)), stated(rows + 1).or_else(|| fixed(graph.cols))]
}

fn output_kind(file: &MetadataFile, graph: &GraphFacts) -> Sourced<OutputKind> {
    if let Some(kind) = file.output().and_then(|output| output.kind) {
        return Sourced::declared(kind, FILE);
    }
    match graph.activation {
        Activation::None => Sourced::assumed(
            OutputKind::Logits,
            format!("the last operator is {}, neither softmax nor sigmoid", graph.last_op),
        ),
        activation => Sourced::declared(kind_of_graph(activation), format!("the last operator is {activation:?}")),
    }
}

/// What to do where another tool's class names cannot be taken.
const NAME_ALL: &str = "Name all of them (`overread import --classes`, or the set-up page)";

/// True for names that another tool left and that can be taken; a remark where they cannot, and somebody has to name the
/// classes.
fn are_names(names: &Sourced<Vec<String>>, values: Option<usize>, remarks: &mut Vec<String>) -> bool {
    let (given, from) = (&names.value, &names.from);
    let ask = NAME_ALL;
    let is_placeholder = |(index, name): (usize, &String)| name.eq_ignore_ascii_case(&format!("label_{index}"));
    let named = given.iter().filter(|name| !name.trim().is_empty()).count();
    let count = values.map_or(given.len(), |values| values.max(2));
    let why = if given.iter().enumerate().all(is_placeholder) {
        format!("{from} only numbers the classes (LABEL_0…), which names none of them. {ask}.")
    } else if named == 0 {
        format!("{from} leaves the names of the classes empty. {ask}.")
    } else if named < given.len() || given.len() != count {
        format!("{from} names {named} classes, and the model tells {count} apart, so its names are not taken. {ask}.")
    } else if let Err(fault) = check_class_names(&told_apart(given.clone()), None) {
        format!("{from} names classes, but its names are not taken: {fault} {ask}.")
    } else {
        let is_same = |(one, other): (&String, &String)| one.trim() == other;
        let numbered = !given.iter().zip(&told_apart(given.clone())).all(is_same);
        let twice =
            if numbered { " Names that come more than once there got the numbers of their classes." } else { "" };
        remarks.push(format!("Class names are taken from {from}.{twice}"));
        return true;
    };
    remarks.push(why);
    false
}

/// One value per picture stands for two classes, unless it is a softmax (which over one value is always 1). `None` where
/// nothing tells how many there are.
fn class_names(
    file: &MetadataFile,
    imported: Option<Sourced<Vec<String>>>,
    graph: &GraphFacts,
    kind: OutputKind,
) -> Result<Option<Sourced<Vec<String>>>, String> {
    if graph.values == Some(1) && kind == OutputKind::Softmax {
        return Err(
            "its softmax runs over a single value and is always 1. Export the logit, or two classes.".to_owned()
        );
    }
    let count = graph.values.map(|values| values.max(2));
    let names = match file.output().and_then(|output| output.channel_def.as_ref()) {
        Some(by_index) => {
            let in_order: Option<Vec<String>> =
                (0..by_index.len()).map(|index| by_index.get(&index.to_string()).cloned()).collect();
            let names = in_order.ok_or_else(|| {
                let keys = by_index.keys().cloned().collect::<Vec<_>>().join(", ");
                format!("channel_def must number its classes from 0 without gaps; it has {keys}.")
            })?;
            check_class_names(&names, None).map_err(|fault| format!("in channel_def, {fault}"))?;
            Sourced::declared(names, FILE)
        }
        None => match (imported, count) {
            (Some(names), _) => Sourced { value: told_apart(names.value), ..names },
            (None, Some(count)) => Sourced::assumed(
                (0..count).map(|index| format!("class {index}")).collect(),
                "the model does not name its classes",
            ),
            (None, None) => return Ok(None),
        },
    };
    Ok(Some(names))
}

/// Stated by name; of two classes the second one.
fn positive_class(file: &MetadataFile, names: &[String]) -> Result<Option<Sourced<usize>>, String> {
    match file.output().and_then(|output| output.positive_class.as_ref()) {
        Some(name) => match names.iter().position(|known| known == name) {
            Some(index) => Ok(Some(Sourced::declared(index, FILE))),
            None => Err(format!("positive_class is \"{name}\"; the classes are {}.", names.join(", "))),
        },
        None if names.len() == 2 => Ok(Some(Sourced::assumed(1, "the second of two classes"))),
        None => Ok(None),
    }
}

/// True where the numbers were made for this very model; else a remark and false.
fn is_for_this_model(what: &str, tied: &TiedToModel, sha256: &str, remarks: &mut Vec<String>) -> bool {
    match tied.model_sha256.as_deref() {
        Some(stated) if stated.eq_ignore_ascii_case(sha256) => true,
        Some(stated) => {
            remarks.push(format!(
                "The {what} were made for another model (sha256 {stated}; this one is {sha256}) and are ignored."
            ));
            false
        }
        None => {
            remarks
                .push(format!("The {what} do not say for which model they were made (model_sha256) and are ignored."));
            false
        }
    }
}

fn thresholds(
    file: &MetadataFile,
    names: &[String],
    sha256: &str,
    remarks: &mut Vec<String>,
) -> Result<Vec<(usize, f32)>, String> {
    let Some(tied) = file.thresholds.as_ref().filter(|tied| is_for_this_model("thresholds", tied, sha256, remarks))
    else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for (class, limit) in &tied.values {
        match (names.iter().position(|name| name == class), limit.as_f64()) {
            (Some(index), Some(limit)) if (0.0..=1.0).contains(&limit) => found.push((index, limit as f32)),
            (Some(_), _) => {
                return Err(format!("thresholds: that of \"{class}\" is {limit}; it must be a number from 0 to 1."));
            }
            (None, Some(_)) => {
                return Err(format!("thresholds: there is one for \"{class}\"; the classes are {}.", names.join(", ")));
            }
            // A note such as "chosen_on": "validation".
            (None, None) => {}
        }
    }
    Ok(found)
}

fn temperature(file: &MetadataFile, sha256: &str, remarks: &mut Vec<String>) -> Result<Option<f32>, String> {
    let Some(tied) =
        file.calibration.as_ref().filter(|tied| is_for_this_model("calibration values", tied, sha256, remarks))
    else {
        return Ok(None);
    };
    match tied.values.get("temperature").map(Value::as_f64) {
        None => Ok(None),
        Some(Some(temperature)) if (1e-3..=1e3).contains(&temperature) => Ok(Some(temperature as f32)),
        Some(_) => Err("calibration.temperature must be a number from 0.001 to 1000.".to_owned()),
    }
}
