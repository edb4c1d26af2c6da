"""The features that have pages, one line each."""

from __future__ import annotations

from web.documents import views as documents
from web.home import views as home
from web.pages import Pages
from web.people import views as people
from web.stock import views as stock

FEATURES: tuple[Pages, ...] = (
    documents.pages,
    home.pages,
    people.pages,
    stock.pages,
)
