//! What can go wrong with the database, each in one sentence that says what to do.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::domain::catalog::CatalogError;
use crate::domain::codes::Sku;
use crate::domain::money::MoneyError;
use crate::domain::refund::RefundError;
use crate::domain::sale::SaleKey;

/// Why a request failed. Nothing of a failed request is written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another program holds the file.
    #[error("the database {} is in use by another program: close that one and try again", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// Written by a newer Tillsight.
    #[error(
        "the database {} has version {found} but this program knows up to {known}: install the newer Tillsight",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version this program knows.
        known: i64,
    },
    /// May not be written.
    #[error("the database {} is read-only: allow writing to the file and its folder", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Damaged, or something else than a database.
    #[error("the database {} is damaged or is not a database: restore a backup ({detail})", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        detail: String,
    },
    /// No room left.
    #[error("the disk of the database {} is full: make room and try again", path.display())]
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// There is no such folder, or it may not be entered.
    #[error("the database {} cannot be opened: check that its folder exists and may be used", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
    },
    /// The device does not answer.
    #[error("the disk of the database {} does not work: check that it is connected", path.display())]
    DiskFailed {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: rusqlite::Error,
    },
    /// A key that stands for another sale.
    #[error("the sale {key} was written down before with other content: call support")]
    KeyReused {
        /// The key.
        key: SaleKey,
    },
    /// A sale whose payments are not its total.
    #[error("the sale {key} is not paid exactly and was not written down: call an attendant")]
    Unbalanced {
        /// The key.
        key: SaleKey,
    },
    /// Products that cannot stand side by side.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    /// No such product.
    #[error("there is no product {sku}")]
    UnknownProduct {
        /// What was asked for.
        sku: String,
    },
    /// No such receipt.
    #[error("there is no receipt {number}")]
    UnknownReceipt {
        /// What was asked for.
        number: u64,
    },
    /// A PIN that is too short or not digits.
    #[error("a PIN has 4 to 12 digits")]
    BadPin,
    /// A PIN that somebody else has.
    #[error("this PIN cannot be used: choose another")]
    PinTaken,
    /// Too many PINs were tried at the pad.
    #[error("too many PINs were tried: wait a few minutes and try again")]
    PadLocked,
    /// Nobody of this name works here.
    #[error("there is nobody called {name}: look at the list of staff")]
    UnknownStaff {
        /// What was asked for.
        name: String,
    },
    /// Somebody has this name.
    #[error("there is somebody called {name} already: choose another name")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// A name that is empty, too long or has letters that cannot be seen.
    #[error("a name has 1 to {most} letters")]
    BadName {
        /// The most letters.
        most: usize,
    },
    /// Nobody would be left who may manage staff.
    #[error("this is the last manager: make somebody else a manager first")]
    LastManager,
    /// The role does not allow it.
    #[error("{name} may not {what}: ask a manager")]
    NotAllowed {
        /// Who wanted to.
        name: String,
        /// To do what.
        what: &'static str,
    },
    /// Something that is only done with a reason.
    #[error("{what} needs a reason: say why")]
    ReasonMissing {
        /// What it is.
        what: &'static str,
    },
    /// A price has changed since the preview was made.
    #[error("the price of {sku} has changed meanwhile: look at the preview again")]
    PreviewStale {
        /// The product.
        sku: Sku,
    },
    /// A product has changed since the edit that is to be undone.
    #[error("{sku} was changed meanwhile and stays as it is: change it by hand")]
    EditConflict {
        /// The product.
        sku: Sku,
    },
    /// A planned price that is not there, or holds already.
    #[error("this planned price is not there any more: look at the list again")]
    UnknownPrice,
    /// A picture that is too large or is no JPEG.
    #[error("a picture of a product is a JPEG of at most {most_kib} KiB: choose another")]
    BadPicture {
        /// The most, in KiB.
        most_kib: usize,
    },
    /// A pack that holds nothing.
    #[error("a pack holds at least 1 g or 1 ml")]
    BadContent,
    /// Money cannot be given back so.
    #[error(transparent)]
    Refund(#[from] RefundError),
    /// A receipt that is no sale.
    #[error("receipt {number} is a refund: choose the sale it is for")]
    NotASale {
        /// The receipt.
        number: u64,
    },
    /// A sale that cannot be voided any more.
    #[error("sale {number} was closed with its day or partly given back: make a refund of what is left")]
    TooLateToVoid {
        /// The receipt.
        number: u64,
    },
    /// A sum that is too large, or of two currencies.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// No such Z report.
    #[error("there is no Z report {number}")]
    UnknownReport {
        /// What was asked for.
        number: u64,
    },
    /// Cash that there is not.
    #[error("this amount of cash cannot be: enter what is there")]
    BadCash,
    /// A list that could not be written.
    #[error("the file could not be written: check the folder and its room ({source})")]
    Export {
        /// What the system says.
        source: std::io::Error,
    },
    /// No such photo.
    #[error("there is no photo {id}: it may have been deleted meanwhile")]
    UnknownPhoto {
        /// What was asked for.
        id: i64,
    },
    /// What is said of a photo cannot be.
    #[error("the photo {file} cannot be taken in: its size or checksum is missing")]
    BadPhoto {
        /// Name of the file.
        file: String,
    },
    /// No such box.
    #[error("this box is not there any more: look at the photo again")]
    UnknownBox,
    /// A box outside the photo, or without area.
    #[error("a box lies inside its photo and has an area: draw it again")]
    BadBox,
    /// No such class.
    #[error("there is no class number {class}: choose one from the list")]
    UnknownClass {
        /// What was asked for.
        class: u16,
    },
    /// Nothing is said to be there, but there are boxes.
    #[error("there are boxes on this photo: remove them before saying that nothing is there")]
    SomethingHere,
    /// No photo that could be in a data set.
    #[error("no photo is labelled yet: draw boxes, or say where nothing is")]
    EmptyDataSet,
    /// No such data set.
    #[error("there is no data set {number}")]
    UnknownDataSet {
        /// What was asked for.
        number: u64,
    },
    /// No such training.
    #[error("there is no training {id}")]
    UnknownRun {
        /// What was asked for.
        id: i64,
    },
    /// A training cannot go from where it is to where it should.
    #[error("a training that is {from} cannot become {to}: look at the list again")]
    RunState {
        /// Where it is.
        from: &'static str,
        /// Where it should go.
        to: &'static str,
    },
    /// No such model, or its files are gone.
    #[error("there is no model {name}: look at the list of models")]
    UnknownModel {
        /// What was asked for.
        name: String,
    },
    /// Another model has this name.
    #[error("there is another model called {name}: choose another name")]
    ModelNameTaken {
        /// The name.
        name: String,
    },
    /// Nothing to go back to.
    #[error("no other model was in use before this one")]
    NoEarlierModel,
    /// Another program works on this database.
    #[error("Tillsight is open already with {}: use that window, or close it first", path.display())]
    SecondWindow {
        /// The database.
        path: PathBuf,
    },
    /// The PIN could not be hashed.
    #[error("the PIN could not be stored ({detail}): try again")]
    PinHash {
        /// What the hash function says.
        detail: String,
    },
    /// A backup onto a file that must stay.
    #[error("a backup cannot be written to {}: choose a new file name", path.display())]
    BackupTarget {
        /// Where it should have gone.
        path: PathBuf,
    },
    /// A backup that could not be put in place.
    #[error("the backup {} could not be written: check the folder and its room", path.display())]
    BackupFile {
        /// Where it should have gone.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A row that makes no sense.
    #[error("the database holds something unexpected while {doing}: restore a backup ({detail})")]
    BadRow {
        /// The request.
        doing: &'static str,
        /// What was found.
        detail: String,
    },
    /// Anything else.
    #[error("{doing} did not work: try again, and call support if it stays so ({source})")]
    Sqlite {
        /// The request.
        doing: &'static str,
        /// What SQLite says.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// Whether the same request may work later, when a disk has room or another program has let go.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Locked { .. }
                | Self::Newer { .. }
                | Self::ReadOnly { .. }
                | Self::Corrupt { .. }
                | Self::DiskFull { .. }
                | Self::CannotOpen { .. }
                | Self::DiskFailed { .. }
                | Self::Sqlite { .. }
        )
    }
}

/// A failure inside a request: from SQLite, from a row, or told already.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(rusqlite::Error),
    Row(String),
    Told(StoreError),
}

impl Fault {
    /// A row that cannot be what it says.
    pub(super) fn row(found: impl std::fmt::Display) -> Self {
        Self::Row(found.to_string())
    }

    pub(super) fn told(self, doing: &'static str, path: &Path) -> StoreError {
        match self {
            Self::Sql(source) => classify(doing, path, source),
            Self::Row(detail) => StoreError::BadRow { doing, detail },
            Self::Told(error) => error,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(source: rusqlite::Error) -> Self {
        Self::Sql(source)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Told(error)
    }
}

impl From<MoneyError> for Fault {
    fn from(error: MoneyError) -> Self {
        Self::Told(error.into())
    }
}

impl From<serde_json::Error> for Fault {
    fn from(error: serde_json::Error) -> Self {
        Self::row(error)
    }
}

impl From<std::num::TryFromIntError> for Fault {
    fn from(error: std::num::TryFromIntError) -> Self {
        Self::row(error)
    }
}

/// The variant that tells a person what to do about an error of SQLite.
pub(super) fn classify(doing: &'static str, path: &Path, source: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    let is = |codes: &[ErrorCode]| {
        source
            .sqlite_error_code()
            .is_some_and(|code| codes.contains(&code))
    };
    if is(&[
        ErrorCode::DatabaseBusy,
        ErrorCode::DatabaseLocked,
        ErrorCode::FileLockingProtocolFailed,
    ]) {
        StoreError::Locked { path }
    } else if is(&[ErrorCode::ReadOnly]) {
        StoreError::ReadOnly { path }
    } else if is(&[ErrorCode::DatabaseCorrupt, ErrorCode::NotADatabase]) {
        StoreError::Corrupt {
            path,
            detail: source.to_string(),
        }
    } else if is(&[ErrorCode::DiskFull]) {
        StoreError::DiskFull { path }
    } else if is(&[ErrorCode::CannotOpen, ErrorCode::PermissionDenied]) {
        StoreError::CannotOpen { path }
    } else if is(&[ErrorCode::SystemIoFailure]) {
        StoreError::DiskFailed { path, source }
    } else {
        StoreError::Sqlite { doing, source }
    }
}
