//! Values in, RGBA out: the pixels a person sees, the same on the screen, in a report and in a test.
//!
//! Input: [`Frame`](crate::scan::Frame) values in modality units, a [`Window`](crate::scan::Window) and a
//! [`Polarity`](crate::scan::Polarity). Output: 8-bit RGBA at the resolution of the screen, only of what is visible.
//! No egui, no GPU, no files. Nothing made here ever reaches a model.

mod auto;
pub mod fonts;
mod pyramid;
mod shader;
mod thumbnail;
mod view;

pub use auto::{auto_window, full_eight_bit};
pub use pyramid::Pyramid;
pub use shader::Shader;
pub use thumbnail::{Thumbnail, picture_rgba, thumbnail};
pub use view::{View, draw};
