//! Things of a kind put side by side: rows as on a shelf, crates filled to the edges.

use super::{
    composer::{Composer, Stage},
    item::{Item, finish},
    places,
    stock::Picked,
    warp::stretch,
};
use crate::training::dataset::Dice;

impl Composer {
    /// Things of one variety in rows, as on a shelf.
    pub(super) fn rows(&self, stage: &Stage, count: usize, dice: &mut Dice) -> Vec<Item> {
        let Some(lead) = self.lead(stage, dice) else {
            return Vec::new();
        };
        let (width, height) = lead.cutout.size();
        let share = stage.sizes.draw(dice);
        let mut items = Vec::new();
        for place in places::rows(count, share, (height / width).max(0.5), dice) {
            let Some(next) = self.stock.alike(&lead, dice) else {
                continue;
            };
            items.extend(lay(stage, &next, share, place, None, dice));
        }
        items
    }

    /// One class, mostly one variety, from edge to edge.
    pub(super) fn full_crate(&self, stage: &Stage, dice: &mut Dice) -> Vec<Item> {
        let Some(lead) = self.lead(stage, dice) else {
            return Vec::new();
        };
        let long = lead.is_long(&self.settings);
        let share = stage.sizes.draw(dice) * if long || lead.upright { 1.0 } else { 0.75 };
        // Bunches are laid into a crate side by side.
        let turned = dice.around(std::f32::consts::PI);
        let turned = long.then_some(turned);
        let (width, height) = lead.cutout.size();
        let longest = width.max(height);
        let (wide, high) = if lead.upright {
            (share * width / longest, share * height / longest)
        } else {
            let middle = share * (width * height).sqrt() / longest;
            (middle, middle)
        };
        let (stretch_x, stretch_y) = stretch(stage.squash);
        let same_variety = dice.chance(0.7) || !stage.plan.ours;
        let mut items = Vec::new();
        for place in places::crate_places(wide * stretch_x, high * stretch_y, dice) {
            let Some(next) = self.another(&lead, same_variety, dice) else {
                continue;
            };
            let size = share * dice.around(0.08).exp();
            items.extend(lay(stage, &next, size, place, turned, dice));
        }
        items
    }
}

/// Puts a thing of this size at a place given in parts of the side: what stands hardly leaning, all else turned
/// at random or, with `turned`, nearly so.
fn lay(
    stage: &Stage,
    picked: &Picked<'_>,
    share: f32,
    (x, y): (f32, f32),
    turned: Option<f32>,
    dice: &mut Dice,
) -> Option<Item> {
    let edge = stage.side as f32;
    let (mut pose, _) = places::pose(picked.cutout, edge, share, picked.upright, dice);
    if picked.upright {
        pose.angle *= 0.3;
    } else if let Some(turned) = turned {
        pose.angle = turned + dice.around(0.6);
    }
    pose.center = (x * edge, y * edge);
    pose.squash = stage.squash;
    finish(picked.cutout, &pose, stage.side, Some(stage.lamp), dice)
}
