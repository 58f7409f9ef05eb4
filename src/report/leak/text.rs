//! `leaks.txt`: what a person reads on the terminal.

use super::{Counts, LeakReport, MEASURE};
use crate::metrics::Proportion;
use crate::report::RESEARCH_USE;
use crate::review::leak::Side;

/// Broken files and shared patients that are named.
const MOST_NAMED: usize = 10;

/// The whole text.
pub fn leak_text(report: &LeakReport<'_>) -> String {
    let (leaks, counts) = (report.leaks, Counts::of(report.leaks));
    let mut text = format!("{}: {} pictures", report.folder.display(), counts.inside);
    if let Some(against) = report.against {
        text += &format!(", against {}: {} pictures", against.display(), counts.against);
    }
    text += &format!("\n  Measure: {MEASURE}.\n  Twins: above {}, on {} values.\n", leaks.threshold, leaks.grid);
    text.extend(report.remarks.iter().map(|remark| format!("  {remark}\n")));
    text += &broken(report);
    text += &format!("\nInside the folder      {} have a twin in it\n", share(counts.with_twin_inside, counts.inside));
    if leaks.two_sides {
        text += &across(report, &counts);
    }
    text += &format!(
        "Clusters               {} of several files, the largest of {}; {} with more than one label\n",
        counts.clusters, counts.largest, counts.mixed
    );
    text += &format!(
        "Pairs                  {}, of them {} with the same bytes\n",
        kept(leaks.pairs_found, leaks.pairs.len()),
        counts.same_bytes
    );
    text += &look_up(report);
    text += &rest(report);
    text + &format!("\n{RESEARCH_USE}\n")
}

fn across(report: &LeakReport<'_>, counts: &Counts) -> String {
    let leaks = report.leaks;
    let mut text =
        format!("In the training data   {} have a twin in it", share(counts.with_training_twin, counts.inside));
    if counts.training_twin_labelled > 0 {
        let (agree, of) = (counts.training_twin_agrees, counts.training_twin_labelled);
        text += &format!("; the label of the most similar one agrees in {agree} of {of}");
    }
    text += &format!(
        "\n                       {} hang together with training pictures, through others of the folder too\n",
        share(counts.in_training_cluster, counts.inside)
    );
    let patients = leaks.files.iter().filter(|file| file.patient.is_some()).count();
    text += &match (patients, leaks.shared_patients.len()) {
        (0, _) => "Patients               not known (no file carries a Patient ID)\n".to_owned(),
        (_, 0) => format!("Patients               none occurs on both sides ({patients} files carry a Patient ID)\n"),
        (_, shared) => {
            let files: usize = leaks.shared_patients.iter().map(|patient| patient.inside.len()).sum();
            format!("Patients               {shared} occur on both sides, with {files} files of the folder\n")
        }
    };
    if report.identity {
        for patient in leaks.shared_patients.iter().take(MOST_NAMED) {
            let (inside, against) = (patient.inside.len(), patient.against.len());
            text += &format!("                       {}: {inside} files here, {against} there\n", patient.id);
        }
    }
    text
}

fn broken(report: &LeakReport<'_>) -> String {
    let broken = &report.leaks.broken;
    if broken.is_empty() {
        return String::new();
    }
    let mut text = format!("  {} files could not be read and are not compared:\n", broken.len());
    for file in broken.iter().take(MOST_NAMED) {
        let side = if file.side == Side::Against { "training: " } else { "" };
        text += &format!("    {side}{}\n", file.what);
    }
    if broken.len() > MOST_NAMED {
        text += &format!("    and {} more\n", broken.len() - MOST_NAMED);
    }
    text
}

fn look_up(report: &LeakReport<'_>) -> String {
    let Some(found) = report.look_up else { return String::new() };
    format!(
        "\nNo model at all: the label of the most similar training picture is right in {}.\n\
         A classifier that does not clearly do better may only remember.\n",
        accuracy(&found.all)
    )
}

fn rest(report: &LeakReport<'_>) -> String {
    let Some((path, rest)) = &report.rest else { return String::new() };
    let mut text = format!("\nAccuracy of {} (95 % Wilson interval)\n", path.display());
    for (what, proportion) in [
        ("official, all files", &rest.official),
        ("with twin or patient there", &rest.leaked),
        ("leak-free rest", &rest.leak_free),
        ("and free of whole clusters", &rest.cluster_free),
    ] {
        text += &format!("  {what:<28} {}\n", accuracy(proportion));
    }
    text += &format!("  Rows and files matched by {}", rest.matched_by);
    if rest.unmatched > 0 {
        text += &format!("; {} files have no prediction or no reference label", rest.unmatched);
    }
    text + ".\n"
}

fn share(hits: usize, of: usize) -> String {
    if of == 0 { "0 of 0".to_owned() } else { format!("{hits} of {of} ({:.1} %)", hits as f64 * 100.0 / of as f64) }
}

fn accuracy(proportion: &Proportion) -> String {
    let counts = format!("({} of {})", proportion.hits, proportion.of);
    match (proportion.value(), proportion.interval()) {
        (Ok(value), Ok(interval)) => format!("{value:.3}   {:.3} to {:.3}   {counts}", interval.low, interval.high),
        _ => "no file is left".to_owned(),
    }
}

fn kept(found: u64, kept: usize) -> String {
    if found > kept as u64 { format!("{found} (the strongest {kept} are listed)") } else { found.to_string() }
}
