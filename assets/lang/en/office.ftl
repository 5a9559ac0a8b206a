# The frame of the back office. Verbs first, no jargon; say what happened, then what to do.

office-products = Products
office-prices = Prices
office-sales = Sales
office-teach = Teach
office-photos = Photograph
office-labels = Check boxes
office-datasets = Data sets
office-train = Train
office-try = Try it
office-models = Models
office-settings = Settings
office-people = People
office-saved = saved { $time }
office-unchanged = nothing changed
office-undo = Undo
office-redo = Redo
office-close = Close back office
office-dismiss = Close the message
office-cancel = Cancel
office-reason = Reason
office-who = { $name }, { $role }
office-role-clerk = clerk
office-role-teacher = teacher
office-role-manager = manager
office-working = Working
office-not-allowed = { $name } may not do this: ask a manager.
