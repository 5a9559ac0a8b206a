//! Changing many prices at once: what each would be, before anybody agrees to it.

use crate::domain::codes::Sku;
use crate::domain::money::{Money, MoneyError};
use crate::domain::product::Product;

/// Basis points in one whole: 1900 of them are 19 %.
const BASIS_POINTS: i64 = 10_000;
/// The most that one change may add: prices become eleven times as high.
const MOST: i64 = 100_000;

/// The price of one product, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceChange {
    /// Which product.
    pub sku: Sku,
    /// Its name, to be read by whoever looks at the preview.
    pub name: String,
    /// What it costs now.
    pub before: Money,
    /// What it would cost.
    pub after: Money,
}

/// What a new price ends in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// Whatever comes out, rounded half away from zero.
    AsItIs,
    /// A nine: the nearest price whose last digit is 9, the higher of two that are equally near.
    Nine,
}

/// Why prices cannot be changed so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RepricingError {
    /// Below nothing, or out of proportion.
    #[error("a change of {} % is not possible: use -100 to 1000 per cent", basis_points / 100)]
    OutOfRange {
        /// What was asked for.
        basis_points: i64,
    },
    /// A price that does not fit.
    #[error("the new price of {sku} is wrong: {source}")]
    Price {
        /// The product.
        sku: Sku,
        /// What is wrong.
        source: MoneyError,
    },
}

/// What each product would cost after a change by `basis_points` hundredths of a per cent (500 is 5 % more).
/// Products whose price stays are left out.
///
/// # Errors
/// [`RepricingError`] outside -100 % to +1000 %, or for a price that does not fit.
pub fn by_percent<'a>(
    products: impl IntoIterator<Item = &'a Product>,
    basis_points: i64,
    ending: Ending,
) -> Result<Vec<PriceChange>, RepricingError> {
    if !(-BASIS_POINTS..=MOST).contains(&basis_points) {
        return Err(RepricingError::OutOfRange { basis_points });
    }
    let mut changes = Vec::new();
    for product in products {
        let scaled = product
            .price
            .checked_scale(BASIS_POINTS + basis_points, BASIS_POINTS);
        let after = scaled.and_then(|price| end_in(price, ending));
        let after = after.map_err(|source| RepricingError::Price {
            sku: product.sku.clone(),
            source,
        })?;
        if after != product.price {
            changes.push(PriceChange {
                sku: product.sku.clone(),
                name: product.name.clone(),
                before: product.price,
                after,
            });
        }
    }
    Ok(changes)
}

/// A price with the ending that was asked for; what costs nothing stays so.
fn end_in(price: Money, ending: Ending) -> Result<Money, MoneyError> {
    let minor = price.minor();
    match ending {
        Ending::AsItIs => Ok(price),
        Ending::Nine if minor <= 0 => Ok(price),
        Ending::Nine => {
            let nearest = (i128::from(minor) - 4).div_euclid(10) * 10 + 9;
            let fitting = i64::try_from(nearest.max(9)).ok().ok_or(MoneyError::Overflow)?;
            Ok(Money::new(fitting, price.currency()))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::money::Currency;
    use crate::domain::session::testing::piece;

    fn after(price: i64, basis_points: i64, ending: Ending) -> Option<i64> {
        let changes = by_percent([&piece("A", price)], basis_points, ending).unwrap();
        changes.first().map(|change| change.after.minor())
    }

    #[test]
    fn prices_worked_out_by_hand() {
        for (price, basis_points, ending, expected) in [
            // 1.29 and 5 % are 1.3545; 0.59 less 10 % is 0.531.
            (129, 500, Ending::AsItIs, Some(135)),
            (59, -1000, Ending::AsItIs, Some(53)),
            (129, 500, Ending::Nine, Some(139)),
            (59, -1000, Ending::Nine, Some(49)),
            // 1.03 is nearer to 0.99, 1.05 to 1.09, and 1.04 lies between both.
            (103, 0, Ending::Nine, Some(99)),
            (104, 0, Ending::Nine, Some(109)),
            (105, 0, Ending::Nine, Some(109)),
            (109, 0, Ending::Nine, None),
            (1, 0, Ending::Nine, Some(9)),
            (0, 5000, Ending::Nine, None),
            (129, -10_000, Ending::AsItIs, Some(0)),
            (129, 0, Ending::AsItIs, None),
        ] {
            assert_eq!(
                after(price, basis_points, ending),
                expected,
                "{price} {basis_points}"
            );
        }
    }

    #[test]
    fn what_is_out_of_proportion_is_refused() {
        for basis_points in [-10_001, 100_001, i64::MIN, i64::MAX] {
            let refused = by_percent([&piece("A", 1)], basis_points, Ending::AsItIs);
            assert_eq!(refused, Err(RepricingError::OutOfRange { basis_points }));
        }
        let huge = by_percent([&piece("A", i64::MAX)], 1, Ending::AsItIs);
        assert!(matches!(huge, Err(RepricingError::Price { .. })));
    }

    proptest! {
        #[test]
        fn a_nine_is_never_farther_than_five_and_ends_in_nine(minor in 1_i64..1_000_000) {
            let price = end_in(Money::new(minor, Currency::EUR), Ending::Nine).unwrap().minor();
            prop_assert_eq!(price % 10, 9);
            prop_assert!((price - minor).abs() <= 5 || minor < 5);
        }
    }
}
