# The page on which photos are taken.

photos-empty = Hier stehen Fotos von Waren. Legen Sie eine Ware auf die Ablage, und nehmen Sie das erste auf.
