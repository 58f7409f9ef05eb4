//! Whether a list of class names can stand for a model's classes: as many as the model tells apart, none empty, none twice.
//! One check for all ways in: typed, read from a file, stated in `metadata.json`.

/// What is wrong with a list of class names. `Display` is the end of a sentence; classes count from 0 as in `channel_def`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClassNamesError {
    #[error("{}, and the model tells {expected} classes apart{}", names(*given), missing(*given, *expected))]
    Count { given: usize, expected: usize },
    #[error("class {index} has no name (classes count from 0).")]
    Empty { index: usize },
    #[error("class {first} and class {second} are both called \"{name}\" (classes count from 0).")]
    Twice { name: String, first: usize, second: usize },
    #[error("the name of class {index} holds a line break or another invisible character (classes count from 0).")]
    Invisible { index: usize },
}

fn names(given: usize) -> String {
    if given == 1 { "there is 1 name".to_owned() } else { format!("there are {given} names") }
}

fn missing(given: usize, expected: usize) -> String {
    match expected.checked_sub(given) {
        None | Some(0) => ".".to_owned(),
        Some(1) => ": name the last one too.".to_owned(),
        Some(count) => format!(": name the other {count} too."),
    }
}

/// The first fault of `names`. `expected` is how many classes the model tells apart, where that is known.
///
/// # Errors
/// [`ClassNamesError`], the number first.
pub fn check_class_names(names: &[String], expected: Option<usize>) -> Result<(), ClassNamesError> {
    if let Some(expected) = expected.filter(|expected| *expected != names.len()) {
        return Err(ClassNamesError::Count { given: names.len(), expected });
    }
    let mut seen = std::collections::HashMap::new();
    for (index, name) in names.iter().enumerate() {
        let name = name.trim();
        if name.is_empty() {
            return Err(ClassNamesError::Empty { index });
        }
        if name.chars().any(char::is_control) {
            return Err(ClassNamesError::Invisible { index });
        }
        if let Some(first) = seen.insert(name, index) {
            return Err(ClassNamesError::Twice { name: name.to_owned(), first, second: index });
        }
    }
    Ok(())
}

/// Names of other tools may come twice (ImageNet has two cranes): these get their class's number. Spaces around them go.
pub(super) fn told_apart(names: Vec<String>) -> Vec<String> {
    let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
    let mut counts = std::collections::HashMap::new();
    names.iter().for_each(|name| *counts.entry(name.clone()).or_insert(0_usize) += 1);
    let numbered = |(index, name): (usize, String)| match counts.get(&name) {
        Some(2..) => format!("{name} ({index})"),
        _ => name,
    };
    names.into_iter().enumerate().map(numbered).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(names: &[&str], expected: usize) -> Result<(), String> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        check_class_names(&names, Some(expected)).map_err(|error| error.to_string())
    }

    #[test]
    fn every_fault_is_said_with_the_class_it_concerns() {
        assert_eq!(check(&["CN", "정상", "AD"], 3), Ok(()));
        let fault = |names: &[&str], expected| check(names, expected).unwrap_err();
        assert_eq!(fault(&["a"], 4), "there is 1 name, and the model tells 4 classes apart: name the other 3 too.");
        assert!(fault(&["a", "b", "c"], 2).starts_with("there are 3 names, and the model tells 2"));
        assert!(fault(&["a", " ", "c"], 3).starts_with("class 1 has no name"));
        assert!(fault(&["a", "b", " a "], 3).starts_with("class 0 and class 2 are both called \"a\""));
        assert!(fault(&["a", "b\tc"], 2).starts_with("the name of class 1 holds"));
    }

    #[test]
    fn names_of_other_tools_that_come_twice_are_numbered() {
        let names = ["crane", " ox", "crane "].map(str::to_owned).to_vec();
        assert_eq!(told_apart(names), ["crane (0)", "ox", "crane (2)"]);
    }
}
