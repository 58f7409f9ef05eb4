//! The checks of a map that were asked for, picture by picture and in sum.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::{Map, Value};

use crate::cli::ExplainArgs;
use crate::engine::{Model, SessionOptions};
use crate::explain::forward::faithfulness::{Curves, DeletionInsertion, Faithfulness, MapSimilarity};
use crate::explain::scramble::Scrambled;
use crate::explain::{ExplainError, Mapper};
use crate::review::{self, CaseError, Explained, Opinions, PreparedCase, Randomised};

/// Random orders beside the map's own.
const RANDOM_ORDERS: usize = 3;

/// What was measured of one picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    faithfulness: Option<Faithfulness>,
    randomised: Vec<Randomised>,
    opinions: Option<Opinions>,
}

/// What measures maps.
pub(super) struct Trust {
    curves: Option<DeletionInsertion>,
    scrambled: Vec<((Scrambled, u64), Mapper)>,
    opinions: bool,
    /// One for each measured picture.
    measured: Vec<Measured>,
}

impl Trust {
    /// `None` where nothing is to be measured.
    pub fn start(model: &Model, args: &ExplainArgs) -> Result<Option<Self>, ExplainError> {
        let curves = args.faithfulness.map(|steps| DeletionInsertion {
            steps: usize::from(steps),
            random_orders: RANDOM_ORDERS,
            ..DeletionInsertion::default()
        });
        let mut scrambled = Vec::new();
        for seed in 0..u64::from(args.randomisation.unwrap_or(0)) {
            for which in Scrambled::ALL {
                let engine = (args.engine.into(), &SessionOptions::default());
                let mapper = review::scrambled_mapper(model, args.layer.as_deref(), (which, seed), engine)?;
                scrambled.push(((which, seed), mapper));
            }
        }
        let trust = Self { curves, scrambled, opinions: args.agreement, measured: Vec::new() };
        Ok((trust.curves.is_some() || trust.opinions || !trust.scrambled.is_empty()).then_some(trust))
    }

    /// One result for each slice of a case.
    pub fn measure(
        &mut self,
        path: &Path,
        case: &PreparedCase,
        explained: &[Explained],
        mapper: &mut Mapper,
    ) -> Result<Vec<Measured>, CaseError> {
        let failed = |what: String| CaseError::Trust { path: path.to_owned(), what };
        let mut unheard = |_: usize, _: usize| ControlFlow::Continue(());
        let mut found = Vec::with_capacity(explained.len());
        for (prepared, explained) in case.prepared.iter().zip(explained) {
            let (picture, map) = (prepared.tensor.view(), &explained.map);
            let mut measured = Measured::default();
            if let Some(parameters) = &self.curves {
                let model = mapper.model().clone();
                let session = mapper.session().map_err(|error| failed(error.to_string()))?;
                let curves = review::faithfulness((session, &model), picture, map, parameters, &mut unheard);
                measured.faithfulness = Some(curves.map_err(|error| failed(error.to_string()))?);
            }
            for (which, scrambled) in &mut self.scrambled {
                let one = review::randomised(scrambled, *which, picture, map, &mut unheard);
                measured.randomised.push(one.map_err(|error| failed(error.to_string()))?);
            }
            if self.opinions {
                measured.opinions =
                    review::opinions(mapper, picture, map).map_err(|error| failed(error.to_string()))?;
            }
            self.measured.push(measured.clone());
            found.push(measured);
        }
        Ok(found)
    }

    /// Puts one picture's results beside its facts.
    pub fn add_to(&self, facts: &mut Map<String, Value>, measured: &Measured, model: &Model) {
        if let (Some(found), Some(parameters)) = (&measured.faithfulness, &self.curves) {
            facts.insert("faithfulness".to_owned(), review::faithfulness_json(found, parameters, model));
        }
        if !measured.randomised.is_empty() {
            facts.insert("randomisation".to_owned(), review::randomised_json(&measured.randomised));
        }
        if let Some(opinions) = &measured.opinions {
            facts.insert("agreement".to_owned(), review::opinions_json(opinions));
        }
    }

    /// Means over all pictures.
    pub fn summary(&self) -> String {
        let curves: Vec<&Faithfulness> = self.measured.iter().filter_map(|one| one.faithfulness.as_ref()).collect();
        let mut lines = Vec::new();
        if !curves.is_empty() {
            lines.push(curve_line("Deletion (smaller is better)", &curves, |one| &one.deletion, true));
            lines.push(curve_line("Insertion (larger is better)", &curves, |one| &one.insertion, false));
        }
        for (which, words) in [(Scrambled::Head, "the last layer"), (Scrambled::All, "all layers")] {
            let all = self.measured.iter().flat_map(|one| &one.randomised).filter(|one| one.which == which);
            lines.extend(randomised_line(words, &all.collect::<Vec<_>>()));
        }
        let opinions: Vec<&Opinions> = self.measured.iter().filter_map(|one| one.opinions.as_ref()).collect();
        lines.extend(opinions_line(&opinions));
        lines.join("\n")
    }
}

/// The mean area, and how often the map does better than random orders.
fn curve_line(name: &str, all: &[&Faithfulness], of: fn(&Faithfulness) -> &Curves, smaller_is_better: bool) -> String {
    let count = all.len().max(1) as f64;
    let mean = |auc: &dyn Fn(&Curves) -> f64| all.iter().map(|one| auc(of(one))).sum::<f64>() / count;
    let random = |curves: &Curves| curves.random_auc().unwrap_or(f64::NAN);
    let better = |one: &&&Faithfulness| (of(one).map.auc < random(of(one))) == smaller_is_better;
    format!(
        "{name}: area {:.3} (random {:.3}, edges {:.3}); better than random in {} of {}",
        mean(&|curves| curves.map.auc),
        mean(&random),
        mean(&|curves| curves.edges.auc),
        all.iter().filter(better).count(),
        all.len()
    )
}

fn randomised_line(words: &str, all: &[&Randomised]) -> Option<String> {
    let similar: Vec<&MapSimilarity> = all.iter().filter_map(|one| one.similarity.as_ref()).collect();
    if all.is_empty() {
        return None;
    }
    let mean = |of: &dyn Fn(&MapSimilarity) -> Option<f64>| {
        let values: Vec<f64> = similar.iter().filter_map(|one| of(one)).collect();
        match values.len() {
            0 => "none".to_owned(),
            count => format!("{:.3}", values.iter().sum::<f64>() / count as f64),
        }
    };
    Some(format!(
        "Scrambled weights of {words} (near 1 the map does not depend on them): rank correlation {}, of magnitudes {}, \
         SSIM {}; no evidence left in {} of {}",
        mean(&|one| one.rank),
        mean(&|one| one.rank_of_magnitudes),
        mean(&|one| one.ssim),
        all.len() - similar.len(),
        all.len()
    ))
}

fn opinions_line(all: &[&Opinions]) -> Option<String> {
    let first = all.first()?;
    let means: Vec<f64> = all.iter().filter_map(|one| one.agreement.mean()).collect();
    let groups: Vec<String> = first
        .groups()
        .map(|methods| methods.into_iter().map(|method| method.title()).collect::<Vec<_>>().join(" = "))
        .collect();
    let mean = match means.len() {
        0 => "there is one opinion only".to_owned(),
        count => format!("mean rank correlation {:.3}", means.iter().sum::<f64>() / count as f64),
    };
    Some(format!("Opinions of the methods: {}; {mean}", groups.join(" | ")))
}
