# Die Seite, auf der fotografiert wird. Verben zuerst, keine Fachwörter; erst sagen, was war, dann, was zu tun ist.

photos-no-camera = Von der Kamera kommt kein Bild. Das Kabel prüfen.
photos-choose-first = Eine Ware in der Liste wählen.
photos-empty-first = Ablage leeren, dann „Ablage ist leer“ drücken.
photos-keep-empty = Die Ablage einen Moment leer lassen.
photos-camera-moved = Die Kamera wurde bewegt. Ablage leeren und neu fotografieren.
photos-too-dark = Zu dunkel. Mehr Licht machen.
photos-too-bright = Zu hell. Weniger Licht machen.
photos-put-down = Die Ware auf die Ablage legen.
photos-hand-away = Hand wegnehmen oder die Ware in die Mitte legen.
photos-blurred = Unscharf. Still halten oder die Linse putzen.
photos-turn-it = Ein wenig drehen.
photos-unclear = Der Umriss ist nicht klar. Ware verschieben oder den Umriss mit dem Pinsel ausbessern.
photos-good = Gut. Jetzt fotografieren.
photos-check-outline = Stimmt der Umriss? Bestätigen oder mit dem Pinsel ausbessern.
photos-no-outline = Nichts gefunden. Übermalen Sie die Ware, oder verwerfen Sie das Foto.
photos-enough = Genug Fotos von dieser Ware. Weiter mit „Rahmen prüfen“.
photos-no-subject = Keine Ware gewählt
photos-negatives = Nichts von uns
photos-photograph = { $name } fotografieren
photos-search = Ware suchen
photos-count-of = { $count } von { $target } Fotos
photos-take = Fotografieren
photos-turn = 30 Sekunden drehen
photos-stop-turning = Aufhören
photos-seconds-left = { $taken } Fotos gemacht, noch { $seconds } Sekunden. Ware ein wenig drehen, Hand wegnehmen, kurz warten, weiter drehen.
photos-empty-tray = Ablage ist leer
photos-tray-missing = Die leere Ablage ist noch nicht bekannt.
photos-tray-ready = Die leere Ablage ist bekannt. Neu fotografieren, wenn Kamera oder Licht anders sind.
photos-tray-learning = Leere Ablage wird fotografiert: { $done } von { $all }
photos-import = Fotos einlesen
photos-confirm = Bestätigen
photos-discard = Verwerfen
photos-add = Dazu
photos-erase = Weg
photos-smaller = Kleiner
photos-larger = Größer
photos-brush-hint = Über das Foto ziehen, um den Umriss auszubessern. Die rechte Taste macht das Gegenteil.
photos-brush = Foto: ziehen, um den Umriss auszubessern
photos-no-picture = Noch kein Bild. Kamera prüfen oder Fotos einlesen.
photos-sure = { $share } % sicher
photos-no-recent = Hier erscheinen die gemachten Fotos.
photos-importing = Fotos werden eingelesen
photos-imported = Fotos eingelesen
photos-stop-import = Einlesen abbrechen
photos-close-import = Fertig
photos-import-added = { $count ->
    [one] 1 neues Foto
   *[other] { $count } neue Fotos
}
photos-import-same = { $count ->
    [one] 1 ist schon da und wurde ausgelassen
   *[other] { $count } sind schon da und wurden ausgelassen
}
photos-import-alike = { $count ->
    [one] 1 neues Foto sieht fast aus wie eines, das schon da ist
   *[other] { $count } neue Fotos sehen fast aus wie welche, die schon da sind
}
photos-import-refused = { $count ->
    [one] 1 Datei ist nicht brauchbar:
   *[other] { $count } Dateien sind nicht brauchbar:
}
photos-import-yes = Einlesen
