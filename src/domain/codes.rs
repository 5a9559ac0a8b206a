//! The codes a product is found by: SKU, PLU and barcode.
//!
//! Each is checked once, where it enters; afterwards the type is the proof.

use serde::{Deserialize, Serialize};

/// What can be wrong with a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not a SKU.
    #[error("\"{text}\" is not a SKU: use 1 to 32 of the letters A-Z a-z, digits, '-', '_' and '.'")]
    Sku {
        /// What was read.
        text: String,
    },
    /// Not a PLU.
    #[error("\"{text}\" is not a PLU number: use 1 to 5 digits, not all zero")]
    Plu {
        /// What was read.
        text: String,
    },
    /// Not as long as a barcode is.
    #[error("\"{text}\" is not a barcode: an EAN or UPC has 8, 12, 13 or 14 digits")]
    BarcodeLength {
        /// What was read.
        text: String,
    },
    /// The last digit does not fit the others.
    #[error("the check digit of barcode \"{text}\" should be {expected}: read the number again")]
    CheckDigit {
        /// What was read.
        text: String,
        /// The digit that would fit.
        expected: u32,
    },
}

/// The shop's own number of a product.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(String);

impl Sku {
    /// Checks and wraps a SKU.
    ///
    /// # Errors
    /// [`CodeError::Sku`] on a wrong length or character.
    pub fn new(text: &str) -> Result<Self, CodeError> {
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        if (1..=32).contains(&text.len()) && text.bytes().all(legal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(CodeError::Sku {
                text: text.to_owned(),
            })
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Sku {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::new(&text)
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl std::fmt::Display for Sku {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A price look-up number, as on the sticker of fruit: 4011 is a banana.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Plu(u32);

impl Plu {
    /// Checks and wraps a number.
    ///
    /// # Errors
    /// [`CodeError::Plu`] outside 1 to 99999.
    pub fn new(number: u32) -> Result<Self, CodeError> {
        if (1..=99_999).contains(&number) {
            Ok(Self(number))
        } else {
            Err(CodeError::Plu {
                text: number.to_string(),
            })
        }
    }

    /// Reads 1 to 5 digits.
    ///
    /// # Errors
    /// [`CodeError::Plu`] on anything else.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let digits = text.trim();
        let well_formed = digits.len() <= 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
        let number = if well_formed {
            digits.parse().unwrap_or(0)
        } else {
            0
        };
        // Zero is refused by `new`, but the message must show what was typed.
        Self::new(number).ok().ok_or_else(|| CodeError::Plu {
            text: text.to_owned(),
        })
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Plu {
    type Error = CodeError;

    fn try_from(number: u32) -> Result<Self, CodeError> {
        Self::new(number)
    }
}

impl From<Plu> for u32 {
    fn from(plu: Plu) -> Self {
        plu.0
    }
}

impl std::fmt::Display for Plu {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// An EAN-8, UPC-A, EAN-13 or GTIN-14 with a valid check digit.
///
/// All four live in one number space of GS1: padded with zeros on the left they are the same number, and
/// one check rule covers them. Keeping the number alone makes a UPC-A scanned with or without its leading
/// zero the same barcode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Barcode(u64);

impl Barcode {
    /// Reads 8, 12, 13 or 14 digits; blanks and hyphens between them are ignored.
    ///
    /// # Errors
    /// Another number of digits, something else than digits, all zeros, or a wrong check digit.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let bad_length = || CodeError::BarcodeLength {
            text: text.to_owned(),
        };
        let kept: Vec<char> = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        let digits: Vec<u32> = kept.iter().map_while(|c| c.to_digit(10)).collect();
        if digits.len() != kept.len() || !matches!(digits.len(), 8 | 12 | 13 | 14) {
            return Err(bad_length());
        }
        let (last, others) = digits.split_last().ok_or_else(bad_length)?;
        let expected = check_digit(others);
        if expected != *last {
            return Err(CodeError::CheckDigit {
                text: text.to_owned(),
                expected,
            });
        }
        let number = digits
            .iter()
            .fold(0_u64, |number, digit| number * 10 + u64::from(*digit));
        if number == 0 {
            Err(bad_length())
        } else {
            Ok(Self(number))
        }
    }

    /// The number in the common space of all GTINs.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0
    }
}

/// The check digit after `digits`: weights 3, 1, 3, ... from the right, and what is missing to a ten.
fn check_digit(digits: &[u32]) -> u32 {
    let sum: u32 = digits
        .iter()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    (10 - sum % 10) % 10
}

impl TryFrom<String> for Barcode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        Self::parse(&text)
    }
}

impl From<Barcode> for String {
    fn from(barcode: Barcode) -> Self {
        barcode.to_string()
    }
}

impl std::fmt::Display for Barcode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0 < 100_000_000 {
            write!(f, "{:08}", self.0)
        } else {
            write!(f, "{:013}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn barcodes_check_their_last_digit() {
        // The example numbers of the GS1 and ISBN handbooks.
        for text in [
            "4006381333931",
            "9780306406157",
            "96385074",
            "036000291452",
            "73513537",
        ] {
            assert!(Barcode::parse(text).is_ok(), "{text}");
        }
        assert_eq!(
            Barcode::parse("4006381333932"),
            Err(CodeError::CheckDigit {
                text: "4006381333932".to_owned(),
                expected: 1
            })
        );
        for text in [
            "",
            "123",
            "40063813339",
            "400638133393x",
            "00000000",
            "４００６３８１３３３９３１",
        ] {
            assert!(
                matches!(Barcode::parse(text), Err(CodeError::BarcodeLength { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn a_upc_is_the_same_with_its_leading_zero() {
        let upc = Barcode::parse("036000291452").unwrap();
        assert_eq!(Barcode::parse("0036000291452").unwrap(), upc);
        assert_eq!(Barcode::parse("00036000291452").unwrap(), upc);
        assert_eq!(Barcode::parse("0 36000-29145 2").unwrap(), upc);
        assert_eq!(upc.to_string(), "0036000291452");
        assert_eq!(Barcode::parse("96385074").unwrap().to_string(), "96385074");
    }

    #[test]
    fn every_printed_barcode_reads_back() {
        for text in ["96385074", "036000291452", "4006381333931"] {
            let barcode = Barcode::parse(text).unwrap();
            assert_eq!(Barcode::parse(&barcode.to_string()), Ok(barcode));
        }
    }

    #[test]
    fn skus_and_plus_are_checked() {
        assert!(Sku::new("MILK-1L_3.5").is_ok());
        for text in ["", "a b", "ä", "x/y", "123456789012345678901234567890123"] {
            assert!(Sku::new(text).is_err(), "{text}");
        }
        assert_eq!(Plu::parse(" 4011 ").unwrap().number(), 4011);
        for text in ["", "0", "000", "123456", "-4", "4 0", "+401"] {
            assert_eq!(
                Plu::parse(text),
                Err(CodeError::Plu {
                    text: text.to_owned()
                }),
                "{text}"
            );
        }
    }
}
