"""What lies on the desks of Jambi's stock rooms besides the day's printing: a shift, a loan, a request, a fire.

All of it is assumed, and none of it changes what an office has: the shift came back whole, the loan and the request
wait for a yes, and the fire for its second person.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from inventory import clock
from inventory.access import Actor, Role
from inventory.custody import commands as custody
from inventory.custody.commands import Issue, Return
from inventory.demo.people import JAKARTA, somebody
from inventory.disposal import commands as disposal
from inventory.disposal.commands import Batch, Withdrawal
from inventory.disposal.rules import DestructionClass
from inventory.loans import commands as loans
from inventory.loans.commands import LoanWish
from inventory.offices.rules import main_store_of
from inventory.printing.run_queries import feeding_run
from inventory.requests import commands as requests
from inventory.requests.commands import RequestWish
from inventory.stock.numbers import Amount

HERE, SHORT, RICH = "15.03", "15.02", "15.71"
SHIFT, WITHDRAWN, BURNED, LENT, ASKED = 40, 14, 9, 60, 500
WITNESSES = (("Ibu Ratna", "Inspektorat Kabupaten"), ("Bapak Hasan", "Satpol PP"))


def play(today: date) -> None:
    """Yesterday's shift, and what waits since."""
    clerk, field, printer = (somebody(role, HERE) for role in (Role.CLERK, Role.FIELD, Role.PRINTER))
    both = (clerk.user_id, field.user_id)
    yesterday = datetime.combine(today - timedelta(days=1), time(8, 0), JAKARTA)
    with clock.telling(yesterday):
        _shift(clerk, printer, both, yesterday)
        _old_cards(clerk, printer, both)
    due = today + timedelta(days=21)
    wish = LoanWish(main_store_of(RICH), main_store_of(SHORT), "blangko", LENT, due, "Sampai kiriman provinsi tiba")
    loans.lend(somebody(Role.CLERK, SHORT), wish)
    need = RequestWish(main_store_of(SHORT), "blangko", ASKED, reason="Persediaan dua pekan")
    requests.ask(somebody(Role.CLERK, SHORT), need)


def _shift(clerk: Actor, printer: Actor, both: tuple[int, int], began: datetime) -> None:
    """Handed out in the morning and given back whole: the printer was being cleaned."""
    hand = Issue(main_store_of(HERE), "blangko", printer.user_id, Amount(SHIFT), SHIFT, both, "Cetak harian")
    session = custody.issue(clerk, hand)
    with clock.telling(began + timedelta(hours=8)):
        custody.close(clerk, session, Return(Amount(SHIFT), both), feeding_run)


def _old_cards(clerk: Actor, printer: Actor, both: tuple[int, int]) -> None:
    """Cards that residents gave back, and a destruction of some of them that nobody has approved yet."""
    store, day = main_store_of(HERE), clock.business_day("Asia/Jakarta")
    disposal.withdraw(printer, Withdrawal(store, DestructionClass.DATA_CHANGE, WITHDRAWN, day))
    witnesses = [{"name": name, "institution": institution} for name, institution in WITNESSES]
    burned = [(DestructionClass.DATA_CHANGE, BURNED)]
    disposal.count(clerk, Batch(store, f"BA/{day:%Y}/1", day, [], burned, witnesses, both))
