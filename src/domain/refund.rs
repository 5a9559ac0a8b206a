//! Giving money back for what was sold: never more of a line, and never more money, than was paid for it.
//!
//! The rule, in full: what a line gives back after `q` of its `n` pieces (or grams) in all is its amount times
//! `q / n`, rounded once, half away from zero; a refund gives the difference to what was given back before it.
//! Taxes follow the same way, group by group. However a sale is taken apart, the refunds of all its parts add
//! up to exactly what was paid.

use std::collections::BTreeMap;

use crate::domain::line::{Line, LineId};
use crate::domain::money::{Money, MoneyError};
use crate::domain::quantity::Quantity;
use crate::domain::sale::{PaymentMethod, Sale, SaleKey, Tender};
use crate::domain::tax::{TaxGroup, TaxRate, Totals};
use crate::domain::time::Timestamp;

/// So much of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LinePart {
    /// Line of the original sale.
    pub line: LineId,
    /// How much of it, in its own unit.
    pub quantity: Quantity,
}

/// What is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All that is left of the sale.
    Everything,
    /// These parts of it.
    Parts(Vec<LinePart>),
}

/// How the money goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenBack {
    /// Idempotency key of the refund, as of a sale.
    pub key: SaleKey,
    /// When.
    pub at: Timestamp,
    /// How.
    pub method: PaymentMethod,
    /// What the terminal or the clerk noted.
    pub reference: String,
}

/// A refund that may be written down: a sale in reverse, and which original line each of its lines is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// Lines, totals and payment, all above zero.
    pub sale: Sale,
    /// The original line of each line, in their order.
    pub origins: Vec<LineId>,
}

/// Why money cannot be given back so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RefundError {
    /// Everything was given back before, or nothing was asked for.
    #[error("nothing is left of this sale to give back")]
    NothingLeft,
    /// No such line, or it was voided and never paid.
    #[error("there is no line {} on this receipt", line.0)]
    UnknownLine {
        /// The line.
        line: LineId,
    },
    /// More than was sold and not yet given back.
    #[error("only {left} of {name} can be given back")]
    TooMuch {
        /// Name of the product.
        name: String,
        /// What is left.
        left: Quantity,
    },
    /// The amount cannot be computed exactly.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// The number in a quantity.
#[must_use]
pub fn number(quantity: Quantity) -> u32 {
    match quantity {
        Quantity::Count(count) => count,
        Quantity::Weight { grams } => grams,
    }
}

/// A quantity of the same unit.
#[must_use]
pub fn like(quantity: Quantity, number: u32) -> Quantity {
    match quantity {
        Quantity::Count(_) => Quantity::Count(number),
        Quantity::Weight { .. } => Quantity::Weight { grams: number },
    }
}

/// What is left of each line that was sold, after `before` was given back.
#[must_use]
pub fn left(sale: &Sale, before: &[LinePart]) -> Vec<LinePart> {
    let taken = taken(before);
    sale.lines
        .iter()
        .filter(|line| !line.voided)
        .filter_map(|line| {
            let rest = number(line.quantity).saturating_sub(taken.get(&line.id).copied().unwrap_or(0));
            (rest > 0).then(|| LinePart {
                line: line.id,
                quantity: like(line.quantity, rest),
            })
        })
        .collect()
}

/// Works a refund out.
///
/// # Errors
/// [`RefundError`] for more than is left, for an unknown line, or when nothing is left.
pub fn plan(
    sale: &Sale,
    before: &[LinePart],
    scope: &Scope,
    given_back: GivenBack,
) -> Result<Refund, RefundError> {
    let rest = left(sale, before);
    let parts = match scope {
        Scope::Everything => rest.clone(),
        Scope::Parts(parts) => parts.clone(),
    };
    let now = taken(&parts);
    let earlier = taken(before);
    let (mut lines, mut origins) = (Vec::new(), Vec::new());
    for (id, wanted) in now.iter().filter(|(_, wanted)| **wanted > 0) {
        let unknown = RefundError::UnknownLine { line: *id };
        let line = sale
            .lines
            .iter()
            .find(|line| line.id == *id && !line.voided)
            .ok_or(unknown)?;
        let left = rest.iter().find(|part| part.line == *id);
        let left = left.map_or_else(|| like(line.quantity, 0), |part| part.quantity);
        let unit_fits = parts
            .iter()
            .filter(|part| part.line == *id)
            .all(|part| part.quantity.unit() == line.unit);
        if *wanted > number(left) || !unit_fits {
            return Err(RefundError::TooMuch {
                name: line.name.clone(),
                left,
            });
        }
        let so_far = earlier.get(id).copied().unwrap_or(0);
        let amount = share(line, so_far + wanted)?.checked_sub(share(line, so_far)?)?;
        lines.push(Line {
            id: LineId(u64::try_from(lines.len()).unwrap_or(u64::MAX).saturating_add(1)),
            quantity: like(line.quantity, *wanted),
            amount,
            tracks: Vec::new(),
            changed_at: given_back.at,
            ..line.clone()
        });
        origins.push(*id);
    }
    if lines.is_empty() {
        return Err(RefundError::NothingLeft);
    }
    let totals = difference(
        &totals_after(sale, &sum_of(&earlier, &now))?,
        &totals_after(sale, &earlier)?,
    )?;
    let tenders = vec![Tender {
        method: given_back.method,
        amount: totals.total,
        reference: given_back.reference,
    }];
    let refund = Sale {
        key: given_back.key,
        started_at: given_back.at,
        completed_at: given_back.at,
        currency: sale.currency,
        price_mode: sale.price_mode,
        lines,
        totals,
        tenders,
        age_checked: None,
    };
    Ok(Refund {
        sale: refund,
        origins,
    })
}

fn taken(parts: &[LinePart]) -> BTreeMap<LineId, u32> {
    let mut taken: BTreeMap<LineId, u32> = BTreeMap::new();
    for part in parts {
        let sum = taken.entry(part.line).or_default();
        *sum = sum.saturating_add(number(part.quantity));
    }
    taken
}

fn sum_of(a: &BTreeMap<LineId, u32>, b: &BTreeMap<LineId, u32>) -> BTreeMap<LineId, u32> {
    let mut sum = a.clone();
    for (line, more) in b {
        let entry = sum.entry(*line).or_default();
        *entry = entry.saturating_add(*more);
    }
    sum
}

/// What `quantity` of a line cost.
fn share(line: &Line, quantity: u32) -> Result<Money, MoneyError> {
    line.amount
        .checked_scale(i64::from(quantity), i64::from(number(line.quantity)))
}

/// The totals of so much of each line.
fn totals_after(sale: &Sale, taken: &BTreeMap<LineId, u32>) -> Result<Totals, MoneyError> {
    let mut amounts: Vec<(&TaxRate, Money)> = Vec::new();
    for line in sale.lines.iter().filter(|line| !line.voided) {
        if let Some(quantity) = taken.get(&line.id) {
            amounts.push((&line.tax, share(line, *quantity)?));
        }
    }
    Totals::of(sale.currency, sale.price_mode, amounts.into_iter())
}

fn difference(after: &Totals, before: &Totals) -> Result<Totals, MoneyError> {
    let mut taxes = Vec::new();
    for group in &after.taxes {
        let old = before.taxes.iter().find(|old| old.rate == group.rate);
        let minus = |new: Money, old: Option<Money>| old.map_or(Ok(new), |old| new.checked_sub(old));
        let group = TaxGroup {
            rate: group.rate.clone(),
            net: minus(group.net, old.map(|old| old.net))?,
            tax: minus(group.tax, old.map(|old| old.tax))?,
            gross: minus(group.gross, old.map(|old| old.gross))?,
        };
        if group.gross.minor() != 0 {
            taxes.push(group);
        }
    }
    Ok(Totals {
        goods: after.goods.checked_sub(before.goods)?,
        taxes,
        tax: after.tax.checked_sub(before.tax)?,
        total: after.total.checked_sub(before.total)?,
    })
}

#[cfg(test)]
mod tests;
