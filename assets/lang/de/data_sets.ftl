# The page of data sets.

datasets-empty = Hier stehen eingefrorene Datensätze. Prüfen Sie zuerst einige Rahmen.
