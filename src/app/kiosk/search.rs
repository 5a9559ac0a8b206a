//! What the search panel shows. The window paints many times for one letter that is typed, and a catalog may be
//! large: what was found last is kept until the text or the catalog changes.

use std::{cell::RefCell, sync::Arc};

use crate::domain::{catalog::Catalog, product::Product};

/// How many products the search shows.
const MOST_RESULTS: usize = 12;

/// The newest search with its answer.
#[derive(Debug, Default)]
pub(super) struct LastSearch(RefCell<Option<Answered>>);

#[derive(Debug)]
struct Answered {
    text: String,
    catalog: Arc<Catalog>,
    found: Arc<[Arc<Product>]>,
}

impl LastSearch {
    /// What fits the text best; with none, what the camera knows and what has no barcode to scan.
    pub(super) fn found(&self, catalog: &Arc<Catalog>, text: &str) -> Arc<[Arc<Product>]> {
        let mut last = self.0.borrow_mut();
        if let Some(last) = &*last
            && last.text == text
            && Arc::ptr_eq(&last.catalog, catalog)
        {
            return Arc::clone(&last.found);
        }
        let found: Arc<[Arc<Product>]> = best(catalog, text).into();
        *last = Some(Answered {
            text: text.to_owned(),
            catalog: Arc::clone(catalog),
            found: Arc::clone(&found),
        });
        found
    }
}

fn best(catalog: &Catalog, text: &str) -> Vec<Arc<Product>> {
    if !text.trim().is_empty() {
        let mut found = catalog.search(text);
        found.truncate(MOST_RESULTS);
        return found;
    }
    let mut often: Vec<&Arc<Product>> = catalog
        .products()
        .iter()
        .filter(|product| product.active)
        .collect();
    often.sort_by_key(|product| (product.class.is_none(), product.barcodes.len()));
    often.into_iter().take(MOST_RESULTS).map(Arc::clone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::catalog_csv;

    fn catalog() -> Arc<Catalog> {
        let products = catalog_csv::parse(include_bytes!("../../../catalog/products.csv")).unwrap();
        Arc::new(Catalog::new(products).unwrap())
    }

    #[test]
    fn an_answer_holds_until_text_or_catalog_change() {
        let (first, second) = (catalog(), catalog());
        let last = LastSearch::default();
        let milk = last.found(&first, "milk");
        assert!(!milk.is_empty());
        assert!(
            Arc::ptr_eq(&milk, &last.found(&first, "milk")),
            "not searched again"
        );
        assert!(
            !Arc::ptr_eq(&milk, &last.found(&second, "milk")),
            "of another catalog"
        );
        let apple = last.found(&second, "apple");
        assert_ne!(milk.first(), apple.first());
        assert_eq!(
            last.found(&second, " ").len(),
            MOST_RESULTS,
            "a beginning without any text"
        );
    }
}
