//! What a touch asks for: one exhaustive match.

use std::sync::Arc;

use crate::{
    app::{
        kiosk::{
            checkout::{Checkout, LaneOrder},
            surface::OpenPanel,
        },
        office::photos::PhotosPage,
        printer, receipts,
    },
    domain::{
        codes::{Barcode, Sku},
        line::{Origin, TrackKey},
        product::Product,
        quantity::{Quantity, Unit},
        session::{
            Session,
            event::{Event, HelpReason, VoidReason},
        },
        time::Timestamp,
    },
    ui::command::Command,
};

impl Checkout {
    /// Does what a touch asks for.
    pub fn command(&mut self, command: Command, now: Timestamp) {
        match command {
            Command::Touched => {
                self.office.touched(now);
                self.apply(Event::TouchSeen, now);
            }
            Command::Start => self.apply(Event::Started, now),
            Command::ChooseLanguage(lang) => self.surface.speak(lang),
            Command::RestoreBasket => self.apply(Event::RecoveryAccepted, now),
            Command::DiscardRecovered => self.apply(Event::RecoveryDeclined, now),
            Command::SetCount { line, count } => self.apply(Event::QuantityChanged { line, count }, now),
            Command::RemoveLine(line) => self.apply(Event::LineRemoved { line }, now),
            Command::AskAbout { track } => self.ask_about(TrackKey(track)),
            Command::AnswerItem { track, sku } => self.identify(TrackKey(track), &sku, now),
            Command::SomethingElse { track } => self.search_for(Some(TrackKey(track))),
            Command::DismissQuestion => {
                self.sight.questions.pop_front();
            }
            Command::OpenSearch => self.search_for(None),
            Command::SearchTyped(typed) => {
                if let OpenPanel::Search { text, .. } = &mut self.surface.panel {
                    *text = typed;
                }
            }
            Command::OpenNumber => self.surface.panel = OpenPanel::Number { unknown: None },
            Command::NumberEntered(number) => self.number_entered(number, now),
            Command::ChooseProduct(sku) => self.choose(&sku, now),
            Command::AddWeighed { sku, gross_grams } => self.weighed(&sku, gross_grams, now),
            Command::ClosePanel => self.close_panel(now),
            Command::Review => self.apply(Event::ReviewAsked, now),
            Command::BackToScan => self.apply(Event::BackToScanning, now),
            Command::ChoosePayment(method) => self.apply(Event::PaymentChosen { method }, now),
            Command::CancelPayment => self.apply(Event::PaymentCancelAsked, now),
            // The session has gone back to the review by itself.
            Command::LeavePayment => {}
            Command::SaveReceipt => self.surface.shows_receipt_file = true,
            Command::PrintReceipt => self.print_receipt(now),
            Command::ReceiptDone => self.apply(Event::ReceiptDismissed, now),
            Command::CallHelp => {
                let reason = HelpReason::Asked;
                self.apply(Event::HelpAsked { reason }, now);
            }
            Command::DismissHelp => self.dismiss_help(now),
            Command::MoreTime => self.apply(Event::MoreTimeAsked, now),
            Command::AbandonBasket => {
                let reason = VoidReason::Shopper;
                self.apply(Event::BasketVoided { reason }, now);
            }
            Command::UseDemoPictures => {
                self.sight.switch(true);
                self.orders.push(LaneOrder::ShowDemo);
            }
            Command::DismissNotice => self.surface.dismissed = true,
            Command::OpenPin(opens) => self.open_pin(opens),
            Command::PinEntered { purpose: _, pin } => self.pin_entered(pin, now),
            Command::NameEntered(name) => self.name_entered(name, now),
            Command::ToggleStaff => self.surface.shows_figures = !self.surface.shows_figures,
            Command::Office(wish) => self.office_command(wish, now),
        }
    }

    /// Without a printer the file is the receipt.
    fn print_receipt(&mut self, now: Timestamp) {
        let printer = self.settings.printer.clone();
        let (Session::Done(done), Some(printer)) = (&self.session, printer) else {
            self.surface.shows_receipt_file = true;
            return;
        };
        let text = receipts::text(done.receipt(), self.surface.lang, self.surface.utc_offset_ms);
        self.with_office(now, |_, desk| {
            desk.work(
                "printer",
                move || printer::send(&printer, &text),
                |_, desk, printed| {
                    if let Err(sentence) = printed.map_err(|trouble| trouble.sentence).and_then(|sent| sent) {
                        desk.tell_lane(sentence);
                    }
                },
            );
        });
    }

    /// A box that is not clear was touched: ask, or search where there is nothing to choose from.
    fn ask_about(&mut self, track: TrackKey) {
        let from_votes = || {
            let view = self.sight.tracks.iter().find(|view| view.id.0 == track.0)?;
            Some(view.votes.iter().map(|vote| vote.class).collect())
        };
        let classes: Vec<_> = match self.sight.unsure.get(&track) {
            Some(classes) => classes.clone(),
            None => from_votes().unwrap_or_default(),
        };
        if classes.iter().any(|class| self.product_of(*class).is_some()) {
            self.sight.unsure.insert(track, classes);
            self.sight.questions.retain(|asked| *asked != track);
            self.sight.questions.push_front(track);
        } else {
            self.search_for(Some(track));
        }
    }

    /// The item of a track is this.
    fn identify(&mut self, track: TrackKey, sku: &Sku, now: Timestamp) {
        self.sight.questions.retain(|asked| *asked != track);
        if let Some(product) = self.on_sale(sku) {
            self.sight.unsure.remove(&track);
            self.keep_correction(track, sku, now);
            self.apply(Event::ItemCounted { track, product }, now);
        }
    }

    /// What the shopper said of an item that was not clear teaches the next model, where the shop wants that.
    fn keep_correction(&mut self, track: TrackKey, sku: &Sku, now: Timestamp) {
        let seen = self.sight.tracks.iter().find(|seen| seen.id.0 == track.0);
        let bbox = seen.map(|seen| seen.bbox);
        let (Some(frame), Some(bbox), true) =
            (self.sight.frame.clone(), bbox, self.settings.keeps_corrections)
        else {
            return;
        };
        let sku = sku.clone();
        self.with_office(now, |_, desk| PhotosPage::keep_correction(frame, bbox, sku, desk));
    }

    fn search_for(&mut self, track: Option<TrackKey>) {
        self.sight.questions.retain(|asked| Some(*asked) != track);
        self.surface.panel = OpenPanel::Search {
            text: String::new(),
            track,
        };
    }

    /// A number was typed, or read by a hand scanner.
    fn number_entered(&mut self, number: String, now: Timestamp) {
        let Some(product) = self.catalog.by_number(&number).cloned() else {
            self.surface.panel = OpenPanel::Number {
                unknown: Some(number),
            };
            return;
        };
        let origin = if Barcode::parse(&number).is_ok() {
            Origin::Barcode
        } else {
            Origin::Plu
        };
        self.surface.panel = OpenPanel::None;
        self.add(product, origin, now);
    }

    fn choose(&mut self, sku: &Sku, now: Timestamp) {
        let track = match &self.surface.panel {
            OpenPanel::Search { track, .. } => *track,
            OpenPanel::None | OpenPanel::Number { .. } | OpenPanel::Weight { .. } | OpenPanel::Pin { .. } => {
                None
            }
        };
        self.surface.panel = OpenPanel::None;
        match (track, self.on_sale(sku)) {
            (Some(track), Some(_)) => self.identify(track, sku, now),
            (None, Some(product)) => self.add(product, Origin::Search, now),
            (_, None) => {}
        }
    }

    /// Adds one piece, or asks for the weight first.
    fn add(&mut self, product: Arc<Product>, origin: Origin, now: Timestamp) {
        match product.unit {
            Unit::Each => {
                let quantity = Quantity::Count(1);
                let event = Event::ItemAdded {
                    product,
                    quantity,
                    origin,
                };
                self.apply(event, now);
            }
            Unit::Kilogram => {
                let sku = product.sku.clone();
                self.surface.panel = OpenPanel::Weight { sku, origin };
            }
        }
    }

    fn weighed(&mut self, sku: &Sku, grams: u32, now: Timestamp) {
        let OpenPanel::Weight { origin, .. } = &self.surface.panel else {
            return;
        };
        let origin = *origin;
        self.surface.panel = OpenPanel::None;
        if let Some(product) = self.on_sale(sku) {
            let quantity = Quantity::Weight { grams };
            let event = Event::ItemAdded {
                product,
                quantity,
                origin,
            };
            self.apply(event, now);
        }
    }

    fn close_panel(&mut self, now: Timestamp) {
        if let OpenPanel::Weight {
            origin: Origin::Camera { track },
            ..
        } = std::mem::take(&mut self.surface.panel)
        {
            self.apply(Event::WeighingDeclined { track }, now);
        }
    }

    fn on_sale(&self, sku: &Sku) -> Option<Arc<Product>> {
        self.catalog.by_sku(sku).filter(|product| product.active).cloned()
    }

    fn dismiss_help(&mut self, now: Timestamp) {
        if self.can_dismiss_help() {
            self.apply(Event::HelpResolved, now);
        }
    }

    /// Whether the shopper may go on without an attendant.
    pub(super) fn can_dismiss_help(&self) -> bool {
        let Session::NeedsAssistance(waiting) = &self.session else {
            return false;
        };
        match waiting.reason() {
            HelpReason::Asked
            | HelpReason::SourceLost { .. }
            | HelpReason::DetectorLost { .. }
            | HelpReason::WorkerDied { .. } => !waiting.is_paid(),
            HelpReason::AgeCheck { .. }
            | HelpReason::CommitFailed { .. }
            | HelpReason::PaymentUnclear { .. }
            | HelpReason::StoreFailed { .. } => false,
        }
    }
}
