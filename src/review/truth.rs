//! The reference label of a file, as its folder names it.

use std::path::Path;

use super::record::ClassMapping;

/// Index of the class whose name equals the nearest enclosing folder's name that matches any class: exactly, else
/// without regard to case, spaces, `-` and `_`, or as a grade (`Grade 2` for `2gr`).
pub fn truth_from_folder(path: &Path, class_names: &[String]) -> Option<usize> {
    folder_label(path, &ClassMapping::new(class_names), false).map(|(_, class)| class)
}

/// The nearest folder above `path` that names a class, and the class; see [`ClassMapping::class_of_folder`].
pub(super) fn folder_label(path: &Path, mapping: &ClassMapping, numbers: bool) -> Option<(String, usize)> {
    path.ancestors().skip(1).filter_map(Path::file_name).find_map(|folder| {
        let folder = folder.to_string_lossy();
        mapping.class_of_folder(&folder, numbers).map(|(class, _)| (folder.trim().to_owned(), class))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_matching_folder_wins() {
        let classes = ["NORMAL".to_owned(), "PNEUMONIA".to_owned()];
        let truth = |path: &str| truth_from_folder(Path::new(path), &classes);
        assert_eq!(truth("data/test/PNEUMONIA/a.png"), Some(1));
        assert_eq!(truth("NORMAL/pneumonia/deep/a.png"), Some(1));
        assert_eq!(truth("NORMAL.png"), None);
        assert_eq!(truth("other/a.png"), None);
    }

    #[test]
    fn spelling_of_separators_and_case_is_forgiven() {
        let classes = ["grade-0".to_owned(), "grade-1".to_owned()];
        assert_eq!(truth_from_folder(Path::new("Grade_1/a.dcm"), &classes), Some(1));
    }
}
