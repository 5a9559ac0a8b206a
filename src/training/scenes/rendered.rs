//! Rendered items as cut-outs: each made when it is first shown, and kept.

use std::sync::OnceLock;

use super::cutout::Cutout;
use crate::{
    geom::ClassId,
    training::{
        dataset::{ClassNames, Dice},
        render::{ItemKind, item},
    },
};

/// Side of a render in pixels: dear enough to make, and enough for a scene of 320.
const SIDE: u32 = 200;

/// Renders of one class, or of other things.
#[derive(Debug, Clone)]
pub(super) struct RenderPool {
    class: Option<ClassId>,
    kinds: Vec<ItemKind>,
    seed: u64,
    made: Vec<OnceLock<Option<Cutout>>>,
}

impl RenderPool {
    /// A pool of up to `count` renders of what shows `class`; empty if nothing that is rendered does.
    pub(super) fn new(class: Option<ClassId>, classes: &ClassNames, count: u32, seed: u64) -> Self {
        let kinds: Vec<ItemKind> = ItemKind::ALL
            .into_iter()
            .filter(|kind| kind.class_name().and_then(|name| classes.id(name)) == class)
            .collect();
        let count = if kinds.is_empty() { 0 } else { count };
        Self {
            class,
            made: (0..count).map(|_| OnceLock::new()).collect(),
            kinds,
            seed,
        }
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    /// One of the renders; those of one kind lie `kinds` apart.
    pub(super) fn pick(&self, dice: &mut Dice) -> Option<(&Cutout, usize)> {
        let at = dice.below(self.made.len());
        Some((self.get(at)?, at))
    }

    /// Another of the same kind as number `like`.
    pub(super) fn pick_like(&self, like: usize, dice: &mut Dice) -> Option<(&Cutout, usize)> {
        let step = self.kinds.len().max(1);
        let kind = like % step;
        let count = (self.made.len() + step - 1 - kind) / step;
        let at = kind + step * dice.below(count);
        Some((self.get(at)?, at))
    }

    fn get(&self, at: usize) -> Option<&Cutout> {
        let kind = *self.kinds.get(at % self.kinds.len().max(1))?;
        self.made
            .get(at)?
            .get_or_init(|| {
                // Seeds of different pools must not meet; the factor is a large prime.
                let class = self.class.map_or(0, |class| u64::from(class.0));
                let seed = self
                    .seed
                    .wrapping_mul(1_000_000_007)
                    .wrapping_add(class << 32)
                    .wrapping_add(at as u64);
                let name = format!("rendered/{kind:?}").to_lowercase();
                Cutout::new(self.class, &name, &item(seed, kind, SIDE), SIDE)
            })
            .as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_hold_what_their_class_names() {
        let classes = ClassNames::new(["banana", "milk", "bread"]);
        let bananas = RenderPool::new(classes.id("banana"), &classes, 5, 1);
        assert_eq!(bananas.kinds, [ItemKind::Banana, ItemKind::BananaBunch]);
        let others = RenderPool::new(None, &classes, 5, 1);
        assert!(others.kinds.contains(&ItemKind::Apple), "not a class here");
        assert!(!others.kinds.contains(&ItemKind::Milk));
        assert!(RenderPool::new(classes.id("bread"), &classes, 5, 1).is_empty());
        let (cutout, at) = bananas.pick(&mut Dice::new(1, 1)).unwrap();
        assert_eq!(cutout.class, classes.id("banana"));
        let (_, alike) = bananas.pick_like(at, &mut Dice::new(1, 2)).unwrap();
        assert_eq!(alike % 2, at % 2);
    }
}
