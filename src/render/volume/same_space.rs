//! Whether two scans' patient coordinates mean the same place.

use crate::scan::{Meta, PatientSpace};

/// True by the files' own word: the same Frame of Reference UID (PS3.3 C.7.4.1.1.1), or the same NIfTI code of the
/// affine that holds. `Ok` may carry a sentence of caution for the reader; `Err` says why nothing may be laid over
/// each other.
pub fn same_space(a: &Meta, b: &Meta) -> Result<Option<String>, String> {
    use PatientSpace::{FrameOfReference, NiftiCode};
    for (meta, which) in [(a, "first"), (b, "second")] {
        if meta.patient_from_voxel.is_none() {
            return Err(format!("The {which} scan does not say where its slices lie in the patient."));
        }
    }
    match (&a.patient_space, &b.patient_space) {
        (Some(FrameOfReference(a)), Some(FrameOfReference(b))) if a == b => Ok(None),
        (Some(FrameOfReference(_)), Some(FrameOfReference(_))) => {
            Err("The two series have different frames of reference: nothing says how one lies to the other.".into())
        }
        (Some(NiftiCode(a)), Some(NiftiCode(b))) if a == b => Ok(caution(*a)),
        (Some(NiftiCode(a)), Some(NiftiCode(b))) => {
            Err(format!("One volume is in {} coordinates, the other in {} coordinates.", name(*a), name(*b)))
        }
        (Some(_), Some(_)) => {
            Err("One scan is DICOM and the other NIfTI: nothing says that their coordinates are the same.".into())
        }
        (None, _) => Err("The first scan does not say which space its coordinates are in.".into()),
        (_, None) => Err("The second scan does not say which space its coordinates are in.".into()),
    }
}

fn caution(code: i64) -> Option<String> {
    // Talairach and MNI are one space for everybody; the rest depends on what the file was made with.
    (!matches!(code, 3 | 4)).then(|| {
        format!("Both volumes are in {} coordinates; whether of one examination, the files do not say.", name(code))
    })
}

/// NIfTI-1's words for its `NIFTI_XFORM_*` codes.
fn name(code: i64) -> &'static str {
    match code {
        1 => "scanner",
        2 => "aligned",
        3 => "Talairach",
        4 => "MNI 152",
        5 => "template",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Affine3;

    fn meta(space: Option<PatientSpace>) -> Meta {
        let place = Affine3([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
        Meta { patient_from_voxel: Some(place), patient_space: space, ..Meta::default() }
    }

    #[test]
    fn only_the_files_own_word_counts() {
        let frame = |uid: &str| meta(Some(PatientSpace::FrameOfReference(uid.into())));
        let nifti = |code| meta(Some(PatientSpace::NiftiCode(code)));
        assert_eq!(same_space(&frame("1.2"), &frame("1.2")), Ok(None));
        assert_eq!(same_space(&nifti(4), &nifti(4)), Ok(None));
        assert!(same_space(&nifti(1), &nifti(1)).unwrap().unwrap().contains("scanner coordinates"));
        let says = |a: &Meta, b: &Meta, words: &str| {
            let sentence = same_space(a, b).unwrap_err();
            assert!(sentence.contains(words), "{sentence}");
        };
        says(&frame("1.2"), &frame("1.3"), "different frames of reference");
        says(&nifti(1), &nifti(4), "scanner coordinates, the other in MNI 152");
        says(&nifti(4), &frame("1.2"), "One scan is DICOM");
        says(&nifti(4), &meta(None), "The second scan does not say which space");
        says(&Meta::default(), &nifti(4), "The first scan does not say where");
    }
}
