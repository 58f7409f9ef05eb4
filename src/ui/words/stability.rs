//! The small changes of a picture, in words.

use super::Words;
use crate::review::stability::Change;

impl Words {
    /// `5 % brighter`, `2 % to the left`…
    pub fn change(self, change: Change) -> String {
        let (key, share): (&'static str, f64) = match change {
            Change::Brighter(share) if share > 0.0 => ("change-brighter", share),
            Change::Brighter(share) => ("change-darker", share),
            Change::Contrast(factor) if factor > 1.0 => ("change-more-contrast", factor - 1.0),
            Change::Contrast(factor) => ("change-less-contrast", factor - 1.0),
            Change::Zoom(factor) if factor > 1.0 => ("change-larger", factor - 1.0),
            Change::Zoom(factor) => ("change-smaller", factor - 1.0),
            Change::Shift(rows, _) if rows > 0.0 => ("change-down", rows),
            Change::Shift(rows, _) if rows < 0.0 => ("change-up", rows),
            Change::Shift(_, cols) if cols > 0.0 => ("change-right", cols),
            Change::Shift(_, cols) => ("change-left", cols),
            Change::Along(share) if share > 0.0 => ("change-to-last", share),
            Change::Along(share) => ("change-to-first", share),
            Change::Flip => return self.text("change-flip").to_owned(),
        };
        self.with(key, &[("percent", format!("{:.0}", share.abs() * 100.0).into())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::words::Language;

    #[test]
    fn every_change_has_words_of_its_own_in_every_language() {
        for language in Language::ALL {
            let words = Words::new(language);
            let mut said: Vec<String> = Change::small(true).into_iter().map(|change| words.change(change)).collect();
            said.push(words.change(Change::Flip));
            assert!(said.iter().all(|text| !text.starts_with("change-")), "{said:?}");
            said.sort();
            said.dedup();
            assert_eq!(said.len(), 15, "{said:?}");
        }
        assert_eq!(Words::new(Language::English).change(Change::Zoom(0.97)), "3 % smaller");
        assert_eq!(Words::new(Language::Korean).change(Change::Shift(0.0, -0.02)), "왼쪽으로 2 %");
    }
}
