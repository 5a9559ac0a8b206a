//! The store on its own thread: requests in, answers out, each by its ticket.
//!
//! It decides nothing. A sale that could not be written down is answered with its key, whatever went wrong,
//! so that the session can ask again under the same key.

use std::{sync::Arc, time::Duration};

use crate::{
    domain::sale::SaleKey,
    store::{Store, error::StoreError},
};

use super::{
    PipelineError,
    events::Wake,
    request_worker::{Answer, Executor, RequestWorker, Ticket},
    store_messages::{StoreReply, StoreRequest},
};

/// Opens the database; called again before the next request after it failed.
pub type StoreOpener = Box<dyn FnMut() -> Result<Store, StoreError> + Send>;

/// The store's thread.
pub struct StoreWorker {
    worker: RequestWorker<StoreRequest, StoreReply>,
    /// Sales that were asked for and not answered.
    commits: Vec<(Ticket, SaleKey)>,
}

impl StoreWorker {
    /// Starts the thread, which opens the database at once. Dropping it writes down what was asked before.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system gives no thread.
    pub fn start(mut opener: StoreOpener, wake: Wake) -> Result<Self, PipelineError> {
        let open = move || -> Result<Executor<StoreRequest, StoreReply>, String> {
            let store = opener().map_err(|error| error.to_string())?;
            Ok(Box::new(move |request| execute(&store, request)))
        };
        Ok(Self {
            worker: RequestWorker::start("store", Box::new(open), wake)?,
            commits: Vec::new(),
        })
    }

    /// Asks for something; never blocks. Requests are carried out in order.
    ///
    /// # Errors
    /// [`PipelineError::Full`] or [`PipelineError::Ended`]; then the request was not taken.
    pub fn ask(&mut self, request: StoreRequest) -> Result<Ticket, PipelineError> {
        let key = match &request {
            StoreRequest::CommitSale(sale) => Some(sale.key),
            StoreRequest::SaveBasket { .. }
            | StoreRequest::ClearSavedBasket
            | StoreRequest::SavedBasket
            | StoreRequest::Journal { .. }
            | StoreRequest::Catalog { .. }
            | StoreRequest::PutProduct { .. }
            | StoreRequest::SetPrice { .. }
            | StoreRequest::PriceHistory { .. }
            | StoreRequest::Classes
            | StoreRequest::Sales { .. }
            | StoreRequest::Sale { .. }
            | StoreRequest::Report { .. }
            | StoreRequest::HasPin
            | StoreRequest::CheckPin { .. }
            | StoreRequest::SetPin { .. }
            | StoreRequest::Setting { .. }
            | StoreRequest::SetSetting { .. } => None,
        };
        let ticket = self.worker.ask(request)?;
        self.commits.extend(key.map(|key| (ticket, key)));
        Ok(ticket)
    }

    /// The next answer, in the order of the requests; never blocks.
    pub fn poll(&mut self) -> Option<(Ticket, StoreReply)> {
        let answer = self.worker.poll()?;
        Some(self.reply_of(answer))
    }

    /// The next answer, waited for at most this long: for the time before there is a window.
    pub fn wait(&mut self, limit: Duration) -> Option<(Ticket, StoreReply)> {
        let answer = self.worker.wait(limit)?;
        Some(self.reply_of(answer))
    }

    fn reply_of(&mut self, answer: Answer<StoreReply>) -> (Ticket, StoreReply) {
        let Answer { ticket, outcome } = answer;
        let index = self.commits.iter().position(|(asked, _)| *asked == ticket);
        let commit = index.map(|index| self.commits.remove(index).1);
        let reply = match (outcome, commit) {
            (Ok(reply), _) => reply,
            (Err(reason), Some(key)) => StoreReply::CommitFailed { key, reason },
            (Err(reason), None) => StoreReply::Failed { reason },
        };
        (ticket, reply)
    }
}

fn execute(store: &Store, request: StoreRequest) -> StoreReply {
    if let StoreRequest::CommitSale(sale) = &request {
        let key = sale.key;
        return match store.commit_sale(sale) {
            Ok(receipt_number) => StoreReply::SaleCommitted { key, receipt_number },
            Err(error) => StoreReply::CommitFailed {
                key,
                reason: error.to_string(),
            },
        };
    }
    try_execute(store, request).unwrap_or_else(|error| StoreReply::Failed {
        reason: error.to_string(),
    })
}

fn try_execute(store: &Store, request: StoreRequest) -> Result<StoreReply, StoreError> {
    let reply = match request {
        StoreRequest::CommitSale(sale) => StoreReply::SaleCommitted {
            key: sale.key,
            receipt_number: store.commit_sale(&sale)?,
        },
        StoreRequest::SaveBasket { basket, now } => {
            store.save_basket(&basket, now).map(|()| StoreReply::Done)?
        }
        StoreRequest::ClearSavedBasket => store.clear_saved_basket().map(|()| StoreReply::Done)?,
        StoreRequest::SavedBasket => StoreReply::SavedBasket(store.saved_basket()?.map(Box::new)),
        StoreRequest::Journal { entry, at } => store.journal(&entry, at).map(|()| StoreReply::Done)?,
        StoreRequest::Catalog { at } => StoreReply::Catalog(Arc::new(store.catalog(at)?)),
        StoreRequest::PutProduct { product, by } => {
            store.put_product(&product, &by.name, by.at)?;
            StoreReply::Done
        }
        StoreRequest::SetPrice {
            sku,
            price,
            effective_from,
            by,
        } => store
            .set_price(&sku, price, effective_from, by.pair())
            .map(|()| StoreReply::Done)?,
        StoreRequest::PriceHistory { sku } => StoreReply::PriceHistory {
            prices: store.price_history(&sku)?,
            sku,
        },
        StoreRequest::Classes => StoreReply::Classes(store.classes()?),
        StoreRequest::Sales { from, to, limit } => StoreReply::Sales(store.sales(from, to, limit)?),
        StoreRequest::Sale { receipt_number } => StoreReply::Sale {
            receipt_number,
            sale: Box::new(store.sale(receipt_number)?),
        },
        StoreRequest::Report { from, to, currency } => {
            StoreReply::Report(Box::new(store.report(from, to, currency)?))
        }
        StoreRequest::HasPin => StoreReply::HasPin(store.has_pin()?),
        StoreRequest::CheckPin { name, pin, now } => {
            StoreReply::PinChecked(store.check_pin(&name, &pin, now)?)
        }
        StoreRequest::SetPin { name, pin, role, by } => store
            .set_pin(&name, &pin, role, by.pair())
            .map(|()| StoreReply::Done)?,
        StoreRequest::Setting { key } => StoreReply::Setting {
            value: store.setting(&key)?,
            key,
        },
        StoreRequest::SetSetting { key, value, by } => store
            .set_setting(&key, &value, by.pair())
            .map(|()| StoreReply::Done)?,
    };
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        money::{Currency, Money},
        sale::{PaymentMethod, Sale, Tender},
        tax::{PriceMode, Totals},
        time::Timestamp,
    };

    const LIMIT: Duration = Duration::from_secs(20);

    /// A sale of nothing for nothing, or one that somebody paid too much for.
    fn sale(key: u128, paid_minor: i64) -> Box<Sale> {
        let zero = Money::zero(Currency::EUR);
        let tender = Tender {
            method: PaymentMethod::Card,
            amount: Money::new(paid_minor, Currency::EUR),
            reference: String::new(),
        };
        Box::new(Sale {
            key: SaleKey(key),
            started_at: Timestamp(1),
            completed_at: Timestamp(2),
            currency: Currency::EUR,
            price_mode: PriceMode::TaxInclusive,
            lines: Vec::new(),
            totals: Totals {
                goods: zero,
                taxes: Vec::new(),
                tax: zero,
                total: zero,
            },
            tenders: if paid_minor == 0 { Vec::new() } else { vec![tender] },
            age_checked: None,
        })
    }

    fn start(opener: StoreOpener) -> StoreWorker {
        StoreWorker::start(opener, Arc::new(|| {})).unwrap()
    }

    #[test]
    fn a_sale_asked_for_twice_is_committed_once() {
        let mut store = start(Box::new(Store::in_memory));
        let first = store.ask(StoreRequest::CommitSale(sale(7, 0))).unwrap();
        store.ask(StoreRequest::CommitSale(sale(7, 0))).unwrap();
        let all = StoreRequest::Sales {
            from: Timestamp(0),
            to: Timestamp(10),
            limit: 10,
        };
        store.ask(all).unwrap();
        let (ticket, reply) = store.wait(LIMIT).unwrap();
        assert_eq!(ticket, first);
        let StoreReply::SaleCommitted { key, receipt_number } = reply else {
            panic!("{reply:?}")
        };
        assert_eq!(key, SaleKey(7));
        let (_, again) = store.wait(LIMIT).unwrap();
        assert!(
            matches!(again, StoreReply::SaleCommitted { receipt_number: same, .. } if same == receipt_number)
        );
        let (_, listed) = store.wait(LIMIT).unwrap();
        assert!(matches!(listed, StoreReply::Sales(sales) if sales.len() == 1));
        assert!(store.commits.is_empty());
    }

    #[test]
    fn a_sale_that_cannot_be_written_down_is_answered_with_its_key() {
        let mut tries = 0;
        let mut store = start(Box::new(move || {
            tries += 1;
            if tries <= 2 {
                Err(StoreError::Locked {
                    path: "lane.db".into(),
                })
            } else {
                Store::in_memory()
            }
        }));
        store.ask(StoreRequest::CommitSale(sale(1, 0))).unwrap();
        store.ask(StoreRequest::CommitSale(sale(2, 500))).unwrap();
        store.ask(StoreRequest::CommitSale(sale(1, 0))).unwrap();
        let (_, locked) = store.wait(LIMIT).unwrap();
        let StoreReply::CommitFailed { key, reason } = locked else {
            panic!("{locked:?}")
        };
        assert_eq!(key, SaleKey(1));
        assert!(reason.contains("in use by another program"), "{reason}");
        let (_, unbalanced) = store.wait(LIMIT).unwrap();
        assert!(
            matches!(unbalanced, StoreReply::CommitFailed { key: SaleKey(2), .. }),
            "{unbalanced:?}"
        );
        let (_, retried) = store.wait(LIMIT).unwrap();
        assert!(
            matches!(retried, StoreReply::SaleCommitted { key: SaleKey(1), .. }),
            "{retried:?}"
        );
    }

    #[test]
    fn other_requests_are_answered_too() {
        let mut store = start(Box::new(Store::in_memory));
        for request in [
            StoreRequest::Catalog { at: Timestamp(0) },
            StoreRequest::SavedBasket,
            StoreRequest::Sale { receipt_number: 99 },
            StoreRequest::HasPin,
        ] {
            store.ask(request).unwrap();
        }
        assert!(matches!(store.wait(LIMIT), Some((_, StoreReply::Catalog(_)))));
        assert!(matches!(
            store.wait(LIMIT),
            Some((_, StoreReply::SavedBasket(None)))
        ));
        let (_, missing) = store.wait(LIMIT).unwrap();
        assert!(matches!(missing, StoreReply::Failed { reason } if reason.contains("99")));
        assert!(matches!(store.wait(LIMIT), Some((_, StoreReply::HasPin(false)))));
    }
}
