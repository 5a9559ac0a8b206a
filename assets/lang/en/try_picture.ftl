# The page of a picture to try. Verbs first, no jargon; say what happened, then what to do.

try-picture-empty = Choose a picture, or drop one here, to see what the model finds on it.
try-picture-looking = Looking at the picture...
try-picture-choose = Choose a picture
try-picture-demo = Show an example
try-picture-camera = Take it from the camera
try-picture-from-camera = Camera
try-picture-threshold = Show what the model is at least this sure of
try-picture-reading = Opening the picture
try-picture-detecting = Finding the products
try-picture-model = Model
try-picture-found = { $count ->
    [0] Nothing found
    [one] 1 thing found
   *[other] { $count } things found
}
try-picture-choose-yes = Look at it
