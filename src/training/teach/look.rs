//! Which rendered and drawn things look like a product, by its name in English or German.
//!
//! A scene must not teach that a rendered lemon is nothing while the shop teaches its lemons.

/// Words in a product's name, and parts of the names of rendered and drawn things that could be it.
const KINDS: [(&[&str], &[&str]); 12] = [
    (
        &["lemon", "zitrone", "lime", "limette"],
        &["lemon", "citrus", "lime"],
    ),
    (
        &[
            "orange",
            "apfelsine",
            "mandarin",
            "satsuma",
            "clementine",
            "klementine",
            "grapefruit",
        ],
        &["orange", "citrus", "peach"],
    ),
    (&["tomato", "tomate"], &["tomato"]),
    (&["pear", "birne", "avocado"], &["pear"]),
    (
        &[
            "peach",
            "pfirsich",
            "nectarine",
            "nektarine",
            "apricot",
            "aprikose",
            "mango",
        ],
        &["peach", "orange"],
    ),
    (&["plum", "pflaume", "zwetschge"], &["plum"]),
    (&["pepper", "paprika"], &["pepper"]),
    (&["strawberry", "erdbeere"], &["strawberry"]),
    (
        &["bottle", "flasche", "mustard", "senf", "ketchup", "oil", "öl"],
        &["bottle"],
    ),
    (
        &["can", "tin", "dose", "soup", "suppe", "tuna", "thunfisch"],
        &["can"],
    ),
    (&["cup", "mug", "tasse", "becher"], &["cup", "mug"]),
    (
        &["leaf", "salad", "salat", "lettuce", "spinach", "spinat", "basil"],
        &["leaf", "leaves"],
    ),
];

/// Parts of the names of rendered and drawn things that look like the product of this name.
#[must_use]
pub fn look_alikes(product: &str) -> Vec<&'static str> {
    let name = product.to_lowercase();
    let words: Vec<&str> = name.split(|letter: char| !letter.is_alphabetic()).collect();
    let mut found: Vec<&'static str> = Vec::new();
    for (names, parts) in KINDS {
        // Short words stand for themselves ("can" is not in "candle"); long ones may be part of a compound
        // or a plural ("Biozitronen").
        let says = names.iter().any(|known| {
            words
                .iter()
                .any(|word| word == known || (known.len() >= 4 && word.contains(known)))
        });
        if says {
            found.extend(
                parts
                    .iter()
                    .filter(|part| !found.contains(part))
                    .copied()
                    .collect::<Vec<_>>(),
            );
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_both_languages_are_known() {
        assert_eq!(look_alikes("Bio-Zitronen 500 g"), ["lemon", "citrus", "lime"]);
        assert_eq!(look_alikes("Lemon"), ["lemon", "citrus", "lime"]);
        assert_eq!(look_alikes("can of soup"), ["can"]);
        assert!(look_alikes("candle").is_empty());
        assert!(look_alikes("Bread").is_empty());
    }
}
