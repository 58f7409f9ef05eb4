//! The page on which an export becomes a model: what its graph says and what was found beside it on the left, what is
//! assumed in the middle, what comes of it for the scan on the screen on the right, and below every step as a picture.

mod doctor;
mod graph;
mod head;
mod names;
mod page;
mod presets;
mod preview;
mod question;
mod recipe;
mod rows;
mod volume;

pub(super) use page::ImportPage;
pub(super) use preview::channels;
