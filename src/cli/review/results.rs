//! The files of a review.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::Work;
use super::documents::Parts;
use super::run::Side;
use crate::cli::{metrics::written_words, progress};
use crate::metrics::SummaryOptions;
use crate::report::{
    self, ComparisonReport, GalleryEntry, MetricsReport, comparison_json, comparison_text, metrics_json, metrics_text,
};

/// Everything that was run.
pub(super) struct Results<'a> {
    pub work: &'a Work<'a>,
    pub a: Side,
    pub b: Option<Side>,
    /// Empty for the model's own operating point.
    pub thresholds: Vec<(usize, f32)>,
}

impl Results<'_> {
    /// Writes the tables, the numbers, the comparison and the gallery, and says them.
    pub fn write(self) -> anyhow::Result<()> {
        let (args, out) = (self.work.args, self.work.args.out.as_path());
        let mut written = vec![out.join("cases.jsonl")];
        let a = self.side(&self.a, (out, self.asked()), &mut written)?;
        let b = match &self.b {
            // An operating point is one model's: the second keeps its own.
            Some(side) => self.side(side, (side.folder.path(), None), &mut written)?,
            None => None,
        };
        let comparison = match (&a, &b) {
            (Some(a), Some(b)) => Some(ComparisonReport::new(a, b, self.options())?),
            _ => None,
        };
        if let Some(comparison) = &comparison {
            written.extend(comparison.write(out)?);
        }
        let (gallery, misclassified) = self.gallery(&mut written)?;
        let comparison_of = comparison.as_ref();
        let parts = Parts { a: a.as_ref(), b: b.as_ref(), comparison: comparison_of, gallery: &gallery, misclassified };
        self.documents(&parts, &mut written)?;
        // In a folder that held no run, files of these names are somebody's own.
        if self.a.went_on {
            report::remove_earlier(out, &written)?;
        }
        if args.json {
            match (&a, &comparison) {
                (_, Some(comparison)) => say!("{:#}", comparison_json(comparison)),
                (Some(a), None) => say!("{:#}", metrics_json(a)),
                (None, None) => say!("null"),
            }
            return Ok(());
        }
        match &a {
            Some(a) => say!("\n{}", metrics_text(a).trim_end()),
            None => say!("\nNo case has a reference label: there are scores, and no numbers about them."),
        }
        if let Some(comparison) = &comparison {
            say!("\n{}", comparison_text(comparison).trim_end());
        }
        say!("\n{}", self.ending(&gallery, misclassified));
        say!("{}", written_words(out, &written));
        Ok(())
    }

    fn options(&self) -> SummaryOptions {
        let args = self.work.args;
        SummaryOptions { resamples: args.resamples, seed: args.seed, ..SummaryOptions::default() }
    }

    /// The operating point that goes before the model's own.
    fn asked(&self) -> Option<&[(usize, f32)]> {
        Some(self.thresholds.as_slice()).filter(|thresholds| !thresholds.is_empty())
    }

    /// One model's table and numbers; `None` where no case has a label.
    fn side(
        &self,
        side: &Side,
        (out, asked): (&Path, Option<&[(usize, f32)]>),
        written: &mut Vec<PathBuf>,
    ) -> anyhow::Result<Option<MetricsReport>> {
        let (report, files) = side.written().write(out, asked, self.options(), self.work.args.language.into())?;
        written.extend(files);
        Ok(report)
    }

    /// The pictures of misclassified cases, and how many such cases there are.
    fn gallery(&self, written: &mut Vec<PathBuf>) -> anyhow::Result<(Vec<GalleryEntry>, usize)> {
        let key = |files: &Vec<PathBuf>| Some((self.a.recorder.roots.key(files.first()?), files.clone()));
        let files: HashMap<String, Vec<PathBuf>> = self.work.items.iter().filter_map(key).collect();
        let bar = progress::bar(0);
        bar.set_message("heatmaps of misclassified cases");
        let folder = self.work.args.out.join("gallery");
        let sides = (self.a.written(), self.b.as_ref().map(Side::written));
        let how = (self.asked(), self.work.args.explain, self.work.args.engine.into());
        let found = report::write_misclassified(&folder, sides, &files, how, &mut |done, total| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        })?;
        bar.finish_and_clear();
        if !found.0.is_empty() {
            written.push(folder);
        }
        Ok(found)
    }

    fn ending(&self, gallery: &[GalleryEntry], misclassified: usize) -> String {
        let by = if self.b.is_some() { " by one of the models or both" } else { "" };
        let mut text = match self.a.cases.iter().any(|case| case.truth_class().is_some()) {
            true => format!("{misclassified} misclassified{by}, {} shown with heatmaps.", gallery.len()),
            false => "No case has a reference label, so none is misclassified.".to_owned(),
        };
        if let Some(entry) = gallery.iter().find(|entry| entry.heatmap.is_none()) {
            text += &format!("\nwarning: {}: {}", entry.key, entry.heatmap_words);
        }
        let failed = self.a.failed();
        text += &format!("\n{} cases, {failed} failed · {}", self.a.folder.records().len(), self.a.ran);
        if failed > 0 {
            text += "\nThe same command tries those again whose files have changed by then, with --retry-failed all of them.";
        }
        text
    }
}
