//! New settings while the program runs: what holds at once, and what waits until nobody is at the lane.

use crate::{
    app::kiosk::{
        checkout::{Checkout, LaneOrder},
        settings::ShopSettings,
        tuning::Tuning,
    },
    domain::{
        money::Currency,
        session::{Session, state::Idle},
        time::Timestamp,
    },
};

impl Checkout {
    /// Tells the lane what it was set to; once, when it opens.
    pub(super) fn tune_lane(&mut self) {
        if self.settings.tuning != Tuning::default() {
            self.orders.push(LaneOrder::Tune(self.settings.tuning.clone()));
        }
        if let Some(source) = self.settings.source.clone() {
            self.orders.push(LaneOrder::UsualSource(source));
        }
        if let Some(engine) = self.settings.engine {
            self.orders.push(LaneOrder::UsualEngine(engine));
        }
    }

    /// Takes up new settings.
    pub(super) fn settings_changed(&mut self, settings: ShopSettings, now: Timestamp) {
        let before = std::mem::replace(&mut self.settings, settings);
        if before.lang != self.settings.lang {
            self.surface.speak(self.settings.lang);
        }
        if before.tuning != self.settings.tuning {
            self.orders.push(LaneOrder::Tune(self.settings.tuning.clone()));
        }
        if before.source != self.settings.source {
            let source = self.settings.source.clone();
            let source = source.unwrap_or_else(|| "camera".to_owned());
            self.orders.push(LaneOrder::ShowSource(source));
        }
        if before.engine != self.settings.engine {
            self.orders.push(LaneOrder::ChangeEngine(self.settings.engine));
        }
        self.session_is_old = true;
        self.renew_session(now);
    }

    /// Prices, receipts and terminal change between two shoppers, never under one.
    pub(super) fn renew_session(&mut self, _now: Timestamp) {
        let is_free = matches!(&self.session, Session::Idle(idle) if Idle::offered(idle).is_none());
        if !self.session_is_old || !is_free || !self.has_begun() {
            return;
        }
        self.session_is_old = false;
        self.renew_terminal();
        // A sequence of keys of its own: a key that was used must not come again.
        self.session = Session::new(self.settings.lane(self.currency()), rand::random());
    }

    /// The shop's currency: that of its products.
    pub(super) fn currency(&self) -> Currency {
        let first = self.catalog.products().first();
        first.map_or(Currency::EUR, |product| product.price.currency())
    }
}
