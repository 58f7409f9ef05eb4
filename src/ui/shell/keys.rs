//! Keys become actions.

use eframe::egui::{Context, Key};

use super::{Page, Wishes};
use crate::ui::actions::TABLE;

const ARROWS: [Key; 4] = [Key::ArrowLeft, Key::ArrowRight, Key::ArrowUp, Key::ArrowDown];

/// Keys that mean something to a text field.
fn writes(key: Key) -> bool {
    let (f1, f20) = (Key::F1 as u8, Key::F20 as u8);
    !matches!(key, Key::Escape | Key::PageUp | Key::PageDown) && !(f1..=f20).contains(&(key as u8))
}

/// Keys of the table, unless a person is typing text. While a model is set up the scan is hidden, and letters meant for a
/// field must not act on it.
pub(super) fn pressed_actions(ctx: &Context, page: Page, wishes: &mut Wishes) {
    let typing = ctx.text_edit_focused() || page == Page::Import;
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
