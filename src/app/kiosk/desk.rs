//! Where the checkout meets the back office: a desk for each pass, and what was asked for on it.

use std::sync::Arc;

use crate::{
    app::{
        kiosk::{
            back_room::{Asked, Request},
            checkout::Checkout,
            sight::{DetectorState, SourceState},
        },
        office::{Around, Desk, LaneFacts, Office, SignedOn},
    },
    domain::{session::event::Event, time::Timestamp},
    ui::office::{OfficeCommand, OfficeView},
};

impl Checkout {
    fn desk(&self, now: Timestamp) -> Desk {
        let around = Around {
            now,
            words: Arc::clone(&self.surface.words),
            utc_offset_ms: self.surface.utc_offset_ms,
            catalog: Arc::clone(&self.catalog),
            data: Arc::clone(&self.data),
            frame: self.sight.frame.clone(),
            lane: self.lane_facts(),
        };
        Desk::new(around, self.office.signed_on().cloned())
    }

    fn lane_facts(&self) -> LaneFacts {
        let sight = &self.sight;
        LaneFacts {
            model: sight.model.clone(),
            engine: (sight.detector == DetectorState::Ready).then_some(sight.engine),
            classes: sight
                .classes
                .iter()
                .cloned()
                .zip(sight.thresholds.iter().copied())
                .collect(),
            seen: sight.seen.clone(),
            is_live: sight.source == SourceState::Live,
            is_replay: sight.is_replay,
        }
    }

    /// Lets the back office do something, and hands on what it asks for.
    pub(super) fn with_office(&mut self, now: Timestamp, act: impl FnOnce(&mut Office, &mut Desk)) {
        let mut desk = self.desk(now);
        act(&mut self.office, &mut desk);
        while let Some(work) = desk.works.pop_front() {
            self.workers
                .begin(work, &self.wake, (&mut self.office, &mut desk));
        }
        self.office.absorb(&mut desk);
        self.orders.append(&mut desk.orders);
        for (job, then) in desk.jobs {
            self.ask(Request::Office(job), Asked::Office(then), now);
        }
        if desk.wants_catalog {
            self.ask(Request::Catalog, Asked::Catalog, now);
        }
        // After the catalog, which says in which currency the shop sells.
        if desk.wants_settings {
            self.ask(Request::Settings, Asked::Settings, now);
        }
        if let Some(sentence) = desk.lane_note {
            self.surface.say(sentence, now);
        }
    }

    /// Lets time pass in the back office.
    pub(super) fn office_tick(&mut self, now: Timestamp) {
        for (then, outcome) in self.workers.done() {
            self.with_office(now, |office, desk| then(office, desk, outcome));
        }
        self.with_office(now, Office::tick);
        self.read_gate(now);
        self.lock_when_idle(now);
    }

    /// Opens the back office.
    pub(super) fn sign_on(&mut self, who: SignedOn, now: Timestamp) {
        self.office.sign_on(who);
        self.office.touched(now);
        self.with_office(now, Office::opened);
    }

    pub(super) fn office_command(&mut self, wish: OfficeCommand, now: Timestamp) {
        let was_open = self.office.signed_on().is_some();
        if !was_open {
            return;
        }
        self.with_office(now, |office, desk| office.apply(wish, desk));
        if self.office.signed_on().is_none() {
            self.apply(Event::TouchSeen, now);
        }
    }

    pub(super) fn office_view(&self, now: Timestamp) -> Option<OfficeView> {
        self.office.view(&self.desk(now))
    }
}
