//! What a parameter is where the manifest leaves it out.

use super::choices::Library;

pub(super) fn low_percent() -> f64 {
    0.5
}
pub(super) fn high_percent() -> f64 {
    99.5
}
pub(super) fn torch() -> Library {
    Library::Torch
}
pub(super) fn one() -> f64 {
    1.0
}
pub(super) fn five() -> usize {
    5
}
pub(super) fn once() -> usize {
    1
}
pub(super) fn forty() -> f64 {
    40.0
}
pub(super) fn eight_by_eight() -> [usize; 2] {
    [8, 8]
}
pub(super) fn eleven() -> usize {
    11
}
pub(super) fn four() -> f64 {
    4.0
}
pub(super) fn minus_four() -> f64 {
    -4.0
}
pub(super) fn half_grey() -> f64 {
    128.0
}
pub(super) fn is_false(value: &bool) -> bool {
    !value
}
pub(super) fn is_zero(value: &f64) -> bool {
    *value == 0.0
}
