"""The features that have pages, one line each."""

from __future__ import annotations

from web.documents import views as documents
from web.home import views as home
from web.notice_board import views as notice_board
from web.pages import Pages
from web.people import administration
from web.people import views as people
from web.stock import views as stock

FEATURES: tuple[Pages, ...] = (
    documents.pages,
    home.pages,
    notice_board.pages,
    people.pages,
    administration.pages,
    stock.pages,
)
