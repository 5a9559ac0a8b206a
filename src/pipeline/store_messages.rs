//! What the store's thread is asked and what it answers.

use std::sync::Arc;

use crate::{
    domain::{
        basket::Basket,
        catalog::Catalog,
        codes::Sku,
        money::{Currency, Money},
        product::Product,
        sale::{Sale, SaleKey},
        session::effect::JournalEntry,
        time::Timestamp,
    },
    store::{
        products::{ClassLink, PriceEntry},
        report::SalesReport,
        sales::SaleSummary,
        staff::{PinCheck, Role},
    },
};

/// Who changes something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// Name of the member of staff.
    pub name: String,
    /// Time of the change.
    pub at: Timestamp,
}

impl Actor {
    pub(super) fn pair(&self) -> (&str, Timestamp) {
        (&self.name, self.at)
    }
}

/// What the store is asked for.
#[derive(Debug, Clone, PartialEq)]
pub enum StoreRequest {
    /// Write a sale down, once under its key.
    CommitSale(Box<Sale>),
    /// Keep the basket against a power cut.
    SaveBasket {
        /// The basket.
        basket: Box<Basket>,
        /// Time.
        now: Timestamp,
    },
    /// Forget the kept basket.
    ClearSavedBasket,
    /// The basket of an interrupted visit.
    SavedBasket,
    /// Append to the journal.
    Journal {
        /// What to keep.
        entry: Box<JournalEntry>,
        /// Time.
        at: Timestamp,
    },
    /// All products with the prices of a time.
    Catalog {
        /// Time.
        at: Timestamp,
    },
    /// Add or change a product.
    PutProduct {
        /// The product.
        product: Box<Product>,
        /// By whom.
        by: Actor,
    },
    /// Enter a price.
    SetPrice {
        /// Of which product.
        sku: Sku,
        /// The price.
        price: Money,
        /// From when on it holds.
        effective_from: Timestamp,
        /// By whom.
        by: Actor,
    },
    /// Every price of a product.
    PriceHistory {
        /// Of which product.
        sku: Sku,
    },
    /// The classes and the products they stand for.
    Classes,
    /// The newest sales of a time.
    Sales {
        /// From this time on.
        from: Timestamp,
        /// Before this time.
        to: Timestamp,
        /// At most so many.
        limit: u32,
    },
    /// The sale on a receipt.
    Sale {
        /// The receipt's number.
        receipt_number: u64,
    },
    /// Sums over a time.
    Report {
        /// From this time on.
        from: Timestamp,
        /// Before this time.
        to: Timestamp,
        /// In which currency.
        currency: Currency,
    },
    /// Whether any PIN was set.
    HasPin,
    /// Check a PIN.
    CheckPin {
        /// Whose.
        name: String,
        /// The digits.
        pin: String,
        /// Time.
        now: Timestamp,
    },
    /// Set a PIN.
    SetPin {
        /// Whose.
        name: String,
        /// The digits.
        pin: String,
        /// What the person may do.
        role: Role,
        /// By whom.
        by: Actor,
    },
    /// Read a setting.
    Setting {
        /// Its key.
        key: String,
    },
    /// Change a setting.
    SetSetting {
        /// Its key.
        key: String,
        /// Its value.
        value: String,
        /// By whom.
        by: Actor,
    },
}

/// What the store answers.
#[derive(Debug, Clone)]
pub enum StoreReply {
    /// The sale is written down.
    SaleCommitted {
        /// Its key.
        key: SaleKey,
        /// The number on the receipt.
        receipt_number: u64,
    },
    /// The sale could not be written down; ask again under the same key.
    CommitFailed {
        /// Its key.
        key: SaleKey,
        /// One sentence.
        reason: String,
    },
    /// Any other request that did not work.
    Failed {
        /// One sentence.
        reason: String,
    },
    /// A change is written down.
    Done,
    /// The basket of an interrupted visit and when it was kept.
    SavedBasket(Option<Box<(Basket, Timestamp)>>),
    /// All products.
    Catalog(Arc<Catalog>),
    /// Every price of a product.
    PriceHistory {
        /// Of which product.
        sku: Sku,
        /// The prices in the order in which they hold.
        prices: Vec<PriceEntry>,
    },
    /// The classes.
    Classes(Vec<ClassLink>),
    /// The sales, newest first.
    Sales(Vec<SaleSummary>),
    /// One sale.
    Sale {
        /// The number asked for.
        receipt_number: u64,
        /// The sale.
        sale: Box<Sale>,
    },
    /// The sums.
    Report(Box<SalesReport>),
    /// Whether any PIN was set.
    HasPin(bool),
    /// What came of checking a PIN.
    PinChecked(PinCheck),
    /// A setting.
    Setting {
        /// Its key.
        key: String,
        /// Its value, if it was ever set.
        value: Option<String>,
    },
}
