//! Things of a kind put side by side: rows as on a shelf, crates filled to the edges.

use super::{
    composer::{Composer, Stage},
    item::{Item, finish},
    places,
};
use crate::training::dataset::Dice;

impl Composer {
    /// Things of one variety in rows, as on a shelf.
    pub(super) fn rows(&self, stage: &Stage, count: usize, dice: &mut Dice) -> Vec<Item> {
        let Some(lead) = self.lead(stage, dice) else {
            return Vec::new();
        };
        let edge = stage.side as f32;
        let (width, height) = lead.cutout.size();
        let share = stage.sizes.draw(dice);
        let mut items = Vec::new();
        for (x, y) in places::rows(count, share, (height / width).max(0.5), dice) {
            let Some(next) = self.stock.alike(&lead, dice) else {
                continue;
            };
            let (mut pose, _) = places::pose(next.cutout, edge, share, next.upright, dice);
            if next.upright {
                pose.angle *= 0.3;
            }
            pose.center = (x * edge, y * edge);
            pose.squash = stage.squash;
            items.extend(finish(next.cutout, &pose, stage.side, Some(stage.lamp), dice));
        }
        items
    }

    /// One class, mostly one variety, from edge to edge.
    pub(super) fn full_crate(&self, stage: &Stage, dice: &mut Dice) -> Vec<Item> {
        let Some(lead) = self.lead(stage, dice) else {
            return Vec::new();
        };
        let edge = stage.side as f32;
        let long = lead.is_long(&self.settings);
        let share = stage.sizes.draw(dice) * if long || lead.upright { 1.0 } else { 0.75 };
        // Bunches are laid into a crate side by side.
        let turned = dice.around(std::f32::consts::PI);
        let (width, height) = lead.cutout.size();
        let longest = width.max(height);
        let (wide, high) = if lead.upright {
            (share * width / longest, share * height / longest)
        } else {
            let middle = share * (width * height).sqrt() / longest;
            (middle, middle)
        };
        let (stretch_x, stretch_y) = (stage.squash.sqrt().recip(), stage.squash.sqrt());
        let same_variety = dice.chance(0.7) || !stage.plan.ours;
        let mut items = Vec::new();
        for (x, y) in places::crate_places(wide * stretch_x, high * stretch_y, dice) {
            let class = lead
                .cutout
                .class
                .map(|class| usize::from(class.0).wrapping_sub(1));
            let next = match class {
                Some(class) if !same_variety => self.stock.product(class, false, dice),
                _ => self.stock.alike(&lead, dice),
            };
            let Some(next) = next else { continue };
            let size = share * dice.around(0.08).exp();
            let (mut pose, _) = places::pose(next.cutout, edge, size, next.upright, dice);
            if next.upright {
                pose.angle *= 0.3;
            } else if long {
                pose.angle = turned + dice.around(0.6);
            }
            pose.center = (x * edge, y * edge);
            pose.squash = stage.squash;
            items.extend(finish(next.cutout, &pose, stage.side, Some(stage.lamp), dice));
        }
        items
    }
}
