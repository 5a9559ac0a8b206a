//! Rendered items as cut-outs: each made when it is first shown, and kept.

use std::sync::OnceLock;

use super::{cutout::Cutout, library::CutoutLibrary, settings::ComposerSettings};
use crate::{
    geom::ClassId,
    training::{
        dataset::Dice,
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
    /// What each kind is labelled as where it is none of the classes.
    distractors: Vec<Option<ClassId>>,
    seed: u64,
    made: Vec<OnceLock<Option<Cutout>>>,
}

impl RenderPool {
    /// A pool of renders of what shows `class`, as many as the settings say; empty if nothing that is rendered
    /// does. Kinds of weight 0 are left out.
    pub(super) fn new(class: Option<ClassId>, library: &CutoutLibrary, settings: &ComposerSettings) -> Self {
        let kinds: Vec<ItemKind> = ItemKind::ALL
            .into_iter()
            .filter(|kind| kind.class_name().and_then(|name| library.classes().id(name)) == class)
            .filter(|kind| settings.weight_of(&name_of(*kind)) > 0.0)
            .collect();
        let count = if kinds.is_empty() { 0 } else { settings.renders };
        let distractors = kinds.iter().map(|kind| library.distractor_of(&name_of(*kind)));
        Self {
            class,
            distractors: distractors.collect(),
            made: (0..count).map(|_| OnceLock::new()).collect(),
            kinds,
            seed: settings.seed,
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
        let number = at % self.kinds.len().max(1);
        let kind = *self.kinds.get(number)?;
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
                let mut cutout = Cutout::new(self.class, &name_of(kind), &item(seed, kind, SIDE), SIDE)?;
                if self.class.is_none() {
                    cutout.distractor = self.distractors.get(number).copied().flatten();
                }
                Some(cutout)
            })
            .as_ref()
    }
}

/// The name by which weights are looked up: `rendered/apple`.
fn name_of(kind: ItemKind) -> String {
    format!("rendered/{kind:?}").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::dataset::ClassNames;

    #[test]
    fn pools_hold_what_their_class_names() {
        let classes = ClassNames::new(["banana", "milk", "bread"]);
        let mut library = CutoutLibrary::empty(classes.clone(), 64);
        let mut five = ComposerSettings {
            renders: 5,
            ..ComposerSettings::default()
        };
        let citrus = ("citrus".to_owned(), vec!["orange".to_owned()]);
        assert_eq!(library.label_distractors(&[citrus]), [0]);
        let bananas = RenderPool::new(classes.id("banana"), &library, &five);
        assert_eq!(bananas.kinds, [ItemKind::Banana, ItemKind::BananaBunch]);
        let others = RenderPool::new(None, &library, &five);
        let orange = others
            .kinds
            .iter()
            .position(|kind| *kind == ItemKind::Orange)
            .unwrap();
        assert_eq!(
            others.distractors[orange],
            Some(ClassId(4)),
            "after the three classes"
        );
        assert_eq!(others.distractors.iter().flatten().count(), 1);
        assert!(others.kinds.contains(&ItemKind::Apple), "not a class here");
        assert!(!others.kinds.contains(&ItemKind::Milk));
        assert!(RenderPool::new(classes.id("bread"), &library, &five).is_empty());
        five.weights.insert(0, ("orange".to_owned(), 0.0));
        let fewer = RenderPool::new(None, &library, &five);
        assert!(!fewer.kinds.contains(&ItemKind::Orange), "of weight 0");
        let (cutout, at) = bananas.pick(&mut Dice::new(1, 1)).unwrap();
        assert_eq!(cutout.class, classes.id("banana"));
        let (_, alike) = bananas.pick_like(at, &mut Dice::new(1, 2)).unwrap();
        assert_eq!(alike % 2, at % 2);
    }
}
