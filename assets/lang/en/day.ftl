# The page of the day: sales, cash, reports. Verbs first, no jargon; say what happened, then what to do.

day-empty = The sales of the day, the cash and the reports belong here.
