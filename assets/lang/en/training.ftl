# The page of trainings. Verbs first, no jargon; say what happened, then what to do.

training-step-photos = Photograph
training-step-boxes = Check boxes
training-step-train = Train
training-step-try = Try it
training-photos-of = { $product }: { $count } of { $wanted } photos
training-no-photos = No photos yet
training-to-label = { $count ->
    [one] 1 photo without boxes
   *[other] { $count } photos without boxes
}
training-labelled = { $count ->
    [one] 1 photo is ready
   *[other] { $count } photos are ready
}
training-products-to-teach = { $count ->
    [one] 1 product to learn
   *[other] { $count } products to learn
}
training-trained = A new model is there
training-candidate-is = { $name } waits for you
training-no-candidate = Old and new side by side
training-ready = Ready to train
training-ready-hint = The till goes on selling meanwhile, and nothing changes there until you say so.
training-not-ready = Not ready yet
training-not-ready-hint = Do what is marked red first. The rest makes the model better.
training-start = Train now
training-settings = How to train
training-settings-hint = The middle ones suit most shops.
training-settings-done = Done
training-effort = How long it learns
training-effort-quick = Quick try
training-effort-usual = As usual
training-effort-thorough = Thorough, overnight
training-hold = How firmly it holds on to the products it knows
training-hold-loose = Loosely
training-hold-usual = As usual
training-hold-firm = Firmly
training-photos = Learns from
training-photos-of-now = Photos of now
training-photos-of-version = Version { $number }
training-teaching = Learning: { $name }
training-run-hint = You can leave this page, or the back office. The training goes on.
training-pause = Let it rest
training-resume = Go on
training-cancel = Give up
training-cancel-title = Give this training up?
training-cancel-text = What it has learned is lost. The model in use stays as it is.
training-again = Try again
training-again-named = Try again: { $name }
training-history = Earlier trainings
training-stage-waiting = waits for its turn
training-stage-preparing = looks at the photos
training-stage-learning = learns
training-stage-judging = is compared with the model in use
training-stage-resting = rests
training-stage-done = done
training-stage-stopped = given up
training-stage-failed = could not go on
training-left-soon = about a minute left
training-left-minutes = about { $count } minutes left
training-left-hours = about { $count } hours left
training-plot-found = How well products are found (mAP), %
training-plot-rounds = rounds
training-plot-loss = What it still gets wrong (loss)
training-plot-new = on the photos
training-plot-old = on products it knew
training-plot-minutes = minutes
training-plots-later = Curves appear here as soon as it learns.
training-all = all products
training-lack-nothing-new = Nothing is to be learned yet. Photograph a product and check its boxes.
training-lack-too-few = { $product } has only { $found } photos. Take at least { $more } more, from other sides.
training-lack-few = { $product } has { $found } photos. With 30 it would be recognised more surely.
training-lack-negatives = No photo shows the empty tray. Take a few, so that nothing is sold where nothing lies.
training-lack-judge = All photos are learned from; none is left to test with. Take some more on another day.
training-lack-cutouts = { $product } was never photographed alone on the tray. It is learned less surely so.
