# The page on which photos are taken. Verbs first, no jargon; say what happened, then what to do.

photos-empty = Photos of products belong here. Put a product on the tray and take the first.
