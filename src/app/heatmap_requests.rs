//! Which heatmaps are asked for, and what becomes of the answers.

use std::sync::Arc;

use super::jobs::HeatmapJob;
use super::{
    AppState, Heatmap, HeatmapQuestion, HeatmapRequest, HeatmapState, HeatmapStyle, Heatmaps, Pane, PredictionState,
};

/// What a pane needs now.
enum Wanted {
    Nothing,
    /// The class is not known before the prediction is there.
    Later,
    Now(HeatmapRequest),
}

impl AppState {
    pub fn heatmaps(&self) -> &Heatmaps {
        &self.heatmaps
    }

    pub(super) fn toggle_heatmap(&mut self) {
        self.heatmaps.on = !self.heatmaps.on;
    }

    /// Switches the heatmap on where it is off. The second pane begins with the runner-up class.
    pub(super) fn toggle_compare(&mut self) {
        let on = !self.heatmaps.is_comparing();
        self.heatmaps.compare = on;
        if !on {
            return;
        }
        self.heatmaps.on = true;
        let first = self.heatmaps.question(Pane::First).clone();
        if *self.heatmaps.question(Pane::Second) == HeatmapQuestion::default() {
            let class = self.runner_up(first.class).or(first.class);
            self.heatmaps.pane_mut(Pane::Second).question = HeatmapQuestion { class, ..first };
        }
    }

    pub(super) fn set_heatmap_question(&mut self, pane: Pane, question: HeatmapQuestion) {
        self.heatmaps.pane_mut(pane).question = question;
    }

    pub(super) fn set_heatmap_style(&mut self, style: HeatmapStyle) {
        self.heatmaps.style = HeatmapStyle {
            opacity: style.opacity.clamp(0.0, 1.0),
            threshold: style.threshold.clamp(0.0, 1.0),
            ..style
        };
    }

    /// Layers and class numbers are the old model's.
    pub(super) fn forget_heatmaps(&mut self) {
        self.heatmaps.layers = None;
        self.heatmaps.default_layer = None;
        for pane in Pane::ALL {
            let method = self.heatmaps.question(pane).method;
            self.heatmaps.pane_mut(pane).question = HeatmapQuestion { method, ..HeatmapQuestion::default() };
        }
        self.heatmaps.compare = false;
        self.jobs.forget_heatmaps();
    }

    /// Asks for what the panes on the screen need and nobody has asked for yet. Called after every change; mostly there
    /// is nothing to do.
    pub(super) fn ask_heatmaps(&mut self) {
        if !self.heatmaps.on {
            return;
        }
        let mut changed = false;
        for pane in self.heatmaps.panes() {
            let wanted = self.wanted(*pane);
            let own = self.heatmaps.pane_mut(*pane);
            match wanted {
                Wanted::Now(request) if own.asked.as_ref() == Some(&request) => {}
                Wanted::Now(request) => {
                    (own.asked, own.state) = (Some(request), HeatmapState::Waiting);
                    changed = true;
                }
                Wanted::Later => (own.asked, own.state) = (None, HeatmapState::Waiting),
                Wanted::Nothing => (own.asked, own.state) = (None, HeatmapState::Off),
            }
        }
        if changed {
            self.post_heatmaps();
        }
    }

    /// The newest request replaces the one before it, so it names every pane that waits.
    fn post_heatmaps(&self) {
        let Some(facts) = self.model.facts() else { return };
        let Some(scan) = self.current.as_ref().and_then(|current| current.scan.clone()) else { return };
        let waiting = |pane: &Pane| {
            let own = self.heatmaps.pane(*pane);
            let request = own.asked.clone().filter(|_| matches!(own.state, HeatmapState::Waiting))?;
            Some((*pane, request))
        };
        let wanted = self.heatmaps.panes().iter().filter_map(waiting).collect();
        self.jobs.heatmap(HeatmapJob {
            model: self.model_generation,
            path: facts.path.clone(),
            sha256: facts.sha256.clone(),
            scan,
            wanted,
        });
    }

    fn wanted(&self, pane: Pane) -> Wanted {
        let (Some(_), Some(current)) = (self.model.facts(), &self.current) else { return Wanted::Nothing };
        let Some(shown) = current.shown.as_ref().filter(|_| current.error.is_none()) else { return Wanted::Nothing };
        let mut question = self.heatmaps.question(pane).clone();
        if question.class.is_none() {
            match &current.prediction {
                PredictionState::Done(prediction) => question.class = Some(prediction.inference.predicted),
                // The model may still answer about this slice.
                PredictionState::Failed(_) => {}
                PredictionState::None | PredictionState::Running => return Wanted::Later,
            }
        }
        Wanted::Now(HeatmapRequest {
            model: self.model_generation,
            scan: current.generation,
            slice: shown.index,
            question,
        })
    }

    /// The class with the largest score beside `first` (`None`: the predicted one).
    fn runner_up(&self, first: Option<usize>) -> Option<usize> {
        let PredictionState::Done(prediction) = &self.current.as_ref()?.prediction else { return None };
        let first = first.unwrap_or(prediction.inference.predicted);
        let others = prediction.inference.scores.iter().enumerate().filter(|(class, _)| *class != first);
        others.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(class, _)| class)
    }

    pub(super) fn heatmap_ready(&mut self, pane: Pane, request: &HeatmapRequest, result: Result<Arc<Heatmap>, String>) {
        if self.heatmaps.pane(pane).asked.as_ref() != Some(request) {
            return;
        }
        let default = self.heatmaps.question(pane).layer.is_none();
        let sha256 = self.model.facts().map(|facts| facts.sha256.clone()).unwrap_or_default();
        if let Ok(heatmap) = &result {
            self.heatmaps.layers = Some(heatmap.layers.clone());
            if default {
                self.heatmaps.default_layer = Some(heatmap.map().layer.name.clone());
            }
            self.heatmaps.remember(heatmap.map(), &sha256);
        }
        self.heatmaps.pane_mut(pane).state = match result {
            Ok(heatmap) => HeatmapState::Ready(heatmap),
            Err(sentence) => HeatmapState::Failed(sentence),
        };
    }

    /// The worker broke: nothing may wait for it.
    pub(super) fn fail_waiting_heatmaps(&mut self, sentence: &str) {
        for pane in Pane::ALL {
            let own = self.heatmaps.pane_mut(pane);
            if matches!(own.state, HeatmapState::Waiting) && own.asked.is_some() {
                own.state = HeatmapState::Failed(sentence.to_owned());
            }
        }
    }
}
