//! `pairs.csv` and `clusters.csv`.

use std::path::Path;

use super::json::side;
use crate::report::ReportError;
use crate::review::leak::Leaks;

fn failed(path: &Path) -> impl Fn(csv::Error) -> ReportError {
    move |source| ReportError::Write { path: path.to_owned(), source: source.into() }
}

/// `a,b,b_side,correlation,same_bytes,label_a,label_b,labels_agree`, strongest first.
pub fn write_leak_pairs(path: &Path, leaks: &Leaks) -> Result<(), ReportError> {
    let failed = failed(path);
    let mut writer = csv::Writer::from_path(path).map_err(&failed)?;
    let header = ["a", "b", "b_side", "correlation", "same_bytes", "label_a", "label_b", "labels_agree"];
    writer.write_record(header).map_err(&failed)?;
    for pair in &leaks.pairs {
        let (Some(a), Some(b)) = (leaks.files.get(pair.a), leaks.files.get(pair.b)) else { continue };
        let agree = leaks.labels_agree(pair).map_or(String::new(), |agree| agree.to_string());
        let row = [
            &*a.path.to_string_lossy(),
            &*b.path.to_string_lossy(),
            side(b.side),
            &format!("{:.6}", pair.correlation),
            if pair.same_bytes { "true" } else { "false" },
            a.label.as_deref().unwrap_or_default(),
            b.label.as_deref().unwrap_or_default(),
            &agree,
        ];
        writer.write_record(row).map_err(&failed)?;
    }
    writer.flush().map_err(|source| ReportError::Write { path: path.to_owned(), source })
}

/// `path,side,label,cluster,cluster_size,training_twin,correlation`: one row a readable file. Whoever splits by `cluster`
/// keeps twins together; `training_twin` is the most similar training picture above the threshold.
pub fn write_leak_files(path: &Path, leaks: &Leaks) -> Result<(), ReportError> {
    let failed = failed(path);
    let mut writer = csv::Writer::from_path(path).map_err(&failed)?;
    let header = ["path", "side", "label", "cluster", "cluster_size", "training_twin", "correlation"];
    writer.write_record(header).map_err(&failed)?;
    for (index, file) in leaks.files.iter().enumerate() {
        let twin = leaks.training_twin(index);
        let twin_path = twin.and_then(|twin| leaks.files.get(twin.file)).map(|twin| twin.path.to_string_lossy());
        let row = [
            &*file.path.to_string_lossy(),
            side(file.side),
            file.label.as_deref().unwrap_or_default(),
            &file.cluster.to_string(),
            &leaks.clusters.get(file.cluster).map_or(0, |cluster| cluster.size()).to_string(),
            twin_path.as_deref().unwrap_or_default(),
            &twin.map_or(String::new(), |twin| format!("{:.6}", twin.correlation)),
        ];
        writer.write_record(row).map_err(&failed)?;
    }
    writer.flush().map_err(|source| ReportError::Write { path: path.to_owned(), source })
}
