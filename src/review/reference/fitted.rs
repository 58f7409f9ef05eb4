//! The vectors of a reference, and what is fitted to them while a session starts.
//!
//! The fit takes as long as a session's start; it begins on a thread of its own when a reference is read.

use std::sync::{Arc, OnceLock};

use ndarray::Array2;

use super::Part;
use super::depths::Depths;

/// The vectors, and the Gaussians once they are fitted.
pub(super) struct Fitted {
    /// `[cases, dims]`, in standard layout.
    pub features: Array2<f32>,
    parts: Vec<Part>,
    depths: OnceLock<Option<Depths>>,
}

impl Fitted {
    pub fn begin(features: Array2<f32>, parts: Vec<Part>) -> Arc<Self> {
        let fitted = Arc::new(Self { features, parts, depths: OnceLock::new() });
        let own = fitted.clone();
        // Without a thread the first case pays for the fit.
        let begun = std::thread::Builder::new().name("fit-reference".to_owned()).spawn(move || _ = own.depths());
        if let Err(error) = begun {
            tracing::debug!(%error, "the reference is fitted with the first case");
        }
        fitted
    }

    /// Waits where the fit goes on.
    pub fn depths(&self) -> Option<&Depths> {
        self.depths.get_or_init(|| Depths::fit(self.features.view(), &self.parts)).as_ref()
    }
}
