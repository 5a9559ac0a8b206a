//! The bars of a barcode, as GS1 draws them: modules of equal width, black or white.
//!
//! Source: GS1 General Specifications, section 5.2, "EAN/UPC barcode".

use crate::domain::codes::Barcode;

/// The left-hand digits of number set A, 7 modules each; a one is black.
const SET_A: [&str; 10] = [
    "0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111",
    "0001011",
];
/// By the first digit of an EAN-13: which of the next six digits are drawn from number set B.
const SET_B_AT: [&str; 10] = [
    "AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA",
];
/// At the beginning and the end.
const GUARD: &str = "101";
/// Between the halves.
const MIDDLE: &str = "01010";

/// The modules of an EAN-13 (95) or EAN-8 (67), left to right; true is black. None for a number of 14 digits,
/// which is for cartons and has bars of another kind.
#[must_use]
pub fn bars(barcode: Barcode) -> Option<Vec<bool>> {
    let text = barcode.to_string();
    let digits: Vec<usize> = text
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .filter_map(|digit| usize::try_from(digit).ok())
        .collect();
    let modules = match digits.as_slice() {
        [first, rest @ ..] if rest.len() == 12 => ean13(*first, rest)?,
        eight if eight.len() == 8 => ean8(eight)?,
        _ => return None,
    };
    Some(modules.bytes().map(|module| module == b'1').collect())
}

fn ean13(first: usize, rest: &[usize]) -> Option<String> {
    let (left, right) = rest.split_at_checked(6)?;
    let sets = SET_B_AT.get(first)?;
    let mut modules = GUARD.to_owned();
    for (digit, set) in left.iter().zip(sets.bytes()) {
        let a = SET_A.get(*digit)?;
        modules.push_str(&if set == b'B' {
            reversed(&inverted(a))
        } else {
            (*a).to_owned()
        });
    }
    modules.push_str(MIDDLE);
    for digit in right {
        modules.push_str(&inverted(SET_A.get(*digit)?));
    }
    modules.push_str(GUARD);
    Some(modules)
}

fn ean8(digits: &[usize]) -> Option<String> {
    let (left, right) = digits.split_at_checked(4)?;
    let mut modules = GUARD.to_owned();
    for digit in left {
        modules.push_str(SET_A.get(*digit)?);
    }
    modules.push_str(MIDDLE);
    for digit in right {
        modules.push_str(&inverted(SET_A.get(*digit)?));
    }
    modules.push_str(GUARD);
    Some(modules)
}

/// Number set C: the right-hand digits.
fn inverted(modules: &str) -> String {
    modules
        .chars()
        .map(|module| if module == '0' { '1' } else { '0' })
        .collect()
}

/// Number set B is set C read backwards.
fn reversed(modules: &str) -> String {
    modules.chars().rev().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn drawn(code: &str) -> String {
        let bars = bars(Barcode::parse(code).unwrap()).unwrap();
        bars.iter().map(|black| if *black { '1' } else { '0' }).collect()
    }

    #[test]
    fn an_ean_13_worked_out_by_hand() {
        // 4 006381 333931: the leading 4 takes sets A B A A B B for 0 0 6 3 8 1.
        let expected = [
            "101", "0001101", "0100111", "0101111", "0111101", "0001001", "0110011", "01010", "1000010",
            "1000010", "1000010", "1110100", "1000010", "1100110", "101",
        ]
        .concat();
        assert_eq!(drawn("4006381333931"), expected);
    }

    #[test]
    fn an_ean_8_worked_out_by_hand() {
        // 9638 5074.
        let expected = [
            "101", "0001011", "0101111", "0111101", "0110111", "01010", "1001110", "1110010", "1000100",
            "1011100", "101",
        ]
        .concat();
        assert_eq!(drawn("96385074"), expected);
    }

    #[test]
    fn a_upc_is_an_ean_with_a_zero_in_front_and_a_carton_has_other_bars() {
        assert_eq!(drawn("036000291452"), drawn("0036000291452"));
        assert_eq!(bars(Barcode::parse("10012345678902").unwrap()), None);
    }

    proptest! {
        #[test]
        fn every_symbol_has_its_width_and_its_number_of_black_bars(number in 10_000_000_u64..1_000_000_000_000) {
            let twelve = format!("{number:012}");
            let code = (0..10).find_map(|check| Barcode::parse(&format!("{twelve}{check}")).ok());
            let modules = drawn(&code.unwrap().to_string());
            let black = modules.split('0').filter(|bar| !bar.is_empty()).count();
            // Two bars for each digit, two for each of the three guards.
            prop_assert_eq!((modules.len(), black), (95, 12 * 2 + 3 * 2));
        }
    }
}
