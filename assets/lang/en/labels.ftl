# The page of boxes. Verbs first, no jargon; say what happened, then what to do.

labels-empty = Photos with boxes belong here. Take photos of a product first; then check what is on them.
labels-take-photos = Take photos
labels-reading = Opening the photo...
labels-gone = The file of this photo is no longer on the disk. Its boxes are kept. Put the file back into the folder of photos, or delete the photo here.
labels-canvas = Photo: drag to draw a box
labels-nothing-is-here = Marked: nothing to find on this photo
labels-is-deleted = Deleted. Press Restore to bring it back.
labels-none-here = No photo fits this choice.
labels-proposed = Proposal { $number }: { $name }
labels-boxes = { $count ->
    [0] no box
    [one] 1 box
   *[other] { $count } boxes
}
labels-photo-number = Photo { $number }, { $state }, { $boxes }
labels-corrected = corrected
labels-state-new = New
labels-state-labelled = Labelled
labels-state-checked = Checked
labels-state-ignored = Ignored
labels-all = All
labels-every-class = Every product
labels-only-class = Show one product
labels-least-sure = Least sure first
labels-deleted = Deleted
labels-key-class = Say what is in the box
labels-key-draw = Draw over other boxes
labels-key-check = Check and go on
labels-key-next = Next photo
labels-key-previous = Photo before
labels-key-accept = Take the proposals over
labels-key-propose = Ask for proposals
labels-key-copy = Copy boxes to the next photo
labels-key-nothing = Nothing here
labels-key-ignore = Do not use this photo
labels-key-tab = Choose the next box
labels-key-remove = Remove the box
labels-key-nudge = Move by 1 pixel, with Shift by 10
labels-key-difficult = Hard to see: leave it out of judging
labels-key-zoom = Larger, smaller, whole photo; drag with Space held
labels-key-undo = Undo, redo
labels-key-leave = Choose nothing
labels-what = What is in the box?
labels-no-classes = No product is known yet. Take photos of one first.
labels-class-named = Box is { $name }
labels-check = Check, next
labels-propose = Ask model
labels-asking = Asking...
labels-accept = Take over
labels-nothing-here = Nothing here
labels-copy = Copy to next
labels-remove-box = Remove box
labels-ignore = Ignore
labels-delete = Delete photo
labels-delete-title = Delete this photo?
labels-delete-text = It is left out of all further data sets. You can bring it back under "Deleted".
labels-restore = Restore
labels-no-proposals = The model sees nothing on this photo. Draw the boxes yourself.
labels-last-photo = This was the last photo of the list.
labels-nothing-to-check = There is no box to check. Draw one, or press "Nothing here".
