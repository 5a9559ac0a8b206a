//! The table of products: what is shown of the catalog, and in which order.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::catalog::Catalog;
use crate::domain::product::Product;

/// Which products are shown; what is empty does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProductFilter {
    /// What was typed.
    pub text: String,
    /// Only this department.
    pub department: Option<String>,
    /// Only what is on sale, or only what is not.
    pub active: Option<bool>,
    /// Only what the camera knows, or only what it does not.
    pub recognised: Option<bool>,
}

/// The column that the table is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SortBy {
    /// What fits the text best; the order of the catalog when there is none.
    #[default]
    Best,
    /// Name.
    Name,
    /// SKU.
    Sku,
    /// Price.
    Price,
    /// Department, then name.
    Department,
    /// PLU number; without one last.
    Plu,
}

/// Which way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// The products to show, in their order.
#[must_use]
pub fn list(
    catalog: &Catalog,
    filter: &ProductFilter,
    by: SortBy,
    direction: Direction,
) -> Vec<Arc<Product>> {
    let mut found: Vec<Arc<Product>> = if filter.text.trim().is_empty() {
        catalog.products().to_vec()
    } else {
        catalog.search_all(&filter.text)
    };
    found.retain(|product| {
        filter
            .department
            .as_ref()
            .is_none_or(|department| *department == product.department)
            && filter.active.is_none_or(|active| active == product.active)
            && filter
                .recognised
                .is_none_or(|recognised| recognised == product.class.is_some())
    });
    // Sorting keeps the order of equals, so that the best of them stays first.
    found.sort_by(|a, b| match direction {
        Direction::Ascending => compare(a, b, by),
        Direction::Descending => compare(b, a, by),
    });
    found
}

fn compare(a: &Product, b: &Product, by: SortBy) -> Ordering {
    let name = |product: &Product| product.name.to_lowercase();
    match by {
        SortBy::Best => Ordering::Equal,
        SortBy::Name => name(a).cmp(&name(b)),
        SortBy::Sku => a.sku.cmp(&b.sku),
        SortBy::Price => a.price.minor().cmp(&b.price.minor()),
        SortBy::Department => a
            .department
            .cmp(&b.department)
            .then_with(|| name(a).cmp(&name(b))),
        SortBy::Plu => (a.plu.is_none(), a.plu).cmp(&(b.plu.is_none(), b.plu)),
    }
}

/// Every department there is, by name.
#[must_use]
pub fn departments(catalog: &Catalog) -> Vec<String> {
    let names: BTreeSet<&String> = catalog
        .products()
        .iter()
        .map(|product| &product.department)
        .collect();
    names.into_iter().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::codes::Plu;
    use crate::domain::session::testing::piece;

    fn shop() -> Catalog {
        let named = |sku, name: &str, price, department: &str| Product {
            name: name.to_owned(),
            department: department.to_owned(),
            ..piece(sku, price)
        };
        Catalog::new(vec![
            Product {
                class: Some("milk".to_owned()),
                ..named("3", "Milk", 129, "Dairy")
            },
            Product {
                plu: Some(Plu::new(7).unwrap()),
                ..named("1", "apple", 59, "Fruit")
            },
            Product {
                active: false,
                ..named("2", "Milk powder", 399, "Baking")
            },
        ])
        .unwrap()
    }

    fn skus(filter: &ProductFilter, by: SortBy, direction: Direction) -> String {
        list(&shop(), filter, by, direction)
            .iter()
            .map(|product| product.sku.as_str().to_owned())
            .collect()
    }

    #[test]
    fn columns_sort_both_ways() {
        let all = ProductFilter::default();
        for (by, expected) in [
            (SortBy::Best, "312"),
            (SortBy::Name, "132"),
            (SortBy::Sku, "123"),
            (SortBy::Price, "132"),
            (SortBy::Department, "231"),
            (SortBy::Plu, "132"),
        ] {
            assert_eq!(skus(&all, by, Direction::Ascending), expected, "{by:?}");
        }
        assert_eq!(skus(&all, SortBy::Price, Direction::Descending), "231");
    }

    #[test]
    fn filters_add_up() {
        let milk = ProductFilter {
            text: "milk".to_owned(),
            ..ProductFilter::default()
        };
        assert_eq!(
            skus(&milk, SortBy::Best, Direction::Ascending),
            "32",
            "what is off sale, too"
        );
        let on_sale = ProductFilter {
            active: Some(true),
            ..milk.clone()
        };
        assert_eq!(skus(&on_sale, SortBy::Best, Direction::Ascending), "3");
        let unseen = ProductFilter {
            recognised: Some(false),
            ..ProductFilter::default()
        };
        assert_eq!(skus(&unseen, SortBy::Sku, Direction::Ascending), "12");
        let dairy = ProductFilter {
            department: Some("Dairy".to_owned()),
            ..milk
        };
        assert_eq!(skus(&dairy, SortBy::Best, Direction::Ascending), "3");
        assert_eq!(departments(&shop()), ["Baking", "Dairy", "Fruit"]);
    }
}
