//! The verdict in sentences, and as JSON.

use serde_json::{Value, json};

use super::NamesFrom;
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

    /// What the model says now, where it is not the winner itself.
    pub fn present(&self) -> Option<&Ranked> {
        self.ranked.iter().skip(1).find(|one| one.is_present)
    }

    /// The winner, how sure that is, what else could be, and what these pictures cannot tell.
    pub fn sentences(&self, class_names: &[String], names_from: NamesFrom) -> Vec<String> {
        let Some(winner) = self.winner() else { return Vec::new() };
        let mut said = vec![format!("Best: {}.", winner.words)];
        said.push(match self.tolerance {
            Some(tolerance) => self.fit_of_outputs(winner, tolerance),
            None => self.fit_of_labels(winner),
        });
        said.extend(self.ties());
        if let Some(next) = self.ranked.get(self.tied).filter(|next| !next.is_present) {
            let loss = match self.tolerance {
                Some(_) => format!("is off by {:.1e} in the mean", next.mean),
                None => format!("has a log loss of {:.3}", next.mean),
            };
            said.push(format!("The next one ({}) {loss}.", next.words));
        }
        if let Some(present) = self.present().filter(|_| !winner.is_present) {
            said.push(format!(
                "As the model says now, {} in the mean, at worst {:.3}.",
                if self.tolerance.is_some() {
                    format!("a probability is off by {:.3}", present.mean)
                } else {
                    format!("the log loss is {:.3}", present.mean)
                },
                present.worst
            ));
        }
        said.extend(class_order(winner, class_names, names_from));
        said.extend(self.remarks.iter().cloned());
        said
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
        Some(format!(
            "{} {}cannot be told apart with these pictures; the plainest is named. The others: {}{more}.",
            self.tied,
            if self.tied_or_more { "or more " } else { "" },
            named.join(" | ")
        ))
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
                    "agree": one.agree, "behind_95": [one.behind.0, one.behind.1], "class_order": one.order,
                })
            })
            .collect();
        json!({
            "reference": if self.tolerance.is_some() { "outputs" } else { "labels" },
            "loss": if self.tolerance.is_some() { "largest difference of a probability" } else { "log loss" },
            "pictures": self.pictures, "tried": self.tried, "runs": self.runs, "reproduced": self.reproduced,
            "tolerance": self.tolerance, "sentences": self.sentences(class_names, names_from),
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
