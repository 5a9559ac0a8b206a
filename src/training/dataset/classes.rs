//! The class list of a training run: names in order, numbered from 1, because 0 is the background.

use crate::geom::ClassId;

/// Names of the classes in the order of the network's outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassNames {
    names: Vec<String>,
}

impl ClassNames {
    /// The classes `names`, numbered from 1 in this order.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self {
            names: names.into_iter().map(Into::into).collect(),
        }
    }

    /// The number of class `name`, if it is in the list.
    #[must_use]
    pub fn id(&self, name: &str) -> Option<ClassId> {
        let position = self.names.iter().position(|known| known == name)?;
        u16::try_from(position + 1).ok().map(ClassId)
    }

    /// The name of class `id`; none for the background and for numbers beyond the list.
    #[must_use]
    pub fn name(&self, id: ClassId) -> Option<&str> {
        let position = usize::from(id.0).checked_sub(1)?;
        self.names.get(position).map(String::as_str)
    }

    /// All names in order, without the background.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// All numbers in order, without the background.
    pub fn ids(&self) -> impl Iterator<Item = ClassId> + '_ {
        (1..=self.names.len()).filter_map(|number| u16::try_from(number).ok().map(ClassId))
    }

    /// How many classes there are, without the background.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no class.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_start_at_one() {
        let classes = ClassNames::new(["apple", "milk"]);
        assert_eq!(classes.id("apple"), Some(ClassId(1)));
        assert_eq!(classes.id("milk"), Some(ClassId(2)));
        assert_eq!(classes.id("other"), None);
        assert_eq!(classes.name(ClassId(0)), None, "the background has no name");
        assert_eq!(classes.name(ClassId(2)), Some("milk"));
        assert_eq!(classes.name(ClassId(3)), None);
        assert_eq!(classes.ids().collect::<Vec<_>>(), [ClassId(1), ClassId(2)]);
    }
}
