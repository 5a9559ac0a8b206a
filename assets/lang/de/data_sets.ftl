# The page of data sets. Verbs first, no jargon; say what happened, then what to do.

datasets-empty = Hierher gehören Fotos zum Lernen. Zuerst eine Ware fotografieren, oder Fotos holen.
datasets-first-step = Ware fotografieren
datasets-overview = Übersicht
datasets-check = Prüfen
datasets-versions = Versionen
datasets-bring-in = Fotos holen
datasets-write-out = Ausgeben
datasets-stop = Anhalten
datasets-looking = Fotos werden durchgesehen: { $done } von { $total }
datasets-importing = Fotos werden geholt: { $done } von { $total }
datasets-exporting = Fotos werden ausgegeben: { $done } von { $total }
datasets-checking = Fotos werden geprüft: { $done } von { $total }
datasets-counting = Fotos werden gezählt: { $done } von { $total }
datasets-close-outcome = Meldung schließen
datasets-count-photos = Fotos
datasets-count-new = Ohne Rahmen
datasets-count-labelled = Mit Rahmen
datasets-count-checked = Geprüft
datasets-count-nothing = Nichts da
datasets-count-ignored = Weggelassen
datasets-products = Waren
datasets-wanted = je 30 Fotos
datasets-class-counts = { $photos } Fotos, { $boxes } Rahmen
datasets-not-counted = Hier erscheinen Bilder der Zahlen, sobald es Rahmen gibt.
datasets-boxes-by-class = Rahmen je Ware
datasets-by-part = Fotos und Rahmen
datasets-boxes = Rahmen
datasets-box-sizes = Größe der Rahmen
datasets-boxes-here = { $count ->
    [one] 1 Rahmen
   *[other] { $count } Rahmen
}
datasets-box-side = Seite des Rahmens, % des Fotos
datasets-places = Wo Rahmen liegen
datasets-part-learn = Lernen
datasets-part-judge = Beurteilen
datasets-part-test = Prüfen
datasets-check-now = Jetzt prüfen
datasets-check-title = Vor dem Training sehen, was nicht stimmt.
datasets-check-never = Alle Fotos einmal prüfen: kaputte Dateien, Rahmen, die nicht passen, Doppelte, Waren mit zu wenigen Fotos.
datasets-check-clean = Alles in Ordnung. Diese Fotos sind bereit fürs Training.
datasets-check-done = Um { $time } geprüft: { $bad } zu beheben, { $mild } anzusehen
datasets-check-stale = Seit { $time } haben sich Fotos geändert. Noch einmal prüfen.
datasets-mend-all = { $count ->
    [one] Das eine beheben
   *[other] Alle { $count } beheben
}
datasets-mend = { $count } beheben
datasets-more = und { $count } weitere
datasets-bring-hint = Einen Ordner mit Fotos wählen, auch mit Angaben von LabelImg oder Pascal VOC, oder eine COCO-Datei oder Tabelle. Nichts ändert sich, bevor zu sehen ist, was kommt.
datasets-empty-place = Fotos ohne Angaben zeigen keine der Waren
datasets-choose-file = Datei wählen
datasets-choose-folder = Ordner wählen
datasets-incoming-title = { $photos } Fotos mit { $boxes } Rahmen
datasets-incoming-facts = { $nothing } zeigen keine der Waren. { $unlabelled } müssen angesehen werden und bekommen Rahmen.
datasets-incoming-classes = Neu hier: { $names }. Vor dem Verkauf unter Waren einen Preis geben.
datasets-take-in = { $count ->
    [one] Das Foto übernehmen
   *[other] { $count } Fotos übernehmen
}
datasets-write-version = Version { $number } ausgeben
datasets-write-hint = Fotos und Angaben kommen in einen neuen Ordner, für andere Programme oder eine andere Filiale.
datasets-style-voc = Pascal VOC (XML)
datasets-style-coco = COCO (JSON)
datasets-style-table = Tabelle (CSV)
datasets-plain = Nur die acht üblichen Spalten
datasets-choose-place = Ort wählen
datasets-freeze = Version einfrieren
datasets-freeze-hint = Eine eingefrorene Version ändert sich nie: so kann ein Modell sagen, woraus es gelernt hat. Fotos einer Aufnahme bleiben in einem Teil.
datasets-freeze-now = Einfrieren
datasets-no-versions = Noch ist keine Version eingefroren. Das Training friert selbst eine ein.
datasets-version = Nr. { $number }
datasets-version-counts = { $learn } Fotos zum Lernen, { $judge } zum Beurteilen, { $test } zum Prüfen; { $boxes } Rahmen
datasets-version-purged = { $count } Fotos seither gelöscht
datasets-verify = Nachprüfen
datasets-verify-version = Version { $number } nachprüfen
datasets-sound = unverändert
datasets-not-sound = verändert!
datasets-note = Wofür sie ist
datasets-note-hint = mit Birnen und Pflaumen
datasets-shares = Teile zum Lernen, Beurteilen und Prüfen, in %
datasets-share = { $learn } / { $judge } / { $test }
datasets-checked-only = Nur geprüfte Fotos
datasets-imported = { $photos } Fotos mit { $boxes } Rahmen sind jetzt hier, { $labelled } haben Rahmen bekommen, { $known } waren schon hier.
datasets-imported-none = Alle { $known } Fotos waren schon hier. Nichts wurde geändert.
datasets-import-stopped = Nach { $photos } Fotos angehalten. Denselben Ordner noch einmal holen, um weiterzumachen.
datasets-exported = { $photos } Fotos und { $boxes } Rahmen sind in { $folder }
datasets-exported-lost = { $photos } Fotos waren nicht lesbar und fehlen dort.
datasets-mended = { $count ->
    [one] Eine Sache wurde behoben.
   *[other] { $count } Sachen wurden behoben.
} Rückgängig nimmt es zurück.
datasets-frozen = Version { $number } ist eingefroren, mit { $photos } Fotos.
datasets-photo-number = Foto { $number }
