# The page of products.

products-search = Waren suchen
products-count = { $count ->
    [one] 1 Ware
   *[other] { $count } Waren
}
products-none = Keine Ware passt zu „{ $text }“. Leeren Sie die Suche, um alle zu sehen.
products-empty = Hier stehen die Waren. Lesen Sie sie aus einer Tabelle ein: tillsight catalog import DATEI.
products-name = Name
products-number = Nummer
products-department = Abteilung
products-unit = Verkauf
products-unit-each = je Stück
products-unit-kg = je kg
products-price = Preis
products-price-of = Preis von { $name }
products-price-bad = Tippen Sie einen Preis wie { $example }.
products-not-sold = zurzeit nicht im Verkauf
products-keys = / sucht · Pfeiltasten bewegen · Eingabe ändert und speichert · Esc lässt den Preis, wie er war
