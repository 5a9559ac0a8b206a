//! A card terminal that is played by a script, for shops that try the lane and for tests.

use crate::domain::{
    money::Money,
    session::event::{PaymentAttempt, PaymentStage},
    time::Timestamp,
};

use super::terminal::{PaymentTerminal, TerminalEvent};

/// How a simulated attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SimulatedOutcome {
    /// The bank agrees.
    Approve,
    /// The bank refuses with these words.
    Decline {
        /// The words.
        reason: String,
    },
    /// Nobody presents a card.
    TimeOut,
    /// By the last two digits of the amount: 51 is declined, 68 times out, all others are approved. So every
    /// way can be tried at the kiosk by choosing items.
    ByAmount,
}

/// How a simulated terminal plays its part; times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TerminalScript {
    /// How attempts end.
    pub outcome: SimulatedOutcome,
    /// Reaching the terminal. Default 600.
    pub connecting_ms: i64,
    /// Until a card is presented. Default 2500.
    pub card_ms: i64,
    /// Entering the PIN; 0 for a card held to the terminal, which asks for none. Default 0.
    pub pin_ms: i64,
    /// Asking the bank. Default 1500.
    pub bank_ms: i64,
    /// How long the terminal waits for a card. Default 30 000.
    pub time_out_ms: i64,
    /// How long cancelling takes. Default 400.
    pub cancel_ms: i64,
}

impl Default for TerminalScript {
    fn default() -> Self {
        Self {
            outcome: SimulatedOutcome::ByAmount,
            connecting_ms: 600,
            card_ms: 2500,
            pin_ms: 0,
            bank_ms: 1500,
            time_out_ms: 30_000,
            cancel_ms: 400,
        }
    }
}

/// A terminal that is played by a script, for shops that try the lane and for tests.
#[derive(Debug, Clone)]
pub struct SimulatedTerminal {
    script: TerminalScript,
    /// Attempts that run or were cut off, oldest first; at most one of them was not cut off.
    running: Vec<Running>,
}

#[derive(Debug, Clone)]
struct Running {
    attempt: PaymentAttempt,
    stage: Option<PaymentStage>,
    /// What it says when, in order of time.
    says: Vec<(Timestamp, TerminalEvent)>,
}

impl SimulatedTerminal {
    /// A terminal with nothing to do.
    #[must_use]
    pub const fn new(script: TerminalScript) -> Self {
        Self {
            script,
            running: Vec::new(),
        }
    }

    fn play(&self, attempt: PaymentAttempt, amount: Money, now: Timestamp) -> Running {
        let mut at = now;
        let mut says = Vec::new();
        let mut say = |after_ms: i64, event: TerminalEvent| {
            at = at.plus_ms(after_ms);
            says.push((at, event));
        };
        let script = &self.script;
        let progress = |stage| TerminalEvent::Progress { attempt, stage };
        say(0, progress(PaymentStage::Connecting));
        say(script.connecting_ms, progress(PaymentStage::PresentCard));
        let refusal = match self.outcome_of(amount) {
            SimulatedOutcome::TimeOut => {
                say(script.time_out_ms, TerminalEvent::TimedOut { attempt });
                None
            }
            SimulatedOutcome::Decline { reason } => Some(Some(reason)),
            SimulatedOutcome::Approve | SimulatedOutcome::ByAmount => Some(None),
        };
        if let Some(refusal) = refusal {
            if script.pin_ms > 0 {
                say(script.card_ms, progress(PaymentStage::EnterPin));
                say(script.pin_ms, progress(PaymentStage::AskingBank));
            } else {
                say(script.card_ms, progress(PaymentStage::AskingBank));
            }
            let last = match refusal {
                Some(reason) => TerminalEvent::Declined { attempt, reason },
                None => TerminalEvent::Approved {
                    attempt,
                    reference: format!("SIM-{:06}", attempt.0),
                },
            };
            say(script.bank_ms, last);
        }
        Running {
            attempt,
            stage: None,
            says,
        }
    }

    /// The script's outcome with the rule for amounts applied.
    fn outcome_of(&self, amount: Money) -> SimulatedOutcome {
        if self.script.outcome != SimulatedOutcome::ByAmount {
            return self.script.outcome.clone();
        }
        match amount.minor().rem_euclid(100) {
            51 => SimulatedOutcome::Decline {
                reason: "not enough money on the account".to_owned(),
            },
            68 => SimulatedOutcome::TimeOut,
            _ => SimulatedOutcome::Approve,
        }
    }
}

impl PaymentTerminal for SimulatedTerminal {
    fn start(&mut self, attempt: PaymentAttempt, amount: Money, now: Timestamp) {
        let cut_off: Vec<PaymentAttempt> = self.running.iter().map(|running| running.attempt).collect();
        for older in cut_off {
            self.cancel(older, now);
        }
        let running = self.play(attempt, amount, now);
        self.running.push(running);
    }

    fn cancel(&mut self, attempt: PaymentAttempt, now: Timestamp) {
        let at = now.plus_ms(self.script.cancel_ms);
        for running in self
            .running
            .iter_mut()
            .filter(|running| running.attempt == attempt)
        {
            // What was due is not unsaid by cancelling late.
            let due = running.says.iter().filter(|(due, _)| *due <= now);
            let stage = due
                .clone()
                .filter_map(|(_, event)| stage_of(event))
                .next_back()
                .or(running.stage);
            let is_over = due.clone().any(|(_, event)| stage_of(event).is_none());
            if is_over || !stage.is_none_or(PaymentStage::can_cancel) {
                continue;
            }
            running.says.retain(|(due, _)| *due <= now);
            running.says.push((at, TerminalEvent::Cancelled { attempt }));
        }
    }

    fn poll(&mut self, now: Timestamp) -> Option<TerminalEvent> {
        let index = self
            .running
            .iter()
            .position(|running| running.says.first().is_some_and(|(due, _)| *due <= now))?;
        let running = &mut self.running[index];
        let (_, event) = running.says.remove(0);
        running.stage = stage_of(&event).or(running.stage);
        if running.says.is_empty() {
            self.running.remove(index);
        }
        Some(event)
    }
}

/// `None` for final events.
const fn stage_of(event: &TerminalEvent) -> Option<PaymentStage> {
    match event {
        TerminalEvent::Progress { stage, .. } => Some(*stage),
        TerminalEvent::Approved { .. }
        | TerminalEvent::Declined { .. }
        | TerminalEvent::TimedOut { .. }
        | TerminalEvent::Cancelled { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::money::Currency;

    const FIRST: PaymentAttempt = PaymentAttempt(1);
    const SECOND: PaymentAttempt = PaymentAttempt(2);

    fn euro(minor: i64) -> Money {
        Money::new(minor, Currency::EUR)
    }

    fn terminal(outcome: SimulatedOutcome, pin_ms: i64) -> SimulatedTerminal {
        SimulatedTerminal::new(TerminalScript {
            outcome,
            pin_ms,
            ..TerminalScript::default()
        })
    }

    /// Everything said up to a time.
    fn said(terminal: &mut SimulatedTerminal, now_ms: i64) -> Vec<TerminalEvent> {
        std::iter::from_fn(|| terminal.poll(Timestamp(now_ms))).collect()
    }

    fn progress(stage: PaymentStage) -> TerminalEvent {
        TerminalEvent::Progress {
            attempt: FIRST,
            stage,
        }
    }

    #[test]
    fn approved_step_by_step() {
        let mut terminal = terminal(SimulatedOutcome::Approve, 1000);
        terminal.start(FIRST, euro(437), Timestamp(0));
        assert_eq!(said(&mut terminal, 0), [progress(PaymentStage::Connecting)]);
        assert_eq!(said(&mut terminal, 599), []);
        assert_eq!(said(&mut terminal, 600), [progress(PaymentStage::PresentCard)]);
        assert_eq!(said(&mut terminal, 3100), [progress(PaymentStage::EnterPin)]);
        assert_eq!(said(&mut terminal, 4100), [progress(PaymentStage::AskingBank)]);
        assert_eq!(said(&mut terminal, 5599), []);
        let approved = TerminalEvent::Approved {
            attempt: FIRST,
            reference: "SIM-000001".to_owned(),
        };
        assert_eq!(said(&mut terminal, 5600), [approved]);
        assert_eq!(said(&mut terminal, i64::MAX), []);
    }

    #[test]
    fn amounts_choose_the_outcome() {
        for (minor, expected) in [(151, "declined"), (268, "timed out"), (100, "approved")] {
            let mut terminal = terminal(SimulatedOutcome::ByAmount, 0);
            terminal.start(FIRST, euro(minor), Timestamp(0));
            let last = said(&mut terminal, 60_000).pop().unwrap();
            let name = match last {
                TerminalEvent::Declined { .. } => "declined",
                TerminalEvent::TimedOut { .. } => "timed out",
                TerminalEvent::Approved { .. } => "approved",
                TerminalEvent::Cancelled { .. } | TerminalEvent::Progress { .. } => "not over",
            };
            assert_eq!(name, expected, "{minor}");
        }
    }

    #[test]
    fn cancelling_works_until_the_bank_is_asked() {
        let cancelled = TerminalEvent::Cancelled { attempt: FIRST };
        let mut early = terminal(SimulatedOutcome::Approve, 0);
        early.start(FIRST, euro(100), Timestamp(0));
        said(&mut early, 1000);
        early.cancel(FIRST, Timestamp(1000));
        assert_eq!(said(&mut early, 1399), []);
        assert_eq!(said(&mut early, 60_000), [cancelled]);

        // The step to the bank was due, though nobody had polled it.
        let mut late = terminal(SimulatedOutcome::Approve, 0);
        late.start(FIRST, euro(100), Timestamp(0));
        late.cancel(FIRST, Timestamp(3100));
        assert!(matches!(
            said(&mut late, 60_000).pop(),
            Some(TerminalEvent::Approved { .. })
        ));
    }

    #[test]
    fn a_second_attempt_cuts_off_the_first() {
        let mut terminal = terminal(SimulatedOutcome::Approve, 0);
        terminal.start(FIRST, euro(100), Timestamp(0));
        said(&mut terminal, 700);
        terminal.start(SECOND, euro(100), Timestamp(700));
        let all = said(&mut terminal, 60_000);
        assert!(all.contains(&TerminalEvent::Cancelled { attempt: FIRST }));
        assert!(matches!(
            all.last(),
            Some(TerminalEvent::Approved { attempt: SECOND, .. })
        ));
    }

    proptest! {
        #[test]
        fn every_attempt_has_one_final_event(
            steps in prop::collection::vec((0i64..3000, 0u8..3), 1..40), pin_ms in 0i64..2000,
        ) {
            let mut terminal = terminal(SimulatedOutcome::ByAmount, pin_ms);
            let (mut now, mut started, mut all) = (0, 0u64, Vec::new());
            for (pause, action) in steps {
                now += pause;
                match action {
                    0 => {
                        started += 1;
                        let minor = i64::try_from(started).unwrap() * 17;
                        terminal.start(PaymentAttempt(started), euro(minor), Timestamp(now));
                    }
                    1 => terminal.cancel(PaymentAttempt(started), Timestamp(now)),
                    _ => all.extend(said(&mut terminal, now)),
                }
            }
            all.extend(said(&mut terminal, now + 100_000));
            let finals = all.iter().filter(|event| stage_of(event).is_none()).count();
            prop_assert_eq!(u64::try_from(finals).unwrap(), started);
            prop_assert!(terminal.running.is_empty());
        }
    }
}
