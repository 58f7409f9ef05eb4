//! A classifier's graph in, its feature maps out: which tensors lie between picture and logits, how large they are and
//! where on the picture they look. Nothing is run here; what only a run can tell ([`Facts`]) is asked as extra outputs.
//!
//! [`dag`] orders the nodes and finds what depends on what; [`Facts`] holds shapes and small parameters; [`window`]
//! resolves kernels, strides and padding; [`receptive`] follows the grid from the picture to every map;
//! [`feature_maps`] lists the maps that a person can choose, and the default with its reason.

pub mod attributes;
pub mod dag;
mod facts;
mod feature_maps;
pub mod receptive;
pub mod window;

pub(crate) use facts::float_value;
pub use facts::{Facts, Questions};
pub use feature_maps::{FeatureMap, FeatureMaps, MapDepth, MapLayout, feature_maps};
