//! What has to be written down, in order, one at a time, again and again until it is.
//!
//! Invariants: nothing overtakes anything; a sale leaves only when it was written; an older saved basket gives
//! way to a newer one as long as nobody has begun to write it.

use std::collections::VecDeque;

use crate::{
    app::kiosk::back_room::{Outcome, Reply, Trouble, Write},
    domain::{sale::SaleKey, time::Timestamp},
    pipeline::Ticket,
};

/// After so many failures in a row somebody is told.
const PATIENCE: u32 = 3;
/// The first wait after a failure; doubled with each, up to [`LONGEST_WAIT_MS`].
const FIRST_WAIT_MS: i64 = 250;
const LONGEST_WAIT_MS: i64 = 8_000;

/// What an answer meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Nothing that anybody must know.
    None,
    /// A sale has its number.
    Sold {
        /// Its key.
        key: SaleKey,
        /// The number on the receipt.
        receipt_number: u64,
    },
    /// A sale waits and cannot be written down; said once for each time it was handed over.
    SaleStuck {
        /// Its key.
        key: SaleKey,
        /// One sentence.
        reason: String,
    },
}

/// The writes that wait.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: VecDeque<(Write, Timestamp)>,
    /// The request under way for the first that waits.
    under_way: Option<Ticket>,
    failures: u32,
    retry_at: Option<Timestamp>,
    trouble: Option<String>,
    told: bool,
}

impl Outbox {
    /// Takes something to write down.
    pub fn push(&mut self, write: Write, at: Timestamp) {
        match &write {
            Write::Basket(_) => {
                let begun = usize::from(self.under_way.is_some());
                let mut index = 0;
                self.waiting.retain(|(waiting, _)| {
                    index += 1;
                    index <= begun || !matches!(waiting, Write::Basket(_))
                });
            }
            Write::Sale { sale, .. } => {
                self.told = false;
                self.failures = 0;
                self.retry_at = None;
                if self.sale().is_some_and(|waiting| waiting == sale.key) {
                    return;
                }
            }
            Write::NoBasket | Write::Journal(_) => {}
        }
        self.waiting.push_back((write, at));
    }

    /// What is to be written next, if nothing is being written and it is time.
    #[must_use]
    pub fn next(&self, now: Timestamp) -> Option<&(Write, Timestamp)> {
        let due = self.retry_at.is_none_or(|at| now >= at);
        self.waiting.front().filter(|_| self.under_way.is_none() && due)
    }

    /// The first that waits is being written under this number.
    pub fn begun(&mut self, ticket: Ticket) {
        self.under_way = Some(ticket);
    }

    /// Whether an answer belongs here.
    #[must_use]
    pub fn awaits(&self, ticket: Ticket) -> bool {
        self.under_way == Some(ticket)
    }

    /// Takes the answer for what was under way.
    pub fn answered(&mut self, outcome: Outcome, now: Timestamp) -> News {
        self.under_way = None;
        match outcome {
            Ok(reply) => {
                self.waiting.pop_front();
                self.failures = 0;
                self.retry_at = None;
                self.trouble = None;
                match reply {
                    Reply::Sold { key, receipt_number } => News::Sold { key, receipt_number },
                    Reply::Begun(_)
                    | Reply::Catalog { .. }
                    | Reply::Settings(_)
                    | Reply::Written
                    | Reply::ReceiptSaved(_)
                    | Reply::Office(_) => News::None,
                }
            }
            Err(trouble) => self.failed(trouble, now),
        }
    }

    fn failed(&mut self, trouble: Trouble, now: Timestamp) -> News {
        tracing::warn!(trouble.sentence, "could not be written down");
        let is_sale = matches!(self.waiting.front(), Some((Write::Sale { .. }, _)));
        if !trouble.passing && !is_sale {
            // It would stand in the way of sales for ever.
            let dropped = self.waiting.pop_front();
            tracing::error!(?dropped, "given up");
            return News::None;
        }
        self.failures = self.failures.saturating_add(1);
        let doublings = self.failures.min(8) - 1;
        let wait = (FIRST_WAIT_MS << doublings).min(LONGEST_WAIT_MS);
        self.retry_at = Some(now.plus_ms(wait));
        let patient = self.failures < PATIENCE && trouble.passing;
        if patient {
            return News::None;
        }
        let reason = trouble.sentence;
        self.trouble = Some(reason.clone());
        match self.sale() {
            Some(key) if !self.told => {
                self.told = true;
                News::SaleStuck { key, reason }
            }
            Some(_) | None => News::None,
        }
    }

    /// Why nothing could be written for a while.
    #[must_use]
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// Whether everything was written.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    fn sale(&self) -> Option<SaleKey> {
        self.waiting.iter().find_map(|(write, _)| match write {
            Write::Sale { sale, .. } => Some(sale.key),
            Write::Basket(_) | Write::NoBasket | Write::Journal(_) => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{basket::Basket, money::Currency, session::effect::JournalEntry, tax::PriceMode};

    const AT: Timestamp = Timestamp(0);

    fn basket(key: u128) -> Write {
        let empty = Basket::new(SaleKey(key), AT, Currency::EUR, PriceMode::TaxInclusive);
        Write::Basket(Box::new(empty))
    }

    fn journal(key: u128) -> Write {
        Write::Journal(Box::new(JournalEntry::BasketStarted { key: SaleKey(key) }))
    }

    fn trouble(passing: bool) -> Outcome {
        Err(Trouble::new("the database is in use", passing))
    }

    #[test]
    fn goes_in_order_and_a_newer_basket_replaces_one_not_begun() {
        let mut outbox = Outbox::default();
        outbox.push(basket(1), AT);
        outbox.begun(Ticket(1));
        outbox.push(journal(1), AT);
        outbox.push(basket(2), AT);
        outbox.push(basket(3), AT);
        assert_eq!(outbox.next(AT), None, "one at a time");
        let mut written = Vec::new();
        for ticket in 2..9 {
            outbox.answered(Ok(Reply::Written), AT);
            let Some((write, _)) = outbox.next(AT).cloned() else {
                break;
            };
            written.push(write);
            outbox.begun(Ticket(ticket));
        }
        assert_eq!(written, [journal(1), basket(3)]);
        assert!(outbox.is_empty());
    }

    #[test]
    fn waits_longer_after_each_failure_and_keeps_what_it_has() {
        let mut outbox = Outbox::default();
        outbox.push(basket(1), AT);
        for (failure, wait) in [250, 500, 1000, 2000, 4000, 8000, 8000].into_iter().enumerate() {
            let now = Timestamp(100_000 * i64::try_from(failure).unwrap());
            assert!(outbox.next(now).is_some());
            outbox.begun(Ticket(1));
            outbox.answered(trouble(true), now);
            assert_eq!(outbox.next(now.plus_ms(wait - 1)), None);
            assert!(outbox.next(now.plus_ms(wait)).is_some());
            assert_eq!(outbox.trouble().is_some(), failure >= 2);
        }
        outbox.begun(Ticket(1));
        outbox.answered(Ok(Reply::Written), AT);
        assert!(outbox.is_empty() && outbox.trouble().is_none());
    }

    #[test]
    fn what_can_never_be_written_does_not_stand_in_the_way() {
        let mut outbox = Outbox::default();
        outbox.push(journal(1), AT);
        outbox.push(journal(2), AT);
        outbox.begun(Ticket(1));
        outbox.answered(trouble(false), AT);
        assert_eq!(outbox.next(AT).unwrap().0, journal(2));
    }
}
