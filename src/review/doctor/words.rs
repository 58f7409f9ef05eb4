//! The verdict in sentences, and as JSON.

use serde_json::{Value, json};

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
    pub fn sentences(&self, class_names: &[String]) -> Vec<String> {
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
        said.extend(class_order(winner, class_names));
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

    /// Everything, for scripts.
    pub fn to_json(&self, class_names: &[String]) -> Value {
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
            "tolerance": self.tolerance, "sentences": self.sentences(class_names), "ranked": ranked,
        })
    }
}

/// A sentence where the outputs stand for other classes than the model's names say.
fn class_order(winner: &Ranked, class_names: &[String]) -> Option<String> {
    if winner.order.iter().enumerate().all(|(class, output)| class == *output) {
        return None;
    }
    // order[class] = output, so the name of each output is that of the class that points to it.
    let named = |output: usize| {
        let class = winner.order.iter().position(|at| *at == output)?;
        class_names.get(class).cloned()
    };
    let names: Option<Vec<String>> = (0..winner.order.len()).map(named).collect();
    Some(format!(
        "The classes are in another order than the model says: import it with --classes {}.",
        names.unwrap_or_default().join(",")
    ))
}
