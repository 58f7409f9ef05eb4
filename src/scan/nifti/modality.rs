//! Which modality a volume is of, by what stands around it: NIfTI has no field for it.
//!
//! In this order: `Modality` of the JSON file beside it (as dcm2niix and BIDS write one), words of the file's name (the
//! BIDS suffix before all others), words of the header's description. Words that contradict each other say nothing.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::super::ModalityHint;

/// A JSON file beside a volume is smaller.
const MOST_SIDECAR: u64 = 1 << 20;

/// What the sidecar, the name or the description of the volume at `path` says.
pub fn hint(path: &Path, descrip: &[u8]) -> ModalityHint {
    let says = |modality: &str, by| ModalityHint::Says { modality: modality.to_owned(), by };
    if let Some(modality) = sidecar(path) {
        return says(modality, "the JSON file beside it");
    }
    if let Some(modality) = of_name(path) {
        return says(modality, "the file's name");
    }
    let text = descrip.split(|byte| *byte == 0).next().unwrap_or_default();
    match of_words(words(&String::from_utf8_lossy(text))) {
        Some(modality) => says(modality, "the file's description"),
        None => ModalityHint::Silent,
    }
}

/// `a.nii.gz` to `a`.
fn stem(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().into_owned();
    let lower = name.to_ascii_lowercase();
    let ending = [".nii.gz", ".hdr.gz", ".img.gz", ".nii", ".hdr", ".img"].into_iter().find(|end| lower.ends_with(end));
    let length = name.len() - ending.map_or(0, str::len);
    name.get(..length).map(str::to_owned)
}

/// A small plain file of the same name beside it.
fn sidecar(path: &Path) -> Option<&'static str> {
    let beside: PathBuf = path.with_file_name(format!("{}.json", stem(path)?));
    let plain = std::fs::symlink_metadata(&beside).ok()?;
    if !plain.is_file() || plain.len() > MOST_SIDECAR {
        return None;
    }
    let mut bytes = Vec::new();
    std::fs::File::open(&beside).ok()?.take(MOST_SIDECAR).read_to_end(&mut bytes).ok()?;
    let fields: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let stated = fields.get("Modality").and_then(|value| value.as_str()).and_then(of_word);
    let has = |key: &str| fields.get(key).is_some();
    stated
        .or_else(|| (has("TracerRadionuclide") || has("TracerName")).then_some("PT"))
        .or_else(|| (has("MagneticFieldStrength") || has("RepetitionTime")).then_some("MR"))
}

fn of_name(path: &Path) -> Option<&'static str> {
    let stem = stem(path)?;
    if stem.starts_with("sub-") {
        // BIDS: entities such as `space-T1w` speak of other files, the suffix of this one.
        return stem.rsplit('_').next().and_then(of_word);
    }
    of_words(words(&stem))
}

/// Words between separators; a capital behind a digit begins another one (`avg152T1`).
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric()).flat_map(|word| {
        let capital =
            |at: &usize| word.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
        let cut = word.match_indices(|c: char| c.is_ascii_digit()).map(|(at, _)| at).find(capital);
        let (first, second) = word.split_at_checked(cut.map_or(word.len(), |at| at + 1)).unwrap_or((word, ""));
        [first, second]
    })
}

/// What all words that say anything agree on.
fn of_words<'a>(words: impl Iterator<Item = &'a str>) -> Option<&'static str> {
    let mut said: Vec<&'static str> = words.filter_map(of_word).collect();
    said.sort_unstable();
    said.dedup();
    match said.as_slice() {
        [one] => Some(one),
        _ => None,
    }
}

/// DICOM's code for a word of the field.
fn of_word(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "mr" | "mri" | "fmri" | "t1" | "t1w" | "t1c" | "t1ce" | "t2" | "t2w" | "pdw" | "flair" | "mprage"
        | "mp2rage" | "bold" | "dwi" | "swi" | "t2starw" | "inplanet2" => "MR",
        "pt" | "pet" | "fdg" | "florbetapir" | "flortaucipir" => "PT",
        "ct" | "cta" => "CT",
        "nm" | "spect" => "NM",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(name: &str, descrip: &str) -> Option<(String, &'static str)> {
        match hint(Path::new(name), descrip.as_bytes()) {
            ModalityHint::Says { modality, by } => Some((modality, by)),
            ModalityHint::Silent => None,
        }
    }

    #[test]
    fn names_say_what_their_words_agree_on() {
        let name = |name: &str| said(name, "").map(|(modality, _)| modality);
        for (file, modality) in [
            ("sub-01_ses-2_space-T1w_pet.nii.gz", Some("PT")),
            ("sub-01_T1w.nii", Some("MR")),
            ("sub-01_desc-pet_mask.nii", None),
            ("single_subj_T1.nii", Some("MR")),
            ("avg152T1.nii", Some("MR")),
            ("sub01PET_mean.nii", Some("PT")),
            ("AD16b.nii.gz", None),
            ("CT_AVM.nii.gz", Some("CT")),
            ("PET.hdr", Some("PT")),
            ("SPECT.nii", Some("NM")),
            ("pet_on_t1.nii", None),
            ("AD16.nii.gz", None),
            ("contrast.nii", None),
            ("환자 MRI.nii", Some("MR")),
        ] {
            assert_eq!(name(file).as_deref(), modality, "{file}");
        }
    }

    #[test]
    fn a_description_counts_where_the_name_says_nothing() {
        assert_eq!(said("a.nii", "Tc-99m HMPAO SPECT template\0T1"), Some(("NM".into(), "the file's description")));
        assert_eq!(said("a.nii", "FSL5.0"), None);
    }

    #[test]
    fn the_file_beside_it_goes_first_and_is_bounded() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let of = |name: &str| said(&at(name).to_string_lossy(), "");
        std::fs::write(at("T1.json"), r#"{"Modality": "PT"}"#).unwrap();
        assert_eq!(of("T1.nii.gz"), Some(("PT".into(), "the JSON file beside it")));
        std::fs::write(at("a.json"), r#"{"TracerRadionuclide": "F18"}"#).unwrap();
        assert_eq!(of("a.nii").map(|(modality, _)| modality).as_deref(), Some("PT"));
        std::fs::write(at("b.json"), "[".repeat(100_000)).unwrap();
        std::fs::write(at("c.json"), vec![b' '; (MOST_SIDECAR + 1) as usize]).unwrap();
        assert_eq!((of("b.nii"), of("c.nii"), of("d.nii")), (None, None, None));
    }
}
