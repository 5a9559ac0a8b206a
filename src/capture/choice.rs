//! Which camera is meant.

/// Which camera to open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CameraChoice {
    /// The first one that works.
    #[default]
    First,
    /// The one with this number, as listed by the system.
    Index(u32),
    /// The first one whose name contains this text, in any case.
    Named(String),
}

impl CameraChoice {
    /// Reads what a person wrote: nothing, a number, or a part of the name.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        if text.is_empty() {
            return Self::First;
        }
        text.parse()
            .map_or_else(|_| Self::Named(text.to_owned()), Self::Index)
    }

    /// Whether a camera of this number and name is meant.
    #[must_use]
    pub fn fits(&self, index: u32, name: &str) -> bool {
        match self {
            Self::First => true,
            Self::Index(wanted) => *wanted == index,
            Self::Named(part) => name.to_lowercase().contains(&part.to_lowercase()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_and_nothing() {
        assert_eq!(CameraChoice::parse(" "), CameraChoice::First);
        assert_eq!(CameraChoice::parse("2"), CameraChoice::Index(2));
        let named = CameraChoice::parse("c920");
        assert!(named.fits(0, "HD Pro Webcam C920"));
        assert!(!named.fits(0, "Integrated Camera"));
        assert!(!CameraChoice::Index(2).fits(0, "2"));
    }
}
