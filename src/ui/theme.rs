//! Every colour and size of the window, in one place. Sizes are multiples of 4 on an 8-point grid, in points.

use eframe::egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Vec2, Visuals,
};

pub const GRID: f32 = 8.0;
pub const PANEL_MARGIN: Margin = Margin::symmetric(16, 12);
pub const TOP_BAR_HEIGHT: f32 = 48.0;
pub const STATUS_BAR_HEIGHT: f32 = 28.0;
pub const VIEWPORT_BAR_HEIGHT: f32 = 40.0;
pub const SLICE_BAR_HEIGHT: f32 = 32.0;
pub const WORKLIST_WIDTH: f32 = 272.0;
pub const FINDINGS_WIDTH: f32 = 336.0;
pub const ROW_HEIGHT: f32 = 64.0;
pub const THUMBNAIL: f32 = 48.0;
pub const SEEN_PICTURE: f32 = 88.0;
pub const ICON_BUTTON: f32 = 32.0;
pub const SCORE_BAR_HEIGHT: f32 = 6.0;
pub const CARD_RADIUS: CornerRadius = CornerRadius::same(8);
pub const CONTROL_RADIUS: CornerRadius = CornerRadius::same(6);
pub const TOAST_WIDTH: f32 = 400.0;
pub const SCALE_BAR_LONGEST: f32 = 160.0;
pub const COLOR_BAR_LONGEST: f32 = 224.0;
pub const COLOR_BAR_WIDTH: f32 = 12.0;
/// From the right edge of the picture: beside the orientation letter.
pub const COLOR_BAR_MARGIN: f32 = 40.0;
/// Longest open list.
pub const LIST_HEIGHT: f32 = 400.0;
/// Names before controls.
pub const NAME_WIDTH: f32 = 64.0;

/// Around pictures, in both themes: a picture is judged against dark grey.
pub const VIEWPORT: Color32 = Color32::from_rgb(12, 13, 15);
/// Text on pictures.
pub const ON_PICTURE: Color32 = Color32::from_rgb(222, 226, 231);
pub const ON_PICTURE_WEAK: Color32 = Color32::from_rgb(150, 158, 168);
/// Under text on pictures: nothing on black, enough on white.
pub const PICTURE_TEXT_PLATE: Color32 = Color32::from_black_alpha(120);
/// Keeps text readable on white pixels.
pub const PICTURE_TEXT_SHADOW: Color32 = Color32::from_black_alpha(210);
/// Around views that are not acted on.
pub const BETWEEN_VIEWS: Color32 = Color32::from_rgb(44, 48, 55);
pub const CROSSHAIR: Color32 = Color32::from_rgb(96, 200, 160);
pub const ON_PICTURE_AMBER: Color32 = Color32::from_rgb(240, 184, 66);

/// Under a heatmap's colour bar: as dark as the tissue that most heatmaps lie on.
pub const COLOR_BAR_GROUND: Color32 = Color32::from_rgb(72, 76, 82);

/// The theme's colours.
#[derive(Clone, Copy, Debug)]
pub struct Palette {
    pub background: Color32,
    pub raised: Color32,
    pub hovered: Color32,
    pub line: Color32,
    pub text: Color32,
    pub weak: Color32,
    pub accent: Color32,
    pub on_accent: Color32,
    /// Assumed values, doubts.
    pub amber: Color32,
    pub amber_fill: Color32,
    pub red: Color32,
    pub red_fill: Color32,
    pub green: Color32,
    /// The empty part of a bar.
    pub track: Color32,
}

const DARK: Palette = Palette {
    background: Color32::from_rgb(24, 26, 30),
    raised: Color32::from_rgb(34, 37, 43),
    hovered: Color32::from_rgb(45, 49, 57),
    line: Color32::from_rgb(44, 48, 55),
    text: Color32::from_rgb(230, 233, 237),
    weak: Color32::from_rgb(155, 163, 174),
    accent: Color32::from_rgb(86, 156, 255),
    on_accent: Color32::from_rgb(8, 18, 34),
    amber: Color32::from_rgb(240, 184, 66),
    amber_fill: Color32::from_rgb(50, 42, 25),
    red: Color32::from_rgb(246, 121, 112),
    red_fill: Color32::from_rgb(54, 33, 33),
    green: Color32::from_rgb(86, 201, 140),
    track: Color32::from_rgb(52, 56, 64),
};

const LIGHT: Palette = Palette {
    background: Color32::from_rgb(246, 247, 249),
    raised: Color32::from_rgb(255, 255, 255),
    hovered: Color32::from_rgb(232, 236, 242),
    line: Color32::from_rgb(215, 220, 227),
    text: Color32::from_rgb(25, 30, 38),
    weak: Color32::from_rgb(88, 97, 110),
    accent: Color32::from_rgb(28, 103, 212),
    on_accent: Color32::from_rgb(255, 255, 255),
    amber: Color32::from_rgb(140, 88, 0),
    amber_fill: Color32::from_rgb(255, 244, 219),
    red: Color32::from_rgb(190, 40, 36),
    red_fill: Color32::from_rgb(253, 234, 233),
    green: Color32::from_rgb(22, 122, 72),
    track: Color32::from_rgb(221, 226, 233),
};

/// Black, white, and colours that keep 7:1 on black.
const CONTRAST: Palette = Palette {
    background: Color32::from_rgb(0, 0, 0),
    raised: Color32::from_rgb(10, 10, 10),
    hovered: Color32::from_rgb(56, 56, 56),
    line: Color32::from_rgb(170, 170, 170),
    text: Color32::from_rgb(255, 255, 255),
    weak: Color32::from_rgb(225, 225, 225),
    accent: Color32::from_rgb(255, 221, 51),
    on_accent: Color32::from_rgb(0, 0, 0),
    amber: Color32::from_rgb(255, 190, 70),
    amber_fill: Color32::from_rgb(44, 30, 0),
    red: Color32::from_rgb(255, 145, 135),
    red_fill: Color32::from_rgb(60, 0, 0),
    green: Color32::from_rgb(110, 240, 160),
    track: Color32::from_rgb(80, 80, 80),
};

/// What a person chooses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scheme {
    #[default]
    Dark,
    Light,
    HighContrast,
}

impl Scheme {
    pub const ALL: [Self; 3] = [Self::Dark, Self::Light, Self::HighContrast];

    /// In the settings file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dark => "dark",
            Self::Light => "light",
            Self::HighContrast => "high-contrast",
        }
    }

    pub fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::HighContrast,
            Self::HighContrast => Self::Dark,
        }
    }

    fn palette(self) -> &'static Palette {
        match self {
            Self::Dark => &DARK,
            Self::Light => &LIGHT,
            Self::HighContrast => &CONTRAST,
        }
    }

    /// The window looks like this from the next frame on. High contrast takes the place of the toolkit's dark theme.
    pub fn set(self, ctx: &Context) {
        let dark = if self == Self::HighContrast { self } else { Self::Dark };
        if in_use(&ctx.style_of(Theme::Dark).visuals).background != dark.palette().background {
            ctx.set_style_of(Theme::Dark, style(dark));
        }
        ctx.set_theme(if self == Self::Light { Theme::Light } else { Theme::Dark });
    }
}

/// The colours of what is drawn with `visuals`.
pub fn in_use(visuals: &Visuals) -> &'static Palette {
    [&DARK, &LIGHT, &CONTRAST].into_iter().find(|own| own.background == visuals.panel_fill).unwrap_or(&DARK)
}

/// The dark colours, for what lies on pictures in every theme.
pub fn on_dark() -> &'static Palette {
    &DARK
}

/// The heavier cut: headings and numbers that matter.
pub fn semibold() -> FontFamily {
    FontFamily::Name("semibold".into())
}

pub fn title() -> FontId {
    FontId::new(20.0, semibold())
}

pub fn heading() -> FontId {
    FontId::new(14.0, semibold())
}

pub fn strong() -> FontId {
    FontId::new(13.5, semibold())
}

pub fn body() -> FontId {
    FontId::new(13.5, FontFamily::Proportional)
}

pub fn small() -> FontId {
    FontId::new(12.0, FontFamily::Proportional)
}

pub fn small_strong() -> FontId {
    FontId::new(12.0, semibold())
}

pub fn orientation_letter() -> FontId {
    FontId::new(16.0, semibold())
}

/// Applies the dark and the light theme; `Scheme::set` switches between all.
pub fn apply(ctx: &Context) {
    ctx.set_style_of(Theme::Dark, style(Scheme::Dark));
    ctx.set_style_of(Theme::Light, style(Scheme::Light));
    ctx.options_mut(|options| {
        options.zoom_with_keyboard = false; // + and - zoom the picture
        options.fallback_theme = Theme::Dark;
    });
}

fn style(scheme: Scheme) -> Style {
    let mut style = Style { visuals: visuals(scheme), ..Style::default() };
    style.text_styles = [
        (TextStyle::Heading, heading()),
        (TextStyle::Body, body()),
        (TextStyle::Button, body()),
        (TextStyle::Small, small()),
        (TextStyle::Monospace, FontId::new(12.5, FontFamily::Monospace)),
    ]
    .into();
    let spacing = &mut style.spacing;
    spacing.item_spacing = Vec2::splat(GRID);
    spacing.button_padding = Vec2::new(12.0, 6.0);
    spacing.interact_size = Vec2::new(32.0, 32.0);
    spacing.menu_margin = Margin::same(8);
    spacing.window_margin = Margin::same(24);
    spacing.slider_rail_height = 4.0;
    spacing.tooltip_width = 360.0;
    spacing.scroll.bar_width = 8.0;
    spacing.scroll.floating_allocated_width = 0.0;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.animation_time = 0.08;
    style
}

fn visuals(scheme: Scheme) -> Visuals {
    let (p, dark) = (scheme.palette(), scheme != Scheme::Light);
    let mut visuals = if dark { Visuals::dark() } else { Visuals::light() };
    visuals.panel_fill = p.background;
    visuals.window_fill = p.background;
    visuals.window_stroke = Stroke::new(1.0, p.line);
    visuals.window_corner_radius = CornerRadius::same(12);
    visuals.menu_corner_radius = CARD_RADIUS;
    visuals.window_shadow =
        Shadow { offset: [0, 12], blur: 32, spread: 0, color: Color32::from_black_alpha(if dark { 140 } else { 48 }) };
    visuals.popup_shadow = visuals.window_shadow;
    visuals.extreme_bg_color = if dark { Color32::from_rgb(16, 18, 21) } else { p.raised };
    visuals.faint_bg_color = p.raised;
    visuals.hyperlink_color = p.accent;
    visuals.warn_fg_color = p.amber;
    visuals.error_fg_color = p.red;
    visuals.weak_text_color = Some(p.weak);
    visuals.selection.bg_fill = p.accent;
    visuals.selection.stroke = Stroke::new(1.0, p.on_accent);
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = eframe::egui::style::HandleShape::Circle;
    visuals.indent_has_left_vline = false;
    let widgets = &mut visuals.widgets;
    widgets.noninteractive.bg_stroke = Stroke::new(1.0, p.line);
    widgets.noninteractive.fg_stroke = Stroke::new(1.0, p.text);
    for (widget, fill, line, text) in [
        (&mut widgets.inactive, p.raised, p.line, p.text),
        (&mut widgets.hovered, p.hovered, p.line, p.text),
        (&mut widgets.active, p.hovered, p.accent, p.text),
        (&mut widgets.open, p.hovered, p.line, p.text),
    ] {
        widget.bg_fill = fill;
        widget.weak_bg_fill = fill;
        widget.bg_stroke = Stroke::new(1.0, line);
        widget.fg_stroke = Stroke::new(1.0, text);
        widget.corner_radius = CONTROL_RADIUS;
        widget.expansion = 0.0;
    }
    visuals
}
