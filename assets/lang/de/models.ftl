# The page of models.

models-empty = Hier stehen angelernte Modelle. Im Einsatz ist das mitgelieferte.
