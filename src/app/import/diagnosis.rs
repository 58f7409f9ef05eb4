//! What the preprocessing doctor found.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;

use crate::app::Problem;
use crate::engine::import::Choices;
use crate::onnx::Layout;
use crate::preprocess::Recipe;
use crate::review::doctor::{NamesFrom, names_in_order};

/// How far the examination is.
#[derive(Clone, Debug, Default)]
pub enum DoctorState {
    #[default]
    None,
    Running {
        /// In English.
        stage: &'static str,
        done: usize,
        total: usize,
    },
    Done(Arc<Diagnosis>),
    Failed(Problem),
}

/// Every way to prepare the pictures that came into question, the best first.
#[derive(Clone, Debug)]
pub struct Diagnosis {
    /// The folder.
    pub pictures: PathBuf,
    /// How many of its pictures were tried.
    pub count: usize,
    pub findings: Vec<Finding>,
    /// What the reference's classes are called, in its order.
    pub class_names: Vec<String>,
    pub names_from: NamesFrom,
    /// What the person had said when it was examined.
    pub said: Choices,
    /// How many of the first cannot be told apart.
    pub tied: usize,
    pub tied_or_more: bool,
    /// True where the framework's outputs were compared, else labels.
    pub of_outputs: bool,
    /// True where the best reproduces all of them.
    pub reproduced: bool,
    /// True where the best is better than what the model says now beyond chance.
    pub advises_change: bool,
    /// Combinations.
    pub tried: usize,
    /// 95 % interval (Wilson) of the best's share of right pictures.
    pub right: Option<(f64, f64)>,
    /// What these pictures cannot tell, in English.
    pub remarks: Vec<String>,
}

/// One way to prepare pictures.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// `None` for what the model says now.
    pub recipe: Option<Recipe>,
    /// Rows and columns.
    pub size: Option<[usize; 2]>,
    /// Where the graph did not tell.
    pub layout: Option<Layout>,
    /// Mean over the pictures: largest difference of a probability, or log loss.
    pub mean: f64,
    /// 95 %, bootstrap over pictures.
    pub interval: (f64, f64),
    pub worst: f64,
    /// Pictures whose best class is the reference's.
    pub agree: usize,
    /// True for what the model says now.
    pub is_present: bool,
    /// The picture that rules it out, however well the others fit.
    pub ruled_out_by: Option<String>,
    /// `order[c]` is the model's output that stands for class `c`.
    pub order: Vec<usize>,
    /// What the manifest says of it once it is applied.
    pub record: Value,
}

impl Finding {
    /// True where the outputs stand for other classes than the names say.
    pub fn reorders(&self) -> bool {
        self.order.iter().enumerate().any(|(class, output)| class != *output)
    }
}

impl Diagnosis {
    /// True where the model had no class names and the examination found some.
    pub fn learned_names(&self) -> bool {
        matches!(self.names_from, NamesFrom::Folders | NamesFrom::Columns)
    }

    /// Takes over the finding at `place`: its steps, how they were found, and the class names in the outputs' order where
    /// the model had none or another order.
    pub(super) fn apply(&self, place: usize, said: &mut Choices) {
        let Some(finding) = self.findings.get(place) else { return };
        (said.recipe, said.preset, said.size) = match &finding.recipe {
            Some(recipe) => (Some(recipe.clone()), said.preset, finding.size.or(said.size)),
            None => (self.said.recipe.clone(), self.said.preset, self.said.size),
        };
        said.layout = finding.layout.or(said.layout);
        said.found_by_doctor(finding.record.clone());
        let learned = self.learned_names();
        if learned || finding.reorders() {
            said.classes = Some(names_in_order(&finding.order, &self.class_names));
        }
        if learned {
            let source = if self.names_from == NamesFrom::Folders { "folders of " } else { "columns for " };
            let name = self.pictures.file_name().map(|name| name.to_string_lossy().into_owned());
            said.classes_from = format!("{source}{}", name.unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_taken_over_with_its_order_of_classes() {
        let recipe = crate::preprocess::Preset::by_name("keras-caffe").unwrap().recipe();
        let finding = Finding {
            recipe: Some(recipe.clone()),
            size: Some([128, 96]),
            layout: None,
            mean: 0.1,
            interval: (0.0, 0.2),
            worst: 0.3,
            agree: 3,
            is_present: false,
            ruled_out_by: None,
            order: vec![2, 0, 1],
            record: serde_json::json!({"place": 1}),
        };
        let diagnosis = Diagnosis {
            pictures: PathBuf::from("x/train"),
            count: 3,
            findings: vec![finding],
            class_names: vec!["a".into(), "b".into(), "c".into()],
            names_from: NamesFrom::Folders,
            said: Choices::default(),
            tied: 1,
            tied_or_more: false,
            of_outputs: false,
            reproduced: false,
            advises_change: false,
            tried: 1,
            right: None,
            remarks: Vec::new(),
        };
        let mut said = Choices { layout: Some(Layout::Nchw), ..Choices::default() };
        diagnosis.apply(0, &mut said);
        assert_eq!((said.recipe.clone(), said.size, said.layout), (Some(recipe), Some([128, 96]), Some(Layout::Nchw)));
        assert_eq!(said.classes.as_deref().unwrap(), ["b", "c", "a"], "output 2 stands for class a");
        assert_eq!(said.classes_from, "folders of train");
        diagnosis.apply(1, &mut said);
        assert!(said.found.is_some());
    }
}
