//! Identifiers that group cases without naming anyone.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use crate::review::source::sha256_hex;

/// Hexadecimal digits of a pseudonym: 48 bits, no two of a million patients are likely to share one.
const DIGITS: usize = 12;

/// Turns identifiers into keyed hashes. The key is a random number of each run folder: the same patient has the same
/// pseudonym within a folder and no one can tell it without the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pseudonyms {
    Hashed {
        /// Hexadecimal.
        key: String,
    },
    /// Identifiers as they are, because a person asked for them.
    Plain,
}

impl Pseudonyms {
    /// A new random key.
    pub fn random() -> Self {
        // The standard library seeds its hash maps from the system's random numbers.
        let number = || RandomState::new().build_hasher().finish();
        Self::Hashed { key: format!("{:016x}{:016x}", number(), number()) }
    }

    /// What is written down for an identifier.
    pub fn of(&self, identifier: &str) -> String {
        match self {
            Self::Plain => identifier.to_owned(),
            Self::Hashed { key } => {
                let hash = sha256_hex(format!("{key}\n{}", identifier.trim()).as_bytes());
                hash.get(..DIGITS).unwrap_or(&hash).to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_person_has_one_pseudonym_per_key() {
        let (a, b) = (Pseudonyms::random(), Pseudonyms::random());
        assert_eq!(a.of("PAT-001"), a.of(" PAT-001 "));
        assert_ne!(a.of("PAT-001"), a.of("PAT-002"));
        assert_ne!(a.of("PAT-001"), b.of("PAT-001"));
        assert_eq!((a.of("홍길동").len(), Pseudonyms::Plain.of("홍길동").as_str()), (DIGITS, "홍길동"));
    }
}
