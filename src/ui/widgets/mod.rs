//! Building blocks that paint themselves into a given rectangle and say by name what they are.
//!
//! Layout is by rectangle, not by flow: on a kiosk every control has its place and keeps it, whatever
//! number grows beside it. Each block registers an accessible label, so that a screen reader, the
//! keyboard and the tests find it.

pub mod boxes;
pub mod button;
pub mod field;
pub mod figures;
pub mod form;
pub mod icon;
pub mod keyboard;
pub mod keypad;
pub mod line;
pub mod paper;
pub mod photo;
pub mod pick;
pub mod plain;
pub mod qr;
pub mod sheet;
pub mod slider;
pub mod table;
pub mod text;

use std::hash::Hash;

use eframe::egui::{Id, Rect, pos2};

use crate::ui::{command::Command, theme::Theme, widgets::photo::Textures, words::Words};

/// What every block needs: the look, the words, the textures, and where to put commands.
pub struct Cx<'a> {
    /// Colours.
    pub theme: &'a Theme,
    /// Texts.
    pub words: &'a Words,
    /// Whether things may move.
    pub motion: bool,
    /// Textures of pictures.
    pub textures: &'a mut Textures,
    /// Commands of this pass.
    pub out: &'a mut Vec<Command>,
}

impl std::fmt::Debug for Cx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx")
            .field("words", self.words)
            .field("out", self.out)
            .finish_non_exhaustive()
    }
}

impl Cx<'_> {
    /// Seconds that a movement takes.
    #[must_use]
    pub const fn seconds(&self) -> f32 {
        if self.motion { 0.2 } else { 0.0 }
    }

    /// Returns a command.
    pub fn send(&mut self, command: Command) {
        self.out.push(command);
    }

    /// Returns a command of the back office.
    pub fn office(&mut self, command: crate::ui::office::OfficeCommand) {
        self.out.push(Command::Office(command));
    }
}

/// A widget id that does not depend on the order of painting.
#[must_use]
pub fn id(salt: impl Hash) -> Id {
    Id::unique(("tillsight", hash_of(salt)))
}

fn hash_of(salt: impl Hash) -> u64 {
    use std::hash::{DefaultHasher, Hasher as _};
    let mut hasher = DefaultHasher::new();
    salt.hash(&mut hasher);
    hasher.finish()
}

/// Cuts `height` off the top; returns the piece and leaves the rest, `gap` lower.
pub fn take_top(rect: &mut Rect, height: f32, gap: f32) -> Rect {
    let piece = Rect::from_min_max(rect.min, pos2(rect.max.x, (rect.min.y + height).min(rect.max.y)));
    rect.min.y = (piece.max.y + gap).min(rect.max.y);
    piece
}

/// Cuts `height` off the bottom.
pub fn take_bottom(rect: &mut Rect, height: f32, gap: f32) -> Rect {
    let piece = Rect::from_min_max(pos2(rect.min.x, (rect.max.y - height).max(rect.min.y)), rect.max);
    rect.max.y = (piece.min.y - gap).max(rect.min.y);
    piece
}

/// Cuts `width` off the left.
pub fn take_left(rect: &mut Rect, width: f32, gap: f32) -> Rect {
    let piece = Rect::from_min_max(rect.min, pos2((rect.min.x + width).min(rect.max.x), rect.max.y));
    rect.min.x = (piece.max.x + gap).min(rect.max.x);
    piece
}

/// Cuts `width` off the right.
pub fn take_right(rect: &mut Rect, width: f32, gap: f32) -> Rect {
    let piece = Rect::from_min_max(pos2((rect.max.x - width).max(rect.min.x), rect.min.y), rect.max);
    rect.max.x = (piece.min.x - gap).max(rect.min.x);
    piece
}

/// Cell `index` of `count` equal columns.
#[must_use]
pub fn column(rect: Rect, index: usize, count: usize, gap: f32) -> Rect {
    let width = (rect.width() - gap * (count.saturating_sub(1)) as f32) / count.max(1) as f32;
    let left = rect.min.x + (width + gap) * index as f32;
    Rect::from_min_max(pos2(left, rect.min.y), pos2(left + width, rect.max.y))
}

/// Cell `index` of `count` equal rows.
#[must_use]
pub fn row(rect: Rect, index: usize, count: usize, gap: f32) -> Rect {
    let height = (rect.height() - gap * (count.saturating_sub(1)) as f32) / count.max(1) as f32;
    let top = rect.min.y + (height + gap) * index as f32;
    Rect::from_min_max(pos2(rect.min.x, top), pos2(rect.max.x, top + height))
}
