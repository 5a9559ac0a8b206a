//! The words of the page of products.

use super::words;

words! {
    /// The page of products.
    ProductsWord in "products" {
        Search = "products-search",
        Count = "products-count",
        None = "products-none",
        Empty = "products-empty",
        Name = "products-name",
        Number = "products-number",
        Department = "products-department",
        Unit = "products-unit",
        UnitEach = "products-unit-each",
        UnitKg = "products-unit-kg",
        Price = "products-price",
        PriceOf = "products-price-of",
        PriceBad = "products-price-bad",
        NotSold = "products-not-sold",
        Keys = "products-keys",
    }
}
