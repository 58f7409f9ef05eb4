//! A review as a document, section by section.

use super::words::{self, Language};
use super::{Block, Document, Headline, Sections, comparison, data, gallery, leaks, model, numbers};
use crate::report::ReviewReport;
use crate::review::reference::Known;

/// Everything that the report says.
pub(in crate::report) fn document<'a>(report: &'a ReviewReport<'a>, language: Language) -> Document<'a> {
    let run = &report.run.model;
    let version = run.version.as_ref().map_or(String::new(), |version| format!(" {version}"));
    let other = report.compared.map_or(String::new(), |other| format!(" / {}", other.model.name));
    let mut sections = Sections::new(language);
    sections.put(&words::SUMMARY, summary(report, language));
    sections.put(&words::DATA, data::data(report, language));
    if let Some(metrics) = report.metrics {
        sections.put(&words::PERFORMANCE, numbers::performance(metrics, language));
        sections.put(&words::CHARTS, numbers::charts(metrics, language));
    }
    if let Some(pair) = report.comparison {
        sections.put(&words::COMPARISON, comparison::comparison(pair, language));
    }
    if let Some(leaks) = report.leaks {
        sections.put(&words::LEAKS, leaks::leaks(leaks, language));
    }
    if report.metrics.is_some() {
        sections.put(&words::GALLERY, gallery::gallery(report, language));
    }
    sections.put(&words::DECISIONS, data::decisions(report, language));
    sections.put(&words::BROKEN, data::broken(report, language));
    sections.put(&words::MODEL, model::model(report, language));
    Document {
        language,
        title: language.say(&words::TITLE),
        subtitle: format!("{}{version}{other}  ·  {}", run.name, report.written),
        notice: language.notice(),
        sections: sections.all,
    }
}

fn summary<'a>(report: &ReviewReport<'_>, language: Language) -> Vec<Block<'a>> {
    let failed = report.cases.iter().filter(|case| case.error().is_some()).count();
    let labelled = report.metrics.map_or(0, |metrics| metrics.labelled.len());
    let mut headlines = vec![Headline {
        name: language.say(&words::CASES),
        value: report.cases.len().to_string(),
        about: language.fill(&words::LABELLED, &[&labelled.to_string(), &failed.to_string()]),
    }];
    let Some(metrics) = report.metrics else {
        return vec![Block::Headlines(headlines), Block::Text(language.say(&words::NO_LABELS))];
    };
    headlines.extend(numbers::headlines(&metrics.summary, report.run.model.ordinal, language));
    headlines.push(numbers::wrong(&metrics.summary, language));
    let names = report.class_names();
    let mut warnings: Vec<String> =
        metrics.summary.cautions.iter().map(|caution| language.caution(caution, names)).collect();
    if report.run.model.scoring.get("temperature").is_none_or(serde_json::Value::is_null) {
        warnings.push(language.say(&words::NOT_CALIBRATED));
    }
    warnings.extend(unlike(report, language));
    warnings.extend(report.leaks.and_then(|found| leaks::warning(found, language)));
    let mut blocks = vec![Block::Headlines(headlines)];
    blocks.extend(numbers::warnings(warnings, language));
    blocks
}

/// How many cases lie farther out than nearly all reference cases; `None` where none does, or there is no reference.
fn unlike(report: &ReviewReport<'_>, language: Language) -> Option<String> {
    let known = report.cases.iter().filter_map(|case| case.scored()?.known.as_ref());
    let (compared, unlike) =
        known.fold((0, 0), |(all, far), known: &Known| (all + 1, far + usize::from(known.is_unlike())));
    (unlike > 0).then(|| language.fill(&words::UNLIKE, &[&unlike.to_string(), &compared.to_string()]))
}
