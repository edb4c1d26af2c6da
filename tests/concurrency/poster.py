"""A process of its own that posts stock work until it is done, or killed: URL STORE NAME VERB QUANTITY TIMES.

It says one line a posting, after the command has returned: the movement's id, or `refused`. TIMES 0 means for ever.
"""

from __future__ import annotations

import itertools
import sys
from datetime import date

from api.app import create_app
from inventory.retries import Once
from inventory.stock import commands
from inventory.stock.commands import Arrival, Taking
from inventory.stock.numbers import Amount
from inventory.stock.rules import ReceiptSource, SpoilReason, StockInsufficient
from tests.builders import actor, settings_for


def say(word: object) -> None:
    """Tell the parent, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def main(url: str, store: str, name: str, verb: str, quantity: int, times: int) -> None:
    """Post one after the other, each with the key NAME-1, NAME-2 and so on."""
    with create_app(settings_for(url)).app_context():
        clerk = actor("clerk", "15.03")
        say("ready")
        sys.stdin.readline()  # all start together
        for number in itertools.count(1):
            if times and number > times:
                return
            once = Once(clerk.user_id, "/test", f"{name}-{number}", b"")
            try:
                if verb == "spoil":
                    made = commands.spoil(clerk, Taking(store, "blangko", Amount(quantity)), SpoilReason.DAMAGED, once)
                else:
                    came = Arrival(store, "blangko", Amount(quantity), ReceiptSource.MINISTRY, "SJ/1", date(2026, 1, 5))
                    made = commands.receive(clerk, came, once)
                say(made)
            except StockInsufficient:
                say("refused")


if __name__ == "__main__":
    main(*sys.argv[1:5], *map(int, sys.argv[5:7]))
