# The page of models. Verbs first, no jargon; say what happened, then what to do.

models-empty = Trained models belong here. The one that came with the program is in use.
