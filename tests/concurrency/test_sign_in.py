"""Many who sign in at once: no more tries than one after the other, and every link, code and name is taken once."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from inventory import clock
from inventory.access import Actor, Role
from inventory.database import current
from inventory.errors import InventoryError
from inventory.people import accounts, commands, passwords, sign_in
from inventory.people.models import SignIn, User, WebSession
from tests.builders import actor
from tests.concurrency.racing import race

PASSWORD = "kuda benar baterai"
NOW = datetime(2026, 11, 22, 4, 44, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))


@pytest.fixture
def siti(app):
    with app.app_context():
        user_id = accounts.create_user(commands.system_actor(), "Siti", Role.CLERK, "15.03", "siti", PASSWORD)
    return Actor(user_id, Role.CLERK, "15.03")


@pytest.fixture
def at_once(app):
    """`at_once(n, work)` runs `work(number)` in n threads at one instant of the clock; answers what became of each."""

    def start(n, work):
        def one(number):
            with app.app_context(), clock.telling(NOW):
                try:
                    work(number)
                except InventoryError as error:
                    return error.code
            return "done"

        return Counter(race(n, one))

    return start


@pytest.mark.parametrize("login", ["siti", "nobody"])
def test_twenty_wrong_passwords_at_once_are_five_tries(siti, at_once, login):
    answers = at_once(20, lambda n: sign_in.sign_in(login, f"guess {n}", ""))
    assert answers == {"sign_in_wrong": 5, "sign_in_slowed": 15}


def test_among_twenty_guesses_at_once_at_most_five_are_looked_at(siti, at_once, app):
    at_once(5, lambda n: sign_in.sign_in("siti", f"guess {n}", ""))
    assert at_once(20, lambda n: sign_in.sign_in("siti", PASSWORD, "")) == {"sign_in_slowed": 20}
    with app.app_context():
        assert current().scalar(sa.select(sa.func.count()).select_from(WebSession)) == 0


def test_the_right_password_from_many_browsers_at_once_opens_a_session_for_each(siti, at_once, app):
    answers = at_once(5, lambda n: sign_in.sign_in("siti", PASSWORD, ""))
    assert answers == {"done": 5}
    with app.app_context():
        assert current().scalar(sa.select(sa.func.count()).select_from(WebSession)) == 5


def test_a_code_is_taken_once(siti, at_once, app):
    with app.app_context(), clock.telling(NOW):
        accounts.begin_totp(siti, 0)
        secret, _ = accounts.pending_totp(siti, 0)
        accounts.confirm_totp(siti, pyotp.TOTP(secret).at(NOW - timedelta(seconds=30)), 0)
        tokens = [sign_in.sign_in("siti", PASSWORD, "")[0] for _ in range(4)]
        code = pyotp.TOTP(secret).at(NOW)
    answers = at_once(4, lambda n: sign_in.confirm_code(tokens[n], code))
    assert answers == {"done": 1, "code_wrong": 3}


def test_a_link_is_taken_once(siti, at_once, app):
    with app.app_context(), clock.telling(NOW):
        link = accounts.reset(actor("admin", "15"), siti.user_id)
    assert at_once(6, lambda n: accounts.accept(link, f"{PASSWORD} {n}")) == {"done": 1, "invitation_ended": 5}


def test_a_name_is_given_to_one_and_the_others_leave_no_user_behind(app, at_once):
    with app.app_context():
        admin = actor("admin", "15")
    answers = at_once(6, lambda n: accounts.invite(admin, "Budi", Role.CLERK, "15.03", "budi"))
    assert answers == {"done": 1, "login_taken": 5}
    with app.app_context():
        assert current().scalar(sa.select(sa.func.count()).select_from(User).where(User.name == "Budi")) == 1


def test_a_password_that_changes_while_another_signs_in_leaves_no_session_of_the_old_one(siti, at_once, app):
    def work(number):
        if number:
            sign_in.sign_in("siti", PASSWORD, "")
        else:
            accounts.change_password(siti, PASSWORD, "hujan deras di pasar")

    for _ in range(5):
        at_once(4, work)
        with app.app_context(), clock.telling(NOW):
            alive = sa.select(WebSession.id).where(WebSession.revoked_at.is_(None))
            assert current().scalars(alive).all() == []
            kept = current().scalar(sa.select(SignIn.password_hash))
            assert not passwords.fits(PASSWORD, kept)
            accounts.change_password(siti, "hujan deras di pasar", PASSWORD)
