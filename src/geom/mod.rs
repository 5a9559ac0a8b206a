//! Boxes and what can be said of them: corners and centres, intersection over union, detections.
//!
//! Normalised coordinates run from 0 to 1 over the width and the height of the picture as a person sees
//! it; x grows to the right, y downwards. Corner and centre forms are two types, so they cannot be mixed.

mod boxes;
pub mod cast;

pub use boxes::{CenterBox, CornerBox, PixelBox};

/// Number of a class in a model's class list. 0 is the background and is never detected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClassId(pub u16);

/// One object found in one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detection {
    /// Class of the object, never the background.
    pub class: ClassId,
    /// Probability of the class after softmax, 0 to 1.
    pub score: f32,
    /// Where it is, normalised.
    pub bbox: CornerBox,
}
