# The page of settings.

settings-empty = Hier stehen die Einstellungen von Laden und Kasse.
