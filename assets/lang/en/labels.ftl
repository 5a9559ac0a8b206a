# The page on which boxes are checked. Verbs first, no jargon; say what happened, then what to do.

labels-empty = Photos to check belong here. Take or import photos first.
