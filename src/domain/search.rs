//! Finding products by what people type: prefixes, without accents, with one typo.
//!
//! Ranking, best first: a whole word, the beginning of a word, part of a word, a word with one letter
//! wrong, missing, doubled or swapped. Every word of the query must be found somewhere in the product.

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

/// The words of one product, ready to be searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// All letters that are anywhere in it: most products are passed over by looking at this alone.
    letters: Letters,
    /// Names, each as its folded words; German umlauts appear in both spellings.
    names: Vec<Vec<Word>>,
    /// Codes: SKU, PLU, barcodes, folded.
    codes: Vec<String>,
}

/// A folded word and the letters in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Word {
    text: String,
    letters: Letters,
}

impl Word {
    fn new(text: String) -> Self {
        let letters = Letters::of(&text);
        Self { text, letters }
    }

    /// Whether the letters forbid that `query` is in here: one typo brings in one strange letter at most,
    /// and without a typo there is none.
    fn excludes(&self, query: &Self) -> bool {
        self.letters.missing(query.letters) > query.typos()
    }

    /// How many typos a query of this length is forgiven.
    fn typos(&self) -> u32 {
        u32::from(self.text.chars().count() >= SHORTEST_TYPO)
    }
}

/// A set of letters as bits; rare letters share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Letters(u64);

impl Letters {
    fn of(text: &str) -> Self {
        let bit = |letter: char| match letter {
            'a'..='z' => u32::from(letter) - u32::from('a'),
            '0'..='9' => 26 + u32::from(letter) - u32::from('0'),
            other => 36 + u32::from(other) % 28,
        };
        Self(text.chars().fold(0, |bits, letter| bits | 1 << bit(letter)))
    }

    fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// How many of `wanted` are not here.
    fn missing(self, wanted: Self) -> u32 {
        (wanted.0 & !self.0).count_ones()
    }
}

impl Entry {
    /// Collects the words of a product.
    pub(super) fn new(product: &Product) -> Self {
        let mut names = Vec::new();
        for name in std::iter::once(&product.name)
            .chain(product.names.values())
            .chain(&product.class)
        {
            for words in [
                words_of(&fold(name, Umlauts::Dropped)),
                words_of(&fold(name, Umlauts::Spelled)),
            ] {
                let words: Vec<Word> = words.into_iter().map(Word::new).collect();
                if !names.contains(&words) {
                    names.push(words);
                }
            }
        }
        let mut codes = vec![fold(product.sku.as_str(), Umlauts::Dropped)];
        codes.extend(product.plu.iter().map(ToString::to_string));
        codes.extend(product.barcodes.iter().map(ToString::to_string));
        let of_names = names.iter().flatten().map(|word: &Word| word.letters);
        let letters = of_names
            .chain(codes.iter().map(|code| Letters::of(code)))
            .fold(Letters::default(), Letters::with);
        Self {
            letters,
            names,
            codes,
        }
    }

    /// How well the query fits; none when one of its words is nowhere in the product.
    pub(super) fn score(&self, query: &Query) -> Option<u32> {
        let impossible = |word: &Word| self.letters.missing(word.letters) > word.typos();
        if query.words.iter().any(impossible) {
            return None;
        }
        let mut total = 0;
        for word in &query.words {
            let by_name = self
                .names
                .iter()
                .map(|name| best_in_name(name, word))
                .max()
                .unwrap_or(0);
            let by_code = self
                .codes
                .iter()
                .map(|code| code_points(code, &word.text))
                .max()
                .unwrap_or(0);
            match by_name.max(by_code) {
                0 => return None,
                points => total += points,
            }
        }
        (total > 0).then_some(total)
    }
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

fn best_in_name(name: &[Word], query: &Word) -> u32 {
    let points = |(index, word): (usize, &Word)| match word_points(word, query) {
        0 => 0,
        points if index == 0 => points + FIRST_WORD,
        points => points,
    };
    name.iter().enumerate().map(points).max().unwrap_or(0)
}

fn word_points(word: &Word, query: &Word) -> u32 {
    if word.excludes(query) {
        return 0;
    }
    let (word, query) = (word.text.as_str(), query.text.as_str());
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
