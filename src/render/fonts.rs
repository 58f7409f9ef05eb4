//! The bundled fonts' bytes (licence and origin: `assets/fonts/README.md`).

/// Latin, Greek, arrows; digits of one width.
pub const SANS: &[u8] = include_bytes!("../../assets/fonts/OverreadSans-Regular.ttf");
/// The same, heavier: headings and numbers that matter.
pub const SANS_SEMIBOLD: &[u8] = include_bytes!("../../assets/fonts/OverreadSans-SemiBold.ttf");
/// All Hangul syllables, Jamo, basic Latin and punctuation.
pub const HANGUL: &[u8] = include_bytes!("../../assets/fonts/OverreadHangul-Regular.ttf");
/// Korean headings: the 2 350 syllables of KS X 1001. What it lacks is in [`HANGUL`].
pub const HANGUL_BOLD: &[u8] = include_bytes!("../../assets/fonts/OverreadHangul-Bold.ttf");
