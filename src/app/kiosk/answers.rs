//! What the store answered, and what waits to be written.

use crate::{
    app::kiosk::{
        back_room::{Asked, Outcome, Reply, Request, Trouble},
        checkout::Checkout,
        outbox::News,
    },
    domain::{session::event::Event, time::Timestamp},
};

impl Checkout {
    pub(super) fn read_answers(&mut self, now: Timestamp) {
        while let Some(answer) = self.store.poll() {
            let outcome: Outcome = answer
                .outcome
                .unwrap_or_else(|sentence| Err(Trouble::new(sentence, true)));
            if self.outbox.awaits(answer.ticket) {
                match self.outbox.answered(outcome, now) {
                    News::None => {}
                    News::Sold { key, receipt_number } => {
                        self.apply(Event::SaleCommitted { key, receipt_number }, now);
                    }
                    News::SaleStuck { key, reason } => self.apply(Event::CommitFailed { key, reason }, now),
                }
            } else if let Some(asked) = self.asked.remove(&answer.ticket) {
                self.answered(asked, outcome, now);
            }
        }
    }

    fn answered(&mut self, asked: Asked, outcome: Outcome, now: Timestamp) {
        let outcome = outcome.map_err(|trouble| trouble.in_words(&self.surface.words));
        match (asked, outcome) {
            (Asked::Begin, Ok(Reply::Begun(beginning))) => self.begin(*beginning, now),
            (Asked::Begin, Err(trouble)) => self.not_begun(trouble.sentence, now),
            (Asked::Catalog, Ok(Reply::Catalog { catalog, next_change })) => {
                self.catalog = catalog;
                self.next_price_change = next_change;
                self.with_office(now, |office, desk| office.catalog_changed(desk));
            }
            (Asked::Office(then), Ok(Reply::Office(parcel))) => {
                self.with_office(now, |office, desk| then(office, desk, Ok(parcel)));
            }
            (Asked::Office(then), Err(trouble)) => {
                self.with_office(now, |office, desk| then(office, desk, Err(trouble)));
            }
            (Asked::Receipt, Ok(Reply::ReceiptSaved(files))) => {
                self.surface.receipt_file = Some(files.pdf);
            }
            (Asked::Settings, Ok(Reply::Settings(settings))) => self.settings_changed(*settings, now),
            (Asked::Beat, Ok(_)) => {}
            (Asked::Receipt | Asked::Catalog | Asked::Settings | Asked::Beat, Err(trouble)) => {
                self.surface.say(trouble.sentence, now);
            }
            (asked, Ok(reply)) => tracing::error!(?asked, ?reply, "an answer to another question"),
        }
    }

    pub(super) fn send_writes(&mut self, now: Timestamp) {
        let Some((write, at)) = self.outbox.next(now).cloned() else {
            return;
        };
        match self.store.ask((Request::Write(write), at)) {
            Ok(ticket) => self.outbox.begun(ticket),
            Err(error) => {
                let sentence = error.to_string();
                // Nothing is under way, and what waits goes on waiting.
                let trouble = Trouble::new(sentence.clone(), true);
                let news = self.outbox.answered(Err(trouble), now);
                tracing::error!(?news, sentence, "the store takes nothing more");
                self.store_died(&sentence, now);
            }
        }
    }
}
