//! The page of products: each change is saved as it is made, and undone one by one.

use crate::{
    app::office::{Desk, PageDesk},
    domain::{codes::Sku, money::Money, quantity::Unit, staff::Permission},
    ui::office::products::{ProductRow, ProductsCommand, ProductsView},
};

/// A new price of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Change {
    sku: Sku,
    before: Money,
    after: Money,
}

/// The page's memory.
#[derive(Debug, Default)]
pub struct ProductsPage {
    done: Vec<Change>,
}

impl ProductsPage {
    fn set_price(change: Change, is_undo: bool, desk: &mut Desk) {
        let (sku, price) = (change.sku.clone(), change.after);
        desk.change(
            Permission::SetPrices,
            move |store, by| store.set_price(&sku, price, by.1, by),
            move |office, desk, ()| {
                desk.reload_catalog();
                if is_undo {
                    office.products.done.pop();
                } else {
                    office.products.done.push(change);
                }
            },
        );
    }
}

impl PageDesk for ProductsPage {
    type Command = ProductsCommand;
    type View = ProductsView;

    fn view(&self, desk: &Desk) -> ProductsView {
        let mut products: Vec<ProductRow> = desk
            .catalog()
            .products()
            .iter()
            .map(|product| ProductRow {
                sku: product.sku.clone(),
                name: product.name_in(desk.lang().code()).to_owned(),
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
        ProductsView { products }
    }

    fn apply(&mut self, command: ProductsCommand, desk: &mut Desk) {
        match command {
            ProductsCommand::SetPrice { sku, price } => {
                let before = desk.catalog().by_sku(&sku).map(|product| product.price);
                if let Some(before) = before.filter(|before| *before != price) {
                    let change = Change {
                        sku,
                        before,
                        after: price,
                    };
                    Self::set_price(change, false, desk);
                }
            }
        }
    }

    fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    fn undo(&mut self, desk: &mut Desk) {
        if let Some(last) = self.done.last() {
            let change = Change {
                sku: last.sku.clone(),
                before: last.after,
                after: last.before,
            };
            Self::set_price(change, true, desk);
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
