# The frame of the back office.

office-products = Waren
office-prices = Preise
office-sales = Verkäufe
office-teach = Anlernen
office-photos = Fotografieren
office-labels = Rahmen prüfen
office-datasets = Datensätze
office-train = Trainieren
office-try = Ausprobieren
office-models = Modelle
office-settings = Einstellungen
office-people = Personal
office-saved = gespeichert { $time }
office-unchanged = nichts geändert
office-undo = Rückgängig
office-redo = Wiederholen
office-close = Verwaltung schließen
office-dismiss = Meldung schließen
office-cancel = Abbrechen
office-reason = Grund
office-who = { $name }, { $role }
office-role-clerk = Kasse
office-role-teacher = Anlernen
office-role-manager = Leitung
office-working = Läuft
office-not-allowed = { $name } darf das nicht: Fragen Sie die Leitung.
