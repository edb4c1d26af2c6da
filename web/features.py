"""The features that have pages, one line each."""

from __future__ import annotations

from web.blanks import views as blanks
from web.cards import views as cards
from web.catalogue import views as catalogue
from web.coverage import views as coverage
from web.custody import views as custody
from web.disposal import views as disposal
from web.documents import views as documents
from web.handover import views as handover
from web.home import views as home
from web.hooks import views as hooks
from web.intake import views as intake
from web.loans import views as loans
from web.movements import views as movements
from web.notice_board import views as notice_board
from web.notices import views as notices
from web.offices import views as offices
from web.opname import views as opname
from web.outreach import support as outreach
from web.pages import Pages
from web.people import administration
from web.people import views as people
from web.planning import allocation
from web.planning import views as planning
from web.policies import views as policies
from web.printers import views as printers
from web.printing import views as printing
from web.queue import views as queue
from web.recordings import one as recordings
from web.reports import views as reports
from web.requests import views as requests
from web.residents import views as residents
from web.runs import views as runs
from web.seals import views as seals
from web.settlement import views as settlement
from web.stock import views as stock
from web.transfers import views as transfers

FEATURES: tuple[Pages, ...] = (
    offices.pages,
    hooks.pages,
    catalogue.pages,
    blanks.pages,
    documents.pages,
    home.pages,
    intake.pages,
    notice_board.pages,
    outreach.pages,
    movements.pages,
    opname.pages,
    people.pages,
    settlement.pages,
    administration.pages,
    printers.pages,
    reports.pages,
    policies.pages,
    recordings.pages,
    residents.pages,
    seals.pages,
    stock.pages,
    custody.pages,
    disposal.pages,
    loans.pages,
    requests.pages,
    transfers.pages,
    queue.pages,
    printing.pages,
    runs.pages,
    handover.pages,
    cards.pages,
    coverage.pages,
    planning.pages,
    allocation.pages,
    notices.pages,
)
