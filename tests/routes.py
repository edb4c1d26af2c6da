"""Which routes may be open, may change without more than reading, or take no key: each by name, with why."""

from __future__ import annotations

from api import auth
from web import signing

# POSTs that work without an Idempotency-Key, each with why repeating it is harmless.
KEY_OPTIONAL = {
    "coverage.report": "one report a region, day and source: a second one is refused",
    "coverage.set_target": "one target a region and day: a second one is refused",
    "disposal.cancel": "no stock moves, and twice is refused",
    "disposal.correct_withdrawn": "the same figure again changes nothing",
    "transfers.approve": "no stock moves, and twice is refused",
    "transfers.refuse": "no stock moves, and twice is refused",
    "transfers.redirect": "no stock moves, and the same address again changes nothing",
    "requests.lift": "no stock moves, and twice is refused",
    "requests.cancel": "no stock moves, and twice is refused",
    "offices.open_office": "the code is the identity: a second one is refused",
    "offices.open_store": "the code is the identity: a second one is refused",
    "items.add_item": "the code is the identity: a second one is refused",
    "outreach.add_stop": "no stock and no document; a key is kept to where one is sent",
    "outreach.add_member": "a user is a member or not: a second time changes nothing",
    "outreach.extend": "no stock and no document; a key is kept to where one is sent",
    "hooks.add_webhook": "no stock moves; its secret is shown once: a replay could not show it again",
    "hooks.replay": "no stock moves, and the same position again changes nothing",
    "hooks.retry_dead_letter": "no stock moves, and what was told is refused",
    "printing.open_job": "no stock moves, and twice is refused",
    "printers.add_printer": "a store's printers have different names: a second one is refused",
    "stock.confirm_loss": "no stock moves, and twice is refused",
    "runs.report_stages": "no stock moves, and the same stage again changes nothing",
    "printing.cancel_job": "no stock moves, and twice is refused",
    "queue.note_appeared": "no stock and no document: who came before changes nothing",
    "queue.simulate": "it changes nothing",
    "intake.bring_in": "the same file again changes nothing",
    "intake.preview": "nothing is kept",
    "residents.reveal": "nothing is made or moved; every look is on record, a repeated one too",
    "residents.export": "nothing is made or moved; every look is on record, a repeated one too",
    "residents.purge": "who was forgotten stays so: a second time finds nobody",
    "recordings.record": "client ids are the identity: a line known already changes nothing",
    "recordings.report": "a status known already changes nothing",
    "opname.cancel": "no stock moves, and twice is refused",
    "people.add_user": "no document and no stock",
    "people.activate_user": "no document and no stock: twice changes nothing",
    "people.deactivate_user": "no document and no stock: twice changes nothing",
    "people.issue_token": "a token is shown once: a replay could not show it again",
}
OPEN = auth.OPEN_ENDPOINTS | signing.OPEN_PAGES
# What anybody may do without being signed in.
OPEN_AND_CHANGING = {
    "home_pages.set_language": "a cookie of one's own browser",
    "people_pages.begin": "signing in",
    "people_pages.accept_invitation": "the link of an invitation is what lets one choose a password, once",
}
# What whoever is signed in may change: what is their own.
OWN = {
    "people_pages.sign_out": "one's own session",
    "people_pages.confirm_code": "one's own session",
    "people_pages.end_session": "one's own sessions",
    "people_pages.change_password": "one's own password",
    "people_pages.begin_second_factor": "one's own second factor",
    "people_pages.set_second_factor": "one's own second factor",
    "people_pages.drop_second_factor": "one's own second factor",
}
# What changes nothing and is sent as a form: what is asked may be a person's number, and stays out of the address.
ASKED = {
    "blanks_pages.look": "a number that was scanned or typed",
    "blanks_pages.scanned": "a number that was scanned",
}
