//! The page of people: staff, one's own PIN, and the audit.

use std::sync::Arc;

use crate::{
    app::office::{Desk, Office, PageDesk},
    domain::{staff::Permission, time::Timestamp},
    store::{
        Store,
        audit::{AuditEntry, AuditFilter, By},
        error::StoreError,
        staff::{PinCheck, StaffMember},
    },
    ui::{
        office::{
            confirm::ConfirmView,
            people::{AuditQuery, AuditRow, AuditView, PeopleCommand, PeopleView, PersonRow},
        },
        words::PeopleWord,
    },
};

/// Rows of the audit on a page.
const AUDIT_ROWS: u32 = 200;

/// The page's memory.
#[derive(Debug, Default)]
pub struct PeoplePage {
    people: Arc<Vec<PersonRow>>,
    audit: AuditView,
    saved: u64,
}

impl PeoplePage {
    fn read(desk: &mut Desk) {
        if desk.may(Permission::ManageStaff) {
            desk.read(Store::staff, |office, desk, staff| {
                office.people.people = Arc::new(rows(&staff, desk));
            });
        }
    }

    fn read_audit(query: AuditQuery, desk: &mut Desk) {
        if !desk.may(Permission::SeeAudit) {
            return;
        }
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let filter = AuditFilter {
            from: None,
            to: None,
            actor: given(&query.actor),
            action: given(&query.action),
            subject: given(&query.subject),
        };
        let skip = query.page.saturating_mul(AUDIT_ROWS);
        // Known before the answer is there, so that the question is not asked in every pass.
        desk.read(
            move |store| store.audit_page(&filter, skip, AUDIT_ROWS + 1),
            move |office, desk, mut entries: Vec<AuditEntry>| {
                let most = usize::try_from(AUDIT_ROWS).unwrap_or(usize::MAX);
                let more = entries.len() > most;
                entries.truncate(most);
                office.people.audit = AuditView {
                    rows: Arc::new(entries.iter().map(|entry| audit_row(entry, desk)).collect()),
                    more,
                    query,
                };
            },
        );
    }

    /// A change of staff: checked, written down, and then the list is read again.
    fn change(
        desk: &mut Desk,
        job: impl FnOnce(&Store, By<'_>) -> Result<(), StoreError> + Send + 'static,
        then: impl FnOnce(&mut Office) + 'static,
    ) {
        desk.change(Permission::ManageStaff, job, move |office, desk, ()| {
            office.people.saved += 1;
            then(office);
            Self::read(desk);
            Self::read_audit(AuditQuery::default(), desk);
        });
    }

    fn deactivate(name: String, desk: &mut Desk) {
        let said = [("name", name.as_str())];
        let words = desk.words();
        let view = ConfirmView {
            title: words.with(PeopleWord::DeactivateAsk, &said),
            text: words.with(PeopleWord::DeactivateText, &said),
            yes: words.say(PeopleWord::Deactivate),
            stops: true,
            wants_reason: false,
        };
        desk.confirm(view, move |_, desk, _| {
            let who = name.clone();
            Self::change(
                desk,
                move |store, by| store.set_staff_active(&name, false, by),
                move |office| {
                    if office.signed_on().is_some_and(|own| own.name == who) {
                        office.close();
                    }
                },
            );
        });
    }

    fn change_own_pin(old: String, new: String, desk: &mut Desk) {
        desk.store(
            move |store, (name, now)| store.change_own_pin(name, &old, &new, now),
            |office, desk, done| match done {
                Ok(PinCheck::Accepted(_)) => {
                    office.people.saved += 1;
                    desk.saved();
                }
                Ok(PinCheck::Wrong) => desk.problem(desk.words().say(PeopleWord::PinWrong)),
                Ok(PinCheck::Locked { until }) => {
                    let time = desk.clock(until);
                    desk.problem(desk.words().with(PeopleWord::PinLocked, &[("time", &time)]));
                }
                Err(trouble) => desk.problem(trouble.sentence),
            },
        );
    }
}

impl PageDesk for PeoplePage {
    type Command = PeopleCommand;
    type View = PeopleView;

    fn opened(&mut self, desk: &mut Desk) {
        Self::read(desk);
        Self::read_audit(AuditQuery::default(), desk);
    }

    fn view(&self, desk: &Desk) -> PeopleView {
        PeopleView {
            people: Arc::clone(&self.people),
            manages: desk.may(Permission::ManageStaff),
            own: desk.name().to_owned(),
            audit: desk.may(Permission::SeeAudit).then(|| self.audit.clone()),
            saved: self.saved,
        }
    }

    fn apply(&mut self, command: PeopleCommand, desk: &mut Desk) {
        match command {
            PeopleCommand::Add { name, role, pin } => Self::change(
                desk,
                move |store, by| store.add_staff(&name, &pin, role, by),
                |_| {},
            ),
            PeopleCommand::Rename { name, new_name } => {
                let (old, new) = (name.clone(), new_name.trim().to_owned());
                Self::change(
                    desk,
                    move |store, by| store.rename_staff(&name, &new_name, by),
                    move |office| {
                        office.change_signed_on(&old, |own| own.name = new);
                    },
                );
            }
            PeopleCommand::SetRole { name, role } => {
                let who = name.clone();
                Self::change(
                    desk,
                    move |store, by| store.set_role(&name, role, by),
                    move |office| office.change_signed_on(&who, |own| own.role = role),
                );
            }
            PeopleCommand::SetPin { name, pin } => {
                let Some(role) = self.people.iter().find(|person| person.name == name) else {
                    return;
                };
                let role = role.role;
                Self::change(
                    desk,
                    move |store, by| store.set_pin(&name, &pin, role, by),
                    |_| {},
                );
            }
            PeopleCommand::SetActive { name, active: true } => Self::change(
                desk,
                move |store, by| store.set_staff_active(&name, true, by),
                |_| {},
            ),
            PeopleCommand::SetActive { name, active: false } => Self::deactivate(name, desk),
            PeopleCommand::Unlock { name } => {
                Self::change(desk, move |store, by| store.unlock_staff(&name, by), |_| {});
            }
            PeopleCommand::ChangeOwnPin { old, new } => Self::change_own_pin(old, new, desk),
            PeopleCommand::Audit(query) => {
                // The question counts as asked from now on; the rows follow.
                self.audit.query = query.clone();
                Self::read_audit(query, desk);
            }
        }
    }
}

fn rows(staff: &[StaffMember], desk: &Desk) -> Vec<PersonRow> {
    let locked = |until: Option<Timestamp>| until.filter(|until| desk.now() < *until);
    staff
        .iter()
        .map(|person| PersonRow {
            name: person.name.clone(),
            role: person.role,
            active: person.active,
            locked_until: locked(person.locked_until).map(|until| desk.clock(until)),
        })
        .collect()
}

fn audit_row(entry: &AuditEntry, desk: &Desk) -> AuditRow {
    // A whole record is kept for programs; what of it changed is said by the detail.
    let for_people = |side: &Option<String>| side.clone().filter(|text| !text.starts_with(['{', '[']));
    let change = match (for_people(&entry.before), for_people(&entry.after)) {
        (Some(before), Some(after)) => format!("{before} \u{2192} {after}"),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => String::new(),
    };
    let parts = [entry.detail.as_str(), change.as_str()];
    let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    AuditRow {
        at: desk.date_and_clock(entry.at),
        actor: entry.actor.clone(),
        action: entry.action.clone(),
        subject: entry.subject.clone(),
        change: said.join(": "),
        reason: entry.reason.clone().unwrap_or_default(),
    }
}
