//! Everything the program knows while a person reads scans, without a window.
//!
//! Commands go in ([`AppState::apply`], the only way to change anything besides the jobs' own results), state comes
//! out. Long work runs on named threads ([`Jobs`]): one decodes, one puts volumes together, one lists folders, one makes
//! thumbnails, one owns the model's session, one explains the shown slice, one takes the whole list through the model, one
//! counts, one writes down. The newest request wins; every result carries the generation of its request, so that a late one
//! is dropped. [`Jobs::inline`] runs the same work on the caller's thread, for tests. It draws nothing, knows no egui,
//! and does not read or write a file on the caller's thread (inline mode aside).

mod account;
mod beside;
mod command;
mod crosshair;
mod current;
mod event;
mod fusion;
mod heatmap;
mod heatmap_requests;
#[cfg(test)]
mod heatmap_tests;
mod import;
mod items;
mod jobs;
mod looking;
mod marks;
mod model;
mod predictions;
mod problem;
mod results;
mod review;
mod shown;
mod slices;
mod stability;
mod stack;
mod state;
#[cfg(test)]
mod tests;
mod toast;
mod trust;
mod view;
mod viewing;
mod views;
mod windowing;

pub use account::account;
pub use command::Command;
pub use current::{Current, CurrentError};
pub use event::Event;
pub use fusion::{Fused, Fusion};
pub use heatmap::{
    ComparedModel, Heatmap, HeatmapQuestion, HeatmapRequest, HeatmapState, HeatmapStyle, Heatmaps, Pane,
};
pub use import::{
    Diagnosis, DoctorState, Drafted, Finding, GraphFacts, ImportEvent, ImportWish, Importing, LogitsPlace, Unsaid,
};
pub use items::{Item, Items, ThumbnailState};
pub use jobs::{Jobs, KeptAnswers, OpenedComparison, OpenedReview, Wake};
pub use marks::{Mark, Marks, Shape, Tool};
pub use model::{
    EngineFacts, Fact, FedChannel, FedVolume, Golden, InstallState, KnownCase, ModelFacts, ModelState, Parameter,
    Prediction, PredictionState, SeenStep, StepFacts,
};
pub use problem::{Cause, Problem};
pub use review::{ExportState, LeakFinding, LeakState, ListedCase, Numbers, OperatingPoint, Review, TwinPair};
pub use shown::{Decoded, PlanePicture, Shown, SliceChoice, ValueWindow};
pub use stability::{StabilityRequest, StabilityState};
pub use stack::{SlicePosition, Stack};
pub use state::{AppState, Background};
pub use toast::{Notice, Severity, Toast};
pub use trust::{Trust, TrustProgress, TrustState, TrustStep};
pub use view::{Placement, Turning, ViewTransform, scale_bar_mm};
pub use views::{Crosshair, Layout, Link, Views};
pub use windowing::{WindowSource, Windowing};
