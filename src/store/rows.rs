//! Checked steps between columns and the types of the domain.

use rusqlite::Row;

use crate::domain::codes::Sku;
use crate::domain::money::{Currency, Money};
use crate::domain::quantity::Unit;
use crate::domain::tax::{PriceMode, TaxRate};
use crate::domain::time::Timestamp;
use crate::store::error::Fault;

/// Reads one column by name.
pub(super) fn get<T: rusqlite::types::FromSql>(row: &Row<'_>, column: &str) -> Result<T, Fault> {
    Ok(row.get(column)?)
}

/// Reads a number that must fit a smaller type.
pub(super) fn small<T: TryFrom<i64, Error = std::num::TryFromIntError>>(
    row: &Row<'_>,
    column: &str,
) -> Result<T, Fault> {
    Ok(T::try_from(get::<i64>(row, column)?)?)
}

/// Reads a number that must fit a smaller type, or nothing.
pub(super) fn small_or_none<T: TryFrom<i64, Error = std::num::TryFromIntError>>(
    row: &Row<'_>,
    column: &str,
) -> Result<Option<T>, Fault> {
    Ok(get::<Option<i64>>(row, column)?.map(T::try_from).transpose()?)
}

/// A number as SQLite keeps it.
pub(super) fn signed(number: u64) -> Result<i64, Fault> {
    Ok(i64::try_from(number)?)
}

pub(super) fn sku(row: &Row<'_>, column: &str) -> Result<Sku, Fault> {
    Sku::new(&get::<String>(row, column)?).map_err(Fault::row)
}

pub(super) fn currency(row: &Row<'_>) -> Result<Currency, Fault> {
    Currency::from_code(&get::<String>(row, "currency")?).map_err(Fault::row)
}

pub(super) fn money(row: &Row<'_>, column: &str, currency: Currency) -> Result<Money, Fault> {
    Ok(Money::new(get(row, column)?, currency))
}

pub(super) fn tax(row: &Row<'_>) -> Result<TaxRate, Fault> {
    TaxRate::new(&get::<String>(row, "tax_id")?, small(row, "tax_bp")?).map_err(Fault::row)
}

pub(super) fn unit(row: &Row<'_>) -> Result<Unit, Fault> {
    let code: String = get(row, "unit")?;
    Unit::from_code(&code).ok_or_else(|| Fault::row(format!("unit {code}")))
}

pub(super) fn time(row: &Row<'_>, column: &str) -> Result<Timestamp, Fault> {
    Ok(Timestamp(get(row, column)?))
}

pub(super) fn price_mode_code(mode: PriceMode) -> &'static str {
    match mode {
        PriceMode::TaxInclusive => "tax_inclusive",
        PriceMode::TaxExclusive => "tax_exclusive",
    }
}

pub(super) fn price_mode(row: &Row<'_>) -> Result<PriceMode, Fault> {
    match get::<String>(row, "price_mode")?.as_str() {
        "tax_inclusive" => Ok(PriceMode::TaxInclusive),
        "tax_exclusive" => Ok(PriceMode::TaxExclusive),
        other => Err(Fault::row(format!("price mode {other}"))),
    }
}
