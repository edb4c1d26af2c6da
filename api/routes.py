"""Every feature's routes, under /api/v1."""

from __future__ import annotations

from flask_smorest import Api

from api.blanks.routes import blp as blanks
from api.cards.routes import blp as cards
from api.catalogue.routes import blp as catalogue
from api.coverage.routes import blp as coverage
from api.custody.routes import blp as custody
from api.disposal.routes import blp as disposal
from api.documents.routes import blp as documents
from api.hooks.routes import blp as hooks
from api.intake.routes import blp as intake
from api.loans.routes import blp as loans
from api.notices.routes import blp as notices
from api.offices.routes import blp as offices
from api.opname.routes import blp as opname
from api.outreach.routes import blp as outreach
from api.people.routes import blp as people
from api.planning.routes import blp as planning
from api.printers.routes import blp as printers
from api.printing.routes import blp as printing
from api.queue.routes import blp as queue
from api.recordings.routes import blp as recordings
from api.regions.routes import blp as regions
from api.reports.routes import blp as reports
from api.requests.routes import blp as requests
from api.residents.routes import blp as residents
from api.runs.routes import blp as runs
from api.settlement.routes import blp as settlement
from api.stock.routes import blp as stock
from api.transfers.routes import blp as transfers

FEATURES = (
    regions,
    offices,
    catalogue,
    people,
    stock,
    transfers,
    loans,
    requests,
    outreach,
    coverage,
    planning,
    recordings,
    intake,
    residents,
    printing,
    runs,
    queue,
    printers,
    settlement,
    notices,
    opname,
    custody,
    disposal,
    blanks,
    documents,
    cards,
    hooks,
    reports,
)


def register(api: Api) -> None:
    """Serve them all."""
    for feature in FEATURES:
        api.register_blueprint(feature, url_prefix="/api/v1")
