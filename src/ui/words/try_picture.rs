//! The words of the page of a picture to try.

use super::words;

words! {
    /// The page of a picture to try.
    TryWord in "try_picture" {
        Empty = "try-picture-empty",
        Looking = "try-picture-looking",
        Choose = "try-picture-choose",
        Demo = "try-picture-demo",
        Camera = "try-picture-camera",
        FromCamera = "try-picture-from-camera",
        Threshold = "try-picture-threshold",
        Reading = "try-picture-reading",
        Detecting = "try-picture-detecting",
        Model = "try-picture-model",
        Found = "try-picture-found",
        ChooseYes = "try-picture-choose-yes",
    }
}
