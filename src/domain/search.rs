//! Finding products by what people type: prefixes, without accents, with one typo.
//!
//! Ranking, best first: a whole word, the beginning of a word, part of a word, a word with one letter
//! wrong, missing, doubled or swapped. Every word of the query must be found somewhere in the product.

use std::collections::HashMap;

use crate::domain::product::Product;

/// Points of one query word that is a whole word of the product.
const WHOLE: u32 = 100;
/// Points for the beginning of a word.
const PREFIX: u32 = 80;
/// Points for a part of a word.
const PART: u32 = 40;
/// Points for a word with one typo.
const TYPO: u32 = 20;
/// Added when the match is the first word of a name: "milk" means milk before milk chocolate.
const FIRST_WORD: u32 = 10;
/// Queries shorter than this match no parts and no typos: nearly everything would do.
const SHORTEST_LOOSE: usize = 3;
/// Queries shorter than this allow no typo.
const SHORTEST_TYPO: usize = 4;

/// The words of all products, ready to be searched: each different word is kept, and looked at, once.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    vocabulary: Vec<Word>,
    numbers: HashMap<String, usize>,
    /// Where the words of each product end in `uses`.
    ends: Vec<usize>,
    uses: Vec<Use>,
}

/// A word of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Use {
    /// Number in the vocabulary.
    word: usize,
    role: WordRole,
}

/// What a word is to its product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WordRole {
    /// The first of a name.
    First,
    /// Another of a name.
    Later,
    /// SKU, PLU or barcode.
    Code,
}

/// Points of a word of the vocabulary for a word of the query.
#[derive(Debug, Clone, Copy, Default)]
struct Points {
    as_name: u32,
    as_code: u32,
}

/// A folded word and the letters in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    letters: Letters,
    /// The letters that are in it more than once.
    repeated: Letters,
}

impl Word {
    fn new(text: String) -> Self {
        let (mut letters, mut repeated) = (Letters::default(), Letters::default());
        for letter in text.chars() {
            let one = Letters::of(letter);
            repeated = repeated.with(letters.shared(one));
            letters = letters.with(one);
        }
        Self {
            text,
            letters,
            repeated,
        }
    }

    /// Whether the letters forbid that `query` is in here: one typo brings in one strange letter at most, and
    /// that only once; without a typo there is none.
    fn excludes(&self, query: &Self) -> bool {
        let strange = query.letters.without(self.letters);
        match strange.count() {
            0 => false,
            1 => query.text.chars().count() < SHORTEST_TYPO || strange.shared(query.repeated).count() > 0,
            _ => true,
        }
    }
}

/// A set of letters as bits; rare letters share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Letters(u64);

impl Letters {
    fn of(letter: char) -> Self {
        let bit = match letter {
            'a'..='z' => u32::from(letter) - u32::from('a'),
            '0'..='9' => 26 + u32::from(letter) - u32::from('0'),
            other => 36 + u32::from(other) % 28,
        };
        Self(1 << bit)
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn shared(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    fn count(self) -> u32 {
        self.0.count_ones()
    }
}

impl Index {
    /// Takes in the next product.
    pub(super) fn push(&mut self, product: &Product) {
        let mut names: Vec<Vec<String>> = Vec::new();
        for name in std::iter::once(&product.name)
            .chain(product.names.values())
            .chain(&product.class)
        {
            for umlauts in [Umlauts::Dropped, Umlauts::Spelled] {
                let words = words_of(&fold(name, umlauts));
                if !names.contains(&words) {
                    names.push(words);
                }
            }
        }
        for name in names {
            for (place, word) in name.into_iter().enumerate() {
                let role = if place == 0 {
                    WordRole::First
                } else {
                    WordRole::Later
                };
                self.note(word, role);
            }
        }
        self.note(fold(product.sku.as_str(), Umlauts::Dropped), WordRole::Code);
        let numbers = product.plu.iter().map(ToString::to_string);
        for code in numbers.chain(product.barcodes.iter().map(ToString::to_string)) {
            self.note(code, WordRole::Code);
        }
        self.ends.push(self.uses.len());
    }

    fn note(&mut self, text: String, role: WordRole) {
        let word = match self.numbers.get(&text) {
            Some(number) => *number,
            None => {
                let number = self.vocabulary.len();
                self.numbers.insert(text.clone(), number);
                self.vocabulary.push(Word::new(text));
                number
            }
        };
        self.uses.push(Use { word, role });
    }

    /// How well the query fits each product, in their order; none when one of its words is nowhere in it.
    pub(super) fn scores(&self, query: &Query) -> Vec<Option<u32>> {
        let points: Vec<Vec<Points>> = query.words.iter().map(|word| self.points(word)).collect();
        if points.is_empty() {
            return vec![None; self.ends.len()];
        }
        let mut start = 0;
        let score = |end: &usize| {
            let uses = self.uses.get(start..*end).unwrap_or(&[]);
            start = *end;
            points
                .iter()
                .try_fold(0, |total, points| match best_of(uses, points) {
                    0 => None,
                    best => Some(total + best),
                })
        };
        self.ends.iter().map(score).collect()
    }

    fn points(&self, query: &Word) -> Vec<Points> {
        let points = |word: &Word| {
            if word.excludes(query) {
                return Points::default();
            }
            Points {
                as_name: word_points(&word.text, &query.text),
                as_code: code_points(&word.text, &query.text),
            }
        };
        self.vocabulary.iter().map(points).collect()
    }
}

/// The points of the best of a product's words.
fn best_of(uses: &[Use], points: &[Points]) -> u32 {
    let of_use = |used: &Use| {
        let points = points.get(used.word).copied().unwrap_or_default();
        match used.role {
            WordRole::Code => points.as_code,
            WordRole::First if points.as_name > 0 => points.as_name + FIRST_WORD,
            WordRole::First | WordRole::Later => points.as_name,
        }
    };
    uses.iter().map(of_use).max().unwrap_or(0)
}

/// A folded query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Query {
    words: Vec<Word>,
}

impl Query {
    /// Folds what was typed.
    pub(super) fn new(text: &str) -> Self {
        Self {
            words: words_of(&fold(text, Umlauts::Dropped))
                .into_iter()
                .map(Word::new)
                .collect(),
        }
    }
}

/// How ä, ö and ü are written without their dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Umlauts {
    /// a, o, u.
    Dropped,
    /// ae, oe, ue.
    Spelled,
}

/// Lower case without accents.
fn fold(text: &str, umlauts: Umlauts) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.chars().flat_map(char::to_lowercase) {
        let spelled = match letter {
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
            'ä' if umlauts == Umlauts::Dropped => "a",
            'ä' | 'æ' => "ae",
            'ç' | 'ć' | 'č' => "c",
            'ď' | 'đ' | 'ð' => "d",
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
            'ğ' => "g",
            'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
            'ł' => "l",
            'ñ' | 'ń' | 'ň' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
            'ö' if umlauts == Umlauts::Dropped => "o",
            'ö' | 'œ' => "oe",
            'ř' => "r",
            'ś' | 'š' | 'ş' | 'ș' => "s",
            'ß' => "ss",
            'ť' | 'ț' | 'þ' => "t",
            'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
            'ü' if umlauts == Umlauts::Dropped => "u",
            'ü' => "ue",
            'ý' | 'ÿ' => "y",
            'ź' | 'ż' | 'ž' => "z",
            // Accents that stand alone, as macOS and some keyboards write them, are dropped.
            '\u{300}'..='\u{36f}' => "",
            other => {
                folded.push(other);
                continue;
            }
        };
        folded.push_str(spelled);
    }
    folded
}

fn words_of(folded: &str) -> Vec<String> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

fn word_points(word: &str, query: &str) -> u32 {
    let letters = query.chars().count();
    if word == query {
        WHOLE
    } else if word.starts_with(query) {
        PREFIX
    } else if letters >= SHORTEST_LOOSE && word.contains(query) {
        PART
    } else if letters >= SHORTEST_TYPO && one_typo_from_beginning(word, query) {
        TYPO
    } else {
        0
    }
}

/// Codes match from their beginning only: part of a barcode means nothing.
fn code_points(code: &str, query: &str) -> u32 {
    if code == query {
        WHOLE
    } else if code.starts_with(query) && query.chars().count() >= 2 {
        PREFIX
    } else {
        0
    }
}

/// Whether `query` is one edit away from `word` or from a beginning of it.
fn one_typo_from_beginning(word: &str, query: &str) -> bool {
    let word: Vec<char> = word.chars().collect();
    let query: Vec<char> = query.chars().collect();
    let shortest = query.len().saturating_sub(1);
    (shortest..=query.len() + 1)
        .filter_map(|length| word.get(..length))
        .any(|beginning| within_one_edit(beginning, &query))
}

/// One letter replaced, missing, too many, or two neighbours swapped; equal also counts.
fn within_one_edit(a: &[char], b: &[char]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let (rest_short, rest_long) = (short.get(same..).unwrap_or(&[]), long.get(same..).unwrap_or(&[]));
    if rest_short.len() < rest_long.len() {
        return rest_long.get(1..) == Some(rest_short);
    }
    match (rest_short, rest_long) {
        ([], []) => true,
        ([a, b, x @ ..], [c, d, y @ ..]) if a == d && b == c => x == y,
        ([_, x @ ..], [_, y @ ..]) => x == y,
        ([], [_, ..]) | ([_, ..], []) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folding_drops_accents_and_case() {
        assert_eq!(fold("Äpfel", Umlauts::Dropped), "apfel");
        assert_eq!(fold("Äpfel", Umlauts::Spelled), "aepfel");
        assert_eq!(fold("CRÈME BRÛLÉE", Umlauts::Dropped), "creme brulee");
        assert_eq!(fold("Grieß", Umlauts::Dropped), "griess");
        assert_eq!(fold("cafe\u{301}", Umlauts::Dropped), "cafe");
    }

    proptest! {
        /// The look at the letters passes over nothing that a comparison would find.
        #[test]
        fn letters_exclude_nothing_that_fits(word in "[a-dß]{1,7}", query in "[a-dß]{1,7}") {
            let fits = word.contains(&query)
                || (query.chars().count() >= SHORTEST_TYPO && one_typo_from_beginning(&word, &query));
            if fits {
                prop_assert!(!Word::new(word).excludes(&Word::new(query)));
            }
        }
    }

    #[test]
    fn one_edit_is_forgiven_and_two_are_not() {
        let near = |a: &str, b: &str| {
            within_one_edit(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        for (a, b) in [
            ("banana", "banana"),
            ("banana", "banan"),
            ("banana", "bannana"),
            ("banana", "bnaana"),
        ] {
            assert!(near(a, b) && near(b, a), "{a} {b}");
        }
        assert!(near("banana", "banaxa"));
        for (a, b) in [("banana", "bana"), ("banana", "bxnaxa"), ("ab", "ba1x")] {
            assert!(!near(a, b), "{a} {b}");
        }
        assert!(one_typo_from_beginning("bananas", "bnana"));
        assert!(!one_typo_from_beginning("milk", "bread"));
    }
}
