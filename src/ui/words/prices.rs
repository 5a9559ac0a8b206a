//! The words of the page of prices.

use super::words;

words! {
    /// The page of planned prices and of many changed at once.
    PricesWord in "prices" {
        Empty = "prices-empty",
        Planned = "prices-planned",
        Many = "prices-many",
        From = "prices-from",
        Product = "prices-product",
        Sku = "prices-sku",
        Now = "prices-now",
        Then = "prices-then",
        Difference = "prices-difference",
        TakeBack = "prices-take-back",
        TakeBackNamed = "prices-take-back-named",
        ManyTitle = "prices-many-title",
        Department = "prices-department",
        AllDepartments = "prices-all-departments",
        Percent = "prices-percent",
        PercentBad = "prices-percent-bad",
        Nines = "prices-nines",
        ShowPreview = "prices-show-preview",
        FromFile = "prices-from-file",
        ImportAsk = "prices-import-ask",
        Changes = "prices-changes",
        Wrong = "prices-wrong",
        Leave = "prices-leave",
        Apply = "prices-apply",
        FromWhen = "prices-from-when",
        FromExample = "prices-from-example",
        FromBad = "prices-from-bad",
        Reason = "prices-reason",
        Line = "prices-line",
        Problem = "prices-problem",
        CancelAsk = "prices-cancel-ask",
        CancelText = "prices-cancel-text",
    }
}
