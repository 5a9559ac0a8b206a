//! Everything that can be wrong with labels and pictures, each with its words and the way to mend it.
//!
//! One list for readers, import and check, so that the same fault has the same name everywhere.

/// What became of the thing that was wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Put right; nothing is lost.
    Mended,
    /// Worth a look; nothing was changed.
    Noticed,
    /// One box or row was left out; its picture stays.
    Skipped,
    /// A whole picture or label file was left out.
    Refused,
}

impl Fate {
    /// One word for tables and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mended => "mended",
            Self::Noticed => "noticed",
            Self::Skipped => "skipped",
            Self::Refused => "refused",
        }
    }
}

/// How bad it is for training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is lost or wrong.
    Error,
    /// Worth a look.
    Warning,
}

impl Issue {
    /// How bad it is for training.
    #[must_use]
    pub fn severity(self) -> Severity {
        let is_harmless = [Self::UnknownClass, Self::NoBox].contains(&self);
        match self.fate() {
            Fate::Refused => Severity::Error,
            Fate::Skipped if !is_harmless => Severity::Error,
            Fate::Mended if self == Self::WrongProportions => Severity::Error,
            Fate::Skipped | Fate::Mended | Fate::Noticed => Severity::Warning,
        }
    }
}

/// Declares the kinds with key, fate, words and hint in one table.
macro_rules! issues {
    ($($(#[doc = $doc:literal])* $name:ident, $key:literal, $fate:ident, $words:literal, $hint:literal;)*) => {
        /// One kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Issue {
            $($(#[doc = $doc])* $name,)*
        }

        impl Issue {
            /// Every kind, in the order in which they are listed.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Stable name for JSON.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key,)* }
            }

            /// What becomes of it.
            #[must_use]
            pub const fn fate(self) -> Fate {
                match self { $(Self::$name => Fate::$fate,)* }
            }

            /// What is wrong, in words.
            #[must_use]
            pub const fn words(self) -> &'static str {
                match self { $(Self::$name => $words,)* }
            }

            /// How to mend it.
            #[must_use]
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$name => $hint,)* }
            }
        }
    };
}

issues! {
    /// `xmin > xmax` or a negative width.
    CornersExchanged, "corners-exchanged", Mended,
        "corners in the wrong order, exchanged", "import the set; the corners are written in order";
    /// Part of a box lies outside the picture.
    Clipped, "clipped", Mended,
        "box reaches beyond the picture, cut off at its edge", "import the set, or draw the box anew";
    /// Boxes drawn on the unturned picture.
    TurnedWithPicture, "turned-with-picture", Mended,
        "boxes were drawn on the unturned picture, turned with it", "import the set; pictures are written upright";
    /// Boxes drawn on a larger or smaller copy.
    ScaledToPicture, "scaled-to-picture", Mended,
        "boxes were drawn on another size of the picture, scaled", "import the set; sizes are written anew";
    /// Labelled size of other proportions.
    WrongProportions, "wrong-proportions", Mended,
        "labelled size has other proportions than the picture, boxes stretched with it",
        "look at the picture with its boxes; label it again if they do not fit";
    /// No usable width and height.
    SizeMissing, "size-missing", Mended,
        "no width and height in the labels, taken from the picture", "import the set; sizes are written";
    /// The picture was found by another name than the labels give.
    NameMended, "name-mended", Mended,
        "picture not at the name that the labels give, found beside it", "import the set; names are written anew";
    /// A box made from an outline.
    BoxFromOutline, "box-from-outline", Mended,
        "no box but an outline, boxed", "import the set; boxes are written";
    /// A box made from a mask.
    BoxFromMask, "box-from-mask", Mended,
        "no box but a mask, boxed", "import the set; boxes are written";
    /// Text in another encoding than UTF-8.
    OtherEncoding, "other-encoding", Mended,
        "text is not UTF-8, decoded", "save the labels as UTF-8";
    /// Numbers written with a decimal comma.
    DecimalComma, "decimal-comma", Mended,
        "numbers with a decimal comma, read", "write numbers with a point";
    /// `NaN` or `Infinity` in JSON.
    NotANumber, "not-a-number", Mended,
        "NaN or Infinity, which JSON forbids, taken as missing", "write the labels without them";
    /// An id that was given before.
    DuplicateId, "duplicate-id", Mended,
        "id given twice, both kept", "import the set; ids are numbered anew";
    /// A picture that is listed twice.
    PictureListedTwice, "picture-listed-twice", Mended,
        "picture listed twice, its boxes put together", "import the set; each picture is listed once";
    /// Exactly the same box twice.
    SameBoxTwice, "same-box-twice", Noticed,
        "two boxes of one class on the same place", "delete one of the two";
    /// A speck.
    TinyBox, "tiny-box", Noticed,
        "tiny box, under 0.1 % of the picture or 3 pixels", "delete it if it was a slip of the mouse";
    /// A picture without a label file among pictures with one.
    Unlabelled, "unlabelled", Noticed,
        "picture without labels, left out", "label it; a picture without products is saved without boxes";
    /// The picture is stored turned.
    TurnedPicture, "turned-picture", Noticed,
        "photo is stored turned, with an EXIF tag", "import the set; pictures are written upright";
    /// Two files with the same bytes or pixels.
    ExactDuplicate, "exact-duplicate", Noticed,
        "the same picture is there twice", "delete one of the two";
    /// Two pictures that look the same.
    NearDuplicate, "near-duplicate", Noticed,
        "two pictures look almost the same", "keep the better one";
    /// Equal or nearly equal pictures on both sides of the split.
    DuplicateAcrossSplits, "duplicate-across-splits", Refused,
        "the same picture is in two splits, so measuring flatters",
        "delete one, or split anew with `dataset import --train-share`";
    /// Nearly equal pictures on both sides of the split.
    NearAcrossSplits, "near-across-splits", Noticed,
        "two pictures in two splits look almost the same, so measuring may flatter",
        "split anew with `dataset import --train-share`, which keeps them together";
    /// Labels that were changed after import.
    ChangedSinceImport, "changed-since-import", Noticed,
        "labels were changed after the import", "import the set anew if that was not meant";
    /// No picture without boxes.
    NoNegatives, "no-negatives", Noticed,
        "no picture without products", "photograph the empty place and other things, and import that folder too";
    /// Few boxes of one class compared with another.
    Imbalance, "imbalance", Noticed,
        "far fewer boxes of one class than of another", "take more photos of the rarer product";
    /// Too few boxes to learn from.
    FewBoxes, "few-boxes", Noticed,
        "few boxes of a class", "take at least 30 photos of each product";
    /// A class on the list without a box.
    ClassWithoutBoxes, "class-without-boxes", Noticed,
        "class without any box", "label it, or take it off the list";
    /// A class that one split lacks.
    ClassMissingInSplit, "class-missing-in-split", Noticed,
        "class without boxes in one of the splits", "move some of its pictures there";
    /// Only one class.
    OneClass, "one-class", Noticed,
        "only one class", "that can be meant; a detector then cannot learn to tell products apart";
    /// No boxes at all.
    NoBoxes, "no-boxes", Refused,
        "no boxes at all", "label the pictures, or name the set's classes with --classes";
    /// An object without four readable corners.
    NoCorners, "no-corners", Skipped,
        "object without four readable corners", "draw the box again";
    /// A box without area.
    EmptyBox, "empty-box", Skipped,
        "box without an area", "delete it or draw it again";
    /// A box wholly outside.
    OutsidePicture, "outside-picture", Skipped,
        "box lies outside the picture", "delete it or draw it again";
    /// A class that is not on the list.
    UnknownClass, "unknown-class", Skipped,
        "class is not on the list", "add it with --classes, or rename it with --map OLD=NEW";
    /// An object without a class name.
    NoClass, "no-class", Skipped,
        "object without a class", "give it a class";
    /// An annotation of a picture that is not listed.
    UnknownPicture, "unknown-picture", Skipped,
        "box of a picture that is not listed", "export the labels again";
    /// An annotation of a category that is not listed.
    UnknownCategory, "unknown-category", Skipped,
        "box of a category that is not listed", "export the labels again";
    /// An annotation that says that something is there, not where.
    NoBox, "no-box", Skipped,
        "object without a box or an outline", "draw the box";
    /// An entry or row that cannot be understood.
    BadEntry, "bad-entry", Skipped,
        "entry or row that cannot be understood", "export the labels again";
    /// A label file that cannot be understood.
    LabelsUnreadable, "labels-unreadable", Refused,
        "labels cannot be understood", "export them again, or delete the file";
    /// A label file beyond the limit.
    LabelsTooLarge, "labels-too-large", Refused,
        "label file is too large to be one", "delete it";
    /// A document type or entity definition.
    Entities, "entities", Refused,
        "labels define entities, which no labelling tool does", "delete the file; it may be an attack";
    /// Two pictures under one id.
    AmbiguousPicture, "ambiguous-picture", Refused,
        "id of a picture given to another picture too, so its boxes are not known",
        "export the labels again";
    /// The picture is not there.
    PictureMissing, "picture-missing", Refused,
        "picture is missing", "put it back, or delete its labels";
    /// The picture cannot be read.
    PictureUnreadable, "picture-unreadable", Refused,
        "picture cannot be read", "take it again, or delete it with its labels";
    /// A JPEG that ends too early.
    PictureCutOff, "picture-cut-off", Refused,
        "picture file ends too early, its lower part is missing", "copy it again from the camera, or delete it with its labels";
    /// Labels of the picture on its side.
    OnItsSide, "on-its-side", Refused,
        "boxes were drawn on the picture lying on its side, and nothing says which side",
        "turn the picture as it was labelled, or label it again";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn keys_are_unique_and_words_are_there() {
        let keys: BTreeSet<&str> = Issue::ALL.iter().map(|issue| issue.key()).collect();
        assert_eq!(keys.len(), Issue::ALL.len());
        assert!(
            Issue::ALL
                .iter()
                .all(|issue| !issue.words().is_empty() && !issue.hint().is_empty())
        );
    }
}
