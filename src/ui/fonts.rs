//! The bundled fonts, registered with egui: Latin first, Hangul behind it, egui's own symbols last.

use std::sync::Arc;

use eframe::egui::{Context, FontData, FontDefinitions, FontFamily};

use super::theme;
use crate::render::fonts::{HANGUL, HANGUL_BOLD, SANS, SANS_SEMIBOLD};

/// Registers the fonts; call before the first frame.
pub fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::default();
    for (name, bytes) in [("sans", SANS), ("semibold", SANS_SEMIBOLD), ("hangul", HANGUL), ("hangul bold", HANGUL_BOLD)]
    {
        fonts.font_data.insert(name.to_owned(), Arc::new(FontData::from_static(bytes)));
    }
    let symbols = fonts.families.get(&FontFamily::Proportional).cloned().unwrap_or_default();
    let family = |first: &[&str]| -> Vec<String> {
        first.iter().map(|name| (*name).to_owned()).chain(symbols.iter().cloned()).collect()
    };
    fonts.families.insert(FontFamily::Proportional, family(&["sans", "hangul"]));
    fonts.families.insert(theme::semibold(), family(&["semibold", "hangul bold", "hangul"]));
    fonts.families.entry(FontFamily::Monospace).or_default().push("hangul".to_owned());
    fonts
}
