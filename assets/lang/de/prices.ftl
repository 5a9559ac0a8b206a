# The page of planned and changed prices.

prices-empty = Hier stehen geplante Preise.
