//! Values in, RGBA out: the pixels a person sees, the same on the screen, in a report and in a test.
//!
//! Input: [`Frame`](crate::scan::Frame) values in modality units, a [`Window`](crate::scan::Window) and a
//! [`Polarity`](crate::scan::Polarity). Output: 8-bit RGBA at the resolution of the screen, only of what is visible.
//! Over it, on a [`Canvas`] of any size: a map of raw evidence in the units of the model's output ([`draw_overlay`],
//! [`contours`], [`draw_color_bar`]) on one [`Scale`] for all that is compared, and the words of an exported picture
//! ([`burn_caption`]). No egui, no GPU, no files. Nothing made here ever reaches a model.

mod auto;
mod canvas;
mod caption;
mod color_bar;
mod colormap;
mod contour;
mod error;
pub mod fonts;
mod overlay;
mod paint;
mod presets;
mod pyramid;
mod roi;
mod scale;
mod scene;
mod shader;
mod taps;
mod text;
mod thumbnail;
mod view;
mod voi_lut;
mod volume;

pub use auto::{auto_window, full_eight_bit, full_range, percentiles};
pub use canvas::Canvas;
pub use caption::{RESEARCH_USE, RESEARCH_USE_KO, burn_caption, with_caption};
pub use color_bar::{Tick, color_bar, color_bar_cols, draw_color_bar, ticks};
pub use colormap::ColorMap;
pub use contour::{ContourLine, contours, draw_contours};
pub use error::RenderError;
pub use overlay::{PlacedMap, draw_overlay, evidence_at};
pub use paint::{Coloring, EvidenceMode, OverlayStyle, Paint, Threshold};
pub use presets::{presets, suv_presets};
pub use pyramid::Pyramid;
pub use roi::{Roi, RoiStats};
pub use scale::Scale;
pub use scene::Scene;
pub use shader::{Curve, Ramp, Shader};
pub use taps::{Axis, Tap, Taps};
pub use text::{draw_text, text_width};
pub use thumbnail::{Thumbnail, picture_rgba, thumbnail};
pub use view::{Sampling, View, draw};
pub use voi_lut::through_voi_lut;
pub use volume::{Plane, PlanePoint, PlaneSlice, Volume, VolumeError, VolumePlan, on_plane, same_space};
