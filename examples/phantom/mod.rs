//! Brain-like phantoms: a seed and a severity in, one synthetic T1-like axial slice out.
//!
//! [`anatomy`] decides the sizes, [`sulci`] folds the cortex, [`tissue`] lays signal on a grid of 0.5 mm, [`scanner`]
//! places the head, adds what a scanner adds and stores 12 bits; [`dicom`] writes the file. Nothing here was measured
//! on a person: every number was chosen by eye.
//!
//! Space: mm, the origin in the middle of the head, x to the right edge of the picture (the patient's left), y down
//! (posterior).

pub mod anatomy;
pub mod demo;
pub mod dicom;
pub mod grid;
pub mod random;
pub mod scanner;
pub mod shapes;
pub mod sulci;
pub mod tissue;
