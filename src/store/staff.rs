//! Staff: names, roles and PINs.
//!
//! A PIN is kept as an argon2id hash with its own salt. A try is counted before it is checked, so that
//! pulling the plug in the middle gives no try for free; after [`TRIES`] wrong ones in a row the name, or the
//! pad on which only a PIN is typed, is locked, each time for twice as long. While it is locked nothing is
//! hashed. The slow part, [`PinTry::check`], needs no database: it may run on a thread of its own.

mod pins;

pub use pins::{PinCheck, PinStart, PinTry, SignOn, TRIES};

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

pub use crate::domain::staff::Role;
use crate::domain::staff::{Permission, may};
use crate::domain::time::Timestamp;
use crate::store::Store;
pub use crate::store::audit::AuditEntry;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::rows::get;

/// The longest name of a person, in letters.
const LONGEST_NAME: usize = 40;

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffMember {
    /// Number, for ever, whatever the name is.
    pub id: i64,
    /// Name, also in the audit.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign on.
    pub active: bool,
    /// Until when the name is locked after wrong PINs.
    pub locked_until: Option<Timestamp>,
}

impl Store {
    /// Sets the PIN and role of a name; a new name joins the staff.
    ///
    /// # Errors
    /// [`StoreError::BadPin`] unless it has 4 to 12 digits, [`StoreError::PinTaken`] when somebody else has
    /// it, [`StoreError::LastManager`], or any other [`StoreError`].
    pub fn set_pin(&self, name: &str, pin: &str, role: Role, by: By<'_>) -> Result<(), StoreError> {
        let name = checked_name(name)?;
        let hash = self.hash_of_new(&name, pin, by)?;
        self.write("saving a PIN", |tx| match member(tx, &name)? {
            None => insert(tx, &name, role, &hash, by),
            Some(known) => {
                change_role(tx, &known, role, by)?;
                put_hash(tx, &name, &hash, by)
            }
        })
    }

    /// Adds somebody.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], [`StoreError::BadName`], [`StoreError::BadPin`], [`StoreError::PinTaken`],
    /// or any other [`StoreError`].
    pub fn add_staff(&self, name: &str, pin: &str, role: Role, by: By<'_>) -> Result<(), StoreError> {
        let name = checked_name(name)?;
        let hash = self.hash_of_new(&name, pin, by)?;
        self.write("adding staff", |tx| {
            if member(tx, &name)?.is_some() {
                return Err(StoreError::NameTaken { name: name.clone() }.into());
            }
            insert(tx, &name, role, &hash, by)
        })
    }

    /// Whether there is no manager yet who could sign on: then [`Store::choose_first_pin`] is the way in.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn needs_manager(&self) -> Result<bool, StoreError> {
        self.read("reading staff", |conn| Ok(managers(conn)? == 0))
    }

    /// The first manager chooses name and PIN. When there is one already, as after another window was
    /// quicker, nothing is changed.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] when there is a manager, [`StoreError::BadPin`], or any other
    /// [`StoreError`].
    pub fn choose_first_pin(&self, name: &str, pin: &str, now: Timestamp) -> Result<(), StoreError> {
        let name = checked_name(name)?;
        let hash = pins::hash(pin)?;
        self.write("saving the first PIN", |tx| {
            if managers(tx)? > 0 {
                let what = Permission::ManageStaff.words();
                return Err(StoreError::NotAllowed {
                    name: name.clone(),
                    what,
                }
                .into());
            }
            if let Some(known) = member(tx, &name)? {
                change_role(tx, &known, Role::Manager, (&name, now))?;
                change_active(tx, &known, true, (&name, now))?;
                return put_hash(tx, &name, &hash, (&name, now));
            }
            insert(tx, &name, Role::Manager, &hash, (&name, now))
        })
    }

    /// Everybody, by name; also who is disabled.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn staff(&self) -> Result<Vec<StaffMember>, StoreError> {
        self.read("reading staff", |conn| {
            conn.prepare_cached("SELECT * FROM staff ORDER BY name COLLATE NOCASE, id")?
                .query_and_then([], of_row)?
                .collect()
        })
    }

    /// Gives somebody another name; what the audit says of them stays as it was written.
    ///
    /// # Errors
    /// [`StoreError::UnknownStaff`], [`StoreError::NameTaken`], [`StoreError::BadName`], or any other
    /// [`StoreError`].
    pub fn rename_staff(&self, name: &str, new_name: &str, by: By<'_>) -> Result<(), StoreError> {
        let new_name = checked_name(new_name)?;
        self.write("renaming staff", |tx| {
            let known = expect(tx, name)?;
            if known.name == new_name {
                return Ok(());
            }
            if member(tx, &new_name)?.is_some() {
                return Err(StoreError::NameTaken {
                    name: new_name.clone(),
                }
                .into());
            }
            tx.execute(
                "UPDATE staff SET name = ?2 WHERE id = ?1",
                params![known.id, new_name],
            )?;
            let texts = (known.name.as_str(), new_name.as_str());
            note(tx, by, (&new_name, "name changed"), Some(texts))
        })
    }

    /// Gives somebody another role.
    ///
    /// # Errors
    /// [`StoreError::UnknownStaff`], [`StoreError::LastManager`], or any other [`StoreError`].
    pub fn set_role(&self, name: &str, role: Role, by: By<'_>) -> Result<(), StoreError> {
        self.write("changing a role", |tx| {
            change_role(tx, &expect(tx, name)?, role, by)
        })
    }

    /// Lets somebody sign on, or no longer.
    ///
    /// # Errors
    /// [`StoreError::UnknownStaff`], [`StoreError::LastManager`], or any other [`StoreError`].
    pub fn set_staff_active(&self, name: &str, active: bool, by: By<'_>) -> Result<(), StoreError> {
        self.write("changing staff", |tx| {
            change_active(tx, &expect(tx, name)?, active, by)
        })
    }

    /// Ends the lock of a name, and that of the pad.
    ///
    /// # Errors
    /// [`StoreError::UnknownStaff`], or any other [`StoreError`].
    pub fn unlock_staff(&self, name: &str, by: By<'_>) -> Result<(), StoreError> {
        self.write("unlocking staff", |tx| {
            let known = expect(tx, name)?;
            tx.execute(
                "UPDATE staff SET failed_tries = 0, locked_until = NULL WHERE id = ?1",
                [known.id],
            )?;
            tx.execute("UPDATE pin_pad SET failed_tries = 0, locked_until = NULL", [])?;
            note(tx, by, (&known.name, "unlocked"), None)
        })
    }

    /// Whether somebody may do something; asked again before everything that a screen has offered.
    ///
    /// # Errors
    /// [`StoreError::NotAllowed`] when they may not, are disabled or unknown; or any other [`StoreError`].
    pub fn authorise(&self, name: &str, permission: Permission) -> Result<(), StoreError> {
        let known = self.read("reading staff", |conn| member(conn, name))?;
        if known.is_some_and(|known| known.active && may(known.role, permission)) {
            Ok(())
        } else {
            Err(StoreError::NotAllowed {
                name: name.to_owned(),
                what: permission.words(),
            })
        }
    }

    /// Whether any PIN was set; before that, the first one may be chosen.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn has_pin(&self) -> Result<bool, StoreError> {
        self.read("reading PINs", |conn| {
            let count: i64 = conn.query_row("SELECT count(*) FROM staff", [], |row| row.get(0))?;
            Ok(count > 0)
        })
    }
}

fn checked_name(name: &str) -> Result<String, StoreError> {
    let name = name.trim();
    let letters = name.chars().count();
    if (1..=LONGEST_NAME).contains(&letters) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(StoreError::BadName { most: LONGEST_NAME })
    }
}

fn of_row(row: &Row<'_>) -> Result<StaffMember, Fault> {
    let role: String = get(row, "role")?;
    Ok(StaffMember {
        id: get(row, "id")?,
        name: get(row, "name")?,
        role: Role::from_code(&role).ok_or_else(|| Fault::row(format!("role {role}")))?,
        active: get(row, "active")?,
        locked_until: get::<Option<i64>>(row, "locked_until")?.map(Timestamp),
    })
}

fn member(conn: &Connection, name: &str) -> Result<Option<StaffMember>, Fault> {
    conn.prepare_cached("SELECT * FROM staff WHERE name = ?1")?
        .query_and_then([name], of_row)?
        .next()
        .transpose()
}

fn expect(conn: &Connection, name: &str) -> Result<StaffMember, Fault> {
    let unknown = || StoreError::UnknownStaff {
        name: name.to_owned(),
    };
    Ok(member(conn, name)?.ok_or_else(unknown)?)
}

fn managers(conn: &Connection) -> Result<i64, Fault> {
    Ok(conn
        .prepare_cached("SELECT count(*) FROM staff WHERE role = 'manager' AND active = 1")?
        .query_row([], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}

fn insert(tx: &Transaction<'_>, name: &str, role: Role, hash: &str, by: By<'_>) -> Result<(), Fault> {
    tx.execute(
        "INSERT INTO staff (name, role, hash) VALUES (?1, ?2, ?3)",
        params![name, role.code(), hash],
    )?;
    note(tx, by, (name, &format!("added as {}", role.code())), None)
}

fn put_hash(tx: &Transaction<'_>, name: &str, hash: &str, by: By<'_>) -> Result<(), Fault> {
    tx.execute(
        "UPDATE staff SET hash = ?2, failed_tries = 0, locked_until = NULL WHERE name = ?1",
        params![name, hash],
    )?;
    note(tx, by, (name, "PIN set"), None)
}

fn change_role(tx: &Transaction<'_>, known: &StaffMember, role: Role, by: By<'_>) -> Result<(), Fault> {
    if known.role == role {
        return Ok(());
    }
    keep_a_manager(tx, known)?;
    tx.execute(
        "UPDATE staff SET role = ?2 WHERE id = ?1",
        params![known.id, role.code()],
    )?;
    let texts = (known.role.code(), role.code());
    note(tx, by, (&known.name, "role changed"), Some(texts))
}

fn change_active(tx: &Transaction<'_>, known: &StaffMember, active: bool, by: By<'_>) -> Result<(), Fault> {
    if known.active == active {
        return Ok(());
    }
    if !active {
        keep_a_manager(tx, known)?;
    }
    tx.execute(
        "UPDATE staff SET active = ?2 WHERE id = ?1",
        params![known.id, active],
    )?;
    let word = |active| if active { "enabled" } else { "disabled" };
    let texts = (word(known.active), word(active));
    note(tx, by, (&known.name, word(active)), Some(texts))
}

/// Without a manager nobody could make one again.
fn keep_a_manager(conn: &Connection, leaving: &StaffMember) -> Result<(), Fault> {
    if leaving.active && leaving.role == Role::Manager && managers(conn)? <= 1 {
        Err(StoreError::LastManager.into())
    } else {
        Ok(())
    }
}

fn note(
    tx: &Transaction<'_>,
    by: By<'_>,
    (name, detail): (&str, &str),
    texts: Option<(&str, &str)>,
) -> Result<(), Fault> {
    let change = Change {
        action: "staff",
        subject: name,
        detail,
        before: texts.map(|texts| texts.0),
        after: texts.map(|texts| texts.1),
        reason: None,
    };
    record_change(tx, by, &change)
}
