# The page of products. Verbs first, no jargon; say what happened, then what to do.

products-search = Search products
products-count = { $count ->
    [one] 1 product
   *[other] { $count } products
}
products-none = No product fits “{ $text }”. Clear the search to see all.
products-empty = Products belong here. Read them in from a table: tillsight catalog import FILE.
products-name = Name
products-number = Number
products-department = Department
products-unit = Sold
products-unit-each = each
products-unit-kg = per kg
products-price = Price
products-price-of = Price of { $name }
products-price-bad = Type a price such as { $example }.
products-not-sold = not sold now
products-keys = / searches · arrow keys move · Enter edits and saves · Escape leaves a price as it was
