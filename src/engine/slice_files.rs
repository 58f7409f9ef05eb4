//! Slices in files of their own whose names say which case they are of: `input_selection.slice_files`.
//!
//! In: a pattern such as `{case}_z{mm}.png`, and files. Out: the files of one case together, in their order along the
//! axis, and where each lies. Names are all that is looked at; no file is opened.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::EngineError;
use crate::scan::Scan;

const CASE: &str = "{case}";

/// How the files of slices are named: text, `{case}`, and `{mm}` (where the slice lies, as `slices.positions_mm` counts)
/// or `{number}` (its place in their order). The whole name counts, ending included, and only files of one folder
/// belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SliceFiles {
    before: String,
    between: String,
    after: String,
    case_first: bool,
    mark: Mark,
}

/// What the names count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Millimetres,
    Number,
}

impl Mark {
    const ALL: [Self; 2] = [Self::Millimetres, Self::Number];

    fn word(self) -> &'static str {
        match self {
            Self::Millimetres => "{mm}",
            Self::Number => "{number}",
        }
    }

    /// `+12`, `-7.5`, `00` in millimetres; digits only for numbers.
    fn parse(self, text: &str) -> Option<f64> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let unsigned = match self {
            Self::Millimetres => text.strip_prefix(['+', '-']).unwrap_or(text),
            Self::Number => text,
        };
        let fits = match (self, unsigned.split_once('.')) {
            (Self::Millimetres, Some((whole, part))) => digits(whole) && digits(part),
            _ => digits(unsigned),
        };
        text.parse().ok().filter(|value: &f64| fits && value.is_finite())
    }
}

impl SliceFiles {
    /// The case that a file is of and what its name counts; `None` for files that are named otherwise.
    fn read<'a>(&self, file: &'a Path) -> Option<(&'a str, f64)> {
        let name = file.file_name()?.to_str()?;
        let middle = name.strip_prefix(self.before.as_str())?.strip_suffix(self.after.as_str())?;
        let halves = |at: usize| Some((middle.get(..at)?, middle.get(at + self.between.len()..)?));
        let mut places = middle.match_indices(self.between.as_str()).map(|(at, _)| at);
        let with_case = |case: &'a str, mark: &str| Some((case, self.mark.parse(mark)?)).filter(|_| !case.is_empty());
        // Of several ways to read a name the one with the longest count: a sign may look like what stands between.
        if self.case_first {
            places.find_map(|at| halves(at).and_then(|(case, mark)| with_case(case, mark)))
        } else {
            let places: Vec<usize> = places.collect();
            places.into_iter().rev().find_map(|at| halves(at).and_then(|(mark, case)| with_case(case, mark)))
        }
    }

    /// The name of the case that a file is a slice of.
    pub fn case_of<'a>(&self, file: &'a Path) -> Option<&'a str> {
        self.read(file).map(|(case, _)| case)
    }

    /// Puts single files of one case together, in the order of what their names count; what is named otherwise, or is a
    /// series already, stays as it is. Cases come in the order of their first files.
    pub fn group(&self, items: Vec<Vec<PathBuf>>) -> Vec<Vec<PathBuf>> {
        let mut groups: Vec<Vec<(f64, PathBuf)>> = Vec::with_capacity(items.len());
        let mut places: HashMap<(PathBuf, String), usize> = HashMap::new();
        for item in items {
            let read = match item.as_slice() {
                [file] => self.read(file).map(|(case, mark)| (case.to_owned(), mark)),
                _ => None,
            };
            let Some((case, mark)) = read else {
                groups.push(item.into_iter().map(|file| (0.0, file)).collect());
                continue;
            };
            let folder = item.first().and_then(|file| file.parent()).map(Path::to_owned).unwrap_or_default();
            let place = *places.entry((folder, case)).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            if let Some(group) = groups.get_mut(place) {
                group.extend(item.into_iter().map(|file| (mark, file)));
            }
        }
        for group in &mut groups {
            group.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        }
        groups.into_iter().map(|group| group.into_iter().map(|(_, file)| file).collect()).collect()
    }

    /// Takes cases apart that [`SliceFiles::group`] put together.
    pub fn ungroup(&self, items: Vec<Vec<PathBuf>>) -> Vec<Vec<PathBuf>> {
        let alone = |item: Vec<PathBuf>| match item.iter().all(|file| self.read(file).is_some()) {
            true => item.into_iter().map(|file| vec![file]).collect(),
            false => vec![item],
        };
        items.into_iter().flat_map(alone).collect()
    }

    /// Where the slices of `scan` lie, by the names of its files; `None` where they are named otherwise, or where one file
    /// holds several frames.
    pub(super) fn places(&self, scan: &Scan) -> Option<NamedPlaces> {
        let files: Vec<&Path> = (0..scan.frames).map(|index| scan.file_of(index)).collect();
        let one_each = files.windows(2).all(|pair| pair.first() != pair.last());
        let read: Option<Vec<(&str, f64)>> = files.iter().map(|file| self.read(file)).collect();
        let read = read.filter(|read| one_each && !read.is_empty())?;
        let case = read.first().map(|(case, _)| (*case).to_owned()).unwrap_or_default();
        Some(NamedPlaces { case, at: read.into_iter().map(|(_, at)| at).collect(), mark: self.mark })
    }
}

/// Slices named by a pattern: what the name of each frame's file counts.
#[derive(Clone, Debug)]
pub(super) struct NamedPlaces {
    case: String,
    at: Vec<f64>,
    mark: Mark,
}

impl NamedPlaces {
    /// The frames at these positions in mm, which must all be there.
    pub fn frames_at(&self, positions_mm: &[f64]) -> Result<Vec<usize>, EngineError> {
        let case = &self.case;
        let wrong = |what: String| Err(EngineError::Slices { what });
        if self.mark == Mark::Number {
            return wrong(format!("positions in mm are asked for; the files of {case} are numbered only."));
        }
        let (mut frames, mut missing) = (Vec::with_capacity(positions_mm.len()), Vec::new());
        for mm in positions_mm {
            // Names are often rounded to whole millimetres.
            let here = |(index, at): (usize, &f64)| ((at - mm).abs() <= 0.5).then_some(index);
            let found: Vec<usize> = self.at.iter().enumerate().filter_map(here).collect();
            match found.as_slice() {
                [] => missing.push(mm.to_string()),
                [one] => frames.push(*one),
                _ => return wrong(format!("several files of {case} are named as the slice at {mm} mm.")),
            }
        }
        if missing.is_empty() {
            return Ok(frames);
        }
        let (wanted, there) = (positions_mm.len(), frames.len());
        wrong(format!(
            "the model takes {wanted} slices of a case and {there} of {case} are there; missing: {} mm. Add their files, or \
             ask for single slices.",
            missing.join(", ")
        ))
    }

    /// A sentence where numbers between the first and the last are left out, or come twice.
    pub fn remark(&self) -> Option<String> {
        if self.mark == Mark::Millimetres {
            return None;
        }
        let gap = |pair: &[f64]| match pair {
            [a, b] => (b - a - 1.0).abs(),
            _ => 0.0,
        };
        let doubtful = self.at.windows(2).filter(|pair| gap(pair) > 0.5).count();
        let case = &self.case;
        (doubtful > 0).then(|| format!("The numbers of the slices of {case} leave some out, or say one twice."))
    }
}

impl TryFrom<String> for SliceFiles {
    type Error = String;

    fn try_from(pattern: String) -> Result<Self, String> {
        let read = |mark: Mark| {
            let (case, at) = (pattern.find(CASE)?, pattern.find(mark.word())?);
            let case_first = case < at;
            let (first, second) = if case_first { (CASE, mark.word()) } else { (mark.word(), CASE) };
            let (before, rest) = pattern.split_once(first)?;
            let (between, after) = rest.split_once(second)?;
            let plain = [before, between, after].iter().all(|text| !text.contains(['{', '}', '/', '\\']));
            let [before, between, after] = [before, between, after].map(str::to_owned);
            (plain && !between.is_empty()).then_some(Self { before, between, after, case_first, mark })
        };
        Mark::ALL.into_iter().find_map(read).ok_or_else(|| {
            format!(
                "slice_files is \"{pattern}\"; it is a file name with {{case}} and {{mm}} (or {{number}}) in it, once each and \
                 with text between them, such as \"{{case}}_z{{mm}}.png\""
            )
        })
    }
}

impl From<SliceFiles> for String {
    fn from(files: SliceFiles) -> Self {
        let SliceFiles { before, between, after, case_first, mark } = files;
        let (first, second) = if case_first { (CASE, mark.word()) } else { (mark.word(), CASE) };
        [before.as_str(), first, &between, second, &after].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> SliceFiles {
        SliceFiles::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn names_are_read_as_the_pattern_says() {
        let read = |text: &str, name: &str| pattern(text).read(Path::new(name)).map(|(c, at)| (c.to_owned(), at));
        let found = |case: &str, at: f64| Some((case.to_owned(), at));
        let z = "{case}_z{mm}.png";
        assert_eq!(read(z, "a/AD16_z+00.png"), found("AD16", 0.0));
        assert_eq!(read(z, "a/한글_z1_z-7.5.png"), found("한글_z1", -7.5));
        for other in ["AD16_z.png", "_z4.png", "AD16_z4.jpg", "AD16_z4.png.png", "AD16_z1e3.png", "AD16_z+-3.png"] {
            assert_eq!(read(z, other), None, "{other}");
        }
        assert_eq!(read("{case}-{mm}.png", "A--24.png"), found("A", -24.0));
        assert_eq!(read("{case}-{mm}.png", "A-1-24.png"), found("A-1", 24.0));
        assert_eq!(read("s{number}-{case}.npy", "s012-B-7.npy"), found("B-7", 12.0));
        assert_eq!(read("s{number}-{case}.npy", "s-12-B.npy"), None);
    }

    #[test]
    fn a_pattern_is_written_as_it_was_read_and_a_wrong_one_is_a_sentence() {
        for text in ["{case}_z{mm}.png", "{number} {case}.jpg"] {
            assert_eq!(String::from(pattern(text)), text);
        }
        for wrong in
            ["*.png", "{case}.png", "{case}{mm}.png", "{case}_{case}_{mm}", "{case}/{mm}.png", "{case}_{z}_{mm}"]
        {
            let said = SliceFiles::try_from(wrong.to_owned()).unwrap_err();
            assert!(said.contains(wrong) && said.contains("{case}_z{mm}.png"), "{said}");
        }
    }

    #[test]
    fn slices_of_a_case_come_together_in_order_and_part_again() {
        let files = ["x/A_z+12.png", "x/A_z-12.png", "x/B_z0.png", "x/notes.png", "y/A_z0.png", "x/A_z0.png"];
        let mut items: Vec<Vec<PathBuf>> = files.iter().map(|file| vec![PathBuf::from(file)]).collect();
        items.push(vec!["1.dcm".into(), "2.dcm".into()]);
        let grouped = pattern("{case}_z{mm}.png").group(items);
        let names = |group: &Vec<PathBuf>| group.iter().map(|f| f.to_string_lossy().into_owned()).collect::<Vec<_>>();
        let found: Vec<_> = grouped.iter().map(names).collect();
        assert_eq!(found[0], ["x/A_z-12.png", "x/A_z0.png", "x/A_z+12.png"]);
        assert_eq!(found[1..4], [vec!["x/B_z0.png"], vec!["x/notes.png"], vec!["y/A_z0.png"]]);
        assert_eq!(found[4], ["1.dcm", "2.dcm"]);
        let apart = pattern("{case}_z{mm}.png").ungroup(grouped);
        assert_eq!((apart.len(), apart.last().map(Vec::len)), (7, Some(2)));
    }

    #[test]
    fn positions_find_their_frames_or_say_which_are_missing() {
        let places = |mark, at: &[f64]| NamedPlaces { case: "A".to_owned(), at: at.to_vec(), mark };
        let mm = places(Mark::Millimetres, &[-24.0, -12.0, 0.0, 12.0]);
        assert_eq!(mm.frames_at(&[0.0, -24.3]).unwrap(), [2, 0]);
        let said = mm.frames_at(&[-24.0, 24.0, 36.0]).unwrap_err().to_string();
        assert!(said.contains("3 slices") && said.contains("1 of A") && said.contains("missing: 24, 36 mm"), "{said}");
        let said = places(Mark::Millimetres, &[0.0, 0.2]).frames_at(&[0.0]).unwrap_err().to_string();
        assert!(said.contains("several files of A"), "{said}");
        let numbered = places(Mark::Number, &[1.0, 2.0, 4.0]);
        assert!(numbered.frames_at(&[2.0]).is_err());
        assert!(numbered.remark().unwrap().contains("leave some out"));
        assert_eq!(places(Mark::Number, &[7.0, 8.0]).remark(), None);
    }
}
