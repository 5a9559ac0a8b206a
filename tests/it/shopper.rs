//! A shopper without hands, before a lane without a window.

use std::{
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use tillsight::{
    app::kiosk::runner::Runner,
    domain::{money::Money, sale::PaymentMethod, session::Session, time::Timestamp},
    pipeline::Wake,
    ui::{command::Command, view::Screen},
};

/// A bell that the lane's threads ring, and who hears it.
pub(crate) fn waker() -> (Wake, Receiver<()>) {
    let (wake, woken) = channel();
    let wake = Mutex::new(wake);
    let wake: Wake = Arc::new(move || {
        // Nobody listens any more once the test is over.
        wake.lock().unwrap().send(()).ok();
    });
    (wake, woken)
}

/// Waits until this many items are in the basket and pays them with a card; gives the total of the receipt.
pub(crate) fn buy(runner: &mut Runner, woken: &Receiver<()>, mut now: Timestamp, items: u32) -> Money {
    let mut asked = false;
    for _ in 0..6000 {
        runner.logic(now);
        let view = runner.checkout().view(now);
        match view.screen {
            Screen::Scan(scan) if scan.basket.items == items => {
                assert!(scan.picture.frame.is_some(), "a basket beside no picture");
                runner.command(Command::Review, now);
            }
            Screen::Review(_) if !asked => {
                asked = true;
                runner.command(Command::ChoosePayment(PaymentMethod::Card), now);
            }
            Screen::Receipt(receipt) => {
                let done = matches!(runner.checkout().session(), Session::Done(_));
                assert!(done, "a receipt before the visit is done");
                return receipt.total;
            }
            Screen::Attract(_)
            | Screen::Scan(_)
            | Screen::Review(_)
            | Screen::Paying(_)
            | Screen::Help(_)
            | Screen::Office(_) => {}
        }
        woken.recv_timeout(Duration::from_millis(20)).ok();
        now = now.plus_ms(20);
    }
    panic!(
        "not sold; the session is {}",
        runner.checkout().session().state_name()
    );
}
