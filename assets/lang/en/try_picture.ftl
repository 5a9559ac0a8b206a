# The page on which a picture is tried. Verbs first, no jargon; say what happened, then what to do.

try-empty = A picture belongs here, with what is found in it.
