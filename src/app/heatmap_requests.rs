//! Which heatmaps are asked for, and what becomes of the answers.

use std::sync::Arc;

use std::path::PathBuf;

use super::jobs::{HeatmapJob, WantedHeatmap};
use super::{
    AppState, ComparedModel, Heatmap, HeatmapQuestion, HeatmapRequest, HeatmapState, HeatmapStyle, Heatmaps,
    ModelFacts, Pane, PredictionState, Trust, TrustProgress, TrustState,
};
use crate::explain::Method;

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

    /// The model that a pane asks, where it is known.
    pub fn pane_model(&self, pane: Pane) -> Option<&Arc<ModelFacts>> {
        match self.heatmaps.compared.as_ref().filter(|_| pane == Pane::Second) {
            Some(compared) => compared.facts.as_ref(),
            None => self.model.facts(),
        }
    }

    pub(super) fn cancel_heatmap(&mut self, pane: Pane) {
        let question = &mut self.heatmaps.pane_mut(pane).question;
        if question.method.needs_passes() {
            question.method = Method::GradCam;
        }
    }

    /// Class numbers and layers are the model's own, so the second pane begins anew.
    pub(super) fn compare_with_model(&mut self, path: Option<PathBuf>) {
        let method = self.heatmaps.question(Pane::First).method;
        let generation = self.next_generation();
        let compared =
            |path| ComparedModel { path, generation, facts: None, layers: Arc::new([]), default_layer: None };
        self.heatmaps.compared = path.map(compared);
        let second = self.heatmaps.pane_mut(Pane::Second);
        second.question = HeatmapQuestion { method, ..HeatmapQuestion::default() };
        (second.asked, second.state) = (None, HeatmapState::Off);
        (self.heatmaps.on, self.heatmaps.compare) = (true, true);
    }

    /// The model that the list is compared with is the second pane's too, where that has none; nothing is switched on.
    pub(super) fn remember_compared(&mut self, path: PathBuf) {
        if self.heatmaps.compared.is_none() {
            let generation = self.next_generation();
            self.heatmaps.compared =
                Some(ComparedModel { path, generation, facts: None, layers: Arc::new([]), default_layer: None });
        }
    }

    pub(super) fn measure_trust(&mut self, pane: Pane) {
        let waiting = |pane: &Pane| matches!(self.heatmaps.state(*pane), HeatmapState::Waiting { .. });
        // The worker would leave the heatmap that somebody waits for.
        if self.heatmaps.panes().iter().any(waiting) {
            return;
        }
        let Some(heatmap) = self.heatmaps.ready(pane).cloned() else { return };
        let Some(mut wanted) = self.heatmaps.pane(pane).asked.clone().and_then(|request| self.to_ask(pane, request))
        else {
            return;
        };
        let Some(scan) = self.subject().and_then(|current| current.scan.clone()) else { return };
        self.cancel_trust();
        wanted.request.question.class = Some(heatmap.map().class);
        self.heatmaps.pane_mut(pane).trust = TrustState::Running(None);
        self.jobs.heatmap(HeatmapJob::Trust { scan, wanted, heatmap });
    }

    pub(super) fn cancel_trust(&mut self) {
        let mut running = false;
        for pane in Pane::ALL {
            let trust = &mut self.heatmaps.pane_mut(pane).trust;
            if matches!(trust, TrustState::Running(_)) {
                (*trust, running) = (TrustState::None, true);
            }
        }
        if running {
            self.jobs.heatmap(HeatmapJob::Stop);
        }
    }

    /// Layers and class numbers are the old model's.
    pub(super) fn forget_heatmaps(&mut self) {
        self.heatmaps.layers = None;
        self.heatmaps.default_layer = None;
        for pane in Pane::ALL {
            let method = self.heatmaps.question(pane).method;
            self.heatmaps.pane_mut(pane).question = HeatmapQuestion { method, ..HeatmapQuestion::default() };
        }
        self.heatmaps.compared = None;
        self.heatmaps.compare = false;
        self.jobs.heatmap(HeatmapJob::Forget);
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
            if !matches!(&wanted, Wanted::Now(request) if own.asked.as_ref() == Some(request)) {
                own.trust = TrustState::None;
            }
            match wanted {
                Wanted::Now(request) if own.asked.as_ref() == Some(&request) => {}
                Wanted::Now(request) => {
                    (own.asked, own.state) = (Some(request), HeatmapState::Waiting { passes: None });
                    changed = true;
                }
                Wanted::Later => (own.asked, own.state) = (None, HeatmapState::Waiting { passes: None }),
                Wanted::Nothing => (own.asked, own.state) = (None, HeatmapState::Off),
            }
        }
        if changed {
            self.post_heatmaps();
        }
    }

    /// The newest request replaces the one before it, so it names every pane that waits; checks that were going on end.
    fn post_heatmaps(&mut self) {
        let Some(scan) = self.subject().and_then(|current| current.scan.clone()) else { return };
        let waiting = |pane: &Pane| {
            let own = self.heatmaps.pane(*pane);
            let request = own.asked.clone().filter(|_| matches!(own.state, HeatmapState::Waiting { .. }))?;
            self.to_ask(*pane, request)
        };
        let wanted = self.heatmaps.panes().iter().filter_map(waiting).collect();
        self.jobs.heatmap(HeatmapJob::Explain { scan, wanted });
        for pane in Pane::ALL {
            let trust = &mut self.heatmaps.pane_mut(pane).trust;
            if matches!(trust, TrustState::Running(_)) {
                *trust = TrustState::None;
            }
        }
    }

    fn to_ask(&self, pane: Pane, request: HeatmapRequest) -> Option<WantedHeatmap> {
        let (path, sha256) = match self.heatmaps.compared.as_ref().filter(|_| pane == Pane::Second) {
            Some(compared) => (compared.path.clone(), compared.facts.as_ref().map(|facts| facts.sha256.clone())),
            None => {
                let facts = self.model.facts()?;
                (facts.path.clone(), Some(facts.sha256.clone()))
            }
        };
        Some(WantedHeatmap { pane, request, path, sha256 })
    }

    fn wanted(&self, pane: Pane) -> Wanted {
        let (Some(_), Some(current)) = (self.model.facts(), self.subject()) else { return Wanted::Nothing };
        let Some(slice) = current.shown_frame().filter(|_| current.error.is_none()) else { return Wanted::Nothing };
        let mut question = self.heatmaps.question(pane).clone();
        let compared = self.heatmaps.compared.as_ref().filter(|_| pane == Pane::Second);
        // A second model says itself what it predicts.
        if question.class.is_none() && compared.is_none() {
            match &current.prediction {
                PredictionState::Done(prediction) => question.class = Some(prediction.inference.predicted),
                // The model may still answer about this slice.
                PredictionState::Failed(_) => {}
                PredictionState::None | PredictionState::Running => return Wanted::Later,
            }
        }
        Wanted::Now(HeatmapRequest {
            model: compared.map_or(self.model_generation, |compared| compared.generation),
            scan: current.generation,
            slice,
            question,
        })
    }

    /// The class with the largest score beside `first` (`None`: the predicted one).
    fn runner_up(&self, first: Option<usize>) -> Option<usize> {
        let PredictionState::Done(prediction) = &self.subject()?.prediction else { return None };
        let first = first.unwrap_or(prediction.inference.predicted);
        let others = prediction.inference.scores.iter().enumerate().filter(|(class, _)| *class != first);
        others.max_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(class, _)| class)
    }

    pub(super) fn heatmap_ready(&mut self, pane: Pane, request: &HeatmapRequest, result: Result<Arc<Heatmap>, String>) {
        if self.heatmaps.pane(pane).asked.as_ref() != Some(request) {
            return;
        }
        if let Ok(heatmap) = &result {
            self.keep_layers(pane, heatmap);
            self.heatmaps.remember(heatmap);
        }
        self.heatmaps.pane_mut(pane).state = match result {
            Ok(heatmap) => HeatmapState::Ready(heatmap),
            Err(sentence) => HeatmapState::Failed(sentence),
        };
    }

    /// What can be chosen next. Methods that look at no layer tell nothing of them.
    fn keep_layers(&mut self, pane: Pane, heatmap: &Heatmap) {
        let by_default = self.heatmaps.question(pane).layer.is_none();
        let used = heatmap.map().layer.as_ref().filter(|_| by_default).map(|layer| layer.name.clone());
        match self.heatmaps.compared.as_mut().filter(|_| pane == Pane::Second) {
            Some(compared) => {
                compared.facts = Some(heatmap.model.clone());
                if !heatmap.layers.is_empty() {
                    compared.layers = heatmap.layers.clone();
                }
                compared.default_layer = used.or(compared.default_layer.take());
            }
            None => {
                if !heatmap.layers.is_empty() {
                    self.heatmaps.layers = Some(heatmap.layers.clone());
                }
                self.heatmaps.default_layer = used.or(self.heatmaps.default_layer.take());
            }
        }
    }

    pub(super) fn heatmap_progress(&mut self, pane: Pane, request: &HeatmapRequest, passes: (usize, usize)) {
        let own = self.heatmaps.pane_mut(pane);
        if let (true, HeatmapState::Waiting { passes: known }) = (own.asked.as_ref() == Some(request), &mut own.state) {
            *known = Some(passes);
        }
    }

    pub(super) fn trust_progress(&mut self, pane: Pane, request: &HeatmapRequest, progress: TrustProgress) {
        if let Some(TrustState::Running(known)) = self.trust_of(pane, request) {
            *known = Some(progress);
        }
    }

    pub(super) fn trust_ready(
        &mut self,
        pane: Pane,
        request: &HeatmapRequest,
        result: Result<Option<Arc<Trust>>, String>,
    ) {
        let Some(state @ TrustState::Running(_)) = self.trust_of(pane, request) else { return };
        *state = match result {
            Ok(Some(trust)) => TrustState::Ready(trust),
            Ok(None) => TrustState::None,
            Err(sentence) => TrustState::Failed(sentence),
        };
    }

    /// Where these checks are of the heatmap on the screen; their request names the class even where none was chosen.
    fn trust_of(&mut self, pane: Pane, request: &HeatmapRequest) -> Option<&mut TrustState> {
        let own = self.heatmaps.pane_mut(pane);
        let asked = own.asked.as_ref()?;
        let question = HeatmapQuestion { class: request.question.class, ..asked.question.clone() };
        (HeatmapRequest { question, ..asked.clone() } == *request).then_some(&mut own.trust)
    }

    /// The worker broke: nothing may wait for it.
    pub(super) fn fail_waiting_heatmaps(&mut self, sentence: &str) {
        for pane in Pane::ALL {
            let own = self.heatmaps.pane_mut(pane);
            if matches!(own.trust, TrustState::Running(_)) {
                own.trust = TrustState::Failed(sentence.to_owned());
            }
            if matches!(own.state, HeatmapState::Waiting { .. }) && own.asked.is_some() {
                own.state = HeatmapState::Failed(sentence.to_owned());
            }
        }
    }
}
