# The page of trainings.

training-empty = Hier stehen Trainings. Nehmen Sie zuerst etwa 30 Fotos einer Ware auf, und prüfen Sie sie.
