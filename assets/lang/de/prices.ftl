# Die Seite der Preise.

prices-empty = Hier stehen geplante Preise. Ändern Sie mehrere Preise, und wählen Sie, ab wann sie gelten.
prices-planned = Geplant
prices-many = Viele ändern
prices-from = Ab
prices-product = Ware
prices-sku = SKU
prices-now = Jetzt
prices-then = Dann
prices-difference = Unterschied
prices-take-back = Zurücknehmen
prices-take-back-named = Den Preis von { $name } zurücknehmen
prices-many-title = Preise um einen Prozentsatz ändern
prices-department = Abteilung
prices-all-departments = Alle Abteilungen
prices-percent = Prozent, Minus senkt
prices-percent-bad = Tippen Sie etwa 5 oder -2,5.
prices-nines = Preise enden auf 9
prices-show-preview = Änderungen zeigen
prices-from-file = Preise aus einer Tabelle (CSV)
prices-import-ask = Preise aus einer Tabelle lesen (CSV: sku, price)
prices-changes = { $count ->
    [0] Kein Preis würde sich ändern
    [one] 1 Preis würde sich ändern
   *[other] { $count } Preise würden sich ändern
}
prices-wrong = { $count ->
    [one] 1 Zeile ist falsch; nichts wurde geändert
   *[other] { $count } Zeilen sind falsch; nichts wurde geändert
}
prices-leave = Nichts ändern
prices-apply = Preise ändern
prices-from-when = Ab wann (leer: sofort)
prices-from-example = 01.12.2026 06:00
prices-from-bad = Künftige Zeit, etwa 01.12.2026 06:00.
prices-reason = Grund
prices-line = Zeile
prices-problem = Was falsch ist
prices-cancel-ask = Diesen geplanten Preis zurücknehmen?
prices-cancel-text = { $name } behält den jetzigen Preis; der ab { $time } kommt nicht.
