"""The features that have pages, one line each."""

from __future__ import annotations

from web.catalogue import views as catalogue
from web.documents import views as documents
from web.home import views as home
from web.hooks import views as hooks
from web.notice_board import views as notice_board
from web.offices import views as offices
from web.outreach import support as outreach
from web.pages import Pages
from web.people import administration
from web.people import views as people
from web.settlement import views as settlement
from web.stock import views as stock
from web.transfers import views as transfers

FEATURES: tuple[Pages, ...] = (
    offices.pages,
    hooks.pages,
    catalogue.pages,
    documents.pages,
    home.pages,
    notice_board.pages,
    outreach.pages,
    people.pages,
    settlement.pages,
    administration.pages,
    stock.pages,
    transfers.pages,
)
