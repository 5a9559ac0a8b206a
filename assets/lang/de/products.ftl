# Die Seite der Waren.

products-search = Waren suchen
products-count = { $count ->
    [one] 1 Ware
   *[other] { $count } Waren
}
products-none = Nichts passt zu „{ $text }“. Leeren Sie Suche und Filter, um alle zu sehen.
products-empty = Hier stehen die Waren. Legen Sie die erste an, oder lesen Sie eine Tabelle ein.
products-name = Name
products-name-of = Name von { $name }
products-german-name = Name auf Deutsch
products-number = Nummer
products-department = Abteilung
products-unit = Verkauf
products-unit-each = je Stück
products-unit-kg = je kg
products-price = Preis
products-price-of = Preis von { $name }
products-price-bad = Tippen Sie einen Preis wie { $example }.
products-not-sold = zurzeit nicht im Verkauf
products-keys = / sucht · Pfeiltasten bewegen · Eingabe ändert den Preis · F2 den Namen · Esc lässt alles, wie es war
products-all-departments = Alle Abteilungen
products-show-all = Alle
products-show-sold = Aktiv
products-show-not-sold = Inaktiv
products-show-any = Egal
products-show-known = Erkannt
products-show-unknown = Noch nicht
products-new = Neue Ware
products-create = Ware anlegen
products-new-hint = Strichcodes, Steuer und Bild kommen danach.
products-import = Einlesen
products-export = Ausgeben
products-labels = Etiketten
products-label = Etikett
products-sku = Artikelnummer (SKU)
products-sku-taken = Diese Nummer ist vergeben.
products-plu = PLU
products-age = Altersgrenze
products-barcode = Strichcode
products-barcodes = Strichcodes, mit Leerzeichen
products-tare = Verpackung in g
products-content = Inhalt
products-tax = Steuer
products-class = Erkannt als
products-no-class = nicht erkannt
products-on-sale = Im Verkauf
products-no-picture = Kein Bild
products-choose-picture = Bild wählen
products-remove-picture = Bild entfernen
products-picture-ask = Wählen Sie ein Bild der Ware
products-close-details = Einzelheiten schließen
products-history = Preise
products-held-from = ab { $time }
products-planned-from = geplant ab { $time }
products-name-bad = Tippen Sie 1 bis 120 Zeichen.
products-tax-bad = Wählen Sie einen Steuersatz aus der Liste.
products-tare-bad = Tippen Sie Gramm, 0 bis 100000.
products-age-bad = Tippen Sie Jahre, 1 bis 99.
products-content-bad = Tippen Sie etwa 500 g oder 1,5 l.
products-import-ask = Waren aus einer Tabelle einlesen (CSV)
products-import-read = Änderungen zeigen
products-import-title = Einlesen von { $file }
products-import-sums = { $added } neu, { $changed } geändert, { $unchanged } wie bisher. Noch ist nichts geändert.
products-import-wrong = { $count ->
    [one] 1 Zeile ist falsch. Berichtigen Sie sie in der Datei, und lesen Sie sie neu ein; nichts wurde geändert.
   *[other] { $count } Zeilen sind falsch. Berichtigen Sie sie in der Datei, und lesen Sie sie neu ein; nichts wurde geändert.
}
products-import-now = { $count ->
    [one] 1 Ware einlesen
   *[other] { $count } Waren einlesen
}
products-import-cancel = Nichts ändern
products-back = Zurück zu den Waren
products-import-new = neu
products-line = Zeile
products-problem = Was falsch ist
products-what-changes = Was sich ändert
products-export-ask = Die gezeigten Waren ausgeben (CSV)
products-labels-ask = { $count ->
    [one] 1 Etikett schreiben (PDF)
   *[other] { $count } Etiketten schreiben (PDF)
}
products-labels-write = PDF schreiben
products-plot-price = Preis in { $currency }
products-plan-from = Neuer Preis ab
products-plan-price = Neuer Preis
products-plan = Planen
products-plan-price-bad = Tippen Sie den Preis in Ziffern.
