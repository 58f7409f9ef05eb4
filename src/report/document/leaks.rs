//! What a leak check found.

use super::words::{self, Language};
use super::{Block, Table};
use crate::metrics::Proportion;
use crate::report::LeakReport;

/// Counts of a report: files, those with a training twin, those of clusters with training pictures.
fn counts(report: &LeakReport<'_>) -> (usize, usize, usize) {
    let leaks = report.leaks;
    let twins = leaks.inside().filter(|file| leaks.training_twin(*file).is_some()).count();
    let clustered = leaks.inside().filter(|file| leaks.in_training_cluster(*file)).count();
    (leaks.inside().count(), twins, clustered)
}

/// The sentence for the summary; `None` where nothing leaks.
pub(super) fn warning(report: &LeakReport<'_>, language: Language) -> Option<String> {
    let (all, twins, _) = counts(report);
    let share = format!("{:.1} %", twins as f64 * 100.0 / all.max(1) as f64);
    let threshold = report.leaks.threshold.to_string();
    let values = [twins.to_string(), all.to_string(), share, threshold];
    let [a, b, c, d] = &values;
    (twins > 0).then(|| language.fill(&words::LEAK_TWINS, &[a, b, c, d]))
}

pub(super) fn leaks<'a>(report: &LeakReport<'_>, language: Language) -> Vec<Block<'a>> {
    let (_, _, clustered) = counts(report);
    let mut lines: Vec<String> = warning(report, language).into_iter().collect();
    let patients = report.leaks.shared_patients.len().to_string();
    lines.push(language.fill(&words::LEAK_CLUSTERS, &[&clustered.to_string(), &patients]));
    if let Some(found) = report.look_up {
        lines.push(language.fill(&words::LEAK_LOOK_UP, &[&accuracy(&found.all)]));
    }
    let mut blocks = vec![Block::Bullets(lines)];
    if let Some((_, rest)) = &report.rest {
        let rows = [
            (&words::ACCURACY_ALL, &rest.official),
            (&words::ACCURACY_LEAKED, &rest.leaked),
            (&words::ACCURACY_FREE, &rest.leak_free),
            (&words::ACCURACY_STRICT, &rest.cluster_free),
        ];
        let rows = rows.map(|(phrase, of)| {
            let value = of.value().map_or("-".to_owned(), |value| format!("{value:.3}"));
            let interval = of.interval().map_or(String::new(), |i| format!("{:.3} – {:.3} W", i.low, i.high));
            vec![language.say(phrase), value, interval, of.of.to_string()]
        });
        let header =
            [&words::NUMBER, &words::VALUE, &words::INTERVAL, &words::CASES].map(|phrase| language.say(phrase));
        blocks.push(Block::Table(Table::of_numbers(header.to_vec(), rows.to_vec())));
    }
    blocks
}

fn accuracy(of: &Proportion) -> String {
    of.value().map_or("-".to_owned(), |value| format!("{value:.3} ({} / {})", of.hits, of.of))
}
