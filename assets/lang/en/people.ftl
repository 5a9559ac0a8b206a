# The page of people and of the audit. Verbs first, no jargon; say what happened, then what to do.

people-empty = Those who work here belong here, and what they changed.
