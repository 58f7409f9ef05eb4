//! The frame around the panels: keys, drops, layout, and what becomes of a panel's wishes.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{self, CentralPanel, Context, Key, Panel, Ui};
use eframe::glow;

use super::actions::{Action, TABLE};
use super::command_palette::PaletteField;
use super::decision::note_field;
use super::dialogs::{Dialogs, PathField, Wanted};
use super::findings::Findings;
use super::renderer::Renderer;
use super::review::ReviewPage;
use super::settings::{Keeper, Setting, Settings};
use super::theme::Scheme;
use super::toasts::ToastLook;
use super::viewport::Viewport;
use super::words::{self, Language};
use super::worklist::Worklist;
use super::{bars, command_palette, dialogs, empty, help, theme, toasts, top_bar, viewport_bar};
use crate::app::{AppState, Command, Notice, Severity, Tool, Turning, ValueWindow, ViewTransform};
use crate::render::ColorMap;
use crate::review::Show;
use crate::review::folder::Opinion;

/// Twelve slices a second, as cine loops usually start.
const SECONDS_PER_SLICE: f64 = 1.0 / 12.0;

/// What a panel wants; fulfilled after all panels are drawn.
#[derive(Default)]
pub(super) struct Wishes {
    pub commands: Vec<Command>,
    pub actions: Vec<Action>,
}

/// What fills the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    /// One scan.
    #[default]
    Read,
    /// The list and its numbers.
    Review,
}

/// How the window looks now; nothing of this concerns scans or models.
pub(super) struct Look {
    pub scheme: Scheme,
    pub page: Page,
    pub language: Language,
    pub worklist_open: bool,
    pub findings_open: bool,
    pub help_open: bool,
    pub path_field: Option<PathField>,
    pub palette: Option<PaletteField>,
}

/// The window's contents over a state.
pub struct Shell {
    pub state: AppState,
    look: Look,
    dialogs: Dialogs,
    worklist: Worklist,
    viewport: Viewport,
    renderer: Renderer,
    findings: Findings,
    review: ReviewPage,
    toasts: ToastLook,
    /// When the next slice of a scan that plays is due, seconds of the window's clock.
    next_slice_at: Option<f64>,
    /// Keeps what is chosen for the next start; without one nothing is written.
    keeper: Option<Keeper>,
}

impl Shell {
    /// The processor draws the pictures.
    pub fn new(state: AppState, language: Language) -> Self {
        Self::with_gl(state, language, None)
    }

    /// The graphics card behind `gl` draws the pictures, if it draws them right; else the processor. `gl` must be the
    /// context that is current when the window is painted.
    pub fn with_gl(state: AppState, language: Language, gl: Option<Arc<glow::Context>>) -> Self {
        let renderer = Renderer::new(gl);
        Self {
            state,
            look: Look {
                scheme: Scheme::default(),
                page: Page::default(),
                language,
                worklist_open: true,
                findings_open: true,
                help_open: false,
                path_field: None,
                palette: None,
            },
            next_slice_at: None,
            dialogs: Dialogs::default(),
            worklist: Worklist::default(),
            viewport: Viewport::new(renderer.clone()),
            renderer,
            findings: Findings::default(),
            review: ReviewPage::default(),
            toasts: ToastLook::default(),
            keeper: None,
        }
    }

    /// The same as it was left, and what is chosen from now on outlives the window.
    pub(super) fn with_settings(mut self, settings: &Settings, keeper: Option<Keeper>) -> Self {
        self.look.scheme = settings.scheme;
        if let Some(bytes) = settings.memory {
            self.state.apply(Command::SetMemory(bytes));
        }
        Self { keeper, ..self }
    }

    fn keep(&mut self, setting: Setting) {
        if let Some(keeper) = &mut self.keeper {
            keeper.keep(setting);
        }
    }

    pub(super) fn renderer(&self) -> &Renderer {
        &self.renderer
    }

    /// Gives back what the pictures hold on the graphics card; to be called before its context goes.
    pub fn free_pictures(&self) {
        self.renderer.free();
    }

    /// Takes what the workers and dialogs have. True where anything changed.
    pub fn poll(&mut self) -> bool {
        let mut changed = self.state.poll();
        for outcome in self.dialogs.poll() {
            changed = true;
            match outcome {
                dialogs::Outcome::Chosen(Wanted::Model, mut paths) => {
                    if let Some(path) = paths.pop() {
                        self.state.apply(Command::LoadModel(path));
                    }
                }
                dialogs::Outcome::Chosen(Wanted::Export, mut paths) => {
                    if let Some(out) = paths.pop() {
                        let language = self.look.language.of_reports();
                        self.state.apply(Command::Export { out, language });
                    }
                }
                dialogs::Outcome::Chosen(Wanted::Training, mut paths) => {
                    if let Some(folder) = paths.pop() {
                        self.state.apply(Command::FindLeaks(folder));
                    }
                }
                dialogs::Outcome::Chosen(Wanted::Labels, mut paths) => {
                    self.state.apply(Command::UseLabels(paths.pop()));
                }
                dialogs::Outcome::Chosen(Wanted::ComparedModel, mut paths) => {
                    self.state.apply(Command::CompareWithModel(paths.pop()));
                    if self.look.page == Page::Review {
                        self.state.apply(Command::CompareList(true));
                    }
                }
                dialogs::Outcome::Chosen(_, paths) => self.state.apply(Command::Open(paths)),
                dialogs::Outcome::NoDialog(wanted) => self.look.path_field = Some(PathField::new(wanted, true)),
            }
        }
        changed
    }

    /// Draws everything and fulfils what was asked for.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.look.scheme.set(&ctx);
        words::speak(&ctx, self.look.language);
        let mut wishes = Wishes::default();
        self.play(&ctx, &mut wishes);
        pressed_actions(&ctx, &mut wishes);
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        if !dropped.is_empty() {
            wishes.commands.push(Command::Open(dropped));
        }

        // The window is cleared in the panels' colour: nothing is left to fill, which software OpenGL would pay for.
        let frame = egui::Frame::NONE;
        Panel::top("top bar").exact_size(theme::TOP_BAR_HEIGHT).frame(frame).show(ui, |ui| {
            top_bar::top_bar(ui, &self.state, &self.look, &mut wishes);
        });
        Panel::bottom("status bar").exact_size(theme::STATUS_BAR_HEIGHT).frame(frame).show(ui, |ui| {
            bars::status_bar(ui, &self.state, &mut wishes);
        });
        if self.look.page == Page::Review && !self.state.items().is_empty() {
            self.renderer.drop_unused(ui);
            let middle = CentralPanel::no_frame().frame(frame).show(ui, |ui| {
                self.review.show(ui, &self.state, &mut wishes);
                empty::drop_hint(ui);
            });
            return self.above(&ctx, middle.response.rect, wishes);
        }
        if self.look.worklist_open && !self.state.items().is_empty() {
            Panel::left("worklist").exact_size(theme::WORKLIST_WIDTH).resizable(false).frame(frame).show(ui, |ui| {
                self.worklist.show(ui, &self.state, &mut wishes);
            });
        }
        if self.look.findings_open {
            Panel::right("findings").exact_size(theme::FINDINGS_WIDTH).resizable(false).frame(frame).show(ui, |ui| {
                self.findings.show(ui, &self.state, &mut wishes);
            });
        }
        if !self.state.items().is_empty() {
            Panel::top("viewport bar").exact_size(theme::VIEWPORT_BAR_HEIGHT).frame(frame).show(ui, |ui| {
                viewport_bar::viewport_bar(ui, &self.state, &self.look, &mut wishes);
            });
        }
        if let Some(current) = self.state.current().filter(|current| current.frames() > 1) {
            Panel::bottom("slice bar").exact_size(theme::SLICE_BAR_HEIGHT).frame(frame).show(ui, |ui| {
                viewport_bar::slice_bar(ui, current, &mut wishes);
            });
        }
        let middle = CentralPanel::no_frame().frame(egui::Frame::NONE.fill(theme::VIEWPORT)).show(ui, |ui| {
            if !self.state.items().is_empty() {
                self.viewport.show(ui, &self.state, &mut wishes);
            } else {
                self.renderer.drop_unused(ui);
                empty::empty_state(ui, &self.state, &mut wishes);
            }
            empty::drop_hint(ui);
        });
        self.above(&ctx, middle.response.rect, wishes);
    }

    /// What lies over the page, then everything that was asked for.
    fn above(&mut self, ctx: &Context, middle: egui::Rect, mut wishes: Wishes) {
        toasts::toasts(ctx, middle, &mut self.toasts, self.state.toasts(), &mut wishes);
        help::help_sheet(ctx, &mut self.look, &self.renderer);
        command_palette::command_palette(ctx, &mut self.look, &mut wishes);
        if let Some(command) = dialogs::path_field(ctx, &mut self.look) {
            let list_too = self.look.page == Page::Review && matches!(command, Command::CompareWithModel(Some(_)));
            wishes.commands.push(command);
            wishes.commands.extend(list_too.then_some(Command::CompareList(true)));
        }
        self.fulfil(ctx, wishes);
    }

    /// The next slice, where slices play and it is time. The picture that plays is decoded ahead, so none is skipped.
    fn play(&mut self, ctx: &Context, wishes: &mut Wishes) {
        let now = ctx.input(|input| input.time);
        match self.state.current().filter(|current| current.playing) {
            None => self.next_slice_at = None,
            Some(current) => {
                let due = *self.next_slice_at.get_or_insert(now + SECONDS_PER_SLICE);
                let shown = current.shown.as_ref().is_some_and(|shown| shown.index == current.wanted_frame);
                if now >= due && (shown || current.error.is_some()) {
                    wishes.commands.push(Command::NextFrameAround);
                    self.next_slice_at = Some(now + SECONDS_PER_SLICE);
                }
                ctx.request_repaint_after(std::time::Duration::from_secs_f64(SECONDS_PER_SLICE / 2.0));
            }
        }
    }

    fn fulfil(&mut self, ctx: &Context, wishes: Wishes) {
        let any = !wishes.commands.is_empty() || !wishes.actions.is_empty();
        for action in wishes.actions {
            self.act(ctx, action);
        }
        for command in wishes.commands {
            if let Command::SetMemory(bytes) = command {
                self.keep(Setting::Memory(bytes));
            }
            self.state.apply(command);
        }
        if any {
            ctx.request_repaint();
        }
    }

    fn act(&mut self, ctx: &Context, action: Action) {
        let command = match action {
            Action::OpenFiles => return self.choose(ctx, Wanted::Files),
            Action::OpenFolder => return self.choose(ctx, Wanted::Folder),
            Action::OpenModel => return self.choose(ctx, Wanted::Model),
            Action::CompareModel => return self.choose(ctx, Wanted::ComparedModel),
            Action::OpenPath => {
                self.look.path_field = Some(PathField::new(Wanted::Files, false));
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
            Action::PredictRest => Command::PredictRest,
            Action::CancelRest => Command::CancelRest,
            Action::InstallRuntime => Command::InstallRuntime,
        };
        self.state.apply(command);
    }

    fn view(&mut self, change: impl FnOnce(&crate::app::Placement) -> ViewTransform) {
        if let Some(placed) = self.viewport.placement() {
            self.state.apply(Command::SetView(change(placed)));
        }
    }

    fn choose(&mut self, ctx: &Context, wanted: Wanted) {
        if let Err(error) = self.dialogs.ask(wanted, ctx.clone()) {
            self.state.apply(Command::Notify {
                severity: Severity::Error,
                notice: Notice::NoDialog { reason: error.to_string() },
            });
        }
    }
}

/// The colours after these, of those that PET is read in.
fn after(colors: ColorMap) -> ColorMap {
    let place = ColorMap::FOR_PET.iter().position(|other| *other == colors).map_or(0, |place| place + 1);
    ColorMap::FOR_PET.get(place).copied().unwrap_or(ColorMap::InvertedGray)
}

const ARROWS: [Key; 4] = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];

/// Keys that mean something to a text field.
fn writes(key: Key) -> bool {
    let (f1, f20) = (Key::F1 as u8, Key::F20 as u8);
    !matches!(key, Key::Escape | Key::PageUp | Key::PageDown) && !(f1..=f20).contains(&(key as u8))
}

/// Keys of the table, unless a person is typing text.
fn pressed_actions(ctx: &Context, wishes: &mut Wishes) {
    let typing = ctx.text_edit_focused();
    let focused = ctx.memory(|memory| memory.focused().is_some());
    ctx.input_mut(|input| {
        for entry in TABLE {
            let Some(shortcut) = entry.shortcut else { continue };
            // Arrows move what has the focus, e.g. a slider.
            if focused && ARROWS.contains(&shortcut.logical_key) {
                continue;
            }
            if typing && shortcut.modifiers.is_none() && writes(shortcut.logical_key) {
                continue;
            }
            // A plain letter must not fire on Ctrl and that letter.
            if shortcut.modifiers.is_none() && input.modifiers.command {
                continue;
            }
            let other = entry.other.is_some_and(|key| !typing && input.consume_key(shortcut.modifiers, key));
            if input.consume_shortcut(&shortcut) || other {
                wishes.actions.push(entry.action);
            }
        }
    });
}
