# Die Seite der Rahmen. Verben zuerst, keine Fachwörter; erst sagen, was war, dann, was zu tun ist.

labels-empty = Hierher gehören Fotos mit Rahmen. Zuerst eine Ware fotografieren, dann prüfen, was darauf ist.
labels-take-photos = Fotografieren
labels-reading = Foto wird geöffnet...
labels-gone = Die Datei dieses Fotos liegt nicht mehr auf der Festplatte. Die Rahmen sind noch da. Die Datei zurück in den Fotoordner legen oder das Foto hier löschen.
labels-canvas = Foto: ziehen, um einen Rahmen zu zeichnen
labels-nothing-is-here = Vermerkt: auf diesem Foto ist nichts zu finden
labels-is-deleted = Gelöscht. „Zurückholen“ bringt es wieder.
labels-none-here = Kein Foto passt zu dieser Auswahl.
labels-proposed = Vorschlag { $number }: { $name }
labels-boxes = { $count ->
    [0] kein Rahmen
    [one] 1 Rahmen
   *[other] { $count } Rahmen
}
labels-photo-number = Foto { $number }, { $state }, { $boxes }
labels-corrected = korrigiert
labels-state-new = Neu
labels-state-labelled = Markiert
labels-state-checked = Geprüft
labels-state-ignored = Ausgelassen
labels-all = Alle
labels-every-class = Alle Waren
labels-only-class = Eine Ware zeigen
labels-least-sure = Unsicherste zuerst
labels-deleted = Gelöscht
labels-key-class = Sagen, was im Rahmen ist
labels-key-draw = Über anderen Rahmen zeichnen
labels-key-check = Geprüft, weiter
labels-key-next = Nächstes Foto
labels-key-previous = Foto davor
labels-key-accept = Vorschläge übernehmen
labels-key-propose = Vorschläge holen
labels-key-copy = Rahmen ins nächste Foto
labels-key-nothing = Nichts zu sehen
labels-key-ignore = Foto nicht verwenden
labels-key-tab = Nächsten Rahmen wählen
labels-key-remove = Rahmen entfernen
labels-key-nudge = 1 Pixel verschieben, mit Umschalt 10
labels-key-difficult = Kaum zu sehen: nicht bewerten
labels-key-zoom = Größer, kleiner, ganz; ziehen mit Leertaste
labels-key-undo = Zurück, wiederholen
labels-key-leave = Nichts wählen
labels-what = Was ist im Rahmen?
labels-no-classes = Noch ist keine Ware bekannt. Zuerst eine fotografieren.
labels-class-named = Rahmen ist { $name }
labels-check = Geprüft, weiter
labels-propose = Modell fragen
labels-asking = Wird gefragt...
labels-accept = Übernehmen
labels-nothing-here = Nichts zu sehen
labels-copy = Ins nächste
labels-remove-box = Rahmen weg
labels-ignore = Auslassen
labels-delete = Foto löschen
labels-delete-title = Dieses Foto löschen?
labels-delete-text = Es fehlt dann in allen weiteren Datensätzen. Unter „Gelöscht“ lässt es sich zurückholen.
labels-restore = Zurückholen
labels-no-proposals = Das Modell sieht auf diesem Foto nichts. Rahmen selbst zeichnen.
labels-last-photo = Das war das letzte Foto der Liste.
labels-nothing-to-check = Es gibt keinen Rahmen zu prüfen. Einen zeichnen oder „Nichts zu sehen“ drücken.
