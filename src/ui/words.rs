//! Every word that the screens show, in each language, and numbers as the locale writes them.
//!
//! The texts lie in `assets/lang`, one Fluent file per language. [`Word`] names each message once, so a
//! screen cannot ask for one that is not there; a test holds the files against the list.

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::domain::{
    money::{Currency, Money},
    quantity::Quantity,
};

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

    const fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../assets/lang/en.ftl"),
            Self::German => include_str!("../../assets/lang/de.ftl"),
        }
    }

    /// The decimal sign.
    #[must_use]
    pub const fn decimal(self) -> char {
        match self {
            Self::English => '.',
            Self::German => ',',
        }
    }

    const fn group(self) -> char {
        match self {
            Self::English => ',',
            Self::German => '.',
        }
    }
}

macro_rules! words {
    ($($name:ident = $key:literal),* $(,)?) => {
        /// One message of the language files.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "the English text in assets/lang/en.ftl says what each is")]
        pub enum Word { $($name),* }

        impl Word {
            /// The name of the message in the files.
            #[must_use]
            pub const fn key(self) -> &'static str {
                match self { $(Self::$name => $key),* }
            }

            /// All messages.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

words! {
    AttractTitle = "attract-title",
    AttractTouch = "attract-touch",
    StepPut = "step-put",
    StepCheck = "step-check",
    StepPay = "step-pay",
    ScanEmpty = "scan-empty",
    ScanNext = "scan-next",
    ScanLook = "scan-look",
    ScanWaiting = "scan-waiting",
    Counted = "counted",
    BasketTitle = "basket-title",
    BasketEmpty = "basket-empty",
    BasketEmptyHint = "basket-empty-hint",
    Items = "items",
    Total = "total",
    TaxLine = "tax-line",
    Pay = "pay",
    PayEmpty = "pay-empty",
    Search = "search",
    EnterNumber = "enter-number",
    CallHelp = "call-help",
    PriceEach = "price-each",
    PricePerKg = "price-per-kg",
    OneMore = "one-more",
    OneFewer = "one-fewer",
    Remove = "remove",
    RemoveNamed = "remove-named",
    BoxUnsure = "box-unsure",
    BoxUnknown = "box-unknown",
    AskTitle = "ask-title",
    AskHint = "ask-hint",
    SomethingElse = "something-else",
    SomethingElseHint = "something-else-hint",
    NotNow = "not-now",
    Close = "close",
    Back = "back",
    SearchTitle = "search-title",
    SearchField = "search-field",
    SearchOften = "search-often",
    SearchFound = "search-found",
    SearchNone = "search-none",
    KeySpace = "key-space",
    KeyDelete = "key-delete",
    KeyClear = "key-clear",
    NumberTitle = "number-title",
    NumberHint = "number-hint",
    NumberField = "number-field",
    NumberUnknown = "number-unknown",
    AddItem = "add-item",
    WeightTitle = "weight-title",
    WeightHint = "weight-hint",
    WeightGross = "weight-gross",
    WeightTare = "weight-tare",
    WeightNet = "weight-net",
    WeightSmall = "weight-small",
    PinTitle = "pin-title",
    PinOffice = "pin-office",
    PinResume = "pin-resume",
    PinField = "pin-field",
    PinWrong = "pin-wrong",
    PinLocked = "pin-locked",
    PinOpen = "pin-open",
    PinChoose = "pin-choose",
    PinChooseHint = "pin-choose-hint",
    PinRepeat = "pin-repeat",
    PinRepeatHint = "pin-repeat-hint",
    PinDifferent = "pin-different",
    ReviewTitle = "review-title",
    ReviewHow = "review-how",
    ReviewBack = "review-back",
    PayStopped = "pay-stopped",
    PayStoppedHint = "pay-stopped-hint",
    PayCard = "pay-card",
    PayCardHint = "pay-card-hint",
    PayAttendant = "pay-attendant",
    PayAttendantHint = "pay-attendant-hint",
    StageConnecting = "stage-connecting",
    StageConnectingHint = "stage-connecting-hint",
    StagePresent = "stage-present",
    StagePresentHint = "stage-present-hint",
    StagePin = "stage-pin",
    StagePinHint = "stage-pin-hint",
    StageAsking = "stage-asking",
    StageAskingHint = "stage-asking-hint",
    StageApproved = "stage-approved",
    StageApprovedHint = "stage-approved-hint",
    StageDeclined = "stage-declined",
    StageDeclinedHint = "stage-declined-hint",
    StageTimedOut = "stage-timed-out",
    StageTimedOutHint = "stage-timed-out-hint",
    StageAttendant = "stage-attendant",
    StageAttendantHint = "stage-attendant-hint",
    StageCancelling = "stage-cancelling",
    StageCancellingHint = "stage-cancelling-hint",
    StageSaving = "stage-saving",
    StageSavingHint = "stage-saving-hint",
    CancelPayment = "cancel-payment",
    ChooseOther = "choose-other",
    AttendantPin = "attendant-pin",
    ReceiptTitle = "receipt-title",
    ReceiptPaid = "receipt-paid",
    ReceiptNumber = "receipt-number",
    ReceiptScan = "receipt-scan",
    ReceiptPrint = "receipt-print",
    ReceiptSave = "receipt-save",
    ReceiptSaved = "receipt-saved",
    ReceiptCloses = "receipt-closes",
    Done = "done",
    HelpTitle = "help-title",
    HelpNext = "help-next",
    HelpKept = "help-kept",
    HelpAsked = "help-asked",
    HelpAge = "help-age",
    HelpPayment = "help-payment",
    HelpNotSaved = "help-not-saved",
    HelpMachine = "help-machine",
    HelpDismiss = "help-dismiss",
    IdleTitle = "idle-title",
    IdleText = "idle-text",
    IdleMore = "idle-more",
    IdleStop = "idle-stop",
    RecoveredTitle = "recovered-title",
    RecoveredText = "recovered-text",
    RecoveredYes = "recovered-yes",
    RecoveredNo = "recovered-no",
    CameraMissing = "camera-missing",
    CameraMissingText = "camera-missing-text",
    CameraLost = "camera-lost",
    CameraLostText = "camera-lost-text",
    DetectorMissing = "detector-missing",
    DetectorMissingText = "detector-missing-text",
    UseDemo = "use-demo",
    GoOnWithout = "go-on-without",
    StaffFigures = "staff-figures",
    OfficeProducts = "office-products",
    OfficePrices = "office-prices",
    OfficeSales = "office-sales",
    OfficeTeach = "office-teach",
    OfficeModels = "office-models",
    OfficeSettings = "office-settings",
    OfficeLater = "office-later",
    OfficeSearch = "office-search",
    OfficeCount = "office-count",
    OfficeNone = "office-none",
    OfficeEmpty = "office-empty",
    OfficeName = "office-name",
    OfficeNumber = "office-number",
    OfficeDepartment = "office-department",
    OfficeUnit = "office-unit",
    OfficeUnitEach = "office-unit-each",
    OfficeUnitKg = "office-unit-kg",
    OfficePrice = "office-price",
    OfficePriceOf = "office-price-of",
    OfficePriceBad = "office-price-bad",
    OfficeNotSold = "office-not-sold",
    OfficeSaved = "office-saved",
    OfficeUnchanged = "office-unchanged",
    OfficeUndo = "office-undo",
    OfficeKeys = "office-keys",
    OfficeClose = "office-close",
    BillReceipt = "bill-receipt",
    BillSubtotal = "bill-subtotal",
    BillTotal = "bill-total",
    BillTax = "bill-tax",
    BillNet = "bill-net",
    BillTare = "bill-tare",
    BillCard = "bill-card",
    BillAttendant = "bill-attendant",
    BillRefundOf = "bill-refund-of",
    BillVoidOf = "bill-void-of",
    SourceDemo = "source-demo",
}

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
    /// Reads the built-in file of a language. A line that cannot be read is left out; a test keeps that
    /// from being shipped.
    #[must_use]
    pub fn new(lang: Lang) -> Self {
        let id = lang.code().parse::<LanguageIdentifier>().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // Marks around arguments are for mixed writing directions, which neither language has.
        bundle.set_use_isolating(false);
        let resource = match FluentResource::try_new(lang.source().to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    /// The language.
    #[must_use]
    pub const fn lang(&self) -> Lang {
        self.lang
    }

    /// A text without arguments.
    #[must_use]
    pub fn say(&self, word: Word) -> String {
        self.with(word, &[])
    }

    /// A text with arguments that are texts.
    #[must_use]
    pub fn with(&self, word: Word, args: &[(&str, &str)]) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, FluentValue::from(*value));
        }
        self.format(word, &fluent)
    }

    /// A text with one number, which chooses the plural.
    #[must_use]
    pub fn count(&self, word: Word, count: usize) -> String {
        let mut fluent = FluentArgs::new();
        fluent.set("count", FluentValue::from(count));
        self.format(word, &fluent)
    }

    fn format(&self, word: Word, args: &FluentArgs<'_>) -> String {
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

/// An amount as the language writes it: "€4.37", "4,37 €".
#[must_use]
pub fn money(amount: Money, lang: Lang) -> String {
    let currency = amount.currency();
    let digits = decimal(amount, lang, true);
    let sign = if amount.is_negative() { "\u{2212}" } else { "" };
    let symbol = symbol(currency);
    match lang {
        Lang::English if symbol.len() == 3 && symbol.is_ascii() => format!("{sign}{symbol}\u{a0}{digits}"),
        Lang::English => format!("{sign}{symbol}{digits}"),
        Lang::German => format!("{sign}{digits}\u{a0}{symbol}"),
    }
}

/// The digits of an amount without sign and currency: "1,234.50", or "1234.50" without groups.
#[must_use]
pub fn decimal(amount: Money, lang: Lang, groups: bool) -> String {
    let scale = 10_u64.pow(amount.currency().exponent());
    let minor = amount.minor().unsigned_abs();
    let whole = (minor / scale).to_string();
    let mut text = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if groups && place > 0 && (whole.len() - place).is_multiple_of(3) {
            text.push(lang.group());
        }
        text.push(digit);
    }
    if scale > 1 {
        let width = usize::try_from(amount.currency().exponent()).unwrap_or(0);
        text.push(lang.decimal());
        text.push_str(&format!("{:0width$}", minor % scale));
    }
    text
}

/// Reads a price that a person typed, with the decimal sign of the language or of the other one.
#[must_use]
pub fn parse_money(text: &str, currency: Currency, lang: Lang) -> Option<Money> {
    let own = lang.decimal();
    let plain: String = text
        .trim()
        .trim_start_matches(symbol(currency))
        .trim_end_matches(symbol(currency))
        .trim()
        .to_owned();
    let separator = if plain.contains(own) { own } else { lang.group() };
    // "1,234" in English could be a group or a decimal: with three digits behind it, nothing is guessed.
    Money::parse(&plain, separator, currency)
        .ok()
        .filter(|price| !price.is_negative())
}

fn symbol(currency: Currency) -> &'static str {
    match currency.code() {
        "EUR" => "€",
        "USD" => "$",
        "GBP" => "£",
        "JPY" => "¥",
        code => code,
    }
}

/// A weight: "0.452 kg".
#[must_use]
pub fn kilograms(grams: u32, lang: Lang) -> String {
    format!("{}{}{:03}\u{a0}kg", grams / 1000, lang.decimal(), grams % 1000)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Lang, Word, Words, kilograms, money, parse_money};
    use crate::domain::money::{Currency, Money};

    fn eur(minor: i64) -> Money {
        Money::new(minor, Currency::from_code("EUR").unwrap())
    }

    fn keys_in(source: &str) -> BTreeSet<&str> {
        source
            .lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once(" ="))
            .map(|(key, _)| key)
            .collect()
    }

    #[test]
    fn both_files_hold_exactly_the_words_in_use() {
        let wanted: BTreeSet<&str> = Word::ALL.iter().map(|word| word.key()).collect();
        assert_eq!(wanted.len(), Word::ALL.len(), "two words share a key");
        for lang in Lang::ALL {
            assert_eq!(keys_in(lang.source()), wanted, "{lang:?}");
        }
    }

    #[test]
    fn every_message_can_be_read_and_names_the_same_arguments() {
        let arguments = |text: &str| -> BTreeSet<String> {
            text.split("{ $")
                .skip(1)
                .filter_map(|rest| rest.split([' ', '}']).next())
                .map(str::to_owned)
                .collect()
        };
        let message = |lang: Lang, key: &str| -> String {
            let source = lang.source();
            let start = source.find(&format!("\n{key} =")).map_or_else(|| 0, |at| at + 1);
            let rest = &source[start..];
            let mut lines = rest.lines();
            let mut text = lines.next().unwrap_or("").to_owned();
            for line in lines.take_while(|line| line.starts_with(' ')) {
                text.push_str(line);
            }
            text
        };
        for lang in Lang::ALL {
            fluent_bundle::FluentResource::try_new(lang.source().to_owned()).unwrap();
        }
        for word in Word::ALL {
            let [en, de] = Lang::ALL.map(|lang| arguments(&message(lang, word.key())));
            assert_eq!(en, de, "{}", word.key());
        }
    }

    #[test]
    fn money_is_written_as_the_language_does() {
        assert_eq!(money(eur(437), Lang::English), "€4.37");
        assert_eq!(money(eur(437), Lang::German), "4,37\u{a0}€");
        assert_eq!(money(eur(5), Lang::German), "0,05\u{a0}€");
        assert_eq!(money(eur(-199), Lang::English), "\u{2212}€1.99");
        assert_eq!(money(eur(123_456_789), Lang::English), "€1,234,567.89");
        assert_eq!(money(eur(100_000), Lang::German), "1.000,00\u{a0}€");
        let yen = Money::new(437, Currency::from_code("JPY").unwrap());
        assert_eq!(money(yen, Lang::English), "¥437");
        let franc = Money::new(437, Currency::from_code("CHF").unwrap());
        assert_eq!(money(franc, Lang::English), "CHF\u{a0}4.37");
    }

    #[test]
    fn a_typed_price_is_read_back() {
        let eur_code = Currency::from_code("EUR").unwrap();
        for (text, minor) in [
            ("1,29", 129),
            ("1.29", 129),
            ("0,5", 50),
            ("3", 300),
            ("2,00 €", 200),
        ] {
            assert_eq!(
                parse_money(text, eur_code, Lang::German),
                Some(eur(minor)),
                "{text}"
            );
        }
        for text in ["", "abc", "-1,00", "1,2,3", "1,299", "1.234"] {
            assert_eq!(parse_money(text, eur_code, Lang::German), None, "{text}");
        }
    }

    #[test]
    fn weights_have_three_places() {
        assert_eq!(kilograms(452, Lang::German), "0,452\u{a0}kg");
        assert_eq!(kilograms(12_005, Lang::English), "12.005\u{a0}kg");
    }

    #[test]
    fn plurals_follow_the_count() {
        let english = Words::new(Lang::English);
        assert_eq!(english.count(Word::Items, 1), "1 item");
        assert_eq!(english.count(Word::Items, 3), "3 items");
        assert_eq!(english.with(Word::Pay, &[("total", "€4.37")]), "Pay €4.37");
        let german = Words::new(Lang::German);
        assert_eq!(german.count(Word::Items, 1), "1 Artikel");
        assert_eq!(Lang::from_code("de-AT"), Some(Lang::German));
        assert_eq!(Lang::from_code("fr"), None);
    }
}
