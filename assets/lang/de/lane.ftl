# Deutsch. Verben zuerst, keine Fachwörter; sagen, was war, dann, was zu tun ist.

## Vor dem Einkauf
attract-title = Legen Sie Ihre Waren auf die Ablage
attract-touch = oder tippen Sie auf den Bildschirm
step-put = Waren hinlegen
step-check = Liste prüfen
step-pay = Bezahlen

## Erfassen
scan-empty = Legen Sie Ihre Waren auf die Ablage
scan-next = Nächste Ware hinlegen oder bezahlen
scan-look = Tippen Sie auf die markierte Ware und wählen Sie
scan-waiting = Das Bild kommt gleich
counted = Gezählt: { $name }
basket-title = Ihr Warenkorb
basket-empty = Noch nichts da
basket-empty-hint = Was auf der Ablage liegt, erscheint hier von selbst.
items = { $count ->
    [one] 1 Artikel
   *[other] { $count } Artikel
}
total = Summe
tax-line = Darin { $name }: { $amount }
pay = { $total } bezahlen
pay-empty = Bezahlen
search = Suchen
enter-number = Nummer eingeben
call-help = Hilfe rufen
price-each = { $price } je Stück
price-per-kg = { $price } je kg
one-more = Eins mehr: { $name }
one-fewer = Eins weniger: { $name }
remove = Entfernen
remove-named = Entfernen: { $name }
box-unsure = Nicht klar: antippen und wählen
box-unknown = Unbekannt: antippen und wählen

## Welche Ware ist das
ask-title = Welche Ware ist das?
ask-hint = Sie war nicht klar zu sehen. Drehen Sie sie etwas, oder wählen Sie hier.
something-else = Etwas anderes
something-else-hint = Danach suchen
not-now = Jetzt nicht

## Eingaben
close = Schließen
back = Zurück
search-title = Ware suchen
search-field = Name der Ware
search-often = Oft gekauft
search-found = Wählen Sie die Ware
search-none = Nichts heißt „{ $text }“. Prüfen Sie die Buchstaben, oder rufen Sie Hilfe.
key-space = Leerzeichen
key-delete = Löschen
key-clear = Alles löschen
number-title = Nummer eingeben
number-hint = Tippen Sie die Nummer vom Aufkleber oder unter dem Strichcode.
number-field = Nummer
number-unknown = { $number } ist hier nicht bekannt. Prüfen Sie die Ziffern, oder suchen Sie nach dem Namen.
add-item = Ware hinzufügen
weight-title = { $name } wiegen
weight-hint = Tippen Sie das Gewicht ein, das die Waage zeigt, in Gramm.
weight-gross = Auf der Waage
weight-tare = Verpackung
weight-net = Sie bezahlen
weight-small = Tippen Sie mehr ein, als die Verpackung wiegt.
pin-title = PIN der Aufsicht eingeben
pin-office = Öffnet die Verwaltung.
pin-resume = Lässt den Einkauf weitergehen.
pin-field = PIN
pin-wrong = Diese PIN passt nicht. Versuchen Sie es noch einmal.
pin-locked = Zu viele Versuche. Warten Sie { $seconds } Sekunden.
pin-few-left = { $count ->
    [0] Diese PIN stimmt nicht. Der nächste falsche Versuch sperrt die Eingabe.
    [one] Diese PIN stimmt nicht. Noch ein falscher Versuch sperrt die Eingabe.
   *[other] Diese PIN stimmt nicht. Noch { $count } falsche Versuche sperren die Eingabe.
}
pin-locked-minutes = Zu viele Versuche. Warten Sie { $count } Minuten, oder lassen Sie die Leitung entsperren.
pin-open = Öffnen
pin-next = Weiter
pin-choose = PIN wählen
pin-choose-hint = Es gibt noch keine PIN. Wählen Sie 4 bis 12 Ziffern, die das Personal kennt.
pin-repeat = PIN wiederholen
pin-repeat-hint = Geben Sie dieselben Ziffern noch einmal ein.
pin-different = Die beiden PINs sind verschieden. Wählen Sie noch einmal.

## Prüfen und bezahlen
review-title = Prüfen Sie Ihre Liste
review-how = Wählen Sie, wie Sie bezahlen
review-back = Weitere Waren hinlegen
pay-stopped = Die Zahlung wurde abgebrochen
pay-stopped-hint = Es wurde nichts abgebucht. Wählen Sie neu, wie Sie bezahlen.
pay-card = Mit Karte bezahlen
pay-card-hint = Karte, Telefon oder Uhr
pay-attendant = Beim Personal bezahlen
pay-attendant-hint = Bargeld und Gutscheine
stage-connecting = Das Kartengerät wird geweckt
stage-connecting-hint = Das dauert einen Augenblick.
stage-present = Karte vorhalten oder einstecken
stage-present-hint = Nehmen Sie das Kartengerät neben diesem Bildschirm.
stage-pin = PIN am Kartengerät eingeben
stage-pin-hint = Verdecken Sie die Tasten mit der Hand.
stage-asking = Ihre Bank wird gefragt
stage-asking-hint = Lassen Sie die Karte, wo sie ist.
stage-approved = Genehmigt
stage-approved-hint = Nehmen Sie Ihre Karte.
stage-declined = Ihre Bank hat die Zahlung nicht angenommen
stage-declined-hint = Es wurde nichts abgebucht. Nehmen Sie eine andere Karte, oder bezahlen Sie beim Personal.
stage-timed-out = Das Kartengerät hat nicht rechtzeitig geantwortet
stage-timed-out-hint = Es wurde nichts abgebucht. Versuchen Sie es noch einmal, oder bezahlen Sie beim Personal.
stage-attendant = Beim Personal bezahlen
stage-attendant-hint = Warten Sie hier. Das Personal kommt zu Ihnen, Ihre Liste bleibt erhalten.
stage-cancelling = Die Zahlung wird abgebrochen
stage-cancelling-hint = Es wird nichts abgebucht.
stage-saving = Ihr Bon wird geschrieben
stage-saving-hint = Das dauert einen Augenblick.
cancel-payment = Zahlung abbrechen
choose-other = Neu wählen, wie Sie bezahlen
attendant-pin = Personal: PIN eingeben

## Bon
receipt-title = Vielen Dank
receipt-paid = Bezahlt: { $total }
receipt-number = Bon { $number }
receipt-scan = Scannen und Bon mitnehmen
receipt-print = Bon drucken
receipt-save = Bon speichern
receipt-saved = Gespeichert: { $path }
receipt-closes = Dieser Bildschirm schließt in { $seconds } s
done = Fertig

## Hilfe
help-title = Hilfe kommt
help-next = Das Personal ist gerufen und kommt zu Ihnen.
help-kept = Ihr Warenkorb bleibt erhalten. Nichts geht verloren.
help-asked = Sie haben um Hilfe gebeten.
help-age = Für eine Ware muss Ihr Alter geprüft werden.
help-payment = Die Zahlung muss geprüft werden.
help-not-saved = Der Bon konnte noch nicht geschrieben werden.
help-machine = Ein Teil dieser Kasse ist stehen geblieben.
help-dismiss = Ohne Hilfe weiter

## Wartezeit und Anfang
idle-title = Sind Sie noch da?
idle-text = In { $seconds } Sekunden wird Ihr Warenkorb weggelegt.
idle-more = Ich brauche mehr Zeit
idle-stop = Einkauf beenden
recovered-title = Es gibt noch einen Warenkorb
recovered-text = { $items }, { $total }. Er wurde nicht bezahlt.
recovered-yes = Damit weitermachen
recovered-no = Neu anfangen

## Hinweise
camera-missing = Keine Kamera gefunden
camera-missing-text = Schließen Sie eine Kamera an, oder nehmen Sie die Beispielbilder. Suchen und Nummern eingeben geht auch ohne.
camera-lost = Die Kamera ist stehen geblieben
camera-lost-text = Es wird weiter versucht. Suchen Sie bis dahin nach Waren, oder geben Sie ihre Nummer ein.
detector-missing = Waren werden gerade nicht erkannt
detector-missing-text = Suchen Sie nach Waren, oder geben Sie ihre Nummer ein. Ihr Warenkorb bleibt erhalten.
use-demo = Beispielbilder nehmen
go-on-without = Ohne weitermachen

## Personal
staff-figures = { $fps } Bilder/s · Erkennung { $detect } ms · gezählt nach { $count } ms · { $model }
figure-head = ms: Hälfte darunter, 95 % darunter
figure-decode = Dekodieren
figure-look = Änderung suchen
figure-resize = Verkleinern
figure-detect = Erkennen
figure-track = Verfolgen
figure-upload = Textur anlegen
figure-paint = Malen
figure-all = Kamera bis Bildschirm

## Der gedruckte Bon
bill-receipt = Bon
bill-subtotal = Zwischensumme
bill-total = Summe
bill-tax = MwSt
bill-net = netto
bill-tare = Verpackung
bill-card = Karte
bill-attendant = Beim Personal bezahlt
bill-refund-of = Rückgabe zu Bon { $number }
bill-void-of = Storno von Bon { $number }
source-demo = Demobilder
