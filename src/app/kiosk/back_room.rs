//! The thread that owns the database and the receipt files: requests, answers, and how each is carried out.
//!
//! Nothing of this runs on the window's thread: a slow disk, a locked file or a slow PIN hash never holds up a
//! picture. Failures come back as one sentence with a hint whether trying again can help.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    app::{
        kiosk::settings::ShopSettings,
        office::desk::{Parcel, StoreJob, Then},
        pricing,
        receipts::{self, ReceiptFiles},
        told::Told,
    },
    domain::{
        basket::Basket,
        catalog::Catalog,
        receipt::Receipt,
        sale::{Sale, SaleKey},
        session::effect::JournalEntry,
        time::Timestamp,
    },
    pipeline::{Executor, PipelineError, RequestWorker, Wake},
    store::{Store, catalog_csv, error::StoreError},
    ui::words::{Lang, Words},
};

/// Who does what the program does by itself.
const PROGRAM: &str = "tillsight";

/// The answer to a request.
pub type Outcome = Result<Reply, Trouble>;

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence saying what to do.
    pub sentence: String,
    /// Whether the same request may work later.
    pub passing: bool,
    /// The sentence in the words of the screens, where there is one.
    pub told: Option<Told>,
}

impl Trouble {
    /// A sentence that is in the right language already, or that no language has.
    pub fn new(sentence: impl Into<String>, passing: bool) -> Self {
        Self {
            sentence: sentence.into(),
            passing,
            told: None,
        }
    }

    /// With its sentence in a language.
    #[must_use]
    pub fn in_words(mut self, words: &Words) -> Self {
        if let Some(told) = &self.told {
            self.sentence = told.said(words);
        }
        self
    }
}

/// Something to be written down, in order, until it is.
#[derive(Debug, Clone, PartialEq)]
pub enum Write {
    /// The basket as it is now, so that it can be offered again.
    Basket(Box<Basket>),
    /// There is no basket any more.
    NoBasket,
    /// An entry of the journal.
    Journal(Box<JournalEntry>),
    /// A paid sale.
    Sale {
        /// The sale.
        sale: Box<Sale>,
        /// The model that saw its items.
        model: Option<String>,
    },
}

/// What can be asked for; each with the time at which it was.
#[derive(Debug)]
pub enum Request {
    /// Everything that a lane needs to begin.
    Begin,
    /// The catalog with the prices of now.
    Catalog,
    /// The settings of now.
    Settings,
    /// Something to write down.
    Write(Write),
    /// A job of the back office.
    Office(StoreJob),
    /// This program still works on the database.
    Beat,
    /// The receipt as files.
    SaveReceipt {
        /// What was bought.
        receipt: Box<Receipt>,
        /// In which language.
        lang: Lang,
    },
}

/// What an answer is awaited for.
pub(super) enum Asked {
    /// The beginning.
    Begin,
    /// The catalog of now.
    Catalog,
    /// The settings of now.
    Settings,
    /// A job of the back office, and what is done with what it brings.
    Office(Then),
    /// Nothing: only a failure matters.
    Beat,
    /// The receipt's files.
    Receipt,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Begin => "Begin",
            Self::Catalog => "Catalog",
            Self::Settings => "Settings",
            Self::Office(_) => "Office",
            Self::Beat => "Beat",
            Self::Receipt => "Receipt",
        })
    }
}

/// What a lane begins with.
#[derive(Debug)]
pub struct Beginning {
    /// Products and prices.
    pub catalog: Arc<Catalog>,
    /// What the shop decided.
    pub settings: ShopSettings,
    /// A basket that was interrupted.
    pub saved: Option<Box<Basket>>,
    /// When the next planned price begins to hold.
    pub next_change: Option<Timestamp>,
    /// Whether there is a manager with a PIN.
    pub has_pin: bool,
    /// How far the clock on the wall is ahead of UTC.
    pub utc_offset_ms: i64,
}

/// What came of a request.
pub enum Reply {
    /// To [`Request::Begin`].
    Begun(Box<Beginning>),
    /// To [`Request::Catalog`].
    Catalog {
        /// Products, with the prices of now.
        catalog: Arc<Catalog>,
        /// When the next planned price begins to hold.
        next_change: Option<Timestamp>,
    },
    /// To [`Request::Settings`].
    Settings(Box<ShopSettings>),
    /// To writes other than sales.
    Written,
    /// The sale has a number.
    Sold {
        /// Its key.
        key: SaleKey,
        /// The number on the receipt.
        receipt_number: u64,
    },
    /// To [`Request::SaveReceipt`].
    ReceiptSaved(ReceiptFiles),
    /// To [`Request::Office`].
    Office(Parcel),
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Begun(_) => "Begun",
            Self::Catalog { .. } => "Catalog",
            Self::Settings(_) => "Settings",
            Self::Written => "Written",
            Self::Sold { .. } => "Sold",
            Self::ReceiptSaved(_) => "ReceiptSaved",
            Self::Office(_) => "Office",
        })
    }
}

/// A request with the time at which it was made.
pub type Timed = (Request, Timestamp);

/// Starts the thread on the database in `data`.
///
/// # Errors
/// [`PipelineError::Spawn`] if the system gives no thread.
pub fn start(data: &Path, wake: Wake) -> Result<RequestWorker<Timed, Outcome>, PipelineError> {
    let folder = data.to_owned();
    // The place on the database is held under the same token when the thread opens it anew.
    let token = format!("{:032x}", rand::random::<u128>());
    let opener = move || open(&folder, &token);
    RequestWorker::start("store", Box::new(opener), wake)
}

fn open(data: &Path, token: &str) -> Result<Executor<Timed, Outcome>, String> {
    std::fs::create_dir_all(data).map_err(|error| {
        format!(
            "the data folder {} cannot be made ({error}): choose another with --data",
            data.display()
        )
    })?;
    let store = Store::open(&data.join(pricing::DATABASE)).map_err(|error| error.to_string())?;
    let room = Room {
        store,
        data: data.to_owned(),
        token: token.to_owned(),
    };
    Ok(Box::new(move |(request, at)| room.carry_out(request, at)))
}

struct Room {
    store: Store,
    data: PathBuf,
    token: String,
}

impl Drop for Room {
    fn drop(&mut self) {
        // Whoever starts the program again at once finds the place free.
        if let Err(error) = self.store.release_instance(&self.token) {
            tracing::warn!(%error, "the place on the database could not be given up");
        }
    }
}

impl Room {
    fn carry_out(&self, request: Request, at: Timestamp) -> Outcome {
        match request {
            Request::Begin => self.begin(at),
            Request::Catalog => self.catalog(at),
            Request::Settings => Ok(Reply::Settings(Box::new(ShopSettings::read(&self.store)?))),
            Request::Write(write) => self.write(&write, at),
            Request::Office(job) => Ok(Reply::Office((job.0)(&self.store, at)?)),
            Request::Beat => {
                self.store.claim_instance(&self.token, at)?;
                Ok(Reply::Written)
            }
            Request::SaveReceipt { receipt, lang } => {
                let offset = self.store.utc_offset_ms(receipt.time)?;
                let folder = ShopSettings::read(&self.store)?.receipt_folder(&self.data);
                let saved = receipts::save(&receipt, lang, offset, &folder);
                saved
                    .map(Reply::ReceiptSaved)
                    .map_err(|error| Trouble::new(format!("{error:#}"), true))
            }
        }
    }

    fn begin(&self, at: Timestamp) -> Outcome {
        // Two lanes on one database would sell from one basket: the second waits until the first is gone.
        self.store.claim_instance(&self.token, at)?;
        seed(&self.store, at)?;
        self.tidy_up(at)?;
        Ok(Reply::Begun(Box::new(Beginning {
            catalog: Arc::new(self.store.catalog(at)?),
            settings: ShopSettings::read(&self.store)?,
            saved: self.store.saved_basket()?.map(|(basket, _)| Box::new(basket)),
            next_change: self.store.next_price_change(at)?,
            has_pin: !self.store.needs_manager()?,
            utc_offset_ms: self.store.utc_offset_ms(at)?,
        })))
    }

    fn catalog(&self, at: Timestamp) -> Outcome {
        Ok(Reply::Catalog {
            catalog: Arc::new(self.store.catalog(at)?),
            next_change: self.store.next_price_change(at)?,
        })
    }

    /// What a program that ended in the middle of something left behind.
    fn tidy_up(&self, at: Timestamp) -> Result<(), Trouble> {
        for run in self.store.pause_interrupted_runs((PROGRAM, at))? {
            tracing::warn!(run.name, "this training was interrupted; it can be continued");
        }
        for name in self.store.files_to_delete()? {
            if remove_photo(&self.data, &name) {
                self.store.file_deleted(&name)?;
            }
        }
        Ok(())
    }

    fn write(&self, write: &Write, at: Timestamp) -> Outcome {
        match write {
            Write::Basket(basket) => self.store.save_basket(basket, at)?,
            Write::NoBasket => self.store.clear_saved_basket()?,
            Write::Journal(entry) => self.store.journal(entry, at)?,
            Write::Sale { sale, model } => {
                let receipt_number = self.store.commit_sale_seen_by(sale, model.as_deref())?;
                return Ok(Reply::Sold {
                    key: sale.key,
                    receipt_number,
                });
            }
        }
        Ok(Reply::Written)
    }
}

/// Deletes a photo and its cut-outs; true when they are gone.
fn remove_photo(data: &Path, name: &str) -> bool {
    // A name is no path: nothing outside the folder can be meant.
    if Path::new(name).file_name().is_none_or(|own| own != name) {
        return true;
    }
    let is_gone = |path: &Path| match std::fs::remove_file(path) {
        Ok(()) => true,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    };
    let stem = name.split('.').next().unwrap_or(name);
    let begins = format!("{stem}-");
    let cutouts = std::fs::read_dir(data.join("cutouts"))
        .into_iter()
        .flatten()
        .flatten();
    let mut all_gone = is_gone(&data.join("photos").join(name));
    for entry in cutouts.filter(|entry| entry.file_name().to_string_lossy().starts_with(&begins)) {
        all_gone &= is_gone(&entry.path());
    }
    all_gone
}

/// Gives an empty database the catalog that came with the program.
fn seed(store: &Store, at: Timestamp) -> Result<(), Trouble> {
    if !store.catalog(at)?.products().is_empty() {
        return Ok(());
    }
    let products =
        catalog_csv::parse(pricing::SEED_CATALOG).map_err(|error| Trouble::new(error.to_string(), false))?;
    store.begin_catalog(&products, (PROGRAM, at))?;
    Ok(())
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self {
            sentence: error.to_string(),
            passing: error.is_passing(),
            told: Some(Told::from(&error)),
        }
    }
}
