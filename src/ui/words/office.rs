//! The words of the frame of the back office.

use super::words;

words! {
    /// The frame of the back office.
    OfficeWord in "office" {
        Products = "office-products",
        Prices = "office-prices",
        Sales = "office-sales",
        Teach = "office-teach",
        Photos = "office-photos",
        Labels = "office-labels",
        DataSets = "office-datasets",
        Train = "office-train",
        TryPicture = "office-try",
        Models = "office-models",
        Settings = "office-settings",
        People = "office-people",
        Saved = "office-saved",
        Unchanged = "office-unchanged",
        Undo = "office-undo",
        Redo = "office-redo",
        Close = "office-close",
        Dismiss = "office-dismiss",
        Cancel = "office-cancel",
        Reason = "office-reason",
        Who = "office-who",
        RoleClerk = "office-role-clerk",
        RoleTeacher = "office-role-teacher",
        RoleManager = "office-role-manager",
        Working = "office-working",
        NotAllowed = "office-not-allowed",
        Path = "office-path",
        PathHint = "office-path-hint",
        Browse = "office-browse",
        LockedIdle = "office-locked-idle",
    }
}
