//! What a screen shows, as plain data.
//!
//! The composition root builds one [`LaneView`] per pass from the session, the tracks and the catalog.
//! Nothing here computes: amounts, names and sums arrive ready. Boxes are normalised to the picture.

use std::sync::Arc;

use crate::{
    domain::{codes::Sku, line::LineId, money::Money, quantity::Quantity, sale::PaymentMethod},
    frame::{Frame, RgbImage},
    geom::CornerBox,
    ui::{office::OfficeView, theme::ThemeName, words::Lang},
};

/// Everything that is visible now.
#[derive(Debug, Clone)]
pub struct LaneView {
    /// Language of the shopper.
    pub lang: Lang,
    /// Colours.
    pub theme: ThemeName,
    /// Whether things may move.
    pub motion: bool,
    /// The screen below everything.
    pub screen: Screen,
    /// A panel that is open over the screen.
    pub panel: Panel,
    /// Something that is not as it should be.
    pub notice: Option<Notice>,
    /// Seconds until an untouched basket is put aside; asks when present.
    pub idle_seconds: Option<u32>,
    /// Timing figures and confidences for staff.
    pub staff: Option<StaffView>,
}

/// One of the lane's screens.
#[derive(Debug, Clone)]
pub enum Screen {
    /// Nobody is here.
    Attract(AttractView),
    /// Items are counted.
    Scan(ScanView),
    /// The list is checked and the way of paying chosen.
    Review(ReviewView),
    /// A payment runs.
    Paying(PayingView),
    /// It is paid.
    Receipt(ReceiptView),
    /// An attendant is needed.
    Help(HelpView),
    /// Staff at work.
    Office(Box<OfficeView>),
}

/// A picture with a name under which its texture is kept.
#[derive(Clone)]
pub struct Photo {
    /// The same key means the same pixels.
    pub key: String,
    /// The pixels.
    pub pixels: Arc<RgbImage>,
}

impl std::fmt::Debug for Photo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Photo")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// The attract screen.
#[derive(Debug, Clone)]
pub struct AttractView {
    /// Photos of the three steps (put down, check, pay), in that order; may be fewer or none.
    pub photos: Vec<Photo>,
    /// A basket that was interrupted and can be taken up again.
    pub recovered: Option<RecoveredView>,
}

/// An interrupted basket.
#[derive(Debug, Clone)]
pub struct RecoveredView {
    /// How many lines it has.
    pub items: u32,
    /// What it came to.
    pub total: Money,
}

/// The live picture with what was found in it.
#[derive(Debug, Clone, Default)]
pub struct PictureView {
    /// The newest frame; none before the first.
    pub frame: Option<Frame>,
    /// Boxes around items.
    pub boxes: Vec<BoxView>,
    /// Where the pictures come from when it is not a camera ("Demo pictures").
    pub source: Option<String>,
}

/// A box around one item.
#[derive(Debug, Clone)]
pub struct BoxView {
    /// Number of the track.
    pub track: u64,
    /// Where it is, normalised.
    pub bbox: CornerBox,
    /// What is known of it.
    pub state: BoxState,
    /// How sure the detector is, 0 to 1; shown to staff only.
    pub confidence: f32,
}

/// What is known of an item in the picture.
#[derive(Debug, Clone)]
pub enum BoxState {
    /// It is this, at this price.
    Found {
        /// Name in the shopper's language.
        name: String,
        /// Price of one, or of a kilogram.
        price: Money,
    },
    /// One of several.
    Unsure,
    /// None of ours.
    Unknown,
}

/// The scan screen.
#[derive(Debug, Clone)]
pub struct ScanView {
    /// The live picture.
    pub picture: PictureView,
    /// The basket.
    pub basket: BasketView,
    /// An item that the shopper is asked about.
    pub question: Option<QuestionView>,
}

/// A basket as it is shown.
#[derive(Debug, Clone)]
pub struct BasketView {
    /// Lines that count, oldest first.
    pub lines: Vec<LineView>,
    /// Pieces, for "3 items".
    pub items: u32,
    /// What it comes to.
    pub total: Money,
    /// Tax within or on top of the total, per rate: what to call it, and the amount.
    pub taxes: Vec<(String, Money)>,
}

/// One line of a basket.
#[derive(Debug, Clone)]
pub struct LineView {
    /// Which line.
    pub id: LineId,
    /// Name in the shopper's language.
    pub name: String,
    /// Picture of the product.
    pub photo: Option<Photo>,
    /// How much.
    pub quantity: Quantity,
    /// Price of one, or of a kilogram.
    pub unit_price: Money,
    /// What the line comes to.
    pub amount: Money,
    /// Whether it was added a moment ago.
    pub fresh: bool,
}

/// "Which item is this?"
#[derive(Debug, Clone)]
pub struct QuestionView {
    /// The track asked about.
    pub track: u64,
    /// Where it is in the live picture.
    pub bbox: Option<CornerBox>,
    /// The likeliest products, best first; three are shown.
    pub choices: Vec<TileView>,
}

/// A product as a tile.
#[derive(Debug, Clone)]
pub struct TileView {
    /// Which product.
    pub sku: Sku,
    /// Name in the shopper's language.
    pub name: String,
    /// Its picture.
    pub photo: Option<Photo>,
    /// Price of one, or of a kilogram.
    pub price: Money,
    /// Whether it is sold by weight.
    pub by_weight: bool,
}

/// What is open over the screen.
#[derive(Debug, Clone, Default)]
pub enum Panel {
    /// Nothing.
    #[default]
    None,
    /// The search.
    Search {
        /// What fits the text typed so far, best first; with no text, what is bought often.
        results: Vec<TileView>,
    },
    /// The number pad for PLU and barcode.
    Number {
        /// The number that was refused last.
        unknown: Option<String>,
    },
    /// The weight of a product sold by the kilogram.
    Weight {
        /// The product.
        product: TileView,
        /// Weight of its packaging, in grams.
        tare_grams: u32,
    },
    /// The PIN pad.
    Pin {
        /// What it opens.
        purpose: PinPurpose,
        /// Why the last try did not open it.
        refused: Option<PinRefusal>,
    },
    /// The name of the first manager.
    FirstName,
}

/// What a PIN opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinPurpose {
    /// The back office.
    Office,
    /// A lane that waits for an attendant.
    Resume,
    /// Nothing yet: there is none, and the first one is being chosen.
    Choose,
    /// Nothing yet: the first one is typed again.
    Repeat,
}

/// Why a PIN did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinRefusal {
    /// It is another one.
    Wrong,
    /// It is another one, and only so many more tries are left before the pad locks.
    FewLeft(u32),
    /// Too many tries; seconds to wait.
    Locked(u32),
}

/// The review screen.
#[derive(Debug, Clone)]
pub struct ReviewView {
    /// The basket.
    pub basket: BasketView,
    /// What became of the payment before, if there was one.
    pub problem: Option<PaymentProblem>,
    /// Ways of paying that work now, the usual one first.
    pub methods: Vec<PaymentMethod>,
}

/// Why a payment did not come about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentProblem {
    /// The bank said no.
    Declined,
    /// No answer came in time.
    TimedOut,
    /// It was cancelled.
    Cancelled,
}

/// The payment screen.
#[derive(Debug, Clone)]
pub struct PayingView {
    /// The basket.
    pub basket: BasketView,
    /// How it is paid.
    pub method: PaymentMethod,
    /// What the terminal is doing.
    pub stage: PaymentStage,
    /// Whether it can still be cancelled.
    pub can_cancel: bool,
}

/// Steps of a payment, as a shopper sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentStage {
    /// The terminal wakes up.
    Connecting,
    /// It waits for a card.
    PresentCard,
    /// It waits for the card's PIN.
    EnterPin,
    /// It asks the bank.
    Authorising,
    /// The bank said yes.
    Approved,
    /// The bank said no; nothing was charged.
    Declined,
    /// No answer came; nothing was charged.
    TimedOut,
    /// The attendant takes the money.
    AtAttendant,
    /// A cancel is under way.
    Cancelling,
    /// The sale is written down.
    Saving,
}

/// The receipt screen.
#[derive(Debug, Clone)]
pub struct ReceiptView {
    /// What was paid.
    pub total: Money,
    /// Number of the receipt.
    pub number: String,
    /// What the QR code says.
    pub qr_text: String,
    /// Where the receipt was saved, once it was.
    pub saved_to: Option<String>,
    /// Whether a printer is there.
    pub can_print: bool,
    /// Seconds until the screen closes.
    pub closes_in: Option<u32>,
}

/// The help screen.
#[derive(Debug, Clone)]
pub struct HelpView {
    /// Why.
    pub reason: HelpReason,
    /// One sentence for staff that says what to do.
    pub detail: Option<String>,
    /// The basket, kept.
    pub basket: Option<BasketView>,
    /// Whether the shopper may go on without an attendant.
    pub can_dismiss: bool,
}

/// Why an attendant is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HelpReason {
    /// The shopper asked.
    Asked,
    /// An item needs an age check.
    AgeCheck,
    /// A payment did not come to an end.
    Payment,
    /// The sale could not be written down.
    NotSaved,
    /// A part of the machine stopped.
    Machine,
}

/// Something that is not as it should be, with a way on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// No camera at the start.
    CameraMissing,
    /// The camera stopped; it is tried again.
    CameraLost,
    /// Items cannot be recognised; the reason is for staff.
    DetectorMissing {
        /// One sentence.
        reason: String,
    },
    /// One sentence for staff, ready to read.
    Plain(String),
}

/// Figures for staff.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StaffView {
    /// Pictures per second of the source.
    pub frames_per_second: f32,
    /// One detection, in milliseconds.
    pub detect_ms: f32,
    /// From lying still to the basket, in milliseconds; none before the first item.
    pub count_ms: Option<f32>,
    /// The model in use.
    pub model: String,
    /// What a picture goes through, in order.
    pub stages: Vec<StageView>,
}

/// One thing that happens to a picture on its way from the camera to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The camera's bytes become pixels.
    Decode,
    /// Whether anything moved.
    Look,
    /// The network's input is made; part of finding.
    Resize,
    /// Items are found.
    Detect,
    /// What was found is followed.
    Track,
    /// The picture becomes a texture.
    Upload,
    /// The window is painted, the texture among it.
    Paint,
    /// From the camera's bytes until the window is painted.
    All,
}

impl Stage {
    /// All of them, in order.
    pub const ALL: [Self; 8] = [
        Self::Decode,
        Self::Look,
        Self::Resize,
        Self::Detect,
        Self::Track,
        Self::Upload,
        Self::Paint,
        Self::All,
    ];
}

/// How long a stage takes, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StageView {
    /// The stage.
    pub stage: Stage,
    /// The time that half of the last pictures are below.
    pub median_ms: f32,
    /// The time that 95 of 100 are below.
    pub p95_ms: f32,
}
