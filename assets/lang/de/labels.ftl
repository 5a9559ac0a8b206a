# The page on which boxes are checked.

labels-empty = Hier stehen Fotos zum Prüfen. Nehmen Sie zuerst Fotos auf, oder lesen Sie welche ein.
