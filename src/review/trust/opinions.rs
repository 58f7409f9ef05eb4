//! What the methods that follow from one run say, identical ones counted once.

use ndarray::ArrayView3;
use serde_json::{Value, json};

use crate::explain::forward::{Agreement, agreement};
use crate::explain::{ExplainError, Mapper, Method, Question, SaliencyMap};

/// Methods with their maps' agreement.
#[derive(Clone, Debug)]
pub struct Opinions {
    pub methods: Vec<Method>,
    /// Its groups hold indices of `methods`.
    pub agreement: Agreement,
}

impl Opinions {
    /// The methods of each group, whose maps are one up to a positive factor.
    pub fn groups(&self) -> impl Iterator<Item = Vec<Method>> {
        let method = |index: &usize| self.methods.get(*index).copied();
        self.agreement.groups.iter().map(move |group| group.iter().filter_map(method).collect())
    }
}

/// All maps of the class, target and layer of `map` that one run of `picture` `[rows, cols, channels]` gives. `None` for
/// a map that lies on no layer.
///
/// # Errors
/// As [`Mapper::features`].
pub fn opinions(
    mapper: &mut Mapper,
    picture: ArrayView3<'_, f32>,
    map: &SaliencyMap,
) -> Result<Option<Opinions>, ExplainError> {
    if map.layer.is_none() {
        return Ok(None);
    }
    let question = Question { method: Method::GradCam, class: Some(map.class), target: map.target };
    let features = mapper.features(&[picture], &question)?;
    let Some(features) = features.first() else { return Ok(None) };
    let candidates = Method::ALL.into_iter().filter(|method| !method.needs_passes() && *method != Method::Random);
    // CAM is missing where no linear head follows.
    let (methods, maps): (Vec<Method>, Vec<SaliencyMap>) =
        candidates.filter_map(|method| Some((method, method.map(features).ok()?))).unzip();
    let views: Vec<_> = maps.iter().map(|map| map.values.view()).collect();
    Ok(agreement(&views).map(|agreement| Opinions { methods, agreement }))
}

/// Groups of methods and the rank correlations between them.
pub fn opinions_json(opinions: &Opinions) -> Value {
    let groups: Vec<Vec<&str>> =
        opinions.groups().map(|methods| methods.into_iter().map(Method::name).collect()).collect();
    let rows = opinions.agreement.correlation.outer_iter();
    let finite = |value: &f64| value.is_finite().then_some(*value);
    json!({
        "groups": groups,
        "rank_correlation": rows.map(|row| row.iter().map(finite).collect()).collect::<Vec<Vec<Option<f64>>>>(),
        "mean_rank_correlation": opinions.agreement.mean(),
        "reading": "Methods of one group give the same map up to its scale: they are one opinion.",
    })
}
