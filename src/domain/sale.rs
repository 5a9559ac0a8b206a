//! A sale: a basket that was paid, ready to be written down once.

use serde::{Deserialize, Serialize};

use crate::domain::basket::Basket;
use crate::domain::line::Line;
use crate::domain::money::{Currency, Money};
use crate::domain::tax::{PriceMode, Totals};
use crate::domain::time::Timestamp;

/// The idempotency key of a sale: however often it is written down, it counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SaleKey(pub u128);

/// A text that is not a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{text}\" is not a sale key: it has 32 hexadecimal digits")]
pub struct SaleKeyError {
    /// What was read.
    pub text: String,
}

impl SaleKey {
    /// Reads 32 hexadecimal digits.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, SaleKeyError> {
        let well_formed = text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let number = if well_formed {
            u128::from_str_radix(text, 16).ok()
        } else {
            None
        };
        number.map(Self).ok_or_else(|| SaleKeyError {
            text: text.to_owned(),
        })
    }
}

impl std::fmt::Display for SaleKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl TryFrom<String> for SaleKey {
    type Error = SaleKeyError;

    fn try_from(text: String) -> Result<Self, SaleKeyError> {
        Self::parse(&text)
    }
}

impl From<SaleKey> for String {
    fn from(key: SaleKey) -> Self {
        key.to_string()
    }
}

/// How a basket is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaymentMethod {
    /// The card terminal at the lane.
    Card,
    /// Whatever the attendant takes.
    Attendant,
}

impl PaymentMethod {
    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Attendant => "attendant",
        }
    }

    /// Reads the word used in files.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        match code {
            "card" => Some(Self::Card),
            "attendant" => Some(Self::Attendant),
            _ => None,
        }
    }
}

/// One payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tender {
    /// How it was paid.
    pub method: PaymentMethod,
    /// How much.
    pub amount: Money,
    /// What the terminal or the attendant noted.
    pub reference: String,
}

/// Everything that was paid for one basket, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Paid {
    /// When the last payment was approved.
    pub at: Timestamp,
    /// The payments; none when nothing was due.
    pub tenders: Vec<Tender>,
}

impl Paid {
    /// Whether the payments add up to exactly `total`.
    #[must_use]
    pub fn covers(&self, total: Money) -> bool {
        let sum = self
            .tenders
            .iter()
            .try_fold(Money::zero(total.currency()), |sum, tender| {
                sum.checked_add(tender.amount)
            });
        sum == Ok(total)
    }
}

/// A paid basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// Idempotency key.
    pub key: SaleKey,
    /// When the basket was begun.
    pub started_at: Timestamp,
    /// When it was paid.
    pub completed_at: Timestamp,
    /// Currency of all amounts.
    pub currency: Currency,
    /// Whether prices include tax.
    pub price_mode: PriceMode,
    /// All lines, voided ones too.
    pub lines: Vec<Line>,
    /// Sums and tax table of the lines that are not voided.
    pub totals: Totals,
    /// Payments, adding up to the total.
    pub tenders: Vec<Tender>,
    /// The age that an attendant checked.
    pub age_checked: Option<u8>,
}

impl Sale {
    /// The sale of a basket that has been paid in full; none as long as it has not.
    #[must_use]
    pub fn of(basket: &Basket) -> Option<Self> {
        let paid = basket.paid().filter(|paid| paid.covers(basket.total()))?;
        Some(Self {
            key: basket.key(),
            started_at: basket.started_at(),
            completed_at: paid.at,
            currency: basket.currency(),
            price_mode: basket.price_mode(),
            lines: basket.lines().to_vec(),
            totals: basket.totals().clone(),
            tenders: paid.tenders.clone(),
            age_checked: Some(basket.age_cleared()).filter(|age| *age > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_32_hexadecimal_digits() {
        let key = SaleKey(0x0123);
        assert_eq!(key.to_string(), "00000000000000000000000000000123");
        assert_eq!(SaleKey::parse(&key.to_string()), Ok(key));
        for text in [
            "",
            "123",
            "0000000000000000000000000000012g",
            "+0000000000000000000000000000123",
        ] {
            assert!(SaleKey::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_payment_covers_exactly_what_was_due() {
        let eur = |minor| Money::new(minor, Currency::EUR);
        let tender = |minor| Tender {
            method: PaymentMethod::Card,
            amount: eur(minor),
            reference: String::new(),
        };
        let paid = Paid {
            at: Timestamp(0),
            tenders: vec![tender(100), tender(37)],
        };
        assert!(paid.covers(eur(137)));
        assert!(!paid.covers(eur(136)));
        assert!(!paid.covers(Money::new(137, Currency::from_code("USD").unwrap())));
    }
}
