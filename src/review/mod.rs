//! Files and a model in, [`Case`]s out, one broken file never stopping the rest.
//!
//! A case is one picture, or one volume whose slices the manifest combines. Decoding and preparing run on a few
//! threads, sessions beside them; memory is bounded by the queue between them, whatever the folder holds. It draws nothing, prints nothing and writes no file.

mod batch;
mod case;
pub mod doctor;
mod explain_all;
mod explained;
pub mod folder;
pub mod golden;
mod lane;
pub mod leak;
mod order;
mod prepare;
pub mod record;
pub mod reference;
mod source;
pub mod stability;
pub mod table;
mod trust;
mod truth;
mod worklist;

pub use batch::{BatchOptions, Control, run};
pub use case::{Case, CaseError, Scored};
pub use explain_all::{CaseMaps, explain_all};
pub use explained::{Explained, explain_case, explanations, on_frame};
pub use prepare::{PreparedCase, prepare_case, prepare_scan};
pub use source::SourceFacts;
pub use trust::{
    Opinions, Randomised, faithfulness, faithfulness_json, opinions, opinions_json, randomised, randomised_json,
    scrambled_mapper,
};
pub use truth::truth_from_folder;
pub use worklist::{Answer, Far, Order, Pair, Row, Show, SortKey, UNCERTAIN_MARGIN, arrange};
