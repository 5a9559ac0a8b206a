//! The words of the page of people and of the audit.

use super::words;

words! {
    /// The page of people and of the audit.
    PeopleWord in "people" {
        Staff = "people-staff",
        Changes = "people-changes",
        OwnPin = "people-own-pin",
        Add = "people-add",
        AddNow = "people-add-now",
        Role = "people-role",
        SignsOn = "people-signs-on",
        LockedUntil = "people-locked-until",
        Active = "people-active",
        Inactive = "people-inactive",
        MayClerk = "people-may-clerk",
        MayTeacher = "people-may-teacher",
        MayManager = "people-may-manager",
        NewPin = "people-new-pin",
        PinAgain = "people-pin-again",
        PinBad = "people-pin-bad",
        PinsDiffer = "people-pins-differ",
        ChooseOne = "people-choose-one",
        SetPin = "people-set-pin",
        Unlock = "people-unlock",
        Deactivate = "people-deactivate",
        Activate = "people-activate",
        OldPin = "people-old-pin",
        ChangePin = "people-change-pin",
        PinWrong = "people-pin-wrong",
        PinLocked = "people-pin-locked",
        Who = "people-who",
        What = "people-what",
        About = "people-about",
        When = "people-when",
        Change = "people-change",
        Reason = "people-reason",
        Older = "people-older",
        Newer = "people-newer",
        NoChanges = "people-no-changes",
        DeactivateAsk = "people-deactivate-ask",
        DeactivateText = "people-deactivate-text",
        Name = "people-name",
        FirstName = "people-first-name",
        FirstNameHint = "people-first-name-hint",
    }
}
