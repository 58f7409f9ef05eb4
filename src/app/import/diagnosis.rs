//! What the preprocessing doctor found.

use std::path::PathBuf;
use std::sync::Arc;

use crate::app::Problem;
use crate::engine::import::Choices;
use crate::onnx::Layout;
use crate::preprocess::Recipe;

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
    /// How many of the first cannot be told apart.
    pub tied: usize,
    pub tied_or_more: bool,
    /// True where the framework's outputs were compared, else labels.
    pub of_outputs: bool,
    /// True where the best reproduces all of them.
    pub reproduced: bool,
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
    /// `order[c]` is the model's output that stands for class `c`.
    pub order: Vec<usize>,
}

impl Finding {
    /// True where the outputs stand for other classes than the names say.
    pub fn reorders(&self) -> bool {
        self.order.iter().enumerate().any(|(class, output)| class != *output)
    }

    /// Into what the person says.
    pub(super) fn apply(&self, said: &mut Choices, names: &[String]) {
        if let Some(recipe) = &self.recipe {
            said.recipe = Some(recipe.clone());
            said.size = self.size.or(said.size);
        }
        said.layout = self.layout.or(said.layout);
        if self.reorders() {
            let named = |output: usize| {
                let class = self.order.iter().position(|at| *at == output)?;
                names.get(class).cloned()
            };
            if let Some(names) = (0..self.order.len()).map(named).collect() {
                said.classes = Some(names);
            }
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
            order: vec![2, 0, 1],
        };
        let mut said = Choices { layout: Some(Layout::Nchw), ..Choices::default() };
        finding.apply(&mut said, &["a".into(), "b".into(), "c".into()]);
        assert_eq!((said.recipe, said.size, said.layout), (Some(recipe), Some([128, 96]), Some(Layout::Nchw)));
        assert_eq!(said.classes.unwrap(), ["b", "c", "a"], "output 2 stands for class a");
    }
}
