//! The back office's first page: prices, each change saved as it is made and undone one by one.

use crate::{
    domain::{catalog::Catalog, codes::Sku, money::Money, quantity::Unit, time::Timestamp},
    ui::{
        view::{OfficeView, ProductRow},
        words::Lang,
    },
};

/// A new price of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which product.
    pub sku: Sku,
    /// What it cost.
    pub before: Money,
    /// What it costs.
    pub after: Money,
    /// Whether it takes an earlier change back.
    pub is_undo: bool,
}

/// What was done on the page since it was opened.
#[derive(Debug, Clone, Default)]
pub struct Office {
    done: Vec<Change>,
    saved_at: Option<Timestamp>,
    problem: Option<String>,
}

impl Office {
    /// A change was written down.
    pub fn saved(&mut self, change: Change, now: Timestamp) {
        self.saved_at = Some(now);
        self.problem = None;
        if change.is_undo {
            self.done.pop();
        } else {
            self.done.push(change);
        }
    }

    /// A change was not written down.
    pub fn refused(&mut self, sentence: String) {
        self.problem = Some(sentence);
    }

    /// The change that takes the last one back.
    #[must_use]
    pub fn undo(&self) -> Option<Change> {
        self.done.last().map(|last| Change {
            sku: last.sku.clone(),
            before: last.after,
            after: last.before,
            is_undo: true,
        })
    }

    /// The page.
    #[must_use]
    pub fn view(&self, catalog: &Catalog, lang: Lang, utc_offset_ms: i64) -> OfficeView {
        let mut products: Vec<ProductRow> = catalog
            .products()
            .iter()
            .map(|product| ProductRow {
                sku: product.sku.clone(),
                name: product.name_in(lang.code()).to_owned(),
                department: product.department.clone(),
                number: product.plu.map_or_else(
                    || {
                        product
                            .barcodes
                            .first()
                            .map(ToString::to_string)
                            .unwrap_or_default()
                    },
                    |plu| plu.number().to_string(),
                ),
                by_weight: product.unit == Unit::Kilogram,
                price: product.price,
                active: product.active,
            })
            .collect();
        products
            .sort_by_cached_key(|row| (row.department.clone(), sorting_name(&row.name), row.name.clone()));
        OfficeView {
            products,
            saved_at: self.saved_at.map(|at| {
                let local = at.plus_ms(utc_offset_ms).to_utc();
                format!("{:02}:{:02}", local.hour, local.minute)
            }),
            can_undo: !self.done.is_empty(),
            problem: self.problem.clone(),
        }
    }
}

/// A name as the alphabet sorts it: without marks over letters.
fn sorting_name(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|letter| match letter {
            '\u{e0}'..='\u{e5}' => 'a',
            '\u{e8}'..='\u{eb}' => 'e',
            '\u{ec}'..='\u{ef}' => 'i',
            '\u{f2}'..='\u{f6}' => 'o',
            '\u{f9}'..='\u{fc}' => 'u',
            '\u{df}' => 's',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_stand_with_their_letters() {
        let mut names = ["Zitrone", "\u{c4}pfel", "Banane", "Apfel"];
        names.sort_by_key(|name| (sorting_name(name), *name));
        assert_eq!(names, ["Apfel", "\u{c4}pfel", "Banane", "Zitrone"]);
    }
}
