//! Who works here and what each may do: one table, read by every gate.
//!
//! This file must not check a PIN or know who is signed on; it only answers whether a role may do a thing.

use serde::{Deserialize, Serialize};

/// What somebody is in the shop. Each role may do all that the one before it may, and more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Helps at the lane and counts the cash.
    Clerk,
    /// Teaches products, too: photos, labels and training.
    Teacher,
    /// May do everything.
    Manager,
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// Help a shopper: confirm an age, void a line, end a visit.
    HelpAtLane,
    /// See the list of sales and print a receipt again.
    SeeSales,
    /// Count the cash and enter float, pay-ins and pay-outs.
    CountCash,
    /// Print the X report.
    ReportX,
    /// Pick a picture and see what the detector finds.
    TryPicture,
    /// Take and import photos.
    TakePhotos,
    /// Draw, change and check boxes.
    LabelPhotos,
    /// Freeze, import and export data sets.
    ManageDataSets,
    /// Start, pause and cancel a training.
    Train,
    /// Change names, pictures and codes of products, and take them off sale.
    EditProducts,
    /// Change prices, now or later.
    SetPrices,
    /// Give money back.
    Refund,
    /// Void a sale that was paid.
    VoidSale,
    /// Close the day with the Z report.
    CloseDay,
    /// Put a model live, or the one before it.
    PromoteModel,
    /// Put a model live that was judged worse.
    OverrideJudgement,
    /// Add, change and disable staff.
    ManageStaff,
    /// Change settings of the shop and the lane.
    ChangeSettings,
    /// Make and schedule backups.
    BackUp,
    /// Delete photos and labels for good.
    Purge,
    /// Read the audit.
    SeeAudit,
}

impl Role {
    /// All roles, the least first.
    pub const ALL: [Self; 3] = [Self::Clerk, Self::Teacher, Self::Manager];

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Teacher => "teacher",
            Self::Manager => "manager",
        }
    }

    /// Reads the word used in files.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

impl Permission {
    /// All of them.
    pub const ALL: [Self; 21] = [
        Self::HelpAtLane,
        Self::SeeSales,
        Self::CountCash,
        Self::ReportX,
        Self::TryPicture,
        Self::TakePhotos,
        Self::LabelPhotos,
        Self::ManageDataSets,
        Self::Train,
        Self::EditProducts,
        Self::SetPrices,
        Self::Refund,
        Self::VoidSale,
        Self::CloseDay,
        Self::PromoteModel,
        Self::OverrideJudgement,
        Self::ManageStaff,
        Self::ChangeSettings,
        Self::BackUp,
        Self::Purge,
        Self::SeeAudit,
    ];

    /// The table: the least role that has the permission, and the words that a refusal is told in.
    fn row(self) -> (Role, &'static str) {
        match self {
            Self::HelpAtLane => (Role::Clerk, "help at the lane"),
            Self::SeeSales => (Role::Clerk, "see the sales"),
            Self::CountCash => (Role::Clerk, "count the cash"),
            Self::ReportX => (Role::Clerk, "print the X report"),
            Self::TryPicture => (Role::Clerk, "try a picture"),
            Self::TakePhotos => (Role::Teacher, "take photos"),
            Self::LabelPhotos => (Role::Teacher, "label photos"),
            Self::ManageDataSets => (Role::Teacher, "manage data sets"),
            Self::Train => (Role::Teacher, "train a model"),
            Self::EditProducts => (Role::Teacher, "edit products"),
            Self::SetPrices => (Role::Manager, "set prices"),
            Self::Refund => (Role::Manager, "give money back"),
            Self::VoidSale => (Role::Manager, "void a sale"),
            Self::CloseDay => (Role::Manager, "close the day"),
            Self::PromoteModel => (Role::Manager, "put a model live"),
            Self::OverrideJudgement => (Role::Manager, "put a worse model live"),
            Self::ManageStaff => (Role::Manager, "manage staff"),
            Self::ChangeSettings => (Role::Manager, "change settings"),
            Self::BackUp => (Role::Manager, "make backups"),
            Self::Purge => (Role::Manager, "delete for good"),
            Self::SeeAudit => (Role::Manager, "read the audit"),
        }
    }

    /// What it is, after "may" or "may not".
    #[must_use]
    pub fn words(self) -> &'static str {
        self.row().1
    }
}

/// Whether a role may do something.
#[must_use]
pub fn may(role: Role, permission: Permission) -> bool {
    role >= permission.row().0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(role: Role) -> usize {
        Permission::ALL
            .into_iter()
            .filter(|permission| may(role, *permission))
            .count()
    }

    #[test]
    fn each_role_may_do_what_the_table_says() {
        assert_eq!(Role::ALL.map(allowed), [5, 10, 21]);
        for (role, permission, expected) in [
            (Role::Clerk, Permission::HelpAtLane, true),
            (Role::Clerk, Permission::TakePhotos, false),
            (Role::Clerk, Permission::Refund, false),
            (Role::Teacher, Permission::LabelPhotos, true),
            (Role::Teacher, Permission::SetPrices, false),
            (Role::Teacher, Permission::PromoteModel, false),
            (Role::Manager, Permission::ManageStaff, true),
        ] {
            assert_eq!(may(role, permission), expected, "{role:?} {permission:?}");
        }
    }

    #[test]
    fn every_permission_is_listed_once_and_has_words() {
        let mut seen: Vec<Permission> = Permission::ALL.to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), Permission::ALL.len());
        assert!(
            Permission::ALL
                .iter()
                .all(|permission| !permission.words().is_empty())
        );
    }

    #[test]
    fn roles_read_back_from_their_words() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
        }
        assert_eq!(Role::from_code("attendant"), None);
    }
}
