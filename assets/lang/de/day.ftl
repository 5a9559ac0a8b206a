# The page of the day: sales, cash, reports.

day-empty = Hier stehen die Verkäufe des Tages, die Kasse und die Berichte.
