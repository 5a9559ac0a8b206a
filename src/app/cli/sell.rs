//! Selling what pictures show without a window: the session, the store and the receipt of the kiosk, with a
//! card terminal that approves at once. Shows on any machine that the whole way works.

use std::{path::Path, sync::Arc};

use anyhow::bail;

use crate::{
    app::{kiosk::settings::ShopSettings, pricing::now, receipts},
    domain::{
        line::TrackKey,
        money::Currency,
        product::Product,
        sale::PaymentMethod,
        session::{Session, effect::Effect, event::Event},
    },
    store::Store,
};

/// What a sale without a window left behind.
#[derive(Debug)]
pub struct Sold {
    /// Number of the receipt.
    pub number: u64,
    /// The receipt as text.
    pub text: String,
    /// Where it was saved.
    pub files: receipts::ReceiptFiles,
}

/// Sells the items, one piece of each, and saves the receipt in `receipts` below the data folder.
///
/// # Errors
/// One sentence if there is nothing to sell, an item needs an attendant, or the database refuses the sale.
pub fn sell(items: &[Arc<Product>], store: &Store, data: &Path) -> anyhow::Result<Sold> {
    let currency = items
        .first()
        .map_or(Currency::EUR, |product| product.price.currency());
    let settings = ShopSettings::read(store)?;
    let mut till = Till {
        session: Session::new(settings.lane(currency), rand::random()),
        store,
        number: None,
    };
    for (index, product) in items.iter().enumerate() {
        let track = TrackKey(index as u64);
        till.apply(Event::ItemCounted {
            track,
            product: Arc::clone(product),
        })?;
    }
    till.apply(Event::ReviewAsked)?;
    till.apply(Event::PaymentChosen {
        method: PaymentMethod::Card,
    })?;
    let Some(number) = till.number else {
        bail!(
            "nothing was sold; the lane stands at \"{}\"",
            till.session.state_name()
        );
    };
    let receipt = receipts::of(store, number, settings.lang)?;
    let offset = store.utc_offset_ms(receipt.time)?;
    Ok(Sold {
        number,
        text: receipts::text(&receipt, settings.lang, offset),
        files: receipts::reprint(store, number, settings.lang, &data.join("receipts"))?,
    })
}

struct Till<'a> {
    session: Session,
    store: &'a Store,
    number: Option<u64>,
}

impl Till<'_> {
    /// Applies an event and does what it asks for; the terminal and the store answer at once.
    fn apply(&mut self, event: Event) -> anyhow::Result<()> {
        let mut waiting = vec![event];
        while let Some(event) = waiting.pop() {
            let (session, effects) = self.session.clone().apply(event, now());
            self.session = session;
            for effect in effects {
                match effect {
                    Effect::StartPayment { attempt, .. } => {
                        waiting.push(Event::PaymentApproved {
                            attempt,
                            reference: "simulated".to_owned(),
                        });
                    }
                    Effect::CommitSale(sale) => {
                        let receipt_number = self.store.commit_sale(&sale)?;
                        self.number = Some(receipt_number);
                        waiting.push(Event::SaleCommitted {
                            key: sale.key,
                            receipt_number,
                        });
                    }
                    Effect::Journal(entry) => self.store.journal(&entry, now())?,
                    Effect::CallAttendant { reason } => bail!("an attendant is needed: {reason:?}"),
                    Effect::CancelPayment { .. }
                    | Effect::SaveBasket(_)
                    | Effect::ClearSavedBasket
                    | Effect::Announce(_)
                    | Effect::AskWeight { .. }
                    | Effect::ResetTracker => {}
                }
            }
        }
        Ok(())
    }
}
