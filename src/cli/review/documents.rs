//! The report of a review: report.html and report.pdf.

use std::path::PathBuf;

use super::results::Results;
use crate::cli::leaks::search;
use crate::report::{self, ComparisonReport, GalleryEntry, LeakReport, MetricsReport, ReviewReport};
use crate::review::folder::{Decision, now_utc};
use crate::review::leak::{DEFAULT_THRESHOLD, LeakItem, LeakItems, Leaks, leak_items, leave_out, look_up, rest};

/// The numbers and pictures that were made before.
pub(super) struct Parts<'a> {
    pub a: Option<&'a MetricsReport>,
    pub b: Option<&'a MetricsReport>,
    pub comparison: Option<&'a ComparisonReport<'a>>,
    pub gallery: &'a [GalleryEntry],
    pub misclassified: usize,
}

impl Results<'_> {
    /// Writes both, with a leak check where there is training data to check against.
    pub(super) fn documents(&self, parts: &Parts<'_>, written: &mut Vec<PathBuf>) -> anyhow::Result<()> {
        let (args, out) = (self.work.args, self.work.args.out.as_path());
        let leaks = args.against.is_some().then(|| self.leaks()).transpose()?;
        let leaks = leaks.as_ref().map(|(leaks, remarks)| LeakReport {
            folder: out,
            against: args.against.as_deref(),
            leaks,
            look_up: look_up(leaks),
            rest: parts.a.map(|a| (a.predictions.path.as_path(), rest(leaks, &a.predictions))),
            remarks: remarks.clone(),
            identity: args.identify,
        });
        if let Some(leaks) = &leaks {
            let path = out.join("leaks.json");
            std::fs::write(&path, format!("{:#}\n", report::leak_json(leaks)))?;
            written.push(path);
        }
        let decisions: Vec<Decision> = self.a.folder.decisions().all().cloned().collect();
        let review = ReviewReport {
            run: self.a.folder.facts(),
            compared: self.b.as_ref().map(|side| side.folder.facts()),
            model_card: report::read_card(&self.a.model),
            cases: &self.a.cases,
            label_remarks: &self.a.recorder.labels.remarks,
            mapping: &self.a.recorder.labels.mapping,
            thresholds: &self.thresholds,
            metrics: parts.a,
            metrics_b: parts.b,
            comparison: parts.comparison,
            gallery: parts.gallery,
            misclassified: parts.misclassified,
            decisions: &decisions,
            leaks: leaks.as_ref(),
            identify: args.identify,
            written: now_utc(),
        };
        written.extend(report::write_review(out, &review, args.language.into())?);
        Ok(())
    }

    /// The reviewed files against the training folder, with the labels that the review gave them.
    fn leaks(&self) -> anyhow::Result<(Leaks, Vec<String>)> {
        let names = self.a.model.class_names();
        let item = |files: &Vec<PathBuf>| {
            let path = files.first()?.clone();
            let record = self.a.folder.get(&self.a.recorder.roots.key(&path));
            let label = record.and_then(|record| names.get(record.truth_class()?)).cloned();
            Some(LeakItem { path, label })
        };
        let inside: Vec<LeakItem> = self.work.items.iter().filter_map(item).collect();
        let found = self.work.args.against.as_ref().map(|folder| leak_items(folder, names));
        let LeakItems { mut items, problems } = found.unwrap_or_default();
        let mut remarks: Vec<String> = problems.iter().map(ToString::to_string).collect();
        let both = leave_out(&mut items, &inside);
        if both > 0 {
            remarks.push(format!("{both} of the reviewed files lie in the training folder too."));
        }
        Ok((search(&inside, Some(&items), DEFAULT_THRESHOLD)?, remarks))
    }
}
