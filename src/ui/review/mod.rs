//! The review page: the list as a table or a gallery beside its numbers. Every part filters or walks the same list as
//! the worklist of the reading page.

mod charts;
mod comparison;
pub(super) mod filters;
mod gallery;
mod labels;
mod leaks;
mod matrix;
mod numbers;
mod page;
mod table;
mod threshold;

pub(super) use page::ReviewPage;
