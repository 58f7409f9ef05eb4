//! Three checks of a map, each on demand: does it point at what the model uses ([`faithfulness`]), does it depend on
//! what the model has learnt ([`randomised`]), do other methods say the same ([`opinions`])?

mod faithfulness;
mod opinions;
mod randomisation;

pub use faithfulness::{faithfulness, faithfulness_json};
pub use opinions::{Opinions, opinions, opinions_json};
pub use randomisation::{Randomised, randomised, randomised_json, scrambled_mapper};
