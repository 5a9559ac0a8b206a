# The page of data sets. Verbs first, no jargon; say what happened, then what to do.

datasets-empty = Frozen data sets belong here. Check some boxes first.
