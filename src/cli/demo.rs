//! `overread demo`: the bundled folder and model, found wherever the program was started from.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{DemoArgs, Ended, table::Table};
use crate::engine::{Model, Session, SessionOptions};
use crate::report;
use crate::review::{self, BatchOptions, Control};
use crate::scan;

const SCANS: &str = "assets/demo";
const MODEL: &str = "models/phantom-brain-3grade";

/// Where the bundled demo lies.
#[derive(Clone, Debug)]
pub struct DemoFolder {
    pub scans: PathBuf,
    pub model: PathBuf,
}

/// Looks in `OVERREAD_HOME`, the current folder, the package folder that cargo names, and every folder above the
/// executable (and `share/overread` beside it).
pub fn find_demo() -> anyhow::Result<DemoFolder> {
    let mut homes: Vec<PathBuf> = Vec::new();
    homes.extend(std::env::var_os("OVERREAD_HOME").map(PathBuf::from));
    homes.extend(std::env::current_dir().ok());
    homes.extend(std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from));
    if let Ok(executable) = std::env::current_exe() {
        for folder in executable.ancestors().skip(1) {
            homes.push(folder.to_owned());
            homes.push(folder.join("share/overread"));
        }
    }
    homes.iter().find_map(|home| complete(home)).with_context(|| {
        format!(
            "the demo ({SCANS} and {MODEL}) was not found; start from the program's folder or set OVERREAD_HOME to it"
        )
    })
}

fn complete(home: &Path) -> Option<DemoFolder> {
    let demo = DemoFolder { scans: home.join(SCANS), model: home.join(MODEL) };
    (demo.scans.is_dir() && demo.model.join("model.onnx").is_file()).then_some(demo)
}

/// The demo without a window: a table of scores, and files beside it. `reason` says why there is no window.
pub fn demo_in_terminal(args: &DemoArgs, demo: &DemoFolder, reason: &str) -> anyhow::Result<Ended> {
    println!("No window: {reason}.\nThe same job on the terminal:\n");
    let model = Model::load(&demo.model)?;
    let mut session = Session::start(&model, crate::engine::EngineChoice::Auto, &SessionOptions::default())?;
    let found = scan::discover(std::slice::from_ref(&demo.scans));
    let items: Vec<Vec<PathBuf>> = found.files.into_iter().map(|file| vec![file]).collect();
    let mut table = Table::new(&model);
    let mut cases = Vec::new();
    review::run(&items, &model, &mut session, &BatchOptions::default(), &mut |case| {
        println!("{}", table.row(&case));
        cases.push(case);
        Control::Continue
    });
    let failed = cases.iter().filter(|case| case.outcome.is_err()).count();
    println!("{}\n", table.summary(cases.len() - failed, failed, &session));
    write_results(&args.out, &cases, &model)?;
    Ok(if failed == 0 { Ended::Well } else { Ended::SomeFailed })
}

fn write_results(out: &Path, cases: &[review::Case], model: &Model) -> anyhow::Result<()> {
    std::fs::create_dir_all(out).with_context(|| format!("the folder {} could not be made", out.display()))?;
    let names = model.class_names();
    let table = out.join("predictions.csv");
    report::write_csv(&table, cases, names)?;
    let lines = out.join("predictions.jsonl");
    let text: String = cases.iter().map(|case| format!("{}\n", report::json_line(case, names))).collect();
    std::fs::write(&lines, text).with_context(|| format!("{} could not be written", lines.display()))?;
    let chart = out.join("confusion.png");
    report::confusion_chart(&chart, cases, names)?;
    println!("Written:");
    for path in [table, lines, chart] {
        println!("  {}", path.canonicalize().unwrap_or(path).display());
    }
    Ok(())
}
