//! What the database refuses, in the words of the screens.
//!
//! The store's own sentences are English, for the command line and the log; what staff read goes through here.

use std::path::Path;

use crate::{
    domain::{catalog::CatalogError, refund::RefundError},
    store::error::StoreError,
    ui::words::{StoreWord, Words},
};

/// A message of the screens with what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    word: StoreWord,
    args: Vec<(&'static str, String)>,
}

impl Told {
    /// The sentence in a language.
    #[must_use]
    pub fn said(&self, words: &Words) -> String {
        let args: Vec<(&str, &str)> = self
            .args
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        words.with(self.word, &args)
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

impl From<&StoreError> for Told {
    fn from(error: &StoreError) -> Self {
        let (word, args) = parts(error);
        Self { word, args }
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "one line for each thing that can be refused"
)]
fn parts(error: &StoreError) -> (StoreWord, Vec<(&'static str, String)>) {
    match error {
        StoreError::Locked { path } => (StoreWord::Locked, vec![("path", shown(path))]),
        StoreError::Newer { path, .. } => (StoreWord::Newer, vec![("path", shown(path))]),
        StoreError::ReadOnly { path } => (StoreWord::ReadOnly, vec![("path", shown(path))]),
        StoreError::Corrupt { path, .. } => (StoreWord::Corrupt, vec![("path", shown(path))]),
        StoreError::DiskFull { path } => (StoreWord::DiskFull, vec![("path", shown(path))]),
        StoreError::CannotOpen { path } => (StoreWord::CannotOpen, vec![("path", shown(path))]),
        StoreError::DiskFailed { path, .. } => (StoreWord::DiskFailed, vec![("path", shown(path))]),
        StoreError::KeyReused { .. } => (StoreWord::KeyReused, Vec::new()),
        StoreError::Unbalanced { .. } => (StoreWord::Unbalanced, Vec::new()),
        StoreError::Catalog(CatalogError::Duplicate {
            what,
            code,
            first,
            second,
        }) => (
            StoreWord::Duplicate,
            vec![
                ("what", (*what).to_owned()),
                ("code", code.clone()),
                ("first", first.to_string()),
                ("second", second.to_string()),
            ],
        ),
        StoreError::Catalog(CatalogError::NegativePrice { sku }) => {
            (StoreWord::NegativePrice, vec![("sku", sku.to_string())])
        }
        StoreError::UnknownProduct { sku } => (StoreWord::UnknownProduct, vec![("sku", sku.clone())]),
        StoreError::UnknownReceipt { number } => {
            (StoreWord::UnknownReceipt, vec![("number", number.to_string())])
        }
        StoreError::BadPin => (StoreWord::BadPin, Vec::new()),
        StoreError::PinTaken => (StoreWord::PinTaken, Vec::new()),
        StoreError::PadLocked => (StoreWord::PadLocked, Vec::new()),
        StoreError::UnknownStaff { name } => (StoreWord::UnknownStaff, vec![("name", name.clone())]),
        StoreError::NameTaken { name } => (StoreWord::NameTaken, vec![("name", name.clone())]),
        StoreError::BadName { most } => (StoreWord::BadName, vec![("most", most.to_string())]),
        StoreError::LastManager => (StoreWord::LastManager, Vec::new()),
        StoreError::NotAllowed { name, .. } => (StoreWord::NotAllowed, vec![("name", name.clone())]),
        StoreError::ReasonMissing { .. } => (StoreWord::ReasonMissing, Vec::new()),
        StoreError::PreviewStale { sku } => (StoreWord::PreviewStale, vec![("sku", sku.to_string())]),
        StoreError::EditConflict { sku } => (StoreWord::EditConflict, vec![("sku", sku.to_string())]),
        StoreError::UnknownPrice => (StoreWord::UnknownPrice, Vec::new()),
        StoreError::BadPicture { most_kib } => (StoreWord::BadPicture, vec![("most", most_kib.to_string())]),
        StoreError::BadContent => (StoreWord::BadContent, Vec::new()),
        StoreError::Refund(RefundError::NothingLeft) => (StoreWord::NothingLeft, Vec::new()),
        StoreError::Refund(RefundError::UnknownLine { .. }) => (StoreWord::UnknownLine, Vec::new()),
        StoreError::Refund(RefundError::TooMuch { name, left }) => (
            StoreWord::TooMuch,
            vec![("name", name.clone()), ("left", left.to_string())],
        ),
        StoreError::NotASale { number } => (StoreWord::NotASale, vec![("number", number.to_string())]),
        StoreError::TooLateToVoid { number } => (StoreWord::TooLate, vec![("number", number.to_string())]),
        StoreError::Money(_) | StoreError::Refund(RefundError::Money(_)) => (StoreWord::Money, Vec::new()),
        StoreError::UnknownReport { number } => {
            (StoreWord::UnknownReport, vec![("number", number.to_string())])
        }
        StoreError::BadCash => (StoreWord::BadCash, Vec::new()),
        StoreError::Export { .. } => (StoreWord::Export, Vec::new()),
        StoreError::UnknownPhoto { id } => (StoreWord::UnknownPhoto, vec![("id", id.to_string())]),
        StoreError::BadPhoto { file } => (StoreWord::BadPhoto, vec![("file", file.clone())]),
        StoreError::UnknownBox => (StoreWord::UnknownBox, Vec::new()),
        StoreError::BadBox => (StoreWord::BadBox, Vec::new()),
        StoreError::UnknownClass { class } => (StoreWord::UnknownClass, vec![("class", class.to_string())]),
        StoreError::SomethingHere => (StoreWord::SomethingHere, Vec::new()),
        StoreError::EmptyDataSet => (StoreWord::EmptyDataSet, Vec::new()),
        StoreError::UnknownDataSet { number } => {
            (StoreWord::UnknownDataSet, vec![("number", number.to_string())])
        }
        StoreError::UnknownRun { id } => (StoreWord::UnknownRun, vec![("id", id.to_string())]),
        StoreError::RunState { .. } => (StoreWord::RunState, Vec::new()),
        StoreError::UnknownModel { name } => (StoreWord::UnknownModel, vec![("name", name.clone())]),
        StoreError::ModelNameTaken { name } => (StoreWord::ModelNameTaken, vec![("name", name.clone())]),
        StoreError::NoEarlierModel => (StoreWord::NoEarlierModel, Vec::new()),
        StoreError::SecondWindow { path } => (StoreWord::SecondWindow, vec![("path", shown(path))]),
        StoreError::PinHash { .. } => (StoreWord::PinHash, Vec::new()),
        StoreError::BackupTarget { path } => (StoreWord::BackupTarget, vec![("path", shown(path))]),
        StoreError::BackupFile { path, .. } => (StoreWord::BackupFile, vec![("path", shown(path))]),
        StoreError::BadRow { .. } => (StoreWord::BadRow, Vec::new()),
        StoreError::Sqlite { .. } => (StoreWord::Sqlite, Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::Told;
    use crate::{
        store::error::StoreError,
        ui::words::{Lang, Words},
    };

    #[test]
    fn what_the_store_refuses_is_said_in_the_language_of_the_screens() {
        let error = StoreError::NameTaken {
            name: "Ada".to_owned(),
        };
        let told = Told::from(&error);
        let german = told.said(&Words::new(Lang::German));
        assert!(german.starts_with("Jemand heißt schon Ada"), "{german}");
        let english = told.said(&Words::new(Lang::English));
        assert_eq!(english.to_lowercase(), format!("{error}.").to_lowercase());
    }
}
