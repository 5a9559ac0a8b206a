# The page on which a picture is tried.

try-empty = Hier steht ein Bild, mit dem, was darin gefunden wird.
