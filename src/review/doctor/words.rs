//! The verdict in sentences, and as JSON.

use serde_json::{Value, json};

use super::NamesFrom;
use super::candidates::Way;
use super::judge::MOST_REORDERED;
use super::verdict::{Ranked, Verdict};
use crate::metrics::wilson;

/// Others named beside the winner.
const MOST_NAMED: usize = 5;

impl Verdict {
    /// The winner.
    pub fn winner(&self) -> Option<&Ranked> {
        self.ranked.first()
    }

    /// Those that cannot be told from the winner, the winner left out.
    pub fn twins(&self) -> &[Ranked] {
        self.ranked.get(1..self.tied).unwrap_or_default()
    }

    /// What the model says now, with its place in the ranking from 0.
    pub fn present(&self) -> Option<(usize, &Ranked)> {
        self.ranked.iter().enumerate().find(|(_, one)| one.is_present)
    }

    /// True where the winner fits better than what the model says now beyond what chance explains.
    pub fn advises_change(&self) -> bool {
        self.present().is_some_and(|(place, _)| place >= self.tied)
    }

    /// The winner, how sure that is, what else could be, and what these pictures cannot tell.
    pub fn sentences(&self, class_names: &[String], names_from: NamesFrom) -> Vec<String> {
        let Some(winner) = self.winner() else { return Vec::new() };
        let is_merged = winner.is_present && matches!(winner.candidate.way, Way::Recipe(..));
        let now = if is_merged { " (the current setting)" } else { "" };
        let mut said = vec![format!("Best: {}{now}.", winner.words)];
        said.push(match self.tolerance {
            Some(tolerance) => self.fit_of_outputs(winner, tolerance),
            None => self.fit_of_labels(winner),
        });
        said.extend(self.of_present());
        said.extend(self.ties());
        said.extend(self.contradictions());
        if let Some(next) = self.ranked.get(self.tied).filter(|next| !next.is_present && !next.contradicted) {
            let loss = match self.tolerance {
                Some(_) => format!("is off by {:.1e} in the mean", next.mean),
                None => format!("has a log loss of {:.3}", next.mean),
            };
            said.push(format!("The next one ({}) {loss}.", next.words));
        }
        said.extend(class_order(winner, class_names, names_from));
        said.extend(self.remarks.iter().cloned());
        said
    }

    /// Where the current setting stands, and whether another one is advised.
    fn of_present(&self) -> Option<String> {
        let (place, present) = self.present()?;
        if place < self.tied {
            return Some(match self.tied {
                1 => "The current setting fits best; no change is advised.".to_owned(),
                _ => "No other setting is better than the current one beyond chance; no change is advised.".to_owned(),
            });
        }
        let words = match present.candidate.way {
            Way::Present(_) => String::new(),
            Way::Recipe(..) => format!(" ({})", present.words),
        };
        let fit = if self.tolerance.is_some() {
            format!(
                "a probability is off by {:.3} in the mean, at worst {:.3} ({})",
                present.mean,
                present.worst,
                self.picture(present)
            )
        } else {
            format!(
                "{} of {} pictures are right, the log loss is {:.3} [{:.3}, {:.3}]",
                present.agree, self.pictures, present.mean, present.interval.0, present.interval.1
            )
        };
        let (low, high) = present.behind;
        let behind = match self.tolerance {
            Some(_) => String::new(),
            None => format!(
                " The best is better by {:.3} [{low:.3}, {high:.3}], picture by picture: a change is advised.",
                present.mean - self.winner().map_or(0.0, |winner| winner.mean)
            ),
        };
        Some(format!("As the model says now{words}, number {} of {}: {fit}.{behind}", place + 1, self.ranked.len()))
    }

    fn picture(&self, one: &Ranked) -> &str {
        self.names.get(one.worst_picture).map_or("", String::as_str)
    }

    /// Ways that fit most pictures, and which picture rules each out.
    fn contradictions(&self) -> Option<String> {
        let fits = |one: &&Ranked| one.contradicted && !one.is_present && one.fits * 2 > self.pictures;
        let words = |one: &Ranked| {
            let (fits, of, worst, picture) = (one.fits, self.pictures, one.worst, self.picture(one));
            format!("{} (fits {fits} of {of}, off by {worst:.3} on {picture})", one.words)
        };
        let ruled_out: Vec<String> = self.ranked.iter().filter(fits).map(words).collect();
        let named = ruled_out.get(..ruled_out.len().min(MOST_NAMED))?.join(" | ");
        (!named.is_empty()).then(|| format!("Ruled out by single pictures: {named}."))
    }

    fn fit_of_outputs(&self, winner: &Ranked, tolerance: f64) -> String {
        let (pictures, worst) = (self.pictures, winner.worst);
        if self.reproduced {
            return format!(
                "It reproduces the framework's outputs on all {pictures} pictures: no probability differs by more than \
                 {worst:.1e}."
            );
        }
        format!(
            "No combination reproduces the framework's outputs (within {tolerance:.1e}). The closest differs by {:.4} in \
             the mean [{:.4}, {:.4}] and by {worst:.3} at worst; {} of {pictures} pictures get the same class. Something \
             else is different: a step this program does not try, the pictures' decoder, or another export.",
            winner.mean, winner.interval.0, winner.interval.1, winner.agree
        )
    }

    fn fit_of_labels(&self, winner: &Ranked) -> String {
        let (right, of) = (winner.agree as u64, self.pictures as u64);
        let (low, high) = wilson(right, of).unwrap_or((0.0, 1.0));
        format!(
            "{right} of {of} pictures are right ({:.0} % to {:.0} %), log loss {:.3} [{:.3}, {:.3}].",
            low * 100.0,
            high * 100.0,
            winner.mean,
            winner.interval.0,
            winner.interval.1
        )
    }

    fn ties(&self) -> Option<String> {
        let twins = self.twins();
        if twins.is_empty() {
            return None;
        }
        let named: Vec<&str> = twins.iter().take(MOST_NAMED).map(|twin| twin.words.as_str()).collect();
        let more = twins.len().saturating_sub(MOST_NAMED);
        let more = if more > 0 { format!(" | and {more} more") } else { String::new() };
        let or_more = if self.tied_or_more { "or more " } else { "" };
        let named = named.join(" | ");
        Some(if self.winner().is_some_and(|winner| winner.is_present) {
            format!("{} {or_more}cannot be told apart from the current setting: {named}{more}.", twins.len())
        } else {
            let tied = self.tied;
            format!(
                "{tied} {or_more}cannot be told apart with these pictures; the plainest is named. The others: {named}{more}."
            )
        })
    }

    /// What is written down of the way at `place` of the ranking where it is taken over: how it was found, and how sure
    /// that is.
    pub fn record(&self, place: usize) -> Option<Value> {
        let one = self.ranked.get(place)?;
        let others = self.ranked.iter().take(self.tied).enumerate().filter(|(other, _)| *other != place);
        let twins: Vec<&str> = others.map(|(_, twin)| twin.words.as_str()).filter(|_| place < self.tied).collect();
        Some(json!({
            "place": place + 1, "pictures": self.pictures,
            "reference": if self.tolerance.is_some() { "outputs" } else { "labels" },
            "reproduced": self.tolerance.is_some_and(|limit| one.worst <= limit), "mean": one.mean, "worst": one.worst,
            "cannot_be_told_from": twins, "overread": env!("CARGO_PKG_VERSION"),
        }))
    }

    /// Everything, for scripts.
    pub fn to_json(&self, class_names: &[String], names_from: NamesFrom) -> Value {
        let ranked: Vec<Value> = self
            .ranked
            .iter()
            .enumerate()
            .map(|(place, one)| {
                json!({
                    "words": one.words, "steps": one.steps, "tied": place < self.tied, "present": one.is_present,
                    "mean": one.mean, "interval_95": [one.interval.0, one.interval.1], "worst": one.worst,
                    "worst_picture": self.picture(one), "contradicted": one.contradicted, "place": place + 1,
                    "agree": one.agree, "behind_95": [one.behind.0, one.behind.1], "class_order": one.order,
                })
            })
            .collect();
        json!({
            "reference": if self.tolerance.is_some() { "outputs" } else { "labels" },
            "loss": if self.tolerance.is_some() { "largest difference of a probability" } else { "log loss" },
            "pictures": self.pictures, "tried": self.tried, "runs": self.runs, "reproduced": self.reproduced,
            "tolerance": self.tolerance, "advises_change": self.advises_change(), "sentences": self.sentences(class_names, names_from),
            "classes": self.winner().map(|winner| winner.names(class_names)), "ranked": ranked,
        })
    }
}

impl Ranked {
    /// The names of the outputs, in the outputs' order.
    pub fn names(&self, class_names: &[String]) -> Vec<String> {
        names_in_order(&self.order, class_names)
    }

    /// True where the outputs stand for other classes than the names say.
    pub fn reorders(&self) -> bool {
        self.order.iter().enumerate().any(|(class, output)| class != *output)
    }
}

/// The names of the outputs, in the outputs' order, where `order[class]` is the output that stands for a class.
pub fn names_in_order(order: &[usize], class_names: &[String]) -> Vec<String> {
    // The name of each output is that of the class that points to it.
    let class = |output: usize| order.iter().position(|at| *at == output);
    (0..order.len()).filter_map(|output| class_names.get(class(output)?).cloned()).collect()
}

/// A sentence where the model's names are not what its outputs stand for, or come from elsewhere.
fn class_order(winner: &Ranked, class_names: &[String], names_from: NamesFrom) -> Option<String> {
    let names = winner.names(class_names).join(",");
    let source = match names_from {
        NamesFrom::Stated | NamesFrom::Numbers if !winner.reorders() => return None,
        NamesFrom::Stated => {
            return Some(format!(
                "The classes are in another order than the model says: import it with --classes {names}."
            ));
        }
        NamesFrom::Numbers => {
            return Some(format!(
                "The reference's columns are the outputs in another order; its outputs are: {names}."
            ));
        }
        NamesFrom::Folders => "the pictures' folders name them",
        NamesFrom::Columns => "the columns name them",
    };
    let order = if class_names.len() > MOST_REORDERED { " (more than four: their order is not tried)" } else { "" };
    Some(format!("The model has no class names; {source}. In the order of its outputs{order}: --classes {names}."))
}
