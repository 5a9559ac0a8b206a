# The page of people and of the audit.

people-empty = Hier stehen alle, die hier arbeiten, und was sie geändert haben.
