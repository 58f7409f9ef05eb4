//! `overread golden record`: pictures with the numbers that must come out of them, proven before they are stated.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ndarray::Array3;
use serde_json::{Map, Value, json};

use super::outputs::{self, Framework, Stated};
use crate::cli::{Ended, GoldenRecordArgs, Misuse, predict};
use crate::engine::{GoldenCase, Inference, Model, Origin, Session, SessionOptions, SliceFiles};
use crate::report::{GoldenError, NewGolden, NewInput, store_golden};
use crate::review::doctor::spread;
use crate::review::golden::{answer, fed, prepared, stored_array, verify_case};
use crate::scan::{self, Scan};

/// Of a logit, and of a probability.
const TOLERANCES: (f32, f32) = (1e-3, 2e-4);

/// A case to record, with what the framework said of it.
struct Item {
    files: Vec<PathBuf>,
    framework: Option<Stated>,
}

/// What became of it.
struct Recorded {
    new: NewGolden,
    /// Largest difference to the framework's probabilities, in words, where it is more than the tolerance.
    disagreement: Option<(f32, String)>,
    /// The framework's largest probability, where there is one.
    surest: Option<f32>,
}

pub(super) fn record(args: &GoldenRecordArgs) -> anyhow::Result<Ended> {
    let model = Model::load(&args.model)?;
    if model.is_bare {
        return Err(GoldenError::Bare { path: model.path.clone() }.into());
    }
    let found = scan::discover(&args.pictures);
    found.problems.iter().for_each(|problem| eprintln!("error: {problem}"));
    if found.files.is_empty() {
        return Err(Misuse("no picture was found there".to_owned()).into());
    }
    let items = if args.prepared {
        found.files.iter().map(|file| vec![file.clone()]).collect()
    } else {
        predict::items(false, &found, &model)
    };
    let (mut items, probability) = chosen(args, &model, items)?;
    if let Some(pattern) = model.slice_files().filter(|_| !args.prepared) {
        items.iter_mut().for_each(|item| add_slices(&mut item.files, pattern));
    }
    let mut session = Session::start(&model, args.engine.into(), &SessionOptions::default())?;
    let (mut recorded, mut failed, mut known) = (Vec::new(), found.problems.len(), Known::of(&model));
    for item in &items {
        match one(args, (&model, &mut session), item, probability, &mut known) {
            Ok(Some(one)) => recorded.push(one),
            Ok(None) => {}
            Err(error) => {
                failed += 1;
                eprintln!("error: {}", crate::cli::sentence(&error));
            }
        }
    }
    known.tell();
    if recorded.is_empty() && failed == 0 {
        say!("Nothing new was recorded.");
        return Ok(Ended::Well);
    }
    if recorded.is_empty() {
        anyhow::bail!("nothing could be recorded");
    }
    refuse_disagreements(args, &model, &recorded)?;
    let certain = recorded.iter().filter_map(|one| one.surest).filter(|surest| *surest >= 1.0 - probability).count();
    let cases = recorded.len();
    let forced = recorded.iter().filter(|one| one.disagreement.is_some()).count();
    write(&model, &mut session, recorded)?;
    tell(args, &model, cases, forced);
    if certain > 0 {
        say!(
            "{certain} of them are 0 or 1 as far as {probability:.0e} tells, whatever is done to the picture: they prove little."
        );
    }
    Ok(if failed == 0 { Ended::Well } else { Ended::SomeFailed })
}

/// The cases that are recorded, and the tolerance of a probability.
fn chosen(args: &GoldenRecordArgs, model: &Model, items: Vec<Vec<PathBuf>>) -> anyhow::Result<(Vec<Item>, f32)> {
    let Some(file) = &args.outputs else {
        let places = spread(items.len(), args.most.into());
        let items = places.iter().filter_map(|place| items.get(*place).cloned());
        let tolerance = args.tolerance.unwrap_or(TOLERANCES.1);
        return Ok((items.map(|files| Item { files, framework: None }).collect(), tolerance));
    };
    let Framework { rows, tolerance } = outputs::read(file, model, &items)?;
    let all = items.len();
    let known: Vec<Item> =
        items.into_iter().zip(rows).filter_map(|(files, row)| Some(Item { files, framework: Some(row?) })).collect();
    if known.len() < all {
        eprintln!("{} of {all} cases have a row in {}; the others are left out.", known.len(), file.display());
    }
    let places: BTreeSet<usize> = spread(known.len(), args.most.into()).into_iter().collect();
    let items = known.into_iter().enumerate().filter(|(place, _)| places.contains(place)).map(|(_, item)| item);
    Ok((items.collect(), args.tolerance.unwrap_or(tolerance)))
}

/// Adds to the slices of a case those that lie beside them in their folder.
fn add_slices(files: &mut Vec<PathBuf>, pattern: &SliceFiles) {
    let Some(first) = files.first().cloned() else { return };
    let Some(case) = pattern.case_of(&first) else { return };
    let folder = first.parent().unwrap_or(Path::new(""));
    let look_in = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let names = std::fs::read_dir(look_in).into_iter().flatten().flatten().map(|entry| folder.join(entry.file_name()));
    let beside = names.filter(|path| pattern.case_of(path) == Some(case) && !files.contains(path) && path.is_file());
    let all: Vec<Vec<PathBuf>> = files.iter().cloned().chain(beside).map(|file| vec![file]).collect();
    if all.len() > files.len() {
        eprintln!("{case}: {} further slices of it lie beside, and go with it.", all.len() - files.len());
        // One folder and one case: one group, in order.
        *files = pattern.group(all).concat();
    }
}

/// `None` for a case that is recorded already.
fn one(
    args: &GoldenRecordArgs,
    (model, session): (&Model, &mut Session),
    item: &Item,
    probability: f32,
    known: &mut Known,
) -> anyhow::Result<Option<Recorded>> {
    let name = outputs::title(model, &item.files);
    let scan = match item.files.as_slice() {
        [file] => scan::open(file)?,
        several => scan::open_series(several)?,
    };
    let slice = slice_of(args, model, &scan)?;
    let said = |what: String| anyhow::anyhow!("{}: {what}", scan.path.display());
    if !args.prepared && known.has(fed(&item.files, slice).map_err(said)?, item) {
        return Ok(None);
    }
    let tensors = prepared(model, &item.files, slice).map_err(said)?;
    if let [tensor] = tensors.as_slice()
        && args.prepared
        && known.has_array(model, tensor, &name)
    {
        return Ok(None);
    }
    let answer = answer(model, session, &tensors).map_err(said)?;
    let mut case = GoldenCase { slice, ..expected(args, item, &answer, probability) };
    if model.manifest.class_names.origin != Origin::Assumed {
        case.class_names = model.class_names().to_vec();
    }
    case.other = notes(args, session, &scan, slice);
    let of_logits = !case.logits.is_empty();
    let (found, stated) = match (&answer.logits, of_logits) {
        (Some(logits), true) => (logits, &case.logits),
        _ => (&answer.scores, &case.probabilities),
    };
    let disagreement = item.framework.as_ref().and_then(|_| {
        let (off, class) = furthest(found, stated)?;
        let at = |numbers: &[f32]| numbers.get(class).copied().unwrap_or(f32::NAN);
        let class_name = model.class_names().get(class).cloned().unwrap_or_default();
        let words = format!("{name}: {class_name} {:.4} there, {:.4} here", at(stated), at(found));
        (off > case.tolerance).then_some((off, words))
    });
    let surest = item.framework.as_ref().map(|stated| stated.probabilities.iter().copied().fold(0.0, f32::max));
    let input = input(args, item, tensors, disagreement.is_some());
    Ok(Some(Recorded { new: NewGolden { name, input, case }, disagreement, surest }))
}

/// What is recorded already, recognised by content.
struct Known {
    cases: Vec<GoldenCase>,
    /// The files that are there already, with where.
    again: Vec<String>,
}

impl Known {
    fn of(model: &Model) -> Self {
        let cases = model.manifest.golden_cases.iter().filter_map(|entry| entry.case().ok().cloned());
        Self { cases: cases.collect(), again: Vec::new() }
    }

    /// True where the same files are recorded; the framework's numbers go in the place of the program's own.
    fn has(&mut self, fed: GoldenCase, item: &Item) -> bool {
        let counts = |case: &&GoldenCase| item.framework.is_none() || !case.is_own();
        let same = self.cases.iter().filter(|case| case.feeds_the_same(&fed)).find(counts);
        if let Some(same) = same {
            let there = same.pictures.first().map(|file| &file.file).or(same.file.as_ref()).cloned();
            let here = item.files.first().map(|file| file.display().to_string()).unwrap_or_default();
            self.again.push(format!("{here} (as {})", there.unwrap_or_default()));
            return true;
        }
        self.cases.push(fed);
        false
    }

    fn has_array(&mut self, model: &Model, tensor: &Array3<f32>, name: &str) -> bool {
        let files = self.cases.iter().filter_map(|case| case.file.clone());
        let same = files.into_iter().find(|file| stored_array(model, file).is_some_and(|stored| stored == *tensor));
        self.again.extend(same.iter().map(|file| format!("{name} (as {file})")));
        same.is_some()
    }

    fn tell(&self) {
        for again in &self.again {
            say!("Recorded already: {again}.");
        }
    }
}

/// The one frame that is meant: of slices that are cases of their own the middle one, and where only an array is stored.
fn slice_of(args: &GoldenRecordArgs, model: &Model, scan: &Scan) -> anyhow::Result<Option<usize>> {
    let groups =
        model.select_slices(scan, None).map_err(|error| anyhow::anyhow!("{}: {error}", scan.path.display()))?.groups;
    if args.prepared && !model.is_volume() {
        let frames = groups.concat();
        return Ok(frames.get(frames.len() / 2).copied());
    }
    Ok((groups.len() > 1).then(|| groups.get(groups.len() / 2).and_then(|group| group.first()).copied()).flatten())
}

/// The numbers that must come out, and how close. The framework's logits stay logits where the model gives them too, and
/// means the same by them; else its probabilities count.
fn expected(args: &GoldenRecordArgs, item: &Item, answer: &Inference, probability: f32) -> GoldenCase {
    let case = GoldenCase::default();
    let logit = args.tolerance.unwrap_or(TOLERANCES.0.max(probability));
    match (&item.framework, &answer.logits) {
        (Some(stated), found) => {
            let logits = stated.logits.clone().zip(found.as_ref()).and_then(|(stated, found)| {
                let stated = match (stated.as_slice(), found.len()) {
                    // One logit of two classes, beside the other's 0.
                    ([zero, one], 1) if *zero == 0.0 => vec![*one],
                    _ => stated,
                };
                let agrees = furthest(found, &stated).is_some_and(|(off, _)| off <= logit);
                (agrees && stated.len() == found.len()).then_some(stated)
            });
            match logits {
                Some(logits) => GoldenCase { logits, tolerance: logit, ..case },
                None => GoldenCase { probabilities: stated.probabilities.clone(), tolerance: probability, ..case },
            }
        }
        (None, Some(logits)) => {
            GoldenCase { logits: logits.clone(), tolerance: args.tolerance.unwrap_or(TOLERANCES.0), ..case }
        }
        (None, None) => GoldenCase { probabilities: answer.scores.clone(), tolerance: probability, ..case },
    }
}

/// Where the numbers come from.
fn notes(args: &GoldenRecordArgs, session: &Session, scan: &Scan, slice: Option<usize>) -> Map<String, Value> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut notes = Map::new();
    match &args.outputs {
        Some(file) => notes.insert("outputs".to_owned(), json!(name(file))),
        None => {
            let engine = format!("{} on {}", session.engine(), session.provider());
            notes.insert("recorded_by".to_owned(), json!(format!("Overread {}, {engine}", env!("CARGO_PKG_VERSION"))))
        }
    };
    if args.prepared {
        notes.insert("picture".to_owned(), json!(slice.map_or_else(|| name(&scan.path), |at| name(scan.file_of(at)))));
    }
    notes
}

/// What is stored. What a picture comes to here is kept only where the framework's numbers come out of it.
fn input(args: &GoldenRecordArgs, item: &Item, mut tensors: Vec<Array3<f32>>, disagrees: bool) -> NewInput {
    if args.prepared && tensors.len() == 1 {
        return NewInput::Array(tensors.remove(0));
    }
    if args.pictures_only || disagrees {
        tensors.clear();
    }
    NewInput::Pictures { files: item.files.clone(), prepared: tensors }
}

/// The largest difference, and its class.
fn furthest(found: &[f32], stated: &[f32]) -> Option<(f32, usize)> {
    let off = found.iter().zip(stated).map(|(found, stated)| (found - stated).abs()).enumerate();
    off.map(|(class, off)| (off, class)).max_by(|(a, _), (b, _)| a.total_cmp(b))
}

/// Nothing is recorded that is known to be wrong, unless a person insists.
fn refuse_disagreements(args: &GoldenRecordArgs, model: &Model, recorded: &[Recorded]) -> anyhow::Result<()> {
    let wrong: Vec<&(f32, String)> = recorded.iter().filter_map(|one| one.disagreement.as_ref()).collect();
    let (Some(file), Some((off, words))) = (&args.outputs, wrong.iter().max_by(|a, b| a.0.total_cmp(&b.0))) else {
        return Ok(());
    };
    if args.force {
        return Ok(());
    }
    let next = if model.is_volume() {
        "Correct preprocess_volume in metadata.json (docs/MANIFEST.md)".to_owned()
    } else {
        let pictures: Vec<String> = args.pictures.iter().map(|path| path.display().to_string()).collect();
        format!(
            "Find out how they were prepared: overread doctor {} --pictures {} --predictions {}",
            args.model.display(),
            pictures.join(" "),
            file.display()
        )
    };
    anyhow::bail!(
        "{} of {} cases get other probabilities here than {} states, off by {off:.3} at most ({words}). Nothing was recorded: \
         Overread does not feed the model as the framework did. {next}; or record what the framework said all the same \
         with --force.",
        wrong.len(),
        recorded.len(),
        file.display()
    )
}

/// Copies the files, runs each case from its copies, and states the cases only then.
fn write(model: &Model, session: &mut Session, recorded: Vec<Recorded>) -> anyhow::Result<()> {
    let disagree: Vec<bool> = recorded.iter().map(|one| one.disagreement.is_some()).collect();
    let stored = store_golden(model, recorded.into_iter().map(|one| one.new).collect())?;
    let broken = stored.cases.iter().zip(disagree).find_map(|(case, disagrees)| {
        let result = verify_case(model, session, case);
        let is_wrong = result.problem.is_some() || !(result.passed || disagrees);
        is_wrong.then(|| result.reason().unwrap_or_else(|| format!("{} gives other numbers again", result.file)))
    });
    if let Some(why) = broken {
        stored.discard();
        anyhow::bail!("nothing was recorded, as a case cannot be run from its copy: {why}");
    }
    let cases = stored.cases.len();
    let written = stored.state(model)?;
    let what = if cases == 1 { "golden case" } else { "golden cases" };
    say!("{cases} {what} recorded in {}.", written.path.display());
    if let Some(older) = written.older {
        say!("The version before is kept as {}.", older.display());
    }
    Ok(())
}

fn tell(args: &GoldenRecordArgs, model: &Model, cases: usize, forced: usize) {
    match (&args.outputs, forced) {
        (Some(file), 0) => say!("All {cases} give the numbers of {} here too.", file.display()),
        (Some(file), forced) => say!(
            "{forced} of {cases} give other numbers here than {}; they are recorded as it says, and `golden verify` is red.",
            file.display()
        ),
        (None, _) => say!(
            "The expected numbers are the program's own: they show that nothing changes from here on, not that training \
             prepared its pictures like this. --outputs FILE takes the training framework's."
        ),
    }
    if !args.prepared {
        say!(
            "The pictures themselves were copied into {}. Do not give this folder away with patients' images in it; \
             --prepared stores prepared arrays instead.",
            model.folder.join("golden").display()
        );
    }
}
