//! Every word that the screens show, in each language, and numbers as the locale writes them.
//!
//! The texts lie in `assets/lang/LANGUAGE`, one Fluent file for the lane and one for each page of the back
//! office. Each file has an enum that names its messages once, so that a screen cannot ask for one that is
//! not there; a test holds the files against the enums. Keys are of one space: a page begins its keys with
//! its own name.

mod amounts;
mod data_sets;
mod day;
mod issues;
mod labels;
mod lane;
mod models;
mod office;
mod people;
mod photos;
mod prices;
mod products;
mod settings;
mod store;
mod training;
mod try_picture;

#[cfg(test)]
mod tests;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::domain::{money::Money, quantity::Quantity};

pub use amounts::{decimal, kilograms, money, parse_money, sentence};
pub use data_sets::DataSetsWord;
pub use day::DayWord;
pub use issues::IssueWord;
pub use labels::LabelsWord;
pub use lane::Word;
pub use models::ModelsWord;
pub use office::OfficeWord;
pub use people::PeopleWord;
pub use photos::PhotosWord;
pub use prices::PricesWord;
pub use products::ProductsWord;
pub use settings::SettingsWord;
pub use store::StoreWord;
pub use training::TrainingWord;
pub use try_picture::TryWord;

/// A language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English.
    #[default]
    English,
    /// German.
    German,
}

impl Lang {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The code used for product names and files.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Its own name.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
        }
    }

    /// The language of a code such as "de" or "de-AT".
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        let language = code.split(['-', '_']).next().unwrap_or(code);
        Self::ALL
            .into_iter()
            .find(|lang| lang.code().eq_ignore_ascii_case(language))
    }

    /// The decimal sign.
    #[must_use]
    pub const fn decimal(self) -> char {
        match self {
            Self::English => '.',
            Self::German => ',',
        }
    }

    pub(super) const fn group(self) -> char {
        match self {
            Self::English => ',',
            Self::German => '.',
        }
    }
}

/// A message of a language file.
pub trait Message: Copy {
    /// The name of the message in the files.
    fn key(self) -> &'static str;
}

/// A language file: its text in each language, and the messages that the program asks it for.
#[derive(Debug, Clone, Copy)]
struct File {
    #[cfg(test)]
    name: &'static str,
    english: &'static str,
    german: &'static str,
    #[cfg(test)]
    keys: &'static [&'static str],
}

impl File {
    const fn text(&self, lang: Lang) -> &'static str {
        match lang {
            Lang::English => self.english,
            Lang::German => self.german,
        }
    }
}

/// Makes the enum of a language file.
macro_rules! words {
    ($(#[$doc:meta])* $enum:ident in $file:literal { $($name:ident = $key:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the English text in assets/lang/en says what each is")]
        pub enum $enum { $($name),* }

        impl $crate::ui::words::Message for $enum {
            fn key(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }
        }

        impl $enum {
            pub(super) const FILE: $crate::ui::words::File = $crate::ui::words::File {
                #[cfg(test)]
                name: $file,
                english: include_str!(concat!("../../../assets/lang/en/", $file, ".ftl")),
                german: include_str!(concat!("../../../assets/lang/de/", $file, ".ftl")),
                #[cfg(test)]
                keys: &[$($key),*],
            };
        }
    };
}
use words;

/// All files.
const FILES: [File; 15] = [
    Word::FILE,
    OfficeWord::FILE,
    ProductsWord::FILE,
    PricesWord::FILE,
    DayWord::FILE,
    PhotosWord::FILE,
    LabelsWord::FILE,
    DataSetsWord::FILE,
    TrainingWord::FILE,
    TryWord::FILE,
    ModelsWord::FILE,
    SettingsWord::FILE,
    PeopleWord::FILE,
    issues::FILE,
    StoreWord::FILE,
];

/// The texts of one language.
pub struct Words {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Words")
            .field("lang", &self.lang)
            .finish_non_exhaustive()
    }
}

impl Words {
    /// Reads the built-in files of a language. A line that cannot be read is left out; a test keeps that
    /// from being shipped.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let id = lang.code().parse::<LanguageIdentifier>().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Marks around arguments are for mixed writing directions, which neither language has.
        bundle.set_use_isolating(false);
        for file in FILES {
            let resource = match FluentResource::try_new(file.text(lang).to_owned()) {
                Ok(resource) | Err((resource, _)) => resource,
            };
            bundle.add_resource_overriding(resource);
        }
        Self { lang, bundle }
    }

    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// A text without arguments.
    #[must_use]
    pub fn say(&self, word: impl Message) -> String {
        self.with(word, &[])
    }

    /// A text with arguments that are texts.
    #[must_use]
    pub fn with(&self, word: impl Message, args: &[(&str, &str)]) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, FluentValue::from(*value));
        }
        self.format(word, &fluent)
    }

    /// A text with one number, which chooses the plural.
    #[must_use]
    pub fn count(&self, word: impl Message, count: usize) -> String {
        let mut fluent = FluentArgs::new();
        fluent.set("count", FluentValue::from(count));
        self.format(word, &fluent)
    }

    fn format(&self, word: impl Message, args: &FluentArgs<'_>) -> String {
        let pattern = self
            .bundle
            .get_message(word.key())
            .and_then(|message| message.value());
        pattern.map_or_else(
            || word.key().to_owned(),
            |pattern| {
                self.bundle
                    .format_pattern(pattern, Some(args), &mut Vec::new())
                    .into_owned()
            },
        )
    }

    /// An amount.
    #[must_use]
    pub fn money(&self, amount: Money) -> String {
        money(amount, self.lang)
    }

    /// The price of one, or of a kilogram.
    #[must_use]
    pub fn unit_price(&self, price: Money, by_weight: bool) -> String {
        let word = if by_weight {
            Word::PricePerKg
        } else {
            Word::PriceEach
        };
        self.with(word, &[("price", &self.money(price))])
    }

    /// How much of something: "3" or "0.452 kg".
    #[must_use]
    pub fn quantity(&self, quantity: Quantity) -> String {
        match quantity {
            Quantity::Count(count) => count.to_string(),
            Quantity::Weight { grams } => kilograms(grams, self.lang),
        }
    }
}
