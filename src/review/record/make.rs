//! From a case of a run to its record.

use std::path::Path;

use super::{CaseRecord, Labels, Outcome, Pseudonyms, Roots, Scores};
use crate::review::{Case, CaseError, SourceFacts};

/// Makes the records of one run.
#[derive(Clone, Debug)]
pub struct Recorder {
    pub roots: Roots,
    pub labels: Labels,
    pub pseudonyms: Pseudonyms,
}

impl Recorder {
    /// The record of a case, with its label.
    pub fn record(&self, case: &Case) -> CaseRecord {
        let path = self.roots.key(&case.path);
        let slice = match &case.outcome {
            Ok(scored) if scored.siblings > 1 => scored.slices.first().copied(),
            Err(CaseError::Slice { slice, .. }) => Some(*slice),
            Ok(_) | Err(_) => None,
        };
        let outcome = match &case.outcome {
            Ok(scored) => Outcome::Scored(Scores {
                slices: scored.slices.clone(),
                scores: scored.inference.scores.clone(),
                logits: scored.inference.logits.clone(),
                predicted: scored.inference.predicted,
                warnings: scored.warnings.clone(),
                known: scored.known.clone(),
            }),
            Err(error) => Outcome::Failed(self.sentence(error, &case.path, &path)),
        };
        let unknown = SourceFacts::default();
        let source = case.source.as_ref().unwrap_or(&unknown);
        let hidden = |identifier: &Option<String>| identifier.as_deref().map(|id| self.pseudonyms.of(id));
        let mut record = CaseRecord {
            key: slice.map_or_else(|| path.clone(), |slice| format!("{path}#{slice}")),
            path,
            sha256: source.sha256.clone(),
            patient: hidden(&source.patient),
            series: hidden(&source.series),
            truth: None,
            outcome,
        };
        self.labels.label(&mut record);
        record
    }

    /// The record of a file that was found and never became a case.
    pub fn failed(&self, path: &Path, error: &dyn std::error::Error) -> CaseRecord {
        let key = self.roots.key(path);
        let mut record = CaseRecord::failed(&key, &self.sentence(error, path, &key));
        self.labels.label(&mut record);
        record
    }

    /// The error's sentence with the path as the record has it.
    fn sentence(&self, error: &dyn std::error::Error, path: &Path, key: &str) -> String {
        error.to_string().replace(&*path.to_string_lossy(), key)
    }
}
