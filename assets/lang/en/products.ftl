# The page of products. Verbs first, no jargon; say what happened, then what to do.

products-search = Search products
products-count = { $count ->
    [one] 1 product
   *[other] { $count } products
}
products-none = Nothing fits “{ $text }”. Clear the search and the filters to see all.
products-empty = Products belong here. Add the first, or import a table.
products-name = Name
products-name-of = Name of { $name }
products-german-name = Name in German
products-number = Number
products-department = Department
products-unit = Sold
products-unit-each = each
products-unit-kg = per kg
products-price = Price
products-price-of = Price of { $name }
products-price-bad = Type a price such as { $example }.
products-not-sold = not sold now
products-keys = / searches · arrow keys move · Enter edits the price · F2 the name · Escape leaves it as it was
products-all-departments = All departments
products-show-all = All
products-show-sold = On sale
products-show-not-sold = Not sold
products-show-any = Any
products-show-known = Recognised
products-show-unknown = Not yet
products-new = New product
products-create = Create product
products-new-hint = Barcodes, tax and picture are added afterwards.
products-import = Import
products-export = Export
products-labels = Shelf labels
products-label = Shelf label
products-sku = Product number (SKU)
products-sku-taken = This number is taken.
products-plu = PLU
products-age = Age limit
products-barcode = Barcode
products-barcodes = Barcodes, blanks between
products-tare = Packaging in g
products-content = Pack holds
products-tax = Tax
products-class = Recognised as
products-no-class = not recognised
products-on-sale = On sale
products-no-picture = No picture
products-choose-picture = Choose picture
products-remove-picture = Remove picture
products-picture-ask = Choose a picture of the product
products-close-details = Close details
products-history = Prices
products-held-from = from { $time }
products-planned-from = planned from { $time }
products-name-bad = Type 1 to 120 letters.
products-tax-bad = Choose a tax rate from the list.
products-tare-bad = Type grams, 0 to 100000.
products-age-bad = Type years, 1 to 99.
products-content-bad = Type such as 500 g or 1.5 l.
products-import-ask = Import products from a table (CSV)
products-import-read = Show what changes
products-import-title = Import of { $file }
products-import-sums = { $added } new, { $changed } changed, { $unchanged } as they are. Nothing is changed yet.
products-import-wrong = { $count ->
    [one] 1 line is wrong. Mend it in the file and import again; nothing was changed.
   *[other] { $count } lines are wrong. Mend them in the file and import again; nothing was changed.
}
products-import-now = { $count ->
    [one] Import 1 product
   *[other] Import { $count } products
}
products-import-cancel = Change nothing
products-back = Back to the products
products-import-new = new
products-line = Line
products-problem = What is wrong
products-what-changes = What changes
products-export-ask = Export the products shown (CSV)
products-labels-ask = { $count ->
    [one] Write 1 shelf label (PDF)
   *[other] Write { $count } shelf labels (PDF)
}
products-labels-write = Write PDF
products-plot-price = Price in { $currency }
products-plan-from = New price from
products-plan-price = New price
products-plan = Plan
products-plan-price-bad = Type the price in digits.
