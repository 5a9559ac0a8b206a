# The page of trainings. Verbs first, no jargon; say what happened, then what to do.

training-step-photos = Fotografieren
training-step-boxes = Rahmen prüfen
training-step-train = Trainieren
training-step-try = Ausprobieren
training-photos-of = { $product }: { $count } von { $wanted } Fotos
training-no-photos = Noch keine Fotos
training-to-label = { $count ->
    [one] 1 Foto ohne Rahmen
   *[other] { $count } Fotos ohne Rahmen
}
training-labelled = { $count ->
    [one] 1 Foto ist fertig
   *[other] { $count } Fotos sind fertig
}
training-products-to-teach = { $count ->
    [one] 1 Ware zu lernen
   *[other] { $count } Waren zu lernen
}
training-trained = Ein neues Modell ist da
training-candidate-is = { $name } wartet auf Sie
training-no-candidate = Alt und neu nebeneinander
training-ready = Bereit zum Trainieren
training-ready-hint = Die Kasse verkauft derweil weiter, und dort ändert sich nichts, bevor Sie es sagen.
training-not-ready = Noch nicht bereit
training-not-ready-hint = Zuerst tun, was rot markiert ist. Das Übrige macht das Modell besser.
training-start = Jetzt trainieren
training-settings = Wie trainiert wird
training-settings-hint = Die mittleren passen für die meisten Läden.
training-settings-done = Fertig
training-effort = Wie lange es lernt
training-effort-quick = Schneller Versuch
training-effort-usual = Wie üblich
training-effort-thorough = Gründlich, über Nacht
training-hold = Wie fest es an bekannten Waren festhält
training-hold-loose = Locker
training-hold-usual = Wie üblich
training-hold-firm = Fest
training-photos = Lernt aus
training-photos-of-now = Fotos von jetzt
training-photos-of-version = Version { $number }
training-teaching = Lernt: { $name }
training-run-hint = Sie können diese Seite oder die Verwaltung verlassen. Das Training geht weiter.
training-pause = Ruhen lassen
training-resume = Weitermachen
training-cancel = Abbrechen
training-cancel-title = Dieses Training abbrechen?
training-cancel-text = Was es gelernt hat, geht verloren. Das Modell im Einsatz bleibt, wie es ist.
training-again = Nochmal
training-again-named = Nochmal: { $name }
training-history = Frühere Trainings
training-stage-waiting = wartet, bis es dran ist
training-stage-preparing = sieht die Fotos an
training-stage-learning = lernt
training-stage-judging = wird mit dem Modell im Einsatz verglichen
training-stage-resting = ruht
training-stage-done = fertig
training-stage-stopped = abgebrochen
training-stage-failed = konnte nicht weiter
training-left-soon = noch etwa eine Minute
training-left-minutes = noch etwa { $count } Minuten
training-left-hours = noch etwa { $count } Stunden
training-plot-found = Wie gut Waren gefunden werden (mAP), %
training-plot-rounds = Runden
training-plot-loss = Was es noch falsch macht (Verlust)
training-plot-new = auf den Fotos
training-plot-old = bei bekannten Waren
training-plot-minutes = Minuten
training-plots-later = Hier erscheinen Kurven, sobald es lernt.
training-all = alle Waren
training-lack-nothing-new = Noch ist nichts zu lernen. Eine Ware fotografieren und ihre Rahmen prüfen.
training-lack-too-few = { $product } hat nur { $found } Fotos. Mindestens { $more } weitere aufnehmen, von anderen Seiten.
training-lack-few = { $product } hat { $found } Fotos. Mit 30 Fotos wird sie sicherer erkannt.
training-lack-negatives = Kein Foto zeigt die leere Ablage. Einige aufnehmen, damit nichts verkauft wird, wo nichts liegt.
training-lack-judge = Aus allen Fotos wird gelernt; keines bleibt zum Prüfen. An einem anderen Tag noch einige aufnehmen.
training-lack-cutouts = { $product } wurde nie allein auf der Ablage fotografiert und wird so weniger sicher gelernt.
