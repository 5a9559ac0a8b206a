//! Years of sales: a sale written down, a day reported, the list read.

use std::sync::Arc;

use anyhow::bail;

use super::{OPENED, Shop, Size, Times, products};
use crate::{
    domain::{
        line::TrackKey,
        money::Currency,
        sale::{PaymentMethod, Sale, SaleKey},
        session::{
            Session,
            event::{Event, PaymentAttempt},
            state::LaneSettings,
        },
        tax::PriceMode,
        time::Timestamp,
    },
    store::{Store, sales_list::SalesFilter, series::SeriesRequest},
};

/// Sales of a day.
const PER_DAY: u32 = 1_000;
const DAY_MS: i64 = 86_400_000;

/// A paid sale of three pieces.
fn sale() -> anyhow::Result<Sale> {
    let settings = LaneSettings {
        currency: Currency::EUR,
        price_mode: PriceMode::TaxInclusive,
        receipt_header: Vec::new(),
        receipt_footer: Vec::new(),
    };
    let items = products::made_up(3)?.into_iter().map(Arc::new);
    let counted = (0..).map(TrackKey).zip(items);
    let paid = [
        Event::ReviewAsked,
        Event::PaymentChosen {
            method: PaymentMethod::Card,
        },
        Event::PaymentApproved {
            attempt: PaymentAttempt(1),
            reference: "bench".to_owned(),
        },
    ];
    let session = counted
        .map(|(track, product)| Event::ItemCounted { track, product })
        .chain(paid)
        .fold(Session::new(settings, 1), |session, event| {
            session.apply(event, OPENED).0
        });
    if let Session::Committing(committing) = &session {
        Ok(committing.sale().clone())
    } else {
        bail!("the made-up sale ended as {}", session.state_name())
    }
}

/// Fills in the sales, then sells for a day.
pub(super) fn measure(shop: &Shop, size: Size, times: &mut Times) -> anyhow::Result<()> {
    let like = sale()?;
    let store = shop.open()?;
    let before = size.sales.saturating_sub(PER_DAY.min(size.sales / 2));
    store.trust_in_power(true)?;
    let apart = DAY_MS / i64::from(PER_DAY);
    let last = times.once("fill in the sales", None, || {
        Ok(store.fill_with_sales(&like, before, (OPENED, apart))?)
    })?;
    store.trust_in_power(false)?;
    let eur = like.currency;
    times.once("close all of them as one day", None, || {
        Ok(store.z_report(eur, ("bench", last))?)
    })?;
    drop(store);
    let store = times.once("open the database", None, || shop.open())?;
    let day = (last.plus_ms(DAY_MS), last.plus_ms(2 * DAY_MS));
    let of_day = (0..i64::from(size.sales - before)).map(|number| {
        let at = day.0.plus_ms(number * 1_000);
        Sale {
            key: SaleKey(u128::try_from(at.0).unwrap_or_default() << 64 | 1),
            started_at: at,
            completed_at: at,
            ..like.clone()
        }
    });
    times.each(
        "write a sale down for good",
        Some(10.0),
        (of_day, |sale| {
            store.commit_sale(&sale)?;
            Ok(())
        }),
    )?;
    times.each(
        "report of a day",
        Some(200.0),
        (0..5, |_| {
            store.report(day.0, day.1, eur)?;
            Ok(())
        }),
    )?;
    times.once("X report of the day", None, || {
        Ok(store.x_report(eur, ("bench", day.1))?)
    })?;
    times.once("report of all years", None, || {
        Ok(store.report(Timestamp(0), day.1, eur)?)
    })?;
    lists(&store, (size, eur), day, times)?;
    times.once("close the day", None, || {
        Ok(store.z_report(eur, ("bench", day.1))?)
    })?;
    Ok(())
}

/// What staff look at: charts, pages of the list, searches.
fn lists(
    store: &Store,
    (size, eur): (Size, Currency),
    day: (Timestamp, Timestamp),
    times: &mut Times,
) -> anyhow::Result<()> {
    let request = SeriesRequest {
        from: day.0,
        to: day.1,
        currency: eur,
        utc_offset_ms: 0,
    };
    times.once("the day by the hour", None, || Ok(store.sales_by_hour(&request)?))?;
    let all = SalesFilter::default();
    let middle = u64::from(size.sales / 2);
    times.once("newest page of the sales", None, || {
        Ok(store.sales_page(&all, None, 100)?)
    })?;
    times.once("a page in the middle", None, || {
        Ok(store.sales_page(&all, Some(middle), 100)?)
    })?;
    let named = SalesFilter {
        from: Some(day.0),
        text: "milk".to_owned(),
        ..all.clone()
    };
    times.once("the day searched by name", None, || {
        Ok(store.sales_page(&named, None, 100)?)
    })?;
    let numbered = SalesFilter {
        text: middle.to_string(),
        ..all
    };
    times.once("a receipt by its number", None, || {
        Ok(store.sales_page(&numbered, None, 100)?)
    })?;
    Ok(())
}
