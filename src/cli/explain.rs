//! `overread explain`: the map behind each score, as files.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::Context as _;

use super::predict::items;
use super::{Ended, ExplainArgs, Misuse, progress};
use crate::engine::{Model, Session, SessionOptions};
use crate::explain::forward::faithfulness::{Curves, DeletionInsertion, Faithfulness};
use crate::explain::{ExplainError, Explainer, Method};
use crate::render::{ColorMap, OverlayStyle, Scale};
use crate::report;
use crate::review::{self, CaseError, Explained, PreparedCase, Question, explain_case};
use crate::scan::{self, Polarity};

/// Runs the command. Errors mean that nothing could be explained at all.
pub fn explain(args: &ExplainArgs) -> anyhow::Result<Ended> {
    let method = Method::from_str(&args.method).map_err(|error| Misuse(error.to_string()))?;
    let colors = args.colors.as_deref().map(ColorMap::from_str).transpose();
    let colors = colors.map_err(|error| Misuse(error.to_string()))?;
    if !args.model.exists() {
        return Err(Misuse(format!("--model {}: there is no such file or folder", args.model.display())).into());
    }
    if !(0.0..=1.0).contains(&args.opacity) {
        return Err(Misuse(format!("--opacity {}: it must be 0 to 1", args.opacity)).into());
    }
    if let Some(high) = args.scale.filter(|high| !(high.is_finite() && *high > 0.0)) {
        return Err(Misuse(format!("--scale {high}: it must be a number above 0")).into());
    }
    let model = Model::load(&args.model)?;
    let class = args.class.as_deref().map(|text| class_index(text, model.class_names())).transpose()?;
    let start = if method.needs_gradients() { Explainer::start } else { Explainer::start_forward_only };
    let mut explainer =
        start(&model, args.layer.as_deref(), args.engine.into(), &SessionOptions::default()).map_err(|error| {
            match error {
                ExplainError::NoSuchLayer { .. } => anyhow::Error::from(Misuse(error.to_string())),
                other => other.into(),
            }
        })?;
    if args.layers {
        list_layers(&explainer);
        return Ok(Ended::Well);
    }
    let question = Question { method, class, target: args.target.into() };
    let trust = args.faithfulness.map(|steps| Trust::start(&model, args, steps)).transpose()?;
    let mut work = Work { args, model: &model, colors, names: Names::default(), done: Vec::new(), failed: 0, trust };
    work.maps(&mut explainer, &question)?;
    work.pictures(&explainer)
}

fn class_index(text: &str, names: &[String]) -> Result<usize, Misuse> {
    let by_name = names.iter().position(|name| name == text);
    let by_index = text.parse().ok().filter(|index| *index < names.len());
    by_name.or(by_index).ok_or_else(|| Misuse(format!("--class {text}: the classes are {}", names.join(", "))))
}

fn list_layers(explainer: &Explainer) {
    for layer in explainer.layers() {
        let mark = if layer.name == explainer.layer().name { "*" } else { " " };
        println!("{mark} {}  ({})", layer.name, layer.words());
    }
    println!("\n* {}", explainer.layer_reason());
}

/// One explained picture and the stem of its files.
struct Done {
    stem: PathBuf,
    /// The file, or the files of the series that the slice lies in.
    files: Vec<PathBuf>,
    explained: Explained,
    faithfulness: Option<Faithfulness>,
}

/// What measures maps.
struct Trust {
    session: Session,
    parameters: DeletionInsertion,
    /// One for each measured picture.
    measured: Vec<Faithfulness>,
}

struct Work<'a> {
    args: &'a ExplainArgs,
    model: &'a Model,
    colors: Option<ColorMap>,
    names: Names,
    done: Vec<Done>,
    failed: usize,
    trust: Option<Trust>,
}

impl Work<'_> {
    /// First round: maps, which are written at once. Their common scale is known afterwards.
    fn maps(&mut self, explainer: &mut Explainer, question: &Question) -> anyhow::Result<()> {
        let found = scan::discover(&self.args.paths);
        for problem in &found.problems {
            self.fail(problem.path(), &problem.to_string());
        }
        let items = items(self.args.series, &found, self.model);
        if items.is_empty() && found.problems.is_empty() {
            anyhow::bail!("no picture was found there; DICOM, NIfTI, PNG, JPEG, TIFF, BMP and .npy files are read");
        }
        let bar = progress::bar(items.len());
        let mut guess = 0;
        let mut trust = self.trust.take();
        for files in &items {
            let path = files.first().cloned().unwrap_or_default();
            let mut cases = Vec::new();
            let prepared = review::prepare_case(files, self.model, self.args.slices.as_ref(), &mut |case| {
                let explained = case.and_then(|case| {
                    let explained = explain_case(&path, &case, explainer, question, &mut guess)?;
                    let measured = trust.as_mut().map(|trust| trust.measure(&path, &case, &explained)).transpose()?;
                    Ok((explained, measured.unwrap_or_default()))
                });
                cases.push(explained);
                true
            });
            for case in cases.into_iter().chain(prepared.err().map(Err)) {
                self.case(files, case)?;
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        self.trust = trust;
        Ok(())
    }

    fn case(
        &mut self,
        files: &[PathBuf],
        case: Result<(Vec<Explained>, Vec<Faithfulness>), CaseError>,
    ) -> anyhow::Result<()> {
        let (explained, measured) = match case {
            Ok(both) => both,
            Err(error) => {
                self.fail(files.first().map_or(Path::new(""), PathBuf::as_path), &error.to_string());
                return Ok(());
            }
        };
        let several = explained.len() > 1;
        let mut measured = measured.into_iter();
        for explained in explained {
            let stem =
                self.args.out.join(self.names.stem(&explained, several || explained.slice > 0, &self.args.paths));
            if let Some(folder) = stem.parent() {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("the folder {} could not be made", folder.display()))?;
            }
            report::write_map(&file(&stem, &explained, "npy"), &explained)?;
            self.done.push(Done { stem, files: files.to_vec(), explained, faithfulness: measured.next() });
        }
        Ok(())
    }

    fn fail(&mut self, path: &Path, sentence: &str) {
        self.failed += 1;
        if self.args.json {
            println!("{}", serde_json::json!({"path": path.to_string_lossy(), "error": sentence}));
        } else {
            println!("error: {sentence}");
        }
    }

    /// Second round: pictures and JSON, on one scale.
    fn pictures(&mut self, explainer: &Explainer) -> anyhow::Result<Ended> {
        let style = self.style();
        let bar = progress::bar(self.done.len());
        for done in std::mem::take(&mut self.done) {
            match self.picture(&done, style.as_ref(), explainer) {
                Ok(line) => bar.suspend(|| println!("{line}")),
                Err(error) => self.fail(&done.explained.path, &format!("{error:#}")),
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        if let (Some(trust), false) = (&self.trust, self.args.json) {
            println!("\n{}", trust.summary());
        }
        if !self.args.json {
            println!(
                "\nLayer: {}\n{} · {}\nThe heatmap shows where the score came from, not where disease is.\n{}",
                explainer.layer_reason(),
                explainer.engine(),
                explainer.provider(),
                report::RESEARCH_USE
            );
        }
        Ok(if self.failed == 0 { Ended::Well } else { Ended::SomeFailed })
    }

    fn style(&self) -> Option<OverlayStyle> {
        let maps = self.done.iter().map(|done| done.explained.map.values.view());
        let found = if self.args.signed { Scale::signed(maps) } else { Scale::positive(maps) };
        let asked = self.args.scale.map(|high| Scale { low: if self.args.signed { -high } else { 0.0 }, high });
        let scale = asked.or(found)?;
        let mut style = if self.args.signed { OverlayStyle::signed(scale) } else { OverlayStyle::positive(scale) };
        style.color_map = self.colors.unwrap_or(style.color_map);
        style.opacity = self.args.opacity;
        Some(style)
    }

    fn picture(
        &self,
        Done { stem, files, explained, faithfulness }: &Done,
        style: Option<&OverlayStyle>,
        explainer: &Explainer,
    ) -> anyhow::Result<String> {
        let scan = scan::open_series(files)?;
        let polarity = scan.meta.polarity.unwrap_or(Polarity::HighIsWhite);
        let overlay = file(stem, explained, "overlay.png");
        let frame = scan.frame(explained.slice)?;
        report::write_overlay(&overlay, frame, polarity, explained, style)?;
        let (map, facts) = (file(stem, explained, "npy"), file(stem, explained, "json"));
        let written = [("map", map), ("overlay", overlay), ("facts", facts.clone())];
        let mut json = report::explanation_json(explained, self.model, (explainer.layer_reason(), style), &written);
        if let (Some(measured), Some(trust), Some(fields)) = (faithfulness, &self.trust, json.as_object_mut()) {
            let value = review::faithfulness_json(measured, &trust.parameters, self.model);
            fields.insert("faithfulness".to_owned(), value);
        }
        std::fs::write(&facts, format!("{json:#}\n"))
            .with_context(|| format!("{} could not be written", facts.display()))?;
        if self.args.json {
            return Ok(json.to_string());
        }
        let class = self.model.class_names().get(explained.map.class).map_or("?", String::as_str);
        let note = if explained.map.has_positive_evidence() { "" } else { "  No positive evidence at this layer." };
        Ok(format!("{class:<12} {:>9.4}  {}{note}", explained.map.score, stem.display()))
    }
}

impl Trust {
    fn start(model: &Model, args: &ExplainArgs, steps: u16) -> anyhow::Result<Self> {
        let session = Session::start(model, args.engine.into(), &SessionOptions::default())?;
        let steps = usize::from(steps);
        let parameters = DeletionInsertion { steps, random_orders: 3, ..DeletionInsertion::default() };
        Ok(Self { session, parameters, measured: Vec::new() })
    }

    fn measure(
        &mut self,
        path: &Path,
        case: &PreparedCase,
        explained: &[Explained],
    ) -> Result<Vec<Faithfulness>, CaseError> {
        let mut found = Vec::with_capacity(explained.len());
        for (prepared, explained) in case.prepared.iter().zip(explained) {
            let mut progress = |_, _| ControlFlow::Continue(());
            let measured = review::faithfulness(
                &mut self.session,
                prepared.tensor.view(),
                &explained.map,
                &self.parameters,
                &mut progress,
            )
            .map_err(|error| CaseError::Trust { path: path.to_owned(), what: error.to_string() })?;
            self.measured.push(measured.clone());
            found.push(measured);
        }
        Ok(found)
    }

    /// Means over all pictures, and how often the map does better than random orders.
    fn summary(&self) -> String {
        let line = |name: &str, of: fn(&Faithfulness) -> &Curves, smaller_is_better: bool| {
            let count = self.measured.len().max(1) as f64;
            let mean = |auc: &dyn Fn(&Curves) -> f64| self.measured.iter().map(|m| auc(of(m))).sum::<f64>() / count;
            let random = |curves: &Curves| curves.random_auc().unwrap_or(f64::NAN);
            let better = |m: &&Faithfulness| (of(m).map.auc < random(of(m))) == smaller_is_better;
            format!(
                "{name}: area {:.3} (random {:.3}, edges {:.3}); better than random in {} of {}",
                mean(&|curves| curves.map.auc),
                mean(&random),
                mean(&|curves| curves.edges.auc),
                self.measured.iter().filter(better).count(),
                self.measured.len()
            )
        };
        let deletion = line("Deletion (smaller is better)", |m| &m.deletion, true);
        let insertion = line("Insertion (larger is better)", |m| &m.insertion, false);
        format!("{deletion}\n{insertion}")
    }
}

/// `<stem>.<method>.<ending>`.
fn file(stem: &Path, explained: &Explained, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(format!(".{}.{ending}", explained.map.method.name()));
    PathBuf::from(name)
}

/// Stems that were given out.
#[derive(Default)]
struct Names {
    used: HashSet<PathBuf>,
}

impl Names {
    /// The file's stem below the folder that was asked for; with its ending where two files share a stem, and with the
    /// slice where there are several.
    fn stem(&mut self, explained: &Explained, with_slice: bool, roots: &[PathBuf]) -> PathBuf {
        let path = &explained.path;
        let root = roots.iter().find(|root| root.is_dir() && path.starts_with(root));
        let below = root.and_then(|root| path.strip_prefix(root).ok()).and_then(Path::parent).unwrap_or(Path::new(""));
        let slice = if with_slice { format!(".slice-{:04}", explained.slice) } else { String::new() };
        let named = |name: Option<&std::ffi::OsStr>, number: usize| {
            let name = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let number = if number == 0 { String::new() } else { format!("-{number}") };
            below.join(format!("{name}{number}{slice}"))
        };
        let choices =
            std::iter::once(named(path.file_stem(), 0)).chain((0..).map(|number| named(path.file_name(), number)));
        for choice in choices {
            if self.used.insert(choice.clone()) {
                return choice;
            }
        }
        PathBuf::new()
    }
}
