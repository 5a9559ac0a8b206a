# The page of planned and changed prices. Verbs first, no jargon; say what happened, then what to do.

prices-empty = Planned prices belong here.
