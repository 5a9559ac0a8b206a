//! The words for everything that can be wrong with photos and labels, by the key of the fault.

use super::{File, Message};

/// Declares the faults; each has a name and what mends it.
macro_rules! issues {
    ($($key:literal),* $(,)?) => {
        /// Key of a fault, and of its two messages.
        const TABLE: &[(&str, &str, &str)] = &[
            $(($key, concat!("issue-", $key), concat!("issue-", $key, "-hint"))),*
        ];

        pub(super) const FILE: File = File {
            #[cfg(test)]
            name: "issues",
            english: include_str!("../../../assets/lang/en/issues.ftl"),
            german: include_str!("../../../assets/lang/de/issues.ftl"),
            #[cfg(test)]
            keys: &[$(concat!("issue-", $key), concat!("issue-", $key, "-hint")),*],
        };
    };
}

/// What is said of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IssueWord {
    key: &'static str,
}

impl IssueWord {
    /// What is wrong, by the fault's key.
    #[must_use]
    pub fn what(key: &str) -> Option<Self> {
        let found = TABLE.iter().find(|(known, _, _)| *known == key);
        found.map(|(_, what, _)| Self { key: what })
    }

    /// What mends it, by the fault's key.
    #[must_use]
    pub fn hint(key: &str) -> Option<Self> {
        let found = TABLE.iter().find(|(known, _, _)| *known == key);
        found.map(|(_, _, hint)| Self { key: hint })
    }
}

impl Message for IssueWord {
    fn key(self) -> &'static str {
        self.key
    }
}

issues! {
    "corners-exchanged",
    "clipped",
    "turned-with-picture",
    "scaled-to-picture",
    "wrong-proportions",
    "size-missing",
    "name-mended",
    "box-from-outline",
    "box-from-mask",
    "other-encoding",
    "decimal-comma",
    "not-a-number",
    "duplicate-id",
    "picture-listed-twice",
    "same-box-twice",
    "tiny-box",
    "unlabelled",
    "turned-picture",
    "exact-duplicate",
    "near-duplicate",
    "duplicate-across-splits",
    "near-across-splits",
    "changed-since-import",
    "no-negatives",
    "imbalance",
    "few-boxes",
    "class-without-boxes",
    "class-missing-in-split",
    "one-class",
    "no-boxes",
    "no-corners",
    "empty-box",
    "outside-picture",
    "unknown-class",
    "no-class",
    "unknown-picture",
    "unknown-category",
    "no-box",
    "bad-entry",
    "labels-unreadable",
    "labels-too-large",
    "entities",
    "ambiguous-picture",
    "picture-missing",
    "picture-unreadable",
    "picture-cut-off",
    "on-its-side",
}
