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
    store::{
        Store, catalog_csv,
        error::StoreError,
        staff::{PinCheck, Role},
    },
    ui::{view::PinPurpose, words::Lang},
};

/// The one staff account of this version of the lane.
pub(super) const STAFF: &str = "staff";

/// The answer to a request.
pub type Outcome = Result<Reply, Trouble>;

/// Why a request was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    /// One sentence saying what to do.
    pub sentence: String,
    /// Whether the same request may work later.
    pub passing: bool,
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
    Sale(Box<Sale>),
}

/// What can be asked for; each with the time at which it was.
#[derive(Debug)]
pub enum Request {
    /// Everything that a lane needs to begin.
    Begin,
    /// The catalog with the prices of now.
    Catalog,
    /// Something to write down.
    Write(Write),
    /// A job of the back office.
    Office(StoreJob),
    /// Whether this is the PIN of the staff.
    CheckPin(String),
    /// The first PIN of the staff.
    ChoosePin(String),
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
    /// A job of the back office, and what is done with what it brings.
    Office(Then),
    /// A PIN, to open this.
    Pin(PinPurpose),
    /// The receipt's files.
    Receipt,
}

impl std::fmt::Debug for Asked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Begin => "Begin",
            Self::Catalog => "Catalog",
            Self::Office(_) => "Office",
            Self::Pin(_) => "Pin",
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
    /// Whether the staff have chosen a PIN.
    pub has_pin: bool,
    /// How far the clock on the wall is ahead of UTC.
    pub utc_offset_ms: i64,
}

/// What came of a request.
pub enum Reply {
    /// To [`Request::Begin`].
    Begun(Box<Beginning>),
    /// To [`Request::Catalog`].
    Catalog(Arc<Catalog>),
    /// To writes other than sales.
    Written,
    /// The sale has a number.
    Sold {
        /// Its key.
        key: SaleKey,
        /// The number on the receipt.
        receipt_number: u64,
    },
    /// To [`Request::CheckPin`].
    Pin(PinCheck),
    /// To [`Request::ChoosePin`].
    PinChosen,
    /// To [`Request::SaveReceipt`].
    ReceiptSaved(ReceiptFiles),
    /// To [`Request::Office`].
    Office(Parcel),
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Begun(_) => "Begun",
            Self::Catalog(_) => "Catalog",
            Self::Written => "Written",
            Self::Sold { .. } => "Sold",
            Self::Pin(_) => "Pin",
            Self::PinChosen => "PinChosen",
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
    let opener = move || open(&folder);
    RequestWorker::start("store", Box::new(opener), wake)
}

fn open(data: &Path) -> Result<Executor<Timed, Outcome>, String> {
    std::fs::create_dir_all(data).map_err(|error| {
        format!(
            "the data folder {} cannot be made ({error}): choose another with --data",
            data.display()
        )
    })?;
    let store = Store::open(&data.join(pricing::DATABASE)).map_err(|error| error.to_string())?;
    let room = Room {
        store,
        receipts: data.join("receipts"),
    };
    Ok(Box::new(move |(request, at)| room.carry_out(request, at)))
}

struct Room {
    store: Store,
    receipts: PathBuf,
}

impl Room {
    fn carry_out(&self, request: Request, at: Timestamp) -> Outcome {
        match request {
            Request::Begin => self.begin(at),
            Request::Catalog => self.catalog(at),
            Request::Write(write) => self.write(&write, at),
            Request::Office(job) => Ok(Reply::Office((job.0)(&self.store, at)?)),
            Request::CheckPin(pin) => Ok(Reply::Pin(self.store.check_pin(STAFF, &pin, at)?)),
            Request::ChoosePin(pin) => {
                // A second window must not replace the PIN that the first has just set.
                if self.store.has_pin()? {
                    return Ok(Reply::Pin(self.store.check_pin(STAFF, &pin, at)?));
                }
                self.store.set_pin(STAFF, &pin, Role::Manager, (STAFF, at))?;
                Ok(Reply::PinChosen)
            }
            Request::SaveReceipt { receipt, lang } => {
                let offset = self.store.utc_offset_ms(receipt.time)?;
                let saved = receipts::save(&receipt, lang, offset, &self.receipts);
                saved.map(Reply::ReceiptSaved).map_err(|error| Trouble {
                    sentence: format!("{error:#}"),
                    passing: true,
                })
            }
        }
    }

    fn begin(&self, at: Timestamp) -> Outcome {
        seed(&self.store, at)?;
        Ok(Reply::Begun(Box::new(Beginning {
            catalog: Arc::new(self.store.catalog(at)?),
            settings: ShopSettings::read(&self.store)?,
            saved: self.store.saved_basket()?.map(|(basket, _)| Box::new(basket)),
            has_pin: self.store.has_pin()?,
            utc_offset_ms: self.store.utc_offset_ms(at)?,
        })))
    }

    fn catalog(&self, at: Timestamp) -> Outcome {
        Ok(Reply::Catalog(Arc::new(self.store.catalog(at)?)))
    }

    fn write(&self, write: &Write, at: Timestamp) -> Outcome {
        match write {
            Write::Basket(basket) => self.store.save_basket(basket, at)?,
            Write::NoBasket => self.store.clear_saved_basket()?,
            Write::Journal(entry) => self.store.journal(entry, at)?,
            Write::Sale(sale) => {
                let receipt_number = self.store.commit_sale(sale)?;
                return Ok(Reply::Sold {
                    key: sale.key,
                    receipt_number,
                });
            }
        }
        Ok(Reply::Written)
    }
}

/// Gives an empty database the catalog that came with the program.
fn seed(store: &Store, at: Timestamp) -> Result<(), Trouble> {
    if !store.catalog(at)?.products().is_empty() {
        return Ok(());
    }
    let products = catalog_csv::parse(pricing::SEED_CATALOG).map_err(|error| Trouble {
        sentence: error.to_string(),
        passing: false,
    })?;
    store.import_products(&products, "tillsight", at)?;
    Ok(())
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self {
            sentence: error.to_string(),
            passing: error.is_passing(),
        }
    }
}
