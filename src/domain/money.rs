//! Money in integer minor units of one currency.
//!
//! There are no operators and no floats: arithmetic is checked, mixing two currencies is an error, and
//! nothing saturates, wraps or falls back to zero. The one place that rounds is [`round_div`].

use serde::{Deserialize, Serialize};

/// Three-letter codes of ISO 4217 with the number of decimals of their minor unit.
const CURRENCIES: [(&str, u32); 36] = [
    ("AUD", 2),
    ("BGN", 2),
    ("BHD", 3),
    ("BRL", 2),
    ("CAD", 2),
    ("CHF", 2),
    ("CLP", 0),
    ("CNY", 2),
    ("CZK", 2),
    ("DKK", 2),
    ("EUR", 2),
    ("GBP", 2),
    ("HKD", 2),
    ("HUF", 2),
    ("IDR", 2),
    ("ILS", 2),
    ("INR", 2),
    ("ISK", 0),
    ("JPY", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("MXN", 2),
    ("NOK", 2),
    ("NZD", 2),
    ("PHP", 2),
    ("PLN", 2),
    ("RON", 2),
    ("RSD", 2),
    ("SEK", 2),
    ("SGD", 2),
    ("THB", 2),
    ("TND", 3),
    ("TRY", 2),
    ("UAH", 2),
    ("USD", 2),
    ("ZAR", 2),
];

/// What can go wrong with an amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met in one sum.
    #[error("{left} and {right} cannot be added: use one currency for the whole catalog")]
    CurrencyMismatch {
        /// Currency on the left.
        left: Currency,
        /// Currency on the right.
        right: Currency,
    },
    /// The result does not fit.
    #[error("the amount is too large to be kept exactly")]
    Overflow,
    /// Not a decimal number.
    #[error("\"{text}\" is not an amount: write it like 12.34")]
    NotANumber {
        /// What was read.
        text: String,
    },
    /// More decimals than the currency has.
    #[error("\"{text}\" has more than {allowed} decimals")]
    TooManyDecimals {
        /// What was read.
        text: String,
        /// Decimals of the currency.
        allowed: u32,
    },
    /// A code that is not in the table.
    #[error("\"{code}\" is not a known currency code: use one of ISO 4217, such as EUR")]
    UnknownCurrency {
        /// What was read.
        code: String,
    },
}

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    exponent: u32,
}

impl Currency {
    /// The euro.
    pub const EUR: Self = Self {
        code: "EUR",
        exponent: 2,
    };

    /// Finds a currency by its three-letter code, in capitals.
    ///
    /// # Errors
    /// [`MoneyError::UnknownCurrency`] when the code is not in the table.
    pub fn from_code(code: &str) -> Result<Self, MoneyError> {
        CURRENCIES
            .iter()
            .find(|(known, _)| *known == code)
            .map(|&(code, exponent)| Self { code, exponent })
            .ok_or_else(|| MoneyError::UnknownCurrency {
                code: code.to_owned(),
            })
    }

    /// The three-letter code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals the minor unit has: 2 for EUR, 0 for JPY.
    #[must_use]
    pub fn exponent(self) -> u32 {
        self.exponent
    }
}

// Written by hand: the derive takes a `&'static str` field for text borrowed from the input.
impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::from_code(&code).map_err(serde::de::Error::custom)
    }
}

impl std::fmt::Display for Currency {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code)
    }
}

/// An amount in minor units of a currency: 437 EUR minor units are 4.37 EUR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    minor: i64,
    currency: Currency,
}

impl Money {
    /// An amount of `minor` units.
    #[must_use]
    pub fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The amount in minor units.
    #[must_use]
    pub fn minor(self) -> i64 {
        self.minor
    }

    /// The currency.
    #[must_use]
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Whether the amount is below zero.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// The sum of two amounts.
    ///
    /// # Errors
    /// Two currencies, or a sum that does not fit.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The difference of two amounts.
    ///
    /// # Errors
    /// Two currencies, or a difference that does not fit.
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let minor = self.minor.checked_sub(other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount, `factor` times.
    ///
    /// # Errors
    /// A product that does not fit.
    pub fn checked_mul(self, factor: i64) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(factor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount times `numerator / denominator`, rounded once, half away from zero.
    ///
    /// # Errors
    /// A result that does not fit, or a denominator that is not positive.
    pub fn checked_scale(self, numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        let exact = i128::from(self.minor) * i128::from(numerator);
        let rounded = round_div(exact, i128::from(denominator)).ok_or(MoneyError::Overflow)?;
        // Which integer did not fit says no more than that it did not.
        let minor = i64::try_from(rounded).ok().ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// Reads "12.34", "12.3" or "12", with a sign if need be; `separator` is '.' or ','.
    ///
    /// # Errors
    /// Anything but digits around one separator, or more decimals than the currency has.
    pub fn parse(text: &str, separator: char, currency: Currency) -> Result<Self, MoneyError> {
        let minor = parse_decimal(text, separator, currency.exponent)?;
        Ok(Self { minor, currency })
    }

    /// The number alone with `separator` before the decimals: "4.37", "-0.05", "120" for JPY.
    #[must_use]
    pub fn to_decimal(self, separator: char) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs();
        let exponent = self.currency.exponent as usize;
        if exponent == 0 {
            return format!("{sign}{digits}");
        }
        let unit = 10_u64.pow(self.currency.exponent);
        format!("{sign}{}{separator}{:0exponent$}", digits / unit, digits % unit)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            })
        }
    }
}

impl std::fmt::Display for Money {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.to_decimal('.'), self.currency)
    }
}

/// Reads a decimal number as an integer of its last decimal: "12.3" with two decimals is 1230.
///
/// # Errors
/// Anything but digits around one separator with a sign before them, or more than `decimals` decimals.
pub fn parse_decimal(text: &str, separator: char, decimals: u32) -> Result<i64, MoneyError> {
    let trimmed = text.trim();
    let (negative, digits) = match trimmed.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, trimmed),
    };
    let (whole, fraction) = digits.split_once(separator).unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || digits.ends_with(separator) || !all_digits(whole) || !all_digits(fraction) {
        return Err(MoneyError::NotANumber {
            text: text.to_owned(),
        });
    }
    let width = decimals as usize;
    if fraction.len() > width {
        return Err(MoneyError::TooManyDecimals {
            text: text.to_owned(),
            allowed: decimals,
        });
    }
    let padded = format!("{whole}{fraction:0<width$}");
    let unsigned: i64 = padded.parse().ok().ok_or(MoneyError::Overflow)?;
    Ok(if negative { -unsigned } else { unsigned })
}

/// Divides and rounds to the nearest integer, halves away from zero (commercial rounding): 2.5 becomes 3
/// and -2.5 becomes -3. None when the denominator is not positive or the division overflows.
#[must_use]
pub fn round_div(numerator: i128, denominator: i128) -> Option<i128> {
    if denominator <= 0 {
        return None;
    }
    let quotient = numerator / denominator;
    let remainder = (numerator % denominator).abs();
    // `remainder >= denominator - remainder` is `2 * remainder >= denominator` without overflow.
    let away = if remainder >= denominator - remainder {
        numerator.signum()
    } else {
        0
    };
    quotient.checked_add(away)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    #[test]
    fn amounts_read_and_print() {
        let yen = Currency::from_code("JPY").unwrap();
        let dinar = Currency::from_code("BHD").unwrap();
        for (text, separator, currency, minor, printed) in [
            ("4.37", '.', Currency::EUR, 437, "4.37 EUR"),
            ("4,3", ',', Currency::EUR, 430, "4.30 EUR"),
            (" 12 ", '.', Currency::EUR, 1200, "12.00 EUR"),
            ("-0.05", '.', Currency::EUR, -5, "-0.05 EUR"),
            ("120", '.', yen, 120, "120 JPY"),
            ("1.005", '.', dinar, 1005, "1.005 BHD"),
        ] {
            let money = Money::parse(text, separator, currency).unwrap();
            assert_eq!(money.minor(), minor, "{text}");
            assert_eq!(money.to_string(), printed);
        }
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in [
            "", ".5", "5.", "1.2.3", "1,50", "abc", "1e3", "+1", "--1", "NaN", "１.00",
        ] {
            let read = Money::parse(text, '.', Currency::EUR);
            assert!(
                matches!(read, Err(MoneyError::NotANumber { .. })),
                "{text}: {read:?}"
            );
        }
        assert!(matches!(
            Money::parse("1.005", '.', Currency::EUR),
            Err(MoneyError::TooManyDecimals { allowed: 2, .. })
        ));
        assert_eq!(
            Money::parse("99999999999999999999", '.', Currency::EUR),
            Err(MoneyError::Overflow)
        );
        assert!(Currency::from_code("eur").is_err());
    }

    #[test]
    fn arithmetic_never_mixes_or_wraps() {
        let usd = Money::new(1, Currency::from_code("USD").unwrap());
        assert!(matches!(
            eur(1).checked_add(usd),
            Err(MoneyError::CurrencyMismatch { .. })
        ));
        assert_eq!(eur(i64::MAX).checked_add(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MIN).checked_sub(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MAX).checked_mul(2), Err(MoneyError::Overflow));
        assert_eq!(eur(i64::MAX).checked_scale(2, 1), Err(MoneyError::Overflow));
        assert_eq!(eur(5).checked_scale(1, 0), Err(MoneyError::Overflow));
    }

    #[test]
    fn halves_round_away_from_zero() {
        for (numerator, denominator, expected) in [
            (5, 2, 3),
            (-5, 2, -3),
            (4, 3, 1),
            (5, 3, 2),
            (-4, 3, -1),
            (0, 7, 0),
            (1, 2, 1),
            (49, 100, 0),
        ] {
            assert_eq!(
                round_div(numerator, denominator),
                Some(expected),
                "{numerator}/{denominator}"
            );
        }
    }

    proptest! {
        #[test]
        fn printed_amounts_read_back(minor in -(10_i64.pow(15))..10_i64.pow(15)) {
            let text = eur(minor).to_decimal(',');
            prop_assert_eq!(Money::parse(&text, ',', Currency::EUR).unwrap(), eur(minor));
        }

        #[test]
        fn rounding_is_never_off_by_more_than_half(n in -1_000_000_i128..1_000_000, d in 1_i128..10_000) {
            let rounded = round_div(n, d).unwrap();
            prop_assert!(2 * (rounded * d - n).abs() <= d);
        }
    }
}
