# The page of people and of the audit. Verbs first, no jargon; say what happened, then what to do.

people-empty = Those who work here belong here, and what they changed.
people-name = Name
people-first-name = Type your name
people-first-name-hint = It is shown in the back office and written beside every change you make.
