//! The letters at the edges of a picture.

use super::Affine3;

/// What lies beyond each edge of a displayed slice: R, L, A, P, S, I, or two letters for an oblique slice (the
/// strongest first), as DICOM Patient Orientation (0020,0020) writes it (PS3.3 C.7.6.1.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdgeLetters {
    pub left: String,
    pub right: String,
    pub top: String,
    pub bottom: String,
}

impl EdgeLetters {
    /// From the map of `(col, row, frame)` to LPS mm; `None` where an axis has no length.
    pub fn from_affine(patient_from_voxel: &Affine3) -> Option<Self> {
        Self::from_directions(patient_from_voxel.column(0), patient_from_voxel.column(1))
    }

    /// From the LPS directions across (columns' index growing) and down; `None` where one has no length.
    pub fn from_directions(along_cols: [f64; 3], along_rows: [f64; 3]) -> Option<Self> {
        Some(Self {
            right: letters(along_cols)?,
            left: letters(along_cols.map(|v| -v))?,
            bottom: letters(along_rows)?,
            top: letters(along_rows.map(|v| -v))?,
        })
    }
}

impl EdgeLetters {
    /// From the two values of Patient Orientation (0020,0020) (PS3.3 C.7.6.1.1.1): what the rows run to (right edge) and
    /// what the columns run to (bottom edge), one to three of A, P, R, L, H, F each. Head and Foot become S and I, at
    /// most two letters stay. `None` for anything else, as animals' terms.
    pub fn from_patient_orientation(along_row: &str, along_column: &str) -> Option<Self> {
        Some(Self {
            right: renamed(along_row, str::to_owned)?,
            left: renamed(along_row, opposite)?,
            bottom: renamed(along_column, str::to_owned)?,
            top: renamed(along_column, opposite)?,
        })
    }
}

/// A direction of Patient Orientation in this program's letters, turned by `turn`.
fn renamed(direction: &str, turn: impl Fn(&str) -> String) -> Option<String> {
    let letters: Option<String> = direction
        .trim()
        .chars()
        .map(|letter| match letter {
            'H' => Some('S'),
            'F' => Some('I'),
            'A' | 'P' | 'R' | 'L' => Some(letter),
            _ => None,
        })
        .collect();
    letters.filter(|text| (1..=3).contains(&text.len())).map(|text| turn(text.get(..2).unwrap_or(&text)))
}

fn opposite(letters: &str) -> String {
    let names = [('L', 'R'), ('P', 'A'), ('S', 'I')];
    let turned = |letter: char| {
        let pair = names.into_iter().find(|(a, b)| letter == *a || letter == *b);
        pair.map_or(letter, |(a, b)| if letter == a { b } else { a })
    };
    letters.chars().map(turned).collect()
}

/// Letters of an LPS direction: every axis whose share exceeds sin(15 degrees), at most two.
fn letters(direction: [f64; 3]) -> Option<String> {
    let length = direction.iter().map(|v| v * v).sum::<f64>().sqrt();
    if !length.is_finite() || length == 0.0 {
        return None;
    }
    let names = [('L', 'R'), ('P', 'A'), ('S', 'I')];
    let mut parts: Vec<(f64, char)> = direction
        .iter()
        .zip(names)
        .map(|(v, (positive, negative))| (v.abs() / length, if *v > 0.0 { positive } else { negative }))
        .filter(|(share, _)| *share > 0.2588)
        .collect();
    parts.sort_by(|a, b| b.0.total_cmp(&a.0));
    Some(parts.iter().take(2).map(|(_, letter)| letter).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axial_slice_shows_patient_right_on_the_left() {
        let affine = Affine3([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);
        let edges = EdgeLetters::from_affine(&affine).unwrap();
        assert_eq!((edges.left.as_str(), edges.right.as_str()), ("R", "L"));
        assert_eq!((edges.top.as_str(), edges.bottom.as_str()), ("A", "P"));
    }

    #[test]
    fn patient_orientation_gives_the_letters_of_a_projection() {
        // A frontal chest X-ray: rows run to the patient's left, columns to the feet.
        let edges = EdgeLetters::from_patient_orientation("L", "F").unwrap();
        assert_eq!([edges.left, edges.right, edges.top, edges.bottom], ["R", "L", "S", "I"]);
        let edges = EdgeLetters::from_patient_orientation("AL", "FPR").unwrap();
        assert_eq!([edges.left, edges.right, edges.top, edges.bottom], ["PR", "AL", "SA", "IP"]);
        assert_eq!(EdgeLetters::from_patient_orientation("CD", "V"), None);
        assert_eq!(EdgeLetters::from_patient_orientation("", "F"), None);
    }

    #[test]
    fn an_oblique_slice_gets_two_letters() {
        let affine = Affine3([[0.8, 0.0, 0.0, 0.0], [0.6, 0.0, 0.0, 0.0], [0.0, -1.0, 1.0, 0.0]]);
        let edges = EdgeLetters::from_affine(&affine).unwrap();
        assert_eq!((edges.right.as_str(), edges.left.as_str()), ("LP", "RA"));
        assert_eq!((edges.top.as_str(), edges.bottom.as_str()), ("S", "I"));
    }
}
