"""The five reference scenarios, told through the same commands that everybody uses, from their published figures.

What no report published (kits a stop, minutes a recording, ribbons, names and NIKs) is assumed, and said so in its
place. Past years are played in their own order by telling the clock.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from inventory import clock, marks
from inventory.database import current, transaction
from inventory.demo import desk, jember, people, rejang_lebong, sarolangun, today, trenggalek
from inventory.stock.models import Movement

DAYS_AHEAD = 12
WHOLE = "S1 to S5"


def load() -> str:
    """Load the scenarios into a database without a movement; answers one line that says what was done."""
    mark = marks.demo_mark()
    if mark == WHOLE:
        people.add_users()
        return "The demo is loaded already."
    if mark is not None:
        return "A demo broke off while it was loaded: start again with an empty database."
    if current().scalar(sa.select(Movement.id).limit(1)) is not None:
        return "This database has movements of its own: the demo stays out of it."
    with transaction() as session:
        marks.mark_demo(session, "loading")
    people.add_users()  # first, so that what is told was done by them
    trenggalek.play()
    sarolangun.play_2019()
    jember.play_2020()
    jember.play_2024()
    rejang_lebong.play()
    day = clock.business_day(sarolangun.ZONE)
    sarolangun.plan_next(day + timedelta(days=DAYS_AHEAD))
    today.play(day)
    desk.play(day)
    with transaction() as session:
        marks.mark_demo(session, WHOLE)
    return "Loaded the scenarios S1 to S5, and Sarolangun once more, twelve days ahead."
