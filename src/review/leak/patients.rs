//! Patients on both sides.

use std::collections::BTreeMap;

use super::{LeakFile, Side};

/// A patient whose files lie on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedPatient {
    /// PatientID (0010,0020): identifies a person, never to be written unless asked.
    pub id: String,
    /// Indices of files.
    pub inside: Vec<usize>,
    pub against: Vec<usize>,
}

/// Those that occur on both sides, in the order of their ids.
pub(super) fn shared(files: &[LeakFile]) -> Vec<SharedPatient> {
    let mut all: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
    for (index, file) in files.iter().enumerate() {
        let Some(id) = file.patient.as_deref() else { continue };
        let (inside, against) = all.entry(id).or_default();
        match file.side {
            Side::Inside => inside.push(index),
            Side::Against => against.push(index),
        }
    }
    let both = all.into_iter().filter(|(_, (inside, against))| !inside.is_empty() && !against.is_empty());
    both.map(|(id, (inside, against))| SharedPatient { id: id.to_owned(), inside, against }).collect()
}
