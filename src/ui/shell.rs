//! The frame around the panels: keys, drops, layout, and what becomes of a panel's wishes.

mod acting;
mod keys;

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{self, CentralPanel, Context, Panel, Ui};
use eframe::glow;

use super::actions::Action;
use super::command_palette::PaletteField;
use super::dialogs::{Dialogs, PathField, Wanted};
use super::findings::Findings;
use super::import::ImportPage;
use super::renderer::Renderer;
use super::review::ReviewPage;
use super::settings::{Keeper, Setting, Settings};
use super::strip::StepPictures;
use super::theme::Scheme;
use super::toasts::ToastLook;
use super::viewport::Viewport;
use super::words::{self, Language};
use super::worklist::Worklist;
use super::{account, bars, command_palette, dialogs, empty, help, theme, toasts, top_bar, viewport_bar};
use crate::app::{AppState, Command, Notice, Severity};

/// Twelve slices a second, as cine loops usually start.
const SECONDS_PER_SLICE: f64 = 1.0 / 12.0;

/// What a panel wants; fulfilled after all panels are drawn.
#[derive(Default)]
pub(super) struct Wishes {
    pub commands: Vec<Command>,
    pub actions: Vec<Action>,
    /// Files or folders to be asked for.
    pub dialogs: Vec<Wanted>,
}

/// What fills the window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Page {
    /// One scan.
    #[default]
    Read,
    /// The list and its numbers.
    Review,
    /// An export that is being set up.
    Import,
}

/// How the window looks now; nothing of this concerns scans or models.
pub(super) struct Look {
    pub scheme: Scheme,
    pub page: Page,
    pub language: Language,
    pub worklist_open: bool,
    pub findings_open: bool,
    pub help_open: bool,
    pub account_open: bool,
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
    import: ImportPage,
    /// The export whose page was opened by itself.
    imported: Option<PathBuf>,
    /// The model that was offered instead of it.
    offered: Option<PathBuf>,
    /// The bar of slices is there.
    slices_shown: bool,
    account: StepPictures,
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
                account_open: false,
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
            import: ImportPage::default(),
            imported: None,
            offered: None,
            slices_shown: false,
            account: StepPictures::default(),
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
                dialogs::Outcome::Chosen(Wanted::Files | Wanted::Folder, paths) => {
                    self.state.apply(Command::Open(paths));
                }
                dialogs::Outcome::Chosen(wanted, mut paths) => {
                    if let Some(path) = paths.pop() {
                        self.state.apply(wanted.command(path, self.look.language));
                        if wanted == Wanted::ComparedModel && self.look.page == Page::Review {
                            self.state.apply(Command::CompareList(true));
                        }
                    }
                }
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
        keys::pressed_actions(&ctx, self.look.page, &mut wishes);
        let dropped: Vec<PathBuf> =
            ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        if !dropped.is_empty() {
            wishes.commands.push(Command::Open(dropped));
        }

        self.follow_import();
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
        if self.look.page == Page::Import {
            self.renderer.drop_unused(ui);
            let middle = CentralPanel::no_frame().frame(frame).show(ui, |ui| {
                self.import.show(ui, &self.state, &mut wishes);
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
        self.follow_slices();
        if let Some(current) = self.state.current().filter(|_| self.slices_shown) {
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
        account::account(ctx, &mut self.look, &mut self.account, &self.state);
        help::help_sheet(ctx, &mut self.look, &self.renderer);
        command_palette::command_palette(ctx, &mut self.look, &mut wishes);
        if let Some(command) = dialogs::path_field(ctx, &mut self.look) {
            let list_too = self.look.page == Page::Review && matches!(command, Command::CompareWithModel(Some(_)));
            wishes.commands.push(command);
            wishes.commands.extend(list_too.then_some(Command::CompareList(true)));
        }
        self.fulfil(ctx, wishes);
    }

    /// Whether the case has slices to go through. Until that is known, what it is made of tells, and else what was there
    /// before: nothing jumps when the header is read, or a plane's volume.
    fn follow_slices(&mut self) {
        let Some(current) = self.state.current() else {
            self.slices_shown = false;
            return;
        };
        match current.frames() {
            0 if current.error.is_some() => self.slices_shown = false,
            0 => self.slices_shown |= current.is_surely_volume(),
            frames => self.slices_shown = frames > 1,
        }
    }

    /// The page opens with the export that is to be set up, and goes with it.
    fn follow_import(&mut self) {
        let path = self.state.importing().map(|importing| &importing.path);
        if self.imported.as_ref() != path {
            self.imported = path.cloned();
            self.look.page = if path.is_some() { Page::Import } else { Page::Read };
        }
        // A model that was dropped meanwhile is offered there.
        let offered = self.state.importing().and_then(|importing| importing.offered.as_ref());
        if self.offered.as_ref() != offered {
            self.offered = offered.cloned();
            if offered.is_some() {
                self.look.page = Page::Import;
            }
        }
        if self.imported.is_none() && self.look.page == Page::Import {
            self.look.page = Page::Read;
        }
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
        for wanted in wishes.dialogs {
            self.choose(ctx, wanted);
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

    fn choose(&mut self, ctx: &Context, wanted: Wanted) {
        if let Err(error) = self.dialogs.ask(wanted, ctx.clone()) {
            self.state.apply(Command::Notify {
                severity: Severity::Error,
                notice: Notice::NoDialog { reason: error.to_string() },
            });
        }
    }
}
