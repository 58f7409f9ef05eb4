//! What a person says about a table instead of letting it be guessed.

use super::Role;

/// Nothing said: everything is guessed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TableOptions {
    /// Class names in the order of their indices.
    pub classes: Option<Vec<String>>,
    /// The class that one score column is about.
    pub positive: Option<String>,
    /// Columns by their name in the header.
    pub columns: Vec<(Role, String)>,
}
