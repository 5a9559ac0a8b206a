# The page of people and of the audit.

people-empty = Hier stehen alle, die hier arbeiten, und was sie geändert haben.
people-name = Name
people-first-name = Tippen Sie Ihren Namen
people-first-name-hint = Er steht in der Verwaltung und neben jeder Änderung, die Sie machen.
