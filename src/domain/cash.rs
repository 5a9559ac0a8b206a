//! Cash: notes and coins counted, and what should be in the drawer.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::money::{Currency, Money, MoneyError};

/// Notes and coins of the currencies that shops count most, the largest first, in minor units.
const KNOWN: [(&str, &[i64]); 4] = [
    (
        "EUR",
        &[
            50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
        ],
    ),
    (
        "USD",
        &[10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 25, 10, 5, 1],
    ),
    ("GBP", &[5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1]),
    (
        "CHF",
        &[
            100_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5,
        ],
    ),
];
/// For every other currency: ones, twos and fives.
const COMMON: &[i64] = &[
    100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1,
];

/// The notes and coins to be counted, the largest first.
#[must_use]
pub fn denominations(currency: Currency) -> Vec<Money> {
    let known = KNOWN.iter().find(|(code, _)| *code == currency.code());
    let minors = known.map_or(COMMON, |(_, minors)| minors);
    minors.iter().map(|minor| Money::new(*minor, currency)).collect()
}

/// How many of each note and coin, by its value in minor units.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted(pub BTreeMap<i64, u32>);

impl Counted {
    /// What they are worth.
    ///
    /// # Errors
    /// A sum that does not fit.
    pub fn total(&self, currency: Currency) -> Result<Money, MoneyError> {
        let worth =
            |(minor, count): (&i64, &u32)| Money::new(*minor, currency).checked_mul(i64::from(*count));
        self.0
            .iter()
            .map(worth)
            .try_fold(Money::zero(currency), |sum, worth| sum.checked_add(worth?))
    }

    /// Whether every value is one that money has.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.0.keys().all(|minor| *minor > 0)
    }
}

/// What went through the drawer since the float was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawer {
    /// What was put in at the beginning.
    pub float: Money,
    /// What shoppers paid at the attendant.
    pub taken: Money,
    /// What was given back to them.
    pub given_back: Money,
    /// What was put in besides.
    pub pay_ins: Money,
    /// What was taken out besides.
    pub pay_outs: Money,
}

impl Drawer {
    /// What should be in it.
    ///
    /// # Errors
    /// A sum that does not fit.
    pub fn expected(&self) -> Result<Money, MoneyError> {
        self.float
            .checked_add(self.taken)?
            .checked_sub(self.given_back)?
            .checked_add(self.pay_ins)?
            .checked_sub(self.pay_outs)
    }
}

/// A drawer that was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashUp {
    /// What went through it.
    pub drawer: Drawer,
    /// What should be in it.
    pub expected: Money,
    /// What is in it.
    pub counted: Money,
    /// What is there too much; below zero when something is missing.
    pub difference: Money,
}

impl CashUp {
    /// Compares what was counted with what should be there.
    ///
    /// # Errors
    /// Two currencies, or a sum that does not fit.
    pub fn of(drawer: Drawer, counted: Money) -> Result<Self, MoneyError> {
        let expected = drawer.expected()?;
        Ok(Self {
            drawer,
            expected,
            counted,
            difference: counted.checked_sub(expected)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn notes_and_coins_add_up() {
        let counted = Counted([(5_000, 2), (200, 3), (5, 1)].into());
        assert_eq!(counted.total(Currency::EUR), Ok(eur(10_605)));
        assert!(counted.is_sound());
        assert!(!Counted([(0, 1)].into()).is_sound());
        assert!(Counted([(i64::MAX, 2)].into()).total(Currency::EUR).is_err());
        assert_eq!(Counted::default().total(Currency::EUR), Ok(eur(0)));
    }

    #[test]
    fn a_difference_is_what_is_there_too_much() {
        let drawer = Drawer {
            float: eur(10_000),
            taken: eur(2_550),
            given_back: eur(300),
            pay_ins: eur(500),
            pay_outs: eur(1_000),
        };
        // 100.00 + 25.50 - 3.00 + 5.00 - 10.00 = 117.50.
        assert_eq!(CashUp::of(drawer, eur(11_745)).unwrap().difference, eur(-5));
    }

    #[test]
    fn every_currency_has_notes_and_coins_from_large_to_small() {
        for code in ["EUR", "USD", "GBP", "CHF", "JPY", "SEK"] {
            let values = denominations(Currency::from_code(code).unwrap());
            assert!(
                values.windows(2).all(|pair| pair[0].minor() > pair[1].minor()),
                "{code}"
            );
            assert!(values.iter().all(|value| value.minor() > 0));
        }
    }
}
