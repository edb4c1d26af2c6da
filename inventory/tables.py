"""Every table of the project, imported once so that the metadata is whole."""

from __future__ import annotations

from inventory import access, audit, marks, outbox, retries
from inventory.catalogue import models as catalogue
from inventory.coverage import models as coverage
from inventory.custody import models as custody
from inventory.database import Base
from inventory.disposal import models as disposal
from inventory.documents import models as documents
from inventory.hooks import models as hooks
from inventory.intake import models as intake
from inventory.loans import models as loans
from inventory.notice_board import models as notice_board
from inventory.notices import models as notices
from inventory.offices import models as offices
from inventory.opname import models as opname
from inventory.outreach import models as outreach
from inventory.people import models as people
from inventory.printing import models as printing
from inventory.queue import models as queue
from inventory.recordings import models as recordings
from inventory.regions import models as regions
from inventory.reports import models as reports
from inventory.requests import models as requests
from inventory.residents import models as residents
from inventory.seals import models as seals
from inventory.settlement import models as settlement
from inventory.stock import models as stock
from inventory.transfers import models as transfers

MODULES = (
    access, audit, marks, outbox, retries,
    regions, offices, catalogue, people, notices, stock, custody, transfers, outreach, recordings, printing, settlement,
    coverage, intake, opname, disposal, loans, requests, residents, documents, seals, reports, queue, hooks,
    notice_board,
)  # fmt: skip
metadata = Base.metadata
