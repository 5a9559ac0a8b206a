//! What the pages of the day show: plain data, worked out before.

use std::sync::Arc;

use crate::domain::{
    cash::{CashUp, Drawer},
    line::LineId,
    money::{Currency, Money},
    quantity::Quantity,
    receipt::ReceiptRow,
    sale::PaymentMethod,
    staff::Permission,
    time::Timestamp,
};

/// One of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DayTab {
    /// The list of sales.
    #[default]
    Sales,
    /// Sales by hour and by product.
    Charts,
    /// The cash drawer.
    Cash,
    /// X and Z reports.
    Reports,
}

/// Everything about the day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayView {
    /// Which page shows.
    pub tab: DayTab,
    /// What whoever is signed on may do.
    pub allowed: Vec<Permission>,
    /// The list of sales.
    pub sales: Box<SalesView>,
    /// The charts.
    pub charts: Box<ChartsView>,
    /// The drawer.
    pub cash: Box<CashView>,
    /// The reports.
    pub reports: Box<ReportsView>,
}

impl DayView {
    /// Whether whoever is signed on may do something.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.allowed.contains(&permission)
    }
}

/// What a receipt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaleKind {
    /// Something was sold.
    Sale,
    /// Something was given back.
    Refund,
    /// A sale was taken back as a whole.
    Void,
}

/// Which receipts are wanted; what is empty does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SalesWanted {
    /// First day, as midnight of that date in UTC.
    pub from: Option<Timestamp>,
    /// Last day, in the same way.
    pub to: Option<Timestamp>,
    /// At least this much.
    pub least: Option<Money>,
    /// At most this much.
    pub most: Option<Money>,
    /// Only these.
    pub kind: Option<SaleKind>,
    /// Only what was paid so.
    pub method: Option<PaymentMethod>,
    /// What was typed into the search.
    pub text: String,
    /// Only with this product on them.
    pub sku: Option<String>,
    /// Only what this model saw.
    pub model: Option<String>,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRowView {
    /// Number of the receipt.
    pub number: u64,
    /// Date and time by the clock on the wall.
    pub when: String,
    /// What it is.
    pub kind: SaleKind,
    /// How it was paid.
    pub method: Option<PaymentMethod>,
    /// How many lines it has.
    pub lines: u64,
    /// What was paid, or given back.
    pub total: Money,
    /// What was given back of it since.
    pub given_back: Option<Money>,
    /// The model that saw it.
    pub model: String,
}

/// The list of sales.
#[derive(Debug, Clone, PartialEq)]
pub struct SalesView {
    /// Currency of the shop, for amounts that are typed.
    pub currency: Currency,
    /// A page of the list, the newest first.
    pub rows: Vec<SaleRowView>,
    /// How many there are on all pages.
    pub count: u64,
    /// Place of the first row among them, from 1.
    pub first: u64,
    /// Whether newer ones come before.
    pub has_newer: bool,
    /// Whether older ones follow.
    pub has_older: bool,
    /// Today, as midnight of the date in UTC.
    pub today: Timestamp,
    /// Which are wanted.
    pub wanted: SalesWanted,
    /// SKU and name of the products that can be asked for.
    pub products: Arc<Vec<(String, String)>>,
    /// Models that can be asked for.
    pub models: Vec<String>,
    /// The receipt that is open.
    pub open: Option<ReceiptPane>,
}

/// A refund of a sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundNoteView {
    /// Its receipt.
    pub number: u64,
    /// When.
    pub when: String,
    /// By whom.
    pub who: String,
    /// Why.
    pub reason: String,
    /// Whether the whole sale was voided.
    pub is_void: bool,
    /// How much.
    pub total: Money,
}

/// What is left of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftLine {
    /// Which line.
    pub line: LineId,
    /// Name of the product.
    pub name: String,
    /// How much can still be given back.
    pub left: Quantity,
    /// Price of one, or of a kilogram.
    pub unit_price: Money,
    /// How much of it is chosen.
    pub chosen: u32,
}

/// Money that is about to be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundDraft {
    /// Whether the whole sale is voided.
    pub is_void: bool,
    /// How the money goes back.
    pub method: PaymentMethod,
    /// The lines of which something is left.
    pub lines: Vec<LeftLine>,
    /// What it comes to; nothing while nothing is chosen.
    pub amount: Option<Money>,
}

/// A receipt with all that can be done with it.
#[derive(Debug, Clone, PartialEq)]
pub struct ReceiptPane {
    /// Its number.
    pub number: u64,
    /// What it is.
    pub kind: SaleKind,
    /// The rows as they are printed.
    pub paper: Vec<ReceiptRow>,
    /// The model that saw it.
    pub model: Option<String>,
    /// Of which receipt this gives money back.
    pub refund_of: Option<u64>,
    /// What was given back of it.
    pub refunds: Vec<RefundNoteView>,
    /// Whether something is left to be given back.
    pub can_refund: bool,
    /// Whether it may still be voided.
    pub can_void: bool,
    /// Where it was saved.
    pub saved_to: Option<String>,
    /// Money that is about to be given back.
    pub draft: Option<RefundDraft>,
}

/// How much of the past a chart shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ChartPeriod {
    /// Since midnight.
    #[default]
    Today,
    /// The day before.
    Yesterday,
    /// The last seven days, today included.
    Week,
    /// The last thirty days, today included.
    Month,
}

impl ChartPeriod {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Today, Self::Yesterday, Self::Week, Self::Month];
}

/// A bar of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BarView {
    /// What it stands for.
    pub label: String,
    /// What was taken.
    pub amount: Money,
    /// How many: sales of an hour, or pieces and weight of a product.
    pub count: String,
}

/// Sales as charts.
#[derive(Debug, Clone, PartialEq)]
pub struct ChartsView {
    /// Which days.
    pub period: ChartPeriod,
    /// Currency of the axis.
    pub currency: Currency,
    /// The 24 hours of the day.
    pub hours: Vec<BarView>,
    /// The products that brought in most, the most first.
    pub products: Vec<BarView>,
    /// All sales of the days.
    pub total: Money,
    /// How many they are.
    pub count: u64,
}

/// What an entry of the drawer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerEntryKind {
    /// Put in at the beginning.
    Float,
    /// Put in besides.
    PayIn,
    /// Taken out besides.
    PayOut,
    /// Counted.
    Count,
}

/// An entry of the drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DrawerEntryView {
    /// When.
    pub when: String,
    /// By whom.
    pub who: String,
    /// What it is.
    pub kind: DrawerEntryKind,
    /// How much.
    pub amount: Money,
    /// For a count: what is there too much.
    pub difference: Option<Money>,
    /// Why.
    pub reason: String,
}

/// The drawer.
#[derive(Debug, Clone, PartialEq)]
pub struct CashView {
    /// Currency of the shop.
    pub currency: Currency,
    /// What went through it since its float.
    pub drawer: Option<Drawer>,
    /// Notes and coins, the largest first.
    pub denominations: Vec<Money>,
    /// The newest entries first.
    pub entries: Vec<DrawerEntryView>,
    /// The count that was just made.
    pub counted: Option<CashUp>,
    /// How many entries were made here; what is typed is cleared when it changes.
    pub done: u64,
}

/// A line of the list of Z reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZRowView {
    /// Its number.
    pub number: u64,
    /// When the day was closed.
    pub when: String,
    /// By whom.
    pub who: String,
    /// How many sales.
    pub count: u64,
    /// Sales less what was given back.
    pub net: Money,
}

/// A report as it is printed.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportPaper {
    /// Number of a Z report; none for an X report.
    pub number: Option<u64>,
    /// Its rows.
    pub rows: Vec<ReceiptRow>,
    /// Where it was saved.
    pub saved_to: Option<String>,
}

/// The reports.
#[derive(Debug, Clone, PartialEq)]
pub struct ReportsView {
    /// The newest first.
    pub list: Vec<ZRowView>,
    /// The one that is open.
    pub shown: Option<ReportPaper>,
}
