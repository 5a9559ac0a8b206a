# The page of prices. Verbs first, no jargon; say what happened, then what to do.

prices-empty = Planned prices belong here. Change many prices and choose from when on they hold.
prices-planned = Planned
prices-many = Change many
prices-from = From
prices-product = Product
prices-sku = SKU
prices-now = Now
prices-then = Then
prices-difference = Difference
prices-take-back = Take back
prices-take-back-named = Take back the price of { $name }
prices-many-title = Change prices by a percentage
prices-department = Department
prices-all-departments = All departments
prices-percent = Percent, minus lowers
prices-percent-bad = Type such as 5 or -2.5.
prices-nines = Prices end in 9
prices-show-preview = Show what changes
prices-from-file = Prices from a table (CSV)
prices-import-ask = Read prices from a table (CSV: sku, price)
prices-changes = { $count ->
    [0] No price would change
    [one] 1 price would change
   *[other] { $count } prices would change
}
prices-wrong = { $count ->
    [one] 1 line is wrong; nothing was changed
   *[other] { $count } lines are wrong; nothing was changed
}
prices-leave = Change nothing
prices-apply = Change prices
prices-from-when = From when on (empty: at once)
prices-from-example = 2026-12-01 06:00
prices-from-bad = Type a time to come: 2026-12-01 06:00.
prices-reason = Reason
prices-line = Line
prices-problem = What is wrong
prices-cancel-ask = Take this planned price back?
prices-cancel-text = { $name } keeps the price it has; the one from { $time } does not come.
