# The page of trainings. Verbs first, no jargon; say what happened, then what to do.

training-empty = Trainings belong here. Take and check about 30 photos of a product first.
