//! The pages of the back office: their names, their order in the rail, and what each asks for.

use crate::{domain::staff::Permission, ui::words::OfficeWord};

/// A page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Page {
    /// Products and what is known of them.
    #[default]
    Products,
    /// Planned prices, and changes of many prices at once.
    Prices,
    /// Sales, cash and reports of the day.
    Day,
    /// Taking photos of products.
    Photos,
    /// Checking the boxes on photos.
    Labels,
    /// Frozen data sets.
    DataSets,
    /// Trainings.
    Training,
    /// A picture and a slider.
    TryPicture,
    /// Models: which is in use, which could be.
    Models,
    /// Settings of the shop and the lane.
    Settings,
    /// Who works here, and what was changed.
    People,
}

impl Page {
    /// All of them, as the rail shows them.
    pub const ALL: [Self; 11] = [
        Self::Products,
        Self::Prices,
        Self::Day,
        Self::Photos,
        Self::Labels,
        Self::DataSets,
        Self::Training,
        Self::TryPicture,
        Self::Models,
        Self::Settings,
        Self::People,
    ];

    /// Its name.
    #[must_use]
    pub const fn word(self) -> OfficeWord {
        match self {
            Self::Products => OfficeWord::Products,
            Self::Prices => OfficeWord::Prices,
            Self::Day => OfficeWord::Sales,
            Self::Photos => OfficeWord::Photos,
            Self::Labels => OfficeWord::Labels,
            Self::DataSets => OfficeWord::DataSets,
            Self::Training => OfficeWord::Train,
            Self::TryPicture => OfficeWord::TryPicture,
            Self::Models => OfficeWord::Models,
            Self::Settings => OfficeWord::Settings,
            Self::People => OfficeWord::People,
        }
    }

    /// Whether it is a step of teaching, which the rail shows under one heading.
    #[must_use]
    pub const fn teaches(self) -> bool {
        match self {
            Self::Photos | Self::Labels | Self::DataSets | Self::Training | Self::TryPicture => true,
            Self::Products | Self::Prices | Self::Day | Self::Models | Self::Settings | Self::People => false,
        }
    }

    /// What somebody must be allowed for the page to be offered.
    #[must_use]
    pub const fn permission(self) -> Permission {
        match self {
            Self::Products | Self::People => Permission::HelpAtLane,
            Self::Prices => Permission::SetPrices,
            Self::Day => Permission::SeeSales,
            Self::Photos => Permission::TakePhotos,
            Self::Labels => Permission::LabelPhotos,
            Self::DataSets => Permission::ManageDataSets,
            Self::Training | Self::Models => Permission::Train,
            Self::TryPicture => Permission::TryPicture,
            Self::Settings => Permission::ChangeSettings,
        }
    }
}
