//! report.html and report.pdf of `overread review`: whole, self-contained, and silent about where they were made.

use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A file name that would be a tag.
const HOSTILE: &str = "x\"><img src=a onerror=alert(1)>&'.png";

/// The bundled phantoms, half of them under a wrong grade (so that they are misclassified), one hostile name, one broken file.
fn phantoms(folder: &Path) -> PathBuf {
    let scans = folder.join("시험 scans");
    for (from, to) in [("grade-0", "grade-2"), ("grade-1", "grade-1"), ("grade-2", "grade-2")] {
        std::fs::create_dir_all(scans.join(to)).unwrap();
        for file in std::fs::read_dir(root().join("assets/demo").join(from)).unwrap() {
            let file = file.unwrap();
            let name = file.file_name().to_string_lossy().into_owned();
            if name.ends_with(".png") {
                std::fs::copy(file.path(), scans.join(to).join(format!("{from} {name}"))).unwrap();
            }
        }
    }
    let any = std::fs::read_dir(scans.join("grade-1")).unwrap().next().unwrap().unwrap().path();
    std::fs::copy(any, scans.join("grade-2").join(HOSTILE)).unwrap();
    std::fs::write(scans.join("grade-2/broken <b>.png"), b"\x89PNG\r\n\x1a\n").unwrap();
    scans
}

fn review(folder: &Path, scans: &Path, language: &str) -> (String, Vec<u8>) {
    let out = folder.join(language);
    let model = root().join("models/phantom-brain-3grade");
    let output = Command::new(env!("CARGO_BIN_EXE_overread"))
        .arg("review")
        .args([scans, Path::new("--model"), &model, Path::new("--out"), &out, Path::new("--against")])
        .arg(root().join("assets/demo"))
        .args(["--engine", "embedded", "--resamples", "50", "--explain", "20", "--language", language])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "one file is broken: {}", String::from_utf8_lossy(&output.stderr));
    (std::fs::read_to_string(out.join("report.html")).unwrap(), std::fs::read(out.join("report.pdf")).unwrap())
}

/// Every element is closed in its order, every attribute quoted; gives the names that occur.
fn elements(html: &str) -> Vec<String> {
    const EMPTY: [&str; 3] = ["meta", "img", "!DOCTYPE"];
    let (mut open, mut seen): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let tag = &rest[at + 1..];
        // A `>` inside of a quoted value does not end the tag.
        let mut quoted = false;
        let end = tag
            .find(|c| {
                quoted ^= c == '"';
                c == '>' && !quoted
            })
            .expect("a tag ends");
        let body = &tag[..end];
        assert!(!body.contains('<'), "{body}");
        assert_eq!(body.matches('"').count() % 2, 0, "{body}");
        let name: String = body.chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        match body.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop().as_deref(), Some(closed.trim()), "</{closed}>"),
            None if body.ends_with('/') || EMPTY.contains(&name.as_str()) => seen.push(name),
            None => {
                open.push(name.clone());
                seen.push(name);
            }
        }
        rest = &tag[end + 1..];
    }
    assert!(open.is_empty(), "never closed: {open:?}");
    seen
}

#[test]
fn both_reports_are_whole_and_hold_everything_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let scans = phantoms(folder.path());
    let mut pdfs = Vec::new();
    for (language, words) in [
        ("en", ["Misclassified cases", "Near-duplicates of the training data", "Read this first"]),
        ("ko", ["오분류 증례", "학습 데이터와의 중복", "먼저 읽어 주세요"]),
    ] {
        let (html, pdf) = review(folder.path(), &scans, language);
        let seen = elements(&html);
        for name in ["svg", "img", "table", "footer"] {
            assert!(seen.iter().any(|one| one == name), "{name}");
        }
        for name in ["script", "link", "iframe", "object", "embed", "b"] {
            assert!(!seen.iter().any(|one| one == name), "{name}");
        }
        for word in words {
            assert!(html.contains(word), "{language}: {word}");
        }
        assert!(html.contains(&format!("<html lang=\"{language}\">")));
        // Nothing is loaded: links go to sections, pictures are inside, and no style names an address.
        let loads = html.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
        for way in ["src=\"http", "href=\"http", "url(", "@import", "src=\"/", "file:"] {
            assert!(!loads.contains(way), "{way}");
        }
        assert_eq!(html.matches("src=\"").count(), html.matches("src=\"data:image/jpeg;base64,").count());
        let caption = if language == "en" { "True: grade-2  Pred: grade-" } else { "정답: grade-2  예측: grade-" };
        assert!(html.contains(caption) && html.contains("onerror=alert(1)&gt;"));
        for english in
            ["Heatmap (Grad-CAM", "Reference labels from", "Rows matched by", "balanced accuracy, kappa", "True:"]
        {
            assert!(language == "en" || !html.contains(english), "{english} stays English");
        }
        // Where it was made is nobody's business.
        assert!(!html.contains(folder.path().to_str().unwrap()), "the folder's path");
        assert!(html.contains("broken &lt;b&gt;.png"));
        let charts =
            ["Predicted (columns)", "one class against the rest", "stated score", "bins with cases", "per cent of"];
        let files = ["roc", "pr", "calibration", "confusion"].map(|name| folder.path().join(language).join(name));
        let files = files.map(|file| std::fs::read_to_string(file.with_extension("svg")).unwrap());
        for english in charts {
            let told = [html.as_str(), &files.concat()].map(|text| text.contains(english));
            assert_eq!(told, [language == "en"; 2], "{language}: {english}");
        }
        if language == "ko" {
            assert!(
                ["예측(열)과 정답(행)", "민감도 (sensitivity)", "재현율", "보정 곡선"]
                    .iter()
                    .all(|word| html.contains(word))
            );
            assert!(files.iter().all(|file| file.contains("연구용입니다")), "the line below charts that stand alone");
        }
        assert!(pdf.starts_with(b"%PDF-") && pdf.windows(6).any(|w| w == b"/Pages"));
        pdfs.push(pdf);
    }
    let faces = |pdf: &[u8]| pdf.windows(10).filter(|window| window == b"/FontFile2").count();
    assert_eq!((faces(&pdfs[0]) >= 2, faces(&pdfs[1])), (true, 4), "Hangul is embedded where it is used");
}
