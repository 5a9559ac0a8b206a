# The page of data sets. Verbs first, no jargon; say what happened, then what to do.

datasets-empty = Photos to learn from belong here. Photograph a product first, or bring photos in.
datasets-first-step = Photograph a product
datasets-overview = Overview
datasets-check = Check
datasets-versions = Versions
datasets-bring-in = Bring photos in
datasets-write-out = Write out
datasets-stop = Stop
datasets-looking = Looking photos over: { $done } of { $total }
datasets-importing = Bringing photos in: { $done } of { $total }
datasets-exporting = Writing photos out: { $done } of { $total }
datasets-checking = Checking photos: { $done } of { $total }
datasets-counting = Counting photos: { $done } of { $total }
datasets-close-outcome = Close the message
datasets-count-photos = Photos
datasets-count-new = Not labelled
datasets-count-labelled = Labelled
datasets-count-checked = Checked
datasets-count-nothing = Nothing there
datasets-count-ignored = Left out
datasets-products = Products
datasets-wanted = 30 photos each
datasets-class-counts = { $photos } photos, { $boxes } boxes
datasets-not-counted = Plots appear here as soon as there are boxes.
datasets-boxes-by-class = Boxes of each product
datasets-by-part = Photos and boxes
datasets-boxes = Boxes
datasets-box-sizes = Size of boxes
datasets-boxes-here = { $count ->
    [one] 1 box
   *[other] { $count } boxes
}
datasets-box-side = side of the box, % of the photo
datasets-places = Where boxes lie
datasets-part-learn = Learn
datasets-part-judge = Judge
datasets-part-test = Test
datasets-check-now = Check now
datasets-check-title = See what is wrong before a training.
datasets-check-never = Check all photos once: broken files, boxes that do not fit, look-alikes, products with too few photos.
datasets-check-clean = Nothing is wrong. These photos are ready for a training.
datasets-check-done = Checked at { $time }: { $bad } to mend, { $mild } to look at
datasets-check-stale = Photos changed since { $time }. Check again.
datasets-mend-all = { $count ->
    [one] Mend the one
   *[other] Mend all { $count }
}
datasets-mend = Mend { $count }
datasets-more = and { $count } more
datasets-bring-hint = Choose a folder with photos, also with labels of LabelImg or Pascal VOC, or a COCO file or table. Nothing is changed until you have seen what comes in.
datasets-empty-place = Photos without labels show none of the products
datasets-choose-file = Choose a label file
datasets-choose-folder = Choose a folder
datasets-incoming-title = { $photos } photos with { $boxes } boxes
datasets-incoming-facts = { $nothing } show none of the products. { $unlabelled } have to be looked at and get boxes.
datasets-incoming-classes = New here: { $names }. Give them a price under Products before they are sold.
datasets-take-in = { $count ->
    [one] Take the photo in
   *[other] Take { $count } photos in
}
datasets-write-version = Write version { $number } out
datasets-write-hint = Photos and labels are written into a new folder, for other programs or another shop.
datasets-style-voc = Pascal VOC (XML)
datasets-style-coco = COCO (JSON)
datasets-style-table = Table (CSV)
datasets-plain = Only the eight usual columns
datasets-choose-place = Choose where
datasets-freeze = Freeze a version
datasets-freeze-hint = A frozen version never changes, so that a model can say what it learned from. Photos of one session stay in one part.
datasets-freeze-now = Freeze
datasets-no-versions = No version is frozen yet. Training freezes one by itself.
datasets-version = No. { $number }
datasets-version-counts = { $learn } photos to learn, { $judge } to judge, { $test } to test; { $boxes } boxes
datasets-version-purged = { $count } photos deleted since
datasets-verify = Verify
datasets-verify-version = Verify version { $number }
datasets-sound = unchanged
datasets-not-sound = changed!
datasets-note = What it is for
datasets-note-hint = with pears and plums
datasets-shares = Parts to learn, to judge and to test, in %
datasets-share = { $learn } / { $judge } / { $test }
datasets-checked-only = Only photos that were checked
datasets-imported = { $photos } photos with { $boxes } boxes are here now, { $labelled } got boxes, { $known } were here already.
datasets-imported-none = All { $known } photos were here already. Nothing was changed.
datasets-import-stopped = Stopped after { $photos } photos. Bring the same folder in again to go on.
datasets-exported = { $photos } photos and { $boxes } boxes are in { $folder }
datasets-exported-lost = { $photos } photos could not be read and are missing there.
datasets-mended = { $count ->
    [one] One thing was mended.
   *[other] { $count } things were mended.
} Undo takes it back.
datasets-frozen = Version { $number } is frozen, with { $photos } photos.
datasets-photo-number = photo { $number }
