//! Who may come in, and the page of the people.

use crate::{
    app::office::{
        SignedOn,
        bench::Bench,
        gate::{self, GateNews},
    },
    domain::staff::Role,
    ui::office::{
        OfficeCommand, Page, PageView,
        people::{AuditQuery, PeopleCommand, PeopleView},
    },
};

fn people(bench: &Bench) -> PeopleView {
    let PageView::People(view) = bench.page() else {
        panic!("another page")
    };
    view
}

#[test]
fn managers_look_after_staff_and_the_audit_says_so() {
    let mut bench = Bench::on("", Role::Manager, Page::People);
    let wish = |bench: &mut Bench, command| bench.wish(OfficeCommand::People(command));
    let add = PeopleCommand::Add {
        name: "Ada".to_owned(),
        role: Role::Clerk,
        pin: "4444".to_owned(),
    };
    wish(&mut bench, add.clone());
    let names: Vec<String> = people(&bench)
        .people
        .iter()
        .map(|person| person.name.clone())
        .collect();
    assert_eq!(names, ["Ada", "Cem", "Kim", "Tia"]);
    wish(&mut bench, add);
    assert!(bench.view().problem.unwrap().contains("Ada already"));
    let role = Role::Teacher;
    let name = "Ada".to_owned();
    wish(
        &mut bench,
        PeopleCommand::SetRole {
            name: name.clone(),
            role,
        },
    );
    let new_name = "Ada L.".to_owned();
    wish(&mut bench, PeopleCommand::Rename { name, new_name });
    let ada = people(&bench).people[0].clone();
    assert_eq!((ada.name.as_str(), ada.role), ("Ada L.", Role::Teacher));
    let last = PeopleCommand::SetRole {
        name: "Kim".to_owned(),
        role: Role::Clerk,
    };
    wish(&mut bench, last);
    assert!(bench.view().problem.unwrap().contains("last manager"));
    let off = PeopleCommand::SetActive {
        name: "Ada L.".to_owned(),
        active: false,
    };
    wish(&mut bench, off);
    assert!(people(&bench).people[0].active, "asked first");
    bench.wish(OfficeCommand::Confirm {
        reason: String::new(),
    });
    assert!(!people(&bench).people[0].active);
    let query = AuditQuery {
        subject: "Ada L.".to_owned(),
        ..AuditQuery::default()
    };
    wish(&mut bench, PeopleCommand::Audit(query));
    let audit = people(&bench).audit.unwrap();
    assert!(!audit.rows.is_empty());
    assert!(
        audit
            .rows
            .iter()
            .all(|row| row.actor == "Kim" && row.subject == "Ada L.")
    );
}

#[test]
fn a_clerk_sees_nobody_and_changes_the_own_pin() {
    let mut bench = Bench::on("", Role::Clerk, Page::People);
    let view = people(&bench);
    assert!(!view.manages && view.people.is_empty() && view.audit.is_none());
    let change = |old: &str, new: &str| {
        OfficeCommand::People(PeopleCommand::ChangeOwnPin {
            old: old.to_owned(),
            new: new.to_owned(),
        })
    };
    bench.wish(change("9999", "5555"));
    assert!(bench.view().problem.unwrap().contains("nothing was changed"));
    bench.wish(change("3333", "5555"));
    assert_eq!(bench.view().problem, None);
    assert_eq!(enter(&mut bench, "5555"), opened("Cem", Role::Clerk));
}

fn enter(bench: &mut Bench, pin: &str) -> GateNews {
    let pin = pin.to_owned();
    bench.act(|_, desk| gate::try_pin(pin, desk));
    bench.office.gate_news().expect("an answer")
}

fn opened(name: &str, role: Role) -> GateNews {
    GateNews::Opened(SignedOn {
        name: name.to_owned(),
        role,
    })
}

#[test]
fn a_hundred_wrong_pins_lock_longer_and_longer() {
    let mut bench = Bench::new("");
    assert_eq!(enter(&mut bench, "2222"), opened("Tia", Role::Teacher));
    let mut locks = Vec::new();
    for _ in 0..100 {
        match enter(&mut bench, "0000") {
            GateNews::Wrong { .. } => {}
            GateNews::Locked { until } => {
                locks.push(until.checked_since(bench.now()).unwrap());
                let same = enter(&mut bench, "1111");
                assert_eq!(same, GateNews::Locked { until }, "not even the right one");
                bench.around.now = until.plus_ms(1);
            }
            other @ (GateNews::Opened(_) | GateNews::Failed(_)) => panic!("{other:?}"),
        }
    }
    assert!(locks.len() >= 4, "{locks:?}");
    assert!(locks.windows(2).all(|pair| pair[1] >= pair[0]), "{locks:?}");
    assert!(locks[1] > locks[0], "{locks:?}");
    assert_eq!(enter(&mut bench, "1111"), opened("Kim", Role::Manager));
}

#[test]
fn the_first_manager_is_chosen_once() {
    let mut bench = Bench::new("");
    let choose = |bench: &mut Bench| {
        bench.act(|_, desk| gate::choose_first("Eve".to_owned(), "7777".to_owned(), desk));
        bench.office.gate_news().unwrap()
    };
    assert!(
        matches!(choose(&mut bench), GateNews::Failed(_)),
        "there is one already"
    );
    bench.store = crate::store::Store::in_memory().unwrap();
    assert_eq!(choose(&mut bench), opened("Eve", Role::Manager));
    assert_eq!(enter(&mut bench, "7777"), opened("Eve", Role::Manager));
}
