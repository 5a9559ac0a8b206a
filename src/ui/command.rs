//! What a touch asks for. The screens return these; one exhaustive match in the composition root acts.

use crate::{
    domain::{codes::Sku, line::LineId, sale::PaymentMethod},
    ui::{office::OfficeCommand, view::PinPurpose, words::Lang},
};

/// One wish of the person at the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Something was touched or typed; keeps the idle time-out away. Sent besides any other command.
    Touched,
    /// Leave the attract screen.
    Start,
    /// Speak this language.
    ChooseLanguage(Lang),
    /// Take up the interrupted basket.
    RestoreBasket,
    /// Forget the interrupted basket.
    DiscardRecovered,
    /// Set the number of pieces of a line; at least 1.
    SetCount {
        /// Which line.
        line: LineId,
        /// How many.
        count: u32,
    },
    /// Take a line out.
    RemoveLine(LineId),
    /// An unclear or unknown box was touched.
    AskAbout {
        /// The track in the box.
        track: u64,
    },
    /// The item of a track is this.
    AnswerItem {
        /// The track that was asked about.
        track: u64,
        /// What it is.
        sku: Sku,
    },
    /// The item of a track is none of the choices: open the search for it.
    SomethingElse {
        /// The track that was asked about.
        track: u64,
    },
    /// Do not answer the question now.
    DismissQuestion,
    /// Open the search panel.
    OpenSearch,
    /// The text of the search changed.
    SearchTyped(String),
    /// Open the number pad.
    OpenNumber,
    /// A PLU or barcode was typed.
    NumberEntered(String),
    /// A product was chosen in the search; one sold by weight needs the weight panel next.
    ChooseProduct(Sku),
    /// A product was weighed.
    AddWeighed {
        /// Which product.
        sku: Sku,
        /// Weight on the scale, packaging included, in grams.
        gross_grams: u32,
    },
    /// Close the open panel.
    ClosePanel,
    /// Go to the review.
    Review,
    /// Go back from the review to scanning.
    BackToScan,
    /// Pay this way.
    ChoosePayment(PaymentMethod),
    /// Stop the payment.
    CancelPayment,
    /// Leave a payment that did not work, back to the ways of paying.
    LeavePayment,
    /// Print the receipt.
    PrintReceipt,
    /// Save the receipt as a file.
    SaveReceipt,
    /// The receipt is done with.
    ReceiptDone,
    /// Call an attendant.
    CallHelp,
    /// Help is no longer needed.
    DismissHelp,
    /// Keep the basket: I need more time.
    MoreTime,
    /// Nobody wants this basket any more.
    AbandonBasket,
    /// Show the bundled demo pictures in place of a camera.
    UseDemoPictures,
    /// Close the notice and go on without.
    DismissNotice,
    /// Open the PIN pad (the hidden corner, or an attendant at the help screen).
    OpenPin(PinPurpose),
    /// A PIN was typed.
    PinEntered {
        /// What it should open.
        purpose: PinPurpose,
        /// The digits.
        pin: String,
    },
    /// The first manager typed a name.
    NameEntered(String),
    /// Show or hide the figures for staff (Ctrl+Shift+D).
    ToggleStaff,
    /// Something in the back office.
    Office(OfficeCommand),
}
