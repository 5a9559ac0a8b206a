# The page on which photos are taken. Verbs first, no jargon; say what happened, then what to do.

photos-no-camera = No picture comes from the camera. Check its cable.
photos-choose-first = Choose a product on the list.
photos-empty-first = Empty the tray, then press "Tray is empty".
photos-keep-empty = Keep the tray empty for a moment.
photos-camera-moved = The camera has moved. Empty the tray and photograph it again.
photos-too-dark = Too dark. Switch on more light.
photos-too-bright = Too bright. Take some light away.
photos-put-down = Put the product on the tray.
photos-hand-away = Take your hand away, or move the product to the middle.
photos-blurred = Blurred. Hold still, or clean the lens.
photos-turn-it = Turn it a little.
photos-unclear = The outline is not clear. Move the product, or mend the outline with the brush.
photos-good = Good. Take the photo.
photos-check-outline = Is the outline right? Confirm, or mend it with the brush.
photos-no-outline = Nothing was found. Paint over the product, or throw the photo away.
photos-enough = Enough photos of this product. Go on to "Check boxes".
photos-no-subject = No product chosen
photos-negatives = Nothing of ours
photos-photograph = Photograph { $name }
photos-search = Search a product
photos-count-of = { $count } of { $target } photos
photos-take = Take photo
photos-turn = Turn it for 30 seconds
photos-stop-turning = Stop
photos-seconds-left = { $taken } photos taken, { $seconds } seconds left. Turn the product a little, take your hand away, wait a moment, turn it again.
photos-empty-tray = Tray is empty
photos-tray-missing = The empty tray is not known yet.
photos-tray-ready = The empty tray is known. Photograph it again when camera or light have changed.
photos-tray-learning = Photographing the empty tray: { $done } of { $all }
photos-import = Import photos
photos-confirm = Confirm
photos-discard = Throw away
photos-add = Add
photos-erase = Erase
photos-smaller = Smaller
photos-larger = Larger
photos-brush-hint = Drag over the photo to mend the outline. The right button does the opposite.
photos-brush = Photo: drag to mend the outline
photos-no-picture = No picture yet. Check the camera, or import photos.
photos-sure = { $share } % sure
photos-no-recent = The photos you take appear here.
photos-importing = Importing photos
photos-imported = Photos imported
photos-stop-import = Stop import
photos-close-import = Done
photos-import-added = { $count ->
    [one] 1 new photo
   *[other] { $count } new photos
}
photos-import-same = { $count ->
    [one] 1 is here already and was left out
   *[other] { $count } are here already and were left out
}
photos-import-alike = { $count ->
    [one] 1 new photo looks almost like one that is here
   *[other] { $count } new photos look almost like ones that are here
}
photos-import-refused = { $count ->
    [one] 1 file could not be used:
   *[other] { $count } files could not be used:
}
photos-import-yes = Import
