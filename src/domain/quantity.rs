//! How much of a product: pieces or grams, and what that costs.
//!
//! A weight is always net here; the tare is taken off once, in [`net_grams`].

use serde::{Deserialize, Serialize};

use crate::domain::money::{Money, MoneyError};

/// The most pieces that one line may hold; a typed barcode must not become a count.
pub const MAX_COUNT: u32 = 999;

/// The heaviest weight that one line may hold, in grams.
pub const MAX_GRAMS: u32 = 100_000;

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// One piece.
    Each,
    /// One kilogram.
    Kilogram,
}

impl Unit {
    /// The word used in files: "each" or "kg".
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Each => "each",
            Self::Kilogram => "kg",
        }
    }

    /// Reads the word used in files.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "each" => Some(Self::Each),
            "kg" => Some(Self::Kilogram),
            _ => None,
        }
    }
}

/// Pieces or a net weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Quantity {
    /// So many pieces.
    Count(u32),
    /// So many grams; a kilogram with three decimals.
    Weight {
        /// Grams.
        grams: u32,
    },
}

impl Quantity {
    /// What this much costs at `unit_price` (per piece, or per kilogram).
    ///
    /// Pieces multiply exactly. A weight is `price per kg * grams / 1000`, rounded once, half away from
    /// zero; this is the only rounding a line ever sees.
    ///
    /// # Errors
    /// An amount that does not fit.
    pub fn amount(self, unit_price: Money) -> Result<Money, MoneyError> {
        match self {
            Self::Count(count) => unit_price.checked_mul(i64::from(count)),
            Self::Weight { grams } => unit_price.checked_scale(i64::from(grams), 1_000),
        }
    }

    /// The unit that this quantity counts.
    #[must_use]
    pub fn unit(self) -> Unit {
        match self {
            Self::Count(_) => Unit::Each,
            Self::Weight { .. } => Unit::Kilogram,
        }
    }

    /// "3" or "0.435 kg", with `separator` before the decimals.
    #[must_use]
    pub fn to_text(self, separator: char) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Weight { grams } => format!("{}{separator}{:03} kg", grams / 1_000, grams % 1_000),
        }
    }
}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.to_text('.'))
    }
}

/// The net weight under `gross` grams on the scale; none when nothing is left after the tare.
#[must_use]
pub fn net_grams(gross: u32, tare: u32) -> Option<u32> {
    gross.checked_sub(tare).filter(|net| *net > 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::money::Currency;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn weights_are_rounded_once_half_away_from_zero() {
        // 1.99 per kg: 435 g are 0.86565, 250 g of 1.98 are 0.495, 1 g is 0.00199.
        assert_eq!(Quantity::Weight { grams: 435 }.amount(eur(199)), Ok(eur(87)));
        assert_eq!(Quantity::Weight { grams: 250 }.amount(eur(198)), Ok(eur(50)));
        assert_eq!(Quantity::Weight { grams: 1 }.amount(eur(199)), Ok(eur(0)));
        assert_eq!(Quantity::Count(3).amount(eur(129)), Ok(eur(387)));
        assert_eq!(
            Quantity::Count(2).amount(eur(i64::MAX)),
            Err(MoneyError::Overflow)
        );
    }

    #[test]
    fn weights_print_with_three_decimals() {
        assert_eq!(Quantity::Weight { grams: 435 }.to_string(), "0.435 kg");
        assert_eq!(Quantity::Weight { grams: 12_005 }.to_text(','), "12,005 kg");
        assert_eq!(Quantity::Count(7).to_string(), "7");
    }

    #[test]
    fn tare_leaves_something_or_nothing() {
        assert_eq!(net_grams(500, 12), Some(488));
        assert_eq!(net_grams(12, 12), None);
        assert_eq!(net_grams(5, 12), None);
    }

    proptest! {
        #[test]
        fn more_never_costs_less(price in 0_i64..1_000_000, a in 0_u32..50_000, b in 0_u32..50_000) {
            let (less, more) = (a.min(b), a.max(b));
            let cost = |grams| Quantity::Weight { grams }.amount(eur(price)).unwrap().minor();
            prop_assert!(cost(less) <= cost(more));
        }
    }
}
