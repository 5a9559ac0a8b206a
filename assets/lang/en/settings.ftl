# The page of settings. Verbs first, no jargon; say what happened, then what to do.

settings-empty = The settings of the shop and the lane belong here.
