//! The runs of second models, in folders within the first one's.

use std::path::{Component, Path};

use super::{COMPARISON, Choices, FolderError, RunFacts, RunFolder, write_key};

/// Second models of one review.
const MOST_COMPARISONS: usize = 100;

impl RunFolder {
    /// Starts a second model's run within this one, or goes on with it; patients have the same pseudonyms. It is the one
    /// that is compared from now on.
    ///
    /// # Errors
    /// As [`RunFolder::create_or_resume`].
    pub fn compare_with(&mut self, facts: RunFacts) -> Result<Self, FolderError> {
        let mut number = 1;
        loop {
            let name = if number == 1 { COMPARISON.to_owned() } else { format!("{COMPARISON}-{number}") };
            match self.comparison_in(&name, facts.clone()) {
                // Another second model's: nothing is overwritten.
                Err(FolderError::OtherRun { .. }) if number < MOST_COMPARISONS => number += 1,
                run => {
                    let run = run?;
                    self.choose(Choices { compared: Some(name), ..self.choices.clone() })?;
                    return Ok(run);
                }
            }
        }
    }

    fn comparison_in(&self, name: &str, facts: RunFacts) -> Result<Self, FolderError> {
        let path = self.path.join(name);
        std::fs::create_dir_all(&path).map_err(|source| FolderError::Write { path: path.clone(), source })?;
        write_key(&path, &self.pseudonyms)?;
        Self::create_or_resume(&path, facts)
    }

    /// Nothing is compared any more; what the second model answered stays.
    ///
    /// # Errors
    /// [`FolderError::Write`].
    pub fn stop_comparing(&mut self) -> Result<(), FolderError> {
        self.choose(Choices { compared: None, ..self.choices.clone() })
    }

    /// Opens the second model's run that was compared last, where there is one of the same files and classes.
    ///
    /// # Errors
    /// As [`RunFolder::open`].
    pub fn open_comparison(&self) -> Result<Option<Self>, FolderError> {
        let Some(name) = self.choices.compared.as_ref().filter(|name| is_one_name(name)) else { return Ok(None) };
        let path = self.path.join(name);
        if !Self::is_one(&path) {
            return Ok(None);
        }
        let run = Self::open(&path)?;
        let (a, b) = (&self.facts, &run.facts);
        let same = a.roots == b.roots && a.options == b.options && a.model.classes == b.model.classes;
        Ok(same.then_some(run))
    }
}

/// A file that was edited must not point outside of its folder.
fn is_one_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None))
}
