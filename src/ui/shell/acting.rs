//! What each action does: a command for the state, or a change of how the window looks.

use eframe::egui::{self, Context};

use super::{Page, Shell};
use crate::app::{Command, ImportWish, ModelState, Tool, Turning, ValueWindow, ViewTransform};
use crate::render::ColorMap;
use crate::review::Show;
use crate::review::folder::Opinion;
use crate::ui::actions::Action;
use crate::ui::command_palette::PaletteField;
use crate::ui::decision::note_field;
use crate::ui::dialogs::{PathField, Wanted};
use crate::ui::settings::Setting;

impl Shell {
    pub(super) fn act(&mut self, ctx: &Context, action: Action) {
        let command = match action {
            Action::OpenFiles => return self.choose(ctx, Wanted::Files),
            Action::OpenFolder => return self.choose(ctx, Wanted::Folder),
            Action::OpenModel => return self.choose(ctx, Wanted::Model),
            Action::CompareModel => return self.choose(ctx, Wanted::ComparedModel),
            Action::OpenPath => {
                self.look.path_field = Some(PathField::new(Wanted::Files, false));
                return;
            }
            Action::SetUpModel => return self.set_up_model(ctx),
            Action::Account => {
                self.look.account_open = !self.look.account_open;
                return;
            }
            Action::Worklist => {
                self.look.worklist_open = !self.look.worklist_open;
                return;
            }
            Action::Findings => {
                self.look.findings_open = !self.look.findings_open;
                return;
            }
            Action::Theme => {
                self.look.scheme = self.look.scheme.next();
                self.keep(Setting::Theme(self.look.scheme));
                return;
            }
            Action::Language => {
                self.look.language = self.look.language.next();
                self.keep(Setting::Language(self.look.language));
                return;
            }
            Action::Help => {
                self.look.help_open = !self.look.help_open;
                return;
            }
            Action::CommandPalette => {
                self.look.palette = self.look.palette.is_none().then(PaletteField::default);
                return;
            }
            Action::Close if egui::Popup::is_any_open(ctx) => return egui::Popup::close_all(ctx),
            Action::Close => {
                let open = self.look.palette.take().is_some() || self.look.path_field.take().is_some();
                let open = open || std::mem::take(&mut self.look.account_open);
                if !open && !std::mem::take(&mut self.look.help_open) {
                    self.state.apply(Command::SetTool(Tool::Window));
                }
                return;
            }
            Action::ReviewPage => {
                let other = if self.look.page == Page::Review { Page::Read } else { Page::Review };
                self.look.page = if self.state.items().is_empty() { Page::Read } else { other };
                return;
            }
            Action::ReadPage => {
                self.look.page = Page::Read;
                return;
            }
            Action::Note => {
                self.look.findings_open = true;
                self.look.page = Page::Read;
                ctx.memory_mut(|memory| memory.request_focus(note_field()));
                return;
            }
            Action::OpenLabels => return self.choose(ctx, Wanted::Labels),
            Action::Export => return self.choose(ctx, Wanted::Export),
            Action::FindLeaks => return self.choose(ctx, Wanted::Training),
            Action::CompareList if self.state.heatmaps().compared_model().is_none() => {
                return self.choose(ctx, Wanted::ComparedModel);
            }
            Action::CompareList => Command::CompareList(!self.state.review().is_compared()),
            Action::Agree => Command::Decide(Opinion::Agree),
            Action::Disagree => Command::Decide(Opinion::Disagree),
            Action::Unsure => Command::Decide(Opinion::Unsure),
            Action::Flag => Command::ToggleFlag,
            Action::NextWrong => Command::NextCase { show: Show::Wrong, forward: true },
            Action::PreviousWrong => Command::NextCase { show: Show::Wrong, forward: false },
            Action::NextUncertain => Command::NextCase { show: Show::Uncertain, forward: true },
            Action::PreviousFrame if self.look.page == Page::Review => Command::StepCase(-1),
            Action::NextFrame if self.look.page == Page::Review => Command::StepCase(1),
            Action::PredictShownSlice if self.look.page == Page::Review => {
                self.look.page = Page::Read;
                return;
            }
            Action::Fit => Command::SetView(ViewTransform::Fit),
            Action::ActualSize => return self.view(|placed| placed.at_zoom(1.0)),
            Action::ZoomIn => return self.view(|placed| placed.at_zoom(placed.zoom * 1.25)),
            Action::ZoomOut => return self.view(|placed| placed.at_zoom(placed.zoom / 1.25)),
            Action::PreviousItem => Command::StepCase(-1),
            Action::NextItem => Command::StepCase(1),
            Action::PreviousFrame => Command::StepFrame(-1),
            Action::NextFrame => Command::StepFrame(1),
            Action::Play => Command::TogglePlay,
            Action::Layout(layout) => Command::SetLayout(layout),
            Action::NextView => {
                let views = self.state.views();
                Command::Activate((views.active() + 1) % views.layout().views())
            }
            Action::Plane(plane) => Command::SetPlane(plane),
            Action::Link(link) => Command::ToggleLink(link),
            // The same again is the usual one.
            Action::Tool(tool) if tool == self.state.tool() => Command::SetTool(Tool::Window),
            Action::Tool(tool) => Command::SetTool(tool),
            Action::Undo => Command::Undo,
            Action::Redo => Command::Redo,
            Action::NextColors => match self.state.current().filter(|current| current.is_nuclear()) {
                Some(current) => Command::SetColors(after(current.colors)),
                None => return,
            },
            Action::ForgetMeasures => Command::ForgetMeasures,
            Action::FirstFrame => Command::GoToFrame(0),
            Action::LastFrame => Command::GoToFrame(usize::MAX),
            Action::RotateRight => Command::Turn(Turning::Clockwise),
            Action::RotateLeft => Command::Turn(Turning::CounterClockwise),
            Action::FlipAcross => Command::Turn(Turning::FlipAcross),
            Action::FlipDown => Command::Turn(Turning::FlipDown),
            Action::ResetPicture => Command::ResetPicture,
            Action::NextWindow => Command::NextWindow,
            Action::AutoWindow => Command::ValueWindow(ValueWindow::Auto),
            Action::ResetWindow => Command::ResetWindow,
            Action::Invert => Command::ToggleInvert,
            Action::Smooth => Command::ToggleSmooth,
            Action::Identity => Command::ToggleIdentity,
            Action::Heatmap => Command::ToggleHeatmap,
            Action::Compare => Command::ToggleCompare,
            Action::PredictShownSlice => Command::PredictShownSlice,
            Action::CheckStability => {
                self.look.findings_open = true;
                self.look.page = Page::Read;
                Command::CheckStability
            }
            Action::PredictRest => Command::PredictRest,
            Action::CancelRest => Command::CancelRest,
            Action::RetryFailed => Command::RetryFailed,
            Action::InstallRuntime => Command::InstallRuntime,
        };
        self.state.apply(command);
    }

    /// To the import page and back. Without an export that is being set up: that of the model in use, or one to be
    /// chosen.
    fn set_up_model(&mut self, ctx: &Context) {
        if self.state.importing().is_some() {
            self.look.page = if self.look.page == Page::Import { Page::Read } else { Page::Import };
            return;
        }
        let path = match self.state.model() {
            ModelState::Ready { facts, .. } => facts.path.clone(),
            ModelState::Failed { path, .. } => path.clone(),
            ModelState::None | ModelState::Loading { .. } => return self.choose(ctx, Wanted::Model),
        };
        self.state.apply(Command::Import(ImportWish::Open(path)));
    }

    fn view(&mut self, change: impl FnOnce(&crate::app::Placement) -> ViewTransform) {
        if let Some(placed) = self.viewport.placement() {
            self.state.apply(Command::SetView(change(placed)));
        }
    }
}

/// The colours after these, of those that PET is read in.
fn after(colors: ColorMap) -> ColorMap {
    let place = ColorMap::FOR_PET.iter().position(|other| *other == colors).map_or(0, |place| place + 1);
    ColorMap::FOR_PET.get(place).copied().unwrap_or(ColorMap::InvertedGray)
}
