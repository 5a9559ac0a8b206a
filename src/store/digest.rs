//! What seals a sale: a hash over everything that was written down about it.
//!
//! The parts and their order are fixed for version 1 and independent of how the types are laid out, so
//! that a journal sealed today still checks after the program has grown. A new field needs version 2.

use sha2::{Digest as _, Sha256};

use crate::domain::line::Line;
use crate::domain::quantity::Quantity;
use crate::domain::sale::Sale;
use crate::store::journal::hex;
use crate::store::rows::price_mode_code;

/// SHA-256 over the parts of version 1, each preceded by its length.
pub(super) fn of_sale(sale: &Sale) -> String {
    let mut sealed = Sealed(Sha256::new());
    sealed.text("sale 1");
    sealed.text(&sale.key.to_string());
    sealed.number(sale.started_at.0);
    sealed.number(sale.completed_at.0);
    sealed.text(sale.currency.code());
    sealed.text(price_mode_code(sale.price_mode));
    sealed.number(sale.age_checked.map_or(-1, i64::from));
    sealed.count(sale.lines.len());
    for line in &sale.lines {
        sealed.line(line);
    }
    sealed.count(sale.totals.taxes.len());
    for group in &sale.totals.taxes {
        sealed.text(group.rate.id());
        sealed.number(group.rate.basis_points());
        for amount in [group.net, group.tax, group.gross] {
            sealed.number(amount.minor());
        }
    }
    for amount in [sale.totals.goods, sale.totals.tax, sale.totals.total] {
        sealed.number(amount.minor());
    }
    sealed.count(sale.tenders.len());
    for tender in &sale.tenders {
        sealed.text(tender.method.code());
        sealed.number(tender.amount.minor());
        sealed.text(&tender.reference);
    }
    hex(&sealed.0.finalize())
}

struct Sealed(Sha256);

impl Sealed {
    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.update(text.as_bytes());
    }

    fn count(&mut self, count: usize) {
        self.0.update((count as u64).to_be_bytes());
    }

    fn number(&mut self, number: impl Into<i64>) {
        self.text(&number.into().to_string());
    }

    fn line(&mut self, line: &Line) {
        self.text(&line.id.0.to_string());
        self.text(line.sku.as_str());
        self.text(&line.name);
        self.text(line.unit.code());
        self.number(line.unit_price.minor());
        self.text(line.tax.id());
        self.number(line.tax.basis_points());
        self.number(line.age_limit.map_or(-1, i64::from));
        self.number(match line.quantity {
            Quantity::Count(count) => count,
            Quantity::Weight { grams } => grams,
        });
        self.number(line.tare_grams);
        self.number(line.amount.minor());
        self.text(line.origin.code());
        self.text(
            &line
                .origin
                .track()
                .map_or_else(String::new, |track| track.0.to_string()),
        );
        self.count(line.tracks.len());
        for track in &line.tracks {
            self.text(&track.0.to_string());
        }
        self.number(line.voided);
        self.number(line.changed_at.0);
    }
}
