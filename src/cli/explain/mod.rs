//! `overread explain`: the map behind each score, as files.

mod names;
mod trust;

use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use anyhow::Context as _;

use self::names::Names;
use self::trust::{Measured, Trust};
use super::predict::items;
use super::{Ended, ExplainArgs, Misuse, progress};
use crate::engine::{Model, SessionOptions};
use crate::explain::{ExplainError, FeatureMap, Mapper, Method, Question};
use crate::render::{ColorMap, OverlayStyle, Scale};
use crate::report;
use crate::review::{self, BatchOptions, CaseError, CaseMaps, Control, Explained};
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
    if args.layer.as_deref().is_some_and(|layer| layer.trim().is_empty()) {
        return Err(Misuse("--layer: it must name a layer; --layers lists them".to_owned()).into());
    }
    let model = Model::load(&args.model)?;
    let class = args.class.as_deref().map(|text| class_index(text, model.class_names())).transpose()?;
    let mut mapper = Mapper::new(model.clone(), args.layer.as_deref(), args.engine.into(), SessionOptions::default());
    if args.layers || method.needs_layer() {
        // What is wrong with the layer is said before any picture is read.
        let layer = mapper.start_layer(method.needs_gradients()).map_err(misuse)?.clone();
        if args.layers {
            list_layers(&mapper, &layer);
            return Ok(Ended::Well);
        }
    }
    let question = Question { method, class, target: args.target.into() };
    let measures = args.faithfulness.is_some() || args.randomisation.is_some() || args.agreement;
    if model.is_volume() && measures {
        let what = "--faithfulness, --randomisation and --agreement measure maps of pictures; this model takes volumes";
        return Err(Misuse(what.to_owned()).into());
    }
    let trust = Trust::start(&model, args)?;
    let mut work = Work { args, model: &model, colors, names: Names::default(), done: Vec::new(), failed: 0, trust };
    work.maps(&mut mapper, &question)?;
    work.pictures(&mapper)
}

fn misuse(error: ExplainError) -> anyhow::Error {
    match error {
        ExplainError::NoSuchLayer { .. } => anyhow::Error::from(Misuse(error.to_string())),
        other => other.into(),
    }
}

fn class_index(text: &str, names: &[String]) -> Result<usize, Misuse> {
    let exact = names.iter().position(|name| name == text);
    let by_name = exact.or_else(|| names.iter().position(|name| name.to_lowercase() == text.to_lowercase()));
    let by_index = text.parse().ok().filter(|index| *index < names.len());
    by_name.or(by_index).ok_or_else(|| Misuse(format!("--class {text}: the classes are {}", names.join(", "))))
}

fn list_layers(mapper: &Mapper, used: &FeatureMap) {
    for layer in mapper.layers() {
        let mark = if layer.name == used.name { "*" } else { " " };
        say(&format!("{mark} {}  ({})", layer.name, layer.words()));
    }
    say(&format!("\n* {}", mapper.layer_reason().unwrap_or_default()));
}

/// One explained picture and the stem of its files.
struct Done {
    stem: PathBuf,
    /// The file, or the files of the series that the slice lies in.
    files: Vec<PathBuf>,
    explained: Explained,
    measured: Option<Measured>,
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
    fn maps(&mut self, mapper: &mut Mapper, question: &Question) -> anyhow::Result<()> {
        let found = scan::discover(&self.args.paths);
        for problem in &found.problems {
            self.fail(problem.path(), &problem.to_string());
        }
        let items = items(self.args.series, &found, self.model);
        if items.is_empty() && found.problems.is_empty() {
            anyhow::bail!("no picture was found there; DICOM, NIfTI, PNG, JPEG, TIFF, BMP and .npy files are read");
        }
        let bar = progress::bar(items.len());
        let options = BatchOptions { slices: self.args.slices.clone(), ..BatchOptions::default() };
        let mut failed_write = None;
        let mut passes = |done: usize, total: usize| {
            bar.set_message(format!("{done} of {total} changed pictures"));
            ControlFlow::Continue(())
        };
        review::explain_all(&items, mapper, question, &options, &mut passes, &mut |item, case, mapper| {
            bar.set_position(item as u64);
            let files = items.get(item).map_or(&[][..], Vec::as_slice);
            match self.case(files, case, mapper) {
                Ok(()) => Control::Continue,
                Err(error) => {
                    failed_write = Some(error);
                    Control::Stop
                }
            }
        });
        bar.finish_and_clear();
        failed_write.map_or(Ok(()), Err)
    }

    fn case(
        &mut self,
        files: &[PathBuf],
        case: Result<CaseMaps, CaseError>,
        mapper: &mut Mapper,
    ) -> anyhow::Result<()> {
        let path = files.first().map_or(Path::new(""), PathBuf::as_path);
        let measured = case.and_then(|(case, explained)| {
            let trust = self.trust.as_mut();
            let measured = trust.map(|trust| trust.measure(path, &case, &explained, mapper)).transpose()?;
            Ok((explained, measured.unwrap_or_default()))
        });
        let (explained, measured) = match measured {
            Ok(both) => both,
            Err(error) => {
                self.fail(path, &error.to_string());
                return Ok(());
            }
        };
        let several = explained.len() > 1;
        let mut measured = measured.into_iter();
        for explained in explained {
            let with_slice = explained.volume.is_none() && (several || explained.slice > 0);
            let stem = self.args.out.join(self.names.stem(&explained, with_slice, &self.args.paths));
            if let Some(folder) = stem.parent() {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("the folder {} could not be made", folder.display()))?;
            }
            report::write_map(&file(&stem, &explained, "npy"), &explained)?;
            self.done.push(Done { stem, files: files.to_vec(), explained, measured: measured.next() });
        }
        Ok(())
    }

    fn fail(&mut self, path: &Path, sentence: &str) {
        self.failed += 1;
        if self.args.json {
            say(&serde_json::json!({"path": path.to_string_lossy(), "error": sentence}).to_string());
        } else {
            say(&format!("error: {sentence}"));
        }
    }

    /// Second round: pictures and JSON, on one scale.
    fn pictures(&mut self, mapper: &Mapper) -> anyhow::Result<Ended> {
        let style = self.style();
        let bar = progress::bar(self.done.len());
        for done in std::mem::take(&mut self.done) {
            match self.picture(&done, style.as_ref(), mapper) {
                Ok(line) => bar.suspend(|| say(&line)),
                Err(error) => self.fail(&done.explained.path, &format!("{error:#}")),
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        if let (Some(trust), false) = (&self.trust, self.args.json) {
            say(&format!("\n{}", trust.summary()));
        }
        if !self.args.json {
            let layer = mapper.layer().zip(mapper.layer_reason());
            let layer = layer.map(|(layer, reason)| format!("Layer \"{}\": {reason}\n", layer.name));
            let layer = layer.unwrap_or_default();
            let ran = mapper.ran().map(|(engine, provider)| format!("{engine} · {provider}\n")).unwrap_or_default();
            say(&format!(
                "\n{layer}{ran}The heatmap shows where the score came from, not where disease is.\n{}",
                report::RESEARCH_USE
            ));
        }
        Ok(if self.failed == 0 { Ended::Well } else { Ended::SomeFailed })
    }

    fn style(&self) -> Option<OverlayStyle> {
        let maps = self.done.iter().map(|done| done.explained.map.for_scale());
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
        Done { stem, files, explained, measured }: &Done,
        style: Option<&OverlayStyle>,
        mapper: &Mapper,
    ) -> anyhow::Result<String> {
        let scan = scan::open_series(files)?;
        let polarity = scan.meta.polarity.unwrap_or(Polarity::HighIsWhite);
        let overlay = with_ending(stem, "overlay.png");
        let frame = scan.frame(explained.slice)?;
        report::write_overlay(&overlay, frame, polarity, explained, style)?;
        let (map, facts) = (file(stem, explained, "npy"), file(stem, explained, "json"));
        let written = [("map", map), ("overlay", overlay), ("facts", facts.clone())];
        let reason = mapper.layer_reason().filter(|_| explained.map.layer.is_some());
        let mut json = report::explanation_json(explained, self.model, (reason, style), &written);
        if let (Some(measured), Some(trust), Some(facts)) = (measured, &self.trust, json.as_object_mut()) {
            trust.add_to(facts, measured, self.model);
        }
        std::fs::write(&facts, format!("{json:#}\n"))
            .with_context(|| format!("{} could not be written", facts.display()))?;
        if self.args.json {
            return Ok(json.to_string());
        }
        let class = self.model.class_names().get(explained.map.class).map_or("?", String::as_str);
        let note = if explained.map.has_positive_evidence() { "" } else { "  No positive evidence." };
        let slice = match &explained.volume {
            Some(place) => format!("  Slice {} of 0 to {} has the most evidence.", explained.slice, place.frames() - 1),
            None => String::new(),
        };
        Ok(format!("{class:<12} {:>9.4}  {}{slice}{note}", explained.map.score, stem.display()))
    }
}

/// `<stem>.<method>.<ending>`.
fn file(stem: &Path, explained: &Explained, ending: &str) -> PathBuf {
    with_ending(stem, &format!("{}.{ending}", explained.map.method.name()))
}

/// `<stem>.<ending>`; the stem may hold dots of its own.
fn with_ending(stem: &Path, ending: &str) -> PathBuf {
    let mut name = stem.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// A line on standard output. A reader that has gone away is no reason to stop writing files.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
