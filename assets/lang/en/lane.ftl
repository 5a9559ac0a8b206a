# English. Verbs first, no jargon; say what happened, then what to do.

## Before a sale
attract-title = Put your items on the tray
attract-touch = or touch the screen to begin
step-put = Put items down
step-check = Check the list
step-pay = Pay

## Scanning
scan-empty = Put your items on the tray
scan-next = Put down the next item, or pay
scan-look = Touch the marked item to choose what it is
scan-waiting = Waiting for the picture
counted = Counted: { $name }
basket-title = Your basket
basket-empty = Nothing here yet
basket-empty-hint = What lies on the tray appears here by itself.
items = { $count ->
    [one] 1 item
   *[other] { $count } items
}
total = Total
tax-line = Includes { $name }: { $amount }
pay = Pay { $total }
pay-empty = Pay
search = Search
enter-number = Enter number
call-help = Call for help
price-each = { $price } each
price-per-kg = { $price } per kg
one-more = One more { $name }
one-fewer = One fewer { $name }
remove = Remove
remove-named = Remove { $name }
box-unsure = Not clear: touch to choose
box-unknown = Not known: touch to choose

## Which item is this
ask-title = Which item is this?
ask-hint = It was not clear. Turn it a little, or choose it here.
something-else = Something else
something-else-hint = Search for it
not-now = Not now

## Panels
close = Close
back = Back
search-title = Search for an item
search-field = Name of the item
search-often = Often bought
search-found = Choose the item
search-none = Nothing is called “{ $text }”. Check the letters, or call for help.
key-space = Space
key-delete = Delete
key-clear = Clear
number-title = Enter the number
number-hint = Type the number on the sticker or under the barcode.
number-field = Number
number-unknown = { $number } is not known here. Check the digits, or search by name.
add-item = Add item
weight-title = Weigh { $name }
weight-hint = Type the weight that the scale shows, in grams.
weight-gross = On the scale
weight-tare = Packaging
weight-net = You pay for
weight-small = Type more than the packaging weighs.
pin-title = Enter the attendant PIN
pin-office = Opens the back office.
pin-resume = Lets the shopper go on.
pin-field = PIN
pin-wrong = This PIN does not match. Try again.
pin-locked = Too many tries. Wait { $seconds } seconds.
pin-few-left = { $count ->
    [0] This PIN does not match. The next wrong try locks the pad.
    [one] This PIN does not match. One more wrong try locks the pad.
   *[other] This PIN does not match. { $count } more wrong tries lock the pad.
}
pin-locked-minutes = Too many tries. Wait { $count } minutes, or ask a manager to unlock.
pin-open = Open
pin-next = Next
pin-choose = Choose a PIN
pin-choose-hint = There is no PIN yet. Choose 4 to 12 digits that staff will know.
pin-repeat = Enter the PIN again
pin-repeat-hint = Type the same digits once more.
pin-different = The two PINs differ. Choose one again.

## Review and payment
review-title = Check your list
review-how = Choose how to pay
review-back = Add more items
pay-stopped = The payment was cancelled
pay-stopped-hint = Nothing was charged. Choose again how to pay.
pay-card = Pay by card
pay-card-hint = Card, phone or watch
pay-attendant = Pay at the attendant
pay-attendant-hint = Cash and vouchers
stage-connecting = Waking the card terminal
stage-connecting-hint = This takes a moment.
stage-present = Hold or insert your card
stage-present-hint = Use the card terminal next to this screen.
stage-pin = Enter your PIN on the terminal
stage-pin-hint = Cover the keys with your hand.
stage-asking = Asking your bank
stage-asking-hint = Leave the card where it is.
stage-approved = Approved
stage-approved-hint = Take your card.
stage-declined = Your bank did not accept the payment
stage-declined-hint = Nothing was charged. Try another card, or pay at the attendant.
stage-timed-out = The terminal did not answer in time
stage-timed-out-hint = Nothing was charged. Try again, or pay at the attendant.
stage-attendant = Pay at the attendant
stage-attendant-hint = Wait here. The attendant comes to you, and your list is kept.
stage-cancelling = Stopping the payment
stage-cancelling-hint = Nothing will be charged.
stage-saving = Writing your receipt
stage-saving-hint = This takes a moment.
cancel-payment = Cancel payment
choose-other = Choose again how to pay
attendant-pin = Attendant: enter PIN

## Receipt
receipt-title = Thank you
receipt-paid = Paid { $total }
receipt-number = Receipt { $number }
receipt-scan = Scan to keep the receipt
receipt-print = Print receipt
receipt-save = Save receipt
receipt-saved = Saved: { $path }
receipt-closes = This screen closes in { $seconds } s
done = Done

## Help
help-title = Help is on the way
help-next = An attendant has been called and comes to you.
help-kept = Your basket is kept. Nothing is lost.
help-asked = You asked for help.
help-age = An item needs a look at your age.
help-payment = The payment needs a look.
help-not-saved = The receipt could not be written yet.
help-machine = A part of this machine has stopped.
help-dismiss = Go on without help

## Time-out and start
idle-title = Are you still there?
idle-text = In { $seconds } seconds your basket is put aside.
idle-more = I need more time
idle-stop = Stop shopping
recovered-title = There is a basket from before
recovered-text = { $items }, { $total }. It was not paid.
recovered-yes = Go on with it
recovered-no = Start a new one

## Notices
camera-missing = No camera was found
camera-missing-text = Connect a camera, or use the demo pictures. Searching and entering numbers works without.
camera-lost = The camera has stopped
camera-lost-text = It is tried again. Until then, search for items or enter their number.
detector-missing = Items are not recognised now
detector-missing-text = Search for items or enter their number. Your basket is kept.
use-demo = Use demo pictures
go-on-without = Go on without

## Staff
staff-figures = { $fps } pictures/s · detection { $detect } ms · counted after { $count } ms · { $model }
figure-head = ms: half below, 95 % below
figure-decode = Decode
figure-look = Look for change
figure-resize = Resize
figure-detect = Detect
figure-track = Track
figure-upload = Make a texture
figure-paint = Paint
figure-all = Camera to screen

## The printed receipt
bill-receipt = Receipt
bill-subtotal = Subtotal
bill-total = Total
bill-tax = VAT
bill-net = net
bill-tare = packaging
bill-card = Card
bill-attendant = Paid at the attendant
bill-refund-of = Refund of receipt { $number }
bill-void-of = Void of receipt { $number }
source-demo = Demo pictures
