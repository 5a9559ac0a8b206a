//! The catalog: every product, found by SKU, PLU, barcode, detector class or text.
//!
//! A catalog never changes; an edit makes a new one, and whoever still holds the old one keeps consistent
//! prices. The class-to-SKU map here is the only bridge between what the detector knows and what is sold.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::codes::{Barcode, Plu, Sku};
use crate::domain::product::Product;
use crate::domain::search::{Index, Query};

/// What can be wrong with a set of products.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// Two products share a code.
    #[error("{what} {code} belongs to both {first} and {second}: give each product its own")]
    Duplicate {
        /// "SKU", "PLU", "barcode" or "class".
        what: &'static str,
        /// The code.
        code: String,
        /// The product that had it first.
        first: Sku,
        /// The product that has it too.
        second: Sku,
    },
    /// A price below zero.
    #[error("the price of {sku} is negative")]
    NegativePrice {
        /// The product.
        sku: Sku,
    },
}

/// All products of the shop.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    products: Vec<Arc<Product>>,
    words: Index,
    /// Place of each product among equally good finds: shorter names first, then by name.
    places: Vec<usize>,
    by_sku: HashMap<Sku, usize>,
    by_plu: HashMap<Plu, usize>,
    by_barcode: HashMap<Barcode, usize>,
    by_class: HashMap<String, usize>,
}

impl Catalog {
    /// Builds the lookups. Products that are not active are kept, for old receipts, but only
    /// [`Catalog::by_sku`] finds them.
    ///
    /// # Errors
    /// A negative price; a SKU twice; a PLU, barcode or class on two active products.
    pub fn new(products: Vec<Product>) -> Result<Self, CatalogError> {
        let mut catalog = Self::default();
        for product in products {
            catalog.push(product)?;
        }
        let name = |index: &usize| {
            catalog
                .products
                .get(*index)
                .map(|product| (product.name.len(), &product.name))
        };
        let mut order: Vec<usize> = (0..catalog.products.len()).collect();
        order.sort_by(|a, b| name(a).cmp(&name(b)));
        let mut places: Vec<(usize, usize)> = order
            .into_iter()
            .enumerate()
            .map(|(place, index)| (index, place))
            .collect();
        places.sort_unstable();
        catalog.places = places.into_iter().map(|(_, place)| place).collect();
        Ok(catalog)
    }

    fn push(&mut self, product: Product) -> Result<(), CatalogError> {
        if product.price.is_negative() {
            return Err(CatalogError::NegativePrice { sku: product.sku });
        }
        let index = self.products.len();
        let known = &self.products;
        claim(
            &mut self.by_sku,
            product.sku.clone(),
            index,
            "SKU",
            (known, &product),
        )?;
        if product.active {
            if let Some(plu) = product.plu {
                claim(&mut self.by_plu, plu, index, "PLU", (known, &product))?;
            }
            for barcode in &product.barcodes {
                claim(
                    &mut self.by_barcode,
                    *barcode,
                    index,
                    "barcode",
                    (known, &product),
                )?;
            }
            if let Some(class) = &product.class {
                claim(
                    &mut self.by_class,
                    class.clone(),
                    index,
                    "class",
                    (known, &product),
                )?;
            }
        }
        self.words.push(&product);
        self.products.push(Arc::new(product));
        Ok(())
    }

    /// All products in the order they were given.
    #[must_use]
    pub fn products(&self) -> &[Arc<Product>] {
        &self.products
    }

    /// The product with a SKU, also one that is no longer sold.
    #[must_use]
    pub fn by_sku(&self, sku: &Sku) -> Option<&Arc<Product>> {
        self.by_sku.get(sku).and_then(|index| self.products.get(*index))
    }

    /// The product with a PLU number.
    #[must_use]
    pub fn by_plu(&self, plu: Plu) -> Option<&Arc<Product>> {
        self.by_plu.get(&plu).and_then(|index| self.products.get(*index))
    }

    /// The product with a barcode.
    #[must_use]
    pub fn by_barcode(&self, barcode: Barcode) -> Option<&Arc<Product>> {
        self.by_barcode
            .get(&barcode)
            .and_then(|index| self.products.get(*index))
    }

    /// The product that a class of the detector stands for.
    #[must_use]
    pub fn by_class(&self, class: &str) -> Option<&Arc<Product>> {
        self.by_class
            .get(class)
            .and_then(|index| self.products.get(*index))
    }

    /// The product under a typed number: a PLU when it is short, a barcode otherwise.
    #[must_use]
    pub fn by_number(&self, text: &str) -> Option<&Arc<Product>> {
        let by_plu = Plu::parse(text).ok().and_then(|plu| self.by_plu(plu));
        by_plu.or_else(|| {
            Barcode::parse(text)
                .ok()
                .and_then(|barcode| self.by_barcode(barcode))
        })
    }

    /// The active products that fit `text`, best first; none for a text without letters and digits.
    #[must_use]
    pub fn search(&self, text: &str) -> Vec<Arc<Product>> {
        self.best(text, |product| product.active)
    }

    /// All products that fit `text`, best first, also those that are off sale.
    #[must_use]
    pub fn search_all(&self, text: &str) -> Vec<Arc<Product>> {
        self.best(text, |_| true)
    }

    fn best(&self, text: &str, wanted: impl Fn(&Product) -> bool) -> Vec<Arc<Product>> {
        let query = Query::new(text);
        let mut found: Vec<(std::cmp::Reverse<u32>, usize, &Arc<Product>)> = self
            .products
            .iter()
            .zip(self.words.scores(&query))
            .zip(&self.places)
            .filter_map(|((product, score), place)| Some((std::cmp::Reverse(score?), *place, product)))
            .filter(|(_, _, product)| wanted(product))
            .collect();
        found.sort_unstable_by_key(|(score, place, _)| (*score, *place));
        found
            .into_iter()
            .map(|(_, _, product)| Arc::clone(product))
            .collect()
    }
}

/// Enters one code, or says who has it already.
fn claim<K: std::hash::Hash + Eq + ToString>(
    lookup: &mut HashMap<K, usize>,
    code: K,
    index: usize,
    what: &'static str,
    (known, product): (&[Arc<Product>], &Product),
) -> Result<(), CatalogError> {
    if let Some(first) = lookup.get(&code).and_then(|first| known.get(*first)) {
        return Err(CatalogError::Duplicate {
            what,
            code: code.to_string(),
            first: first.sku.clone(),
            second: product.sku.clone(),
        });
    }
    lookup.insert(code, index);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::money::{Currency, Money};
    use crate::domain::quantity::Unit;
    use crate::domain::tax::TaxRate;

    fn product(sku: &str, name: &str, german: &str) -> Product {
        Product {
            sku: Sku::new(sku).unwrap(),
            name: name.to_owned(),
            names: BTreeMap::from([("de".to_owned(), german.to_owned())]),
            department: "Food".to_owned(),
            unit: Unit::Each,
            price: Money::new(129, Currency::EUR),
            tax: TaxRate::new("reduced", 700).unwrap(),
            plu: None,
            barcodes: Vec::new(),
            tare_grams: 0,
            age_limit: None,
            active: true,
            class: None,
        }
    }

    fn groceries() -> Catalog {
        let mut banana = product("BANANA", "Banana", "Banane");
        banana.plu = Some(Plu::new(4011).unwrap());
        banana.class = Some("banana".to_owned());
        let mut milk = product("MILK", "Milk 1 l", "Milch 1 l");
        milk.barcodes = vec![Barcode::parse("4006381333931").unwrap()];
        let mut gone = product("GONE", "Milk powder", "Milchpulver");
        gone.active = false;
        gone.plu = Some(Plu::new(4011).unwrap());
        let chocolate = product("CHOC", "Chocolate with milk", "Milchschokolade");
        let apples = product("APPLES", "Apples", "Äpfel");
        Catalog::new(vec![chocolate, banana, milk, gone, apples]).unwrap()
    }

    #[test]
    fn codes_find_their_product() {
        let catalog = groceries();
        let name = |found: Option<&Arc<Product>>| found.map(|product| product.name.clone());
        assert_eq!(name(catalog.by_number("4011")).as_deref(), Some("Banana"));
        assert_eq!(
            name(catalog.by_number("4006381333931")).as_deref(),
            Some("Milk 1 l")
        );
        assert_eq!(name(catalog.by_class("banana")).as_deref(), Some("Banana"));
        assert_eq!(name(catalog.by_number("9999")), None);
        assert!(
            catalog.by_sku(&Sku::new("GONE").unwrap()).is_some(),
            "old receipts need it"
        );
    }

    #[test]
    fn search_ranks_forgives_and_leaves_out_what_is_not_sold() {
        let catalog = groceries();
        for (text, expected) in [
            ("milk", vec!["MILK", "CHOC"]),
            ("mil", vec!["MILK", "CHOC"]),
            ("APFEL", vec!["APPLES"]),
            ("aepfel", vec!["APPLES"]),
            ("äpf", vec!["APPLES"]),
            ("bananna", vec!["BANANA"]),
            ("bnaana", vec!["BANANA"]),
            ("schokolade", vec!["CHOC"]),
            ("4011", vec!["BANANA"]),
            ("milk chocolate", vec!["CHOC"]),
            ("x", vec![]),
            ("  !", vec![]),
            ("", vec![]),
        ] {
            let found: Vec<String> = catalog
                .search(text)
                .iter()
                .map(|product| product.sku.to_string())
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_code_belongs_to_one_product() {
        let twice = Catalog::new(vec![product("A", "a", "a"), product("A", "b", "b")]);
        assert!(matches!(twice, Err(CatalogError::Duplicate { what: "SKU", .. })));
        let with_plu = |sku| Product {
            plu: Some(Plu::new(4011).unwrap()),
            ..product(sku, "a", "a")
        };
        let shared = Catalog::new(vec![with_plu("A"), with_plu("B")]).unwrap_err();
        assert_eq!(
            shared.to_string(),
            "PLU 4011 belongs to both A and B: give each product its own"
        );
        let negative = Product {
            price: Money::new(-1, Currency::EUR),
            ..product("A", "a", "a")
        };
        assert!(matches!(
            Catalog::new(vec![negative]),
            Err(CatalogError::NegativePrice { .. })
        ));
    }
}
