"""S3: the gotong royong of Sarolangun, Jambi (15.03), 4 and 5 April 2019; and the same once more, soon.

Published: 6,000 blanks from the province, 5,000 in Sarolangun; about 17,000 people as the target; five kecamatan, two days,
08:00 to 16:00; staff of eleven regencies and cities; coverage 96.54 % against 98 %, Sarolangun 86 %; work goes on until
the day before the election. Turnout: 27 % of target, as another week-long campaign saw. Spoilage: 0.9 %, as in one city.
Assumed: ten kits a stop, five minutes a recording, ribbons and film, and that forty cards were not collected.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from inventory import clock
from inventory.access import Action, Actor, Role
from inventory.coverage import commands as coverage
from inventory.coverage.rules import Said
from inventory.demo.people import JAKARTA, at, made_up_nik, somebody
from inventory.outreach import commands as outreach
from inventory.outreach.rules import EventKind, EventPlan, StopKind, StopPlan
from inventory.people.commands import system_actor, user_at
from inventory.printing import commands as printing
from inventory.recordings import commands as recordings
from inventory.recordings.rules import NewRecording, PrintReason, ReportedStatus, Spot
from inventory.settlement import commands as settlement
from inventory.stock import commands as stock
from inventory.stock.commands import Arrival
from inventory.stock.rules import ReceiptSource, SpoilReason
from inventory.transfers import commands as transfers

ZONE = "Asia/Jakarta"
PROVINCE, HOST = "15", "15.03"
KECAMATAN = {
    "15.03.07": "Air Hitam",
    "15.03.04": "Pauh",
    "15.03.06": "Mandiangin",
    "15.03.03": "Sarolangun",
    "15.03.09": "Singkut",
}
NEIGHBOURS = ("15.01", "15.02", "15.04", "15.05", "15.06", "15.07", "15.08", "15.09", "15.71", "15.72")
FROM_PROVINCE, FROM_HOST, TARGET = 6_000, 5_000, 17_000
RIBBONS, FILMS = 24, 12
TURNOUT = 0.27
SPOILED_EVERY = 111  # 0.9 %
UNCOLLECTED = 40
JOB = 500
