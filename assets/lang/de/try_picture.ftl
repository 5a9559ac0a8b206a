# Die Seite zum Ausprobieren eines Bildes. Verben zuerst, keine Fachwörter.

try-picture-empty = Ein Bild wählen oder hierher ziehen: dann zeigt sich, was das Modell darauf findet.
try-picture-looking = Das Bild wird angesehen...
try-picture-choose = Bild wählen
try-picture-demo = Beispiel zeigen
try-picture-camera = Von der Kamera nehmen
try-picture-from-camera = Kamera
try-picture-threshold = Zeigen, wenn das Modell mindestens so sicher ist
try-picture-reading = Bild öffnen
try-picture-detecting = Waren finden
try-picture-model = Modell
try-picture-found = { $count ->
    [0] Nichts gefunden
    [one] 1 Ding gefunden
   *[other] { $count } Dinge gefunden
}
try-picture-choose-yes = Ansehen
