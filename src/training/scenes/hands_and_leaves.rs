//! What lies over and around a product: the hand that holds it, the hand that reaches in, leaves.

use super::{
    composer::{Composer, Stage},
    item::{Item, finish},
    layout::Subject,
    places::{self, Taken},
    warp::{Pose, stretch},
};
use crate::training::dataset::Dice;

impl Composer {
    /// One item in a hand: palm and arm behind it, fingers before it, other things behind all.
    pub(super) fn held(&self, stage: &Stage, taken: &mut Vec<Taken>, dice: &mut Dice) -> Vec<Item> {
        let mut items = Vec::new();
        if dice.chance(0.3) {
            for _ in 0..dice.whole(1, 3) {
                let share = stage.sizes.beside(Subject::Hand, dice);
                if let Some(other) = self.stock.other(dice) {
                    items.extend(self.put(stage, &other, share, taken, dice));
                }
            }
        }
        let Some((lead, grip)) = self.lead(stage, dice).zip(self.stock.grip(dice)) else {
            return items;
        };
        let edge = stage.side as f32;
        let share = stage.sizes.draw(dice);
        let (mut pose, _) = places::pose(lead.cutout, edge, share, lead.upright, dice);
        pose.center = places::place(Subject::Hand, edge, 0.0, &[], dice);
        pose.squash = stage.squash;
        let (width, height) = lead.cutout.size();
        // A hand spans what it can: the narrow way of a carton or a banana, most of an apple.
        let radius = (width.min(height) * 0.5 * pose.scale.0).max(edge * 0.07);
        let angle = dice.around(0.9)
            + if dice.chance(0.3) {
                std::f32::consts::FRAC_PI_2
            } else {
                0.0
            };
        let mirrored = dice.chance(0.5);
        let part = |(cutout, middle): &(super::cutout::Cutout, (f32, f32)), dice: &mut Dice| {
            let (sin, cos) = angle.sin_cos();
            let flip = if mirrored { -1.0 } else { 1.0 };
            let (mx, my) = (middle.0 * flip * radius, middle.1 * radius);
            let (wide, high) = stretch(stage.squash);
            let place = Pose {
                center: (
                    pose.center.0 + wide * (cos * mx - sin * my),
                    pose.center.1 + high * (sin * mx + cos * my),
                ),
                scale: (radius / grip.unit, radius / grip.unit),
                angle,
                mirrored,
                squash: stage.squash,
                ..Pose::default()
            };
            finish(cutout, &place, stage.side, None, dice)
        };
        // Both parts in the same light.
        let mut same_light = dice.clone();
        items.extend(part(&grip.behind, dice));
        items.extend(finish(lead.cutout, &pose, stage.side, None, dice));
        items.extend(part(&grip.before, &mut same_light));
        items
    }

    /// Leaves before and beside what hangs there.
    pub(super) fn hang_leaves(&self, stage: &Stage, taken: &[Taken], items: &mut Vec<Item>, dice: &mut Dice) {
        let edge = stage.side as f32;
        for _ in 0..dice.whole(1, 9) {
            let (Some(leaf), Some(near)) = (self.stock.leaf(dice), taken.get(dice.below(taken.len()))) else {
                return;
            };
            let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
            let away = near.radius * dice.range(0.7, 1.6);
            let share = (near.radius / edge * dice.range(0.7, 2.0)).clamp(0.06, 0.6);
            let (mut pose, _) = places::pose(leaf, edge, share, false, dice);
            pose.center = (near.center.0 + away * cos, near.center.1 + away * sin);
            pose.squash = stage.squash;
            let leaf = finish(leaf, &pose, stage.side, None, dice);
            if dice.chance(0.5) {
                items.extend(leaf);
            } else if let Some(leaf) = leaf {
                items.insert(0, leaf);
            }
        }
    }

    /// A hand whose fingers reach the edge of an item, its arm leaving the picture on the near side.
    pub(super) fn hand(&self, taken: &[Taken], stage: &Stage, dice: &mut Dice) -> Option<Item> {
        let cutout = self.stock.hand(dice)?;
        let held = taken.get(dice.below(taken.len()))?;
        let edge = stage.side as f32;
        let (_, height) = cutout.size();
        let width = (held.radius * dice.range(1.0, 1.6)).max(edge * 0.12);
        let scale = width * 2.1 / height;
        let (ox, oy) = (held.center.0 - edge / 2.0, held.center.1 - edge / 2.0);
        let angle = oy.atan2(ox) + dice.around(0.7);
        let (sin, cos) = angle.sin_cos();
        // The picture's middle of the hand lies half its length beyond the item's edge.
        let away = held.radius * dice.range(0.4, 0.9) + height * scale / 2.0;
        let pose = Pose {
            center: (held.center.0 + cos * away, held.center.1 + sin * away),
            scale: (scale, scale),
            // The drawing's arm points down, a quarter turn from the x axis.
            angle: angle - std::f32::consts::FRAC_PI_2,
            mirrored: dice.chance(0.5),
            ..Pose::default()
        };
        finish(cutout, &pose, stage.side, None, dice)
    }
}
