"""Signing in, wrong tries, and sessions, through the commands, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from inventory.access import Role
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.errors import NotPermitted
from inventory.people import accounts, commands, passwords, sessions, sign_in
from inventory.people.models import FailedSignIn, Invitation, SignIn, WebSession
from inventory.people.queries import UserNotFound
from inventory.people.rules import Language, SignInSlowed, SignInWrong
from inventory.people.sessions import SessionNotFound
from tests.accounts import CHROME, PASSWORD, START, at, done_by, enter, fail, made
from tests.builders import actor

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def person(context):
    """`person(login, role, office)` is somebody with the usual password."""
    return made


def test_who_signs_in_is_known_by_the_session_until_signing_out(person):
    who = person()
    token, needs_code = sign_in.sign_in(" Siti ", PASSWORD, CHROME)
    signed = sign_in.actor_of_session(token)
    assert (signed.actor, needs_code, signed.needs_code, signed.needs_set_up) == (who, False, False, False)
    assert (signed.login, signed.name, signed.language) == ("siti", "Siti", Language.ID)
    assert (signed.office_name, signed.time_zone) == ("Dinas Dukcapil Kabupaten Sarolangun", "Asia/Jakarta")
    sign_in.sign_out(token)
    assert sign_in.actor_of_session(token) is None
    sign_in.sign_out(token)
    assert done_by(who) == ["sign_in", "sign_out"]


def test_the_session_of_a_request_is_one_statement(person, statements):
    person()
    token = enter()
    current().rollback()
    with statements.within(1):
        assert sign_in.actor_of_session(token) is not None


@pytest.mark.parametrize("token", ["", "x", "blk_" + "a" * 40, "\0"])
def test_a_token_that_nobody_was_given_is_nobody(person, token):
    person()
    enter()
    assert sign_in.actor_of_session(token) is None
    sign_in.sign_out(token)


def test_neither_token_nor_password_nor_link_is_kept(person):
    person()
    token = enter()
    _, link = accounts.invite(actor("admin", "15"), "Budi", Role.CLERK, "15.03", "budi")
    kept = [row.digest for model in (WebSession, Invitation) for row in current().scalars(sa.select(model))]
    assert len(kept) == 2
    assert not {token.encode(), link.encode()} & set(kept)
    assert PASSWORD not in current().get(SignIn, commands_user("siti")).password_hash
    facts = str([row.facts for row in current().scalars(sa.select(AuditRow))])
    assert not [secret for secret in (token, link, PASSWORD) if secret in facts]


def commands_user(login):
    return current().scalar(sa.select(SignIn.user_id).filter_by(login=login))


def test_every_sign_in_is_a_new_session(person):
    who = person()
    assert enter() != enter()
    assert [each.agent for each in sessions.list_sessions(who)] == ["Chrome, Android"] * 2


def test_one_sentence_for_an_unknown_name_a_wrong_password_and_an_inactive_user(person):
    person()
    gone = person("budi")
    commands.set_active(commands.system_actor(), gone.user_id, active=False)
    accounts.invite(actor("admin", "15"), "Dewi", Role.CLERK, "15.03", "dewi")
    told = set()
    tried = [("siti", "wrong"), ("nobody", PASSWORD), ("budi", PASSWORD), ("dewi", ""), ("dewi", "x"), ("", ""),
             ("siti", PASSWORD + "x" * 200), ("s" * 5000, "x"), ("siti\0", "x")]  # fmt: skip
    for login, password in tried:
        with pytest.raises(SignInWrong) as refused:
            sign_in.sign_in(login, password, "")
        told.add(refused.value.sentence)
    assert len(told) == 1


def test_a_hash_of_weaker_parameters_is_renewed_at_the_next_sign_in(person):
    who = person()
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with transaction() as session:
        session.get(SignIn, who.user_id).password_hash = weak
    enter()
    kept = current().get(SignIn, who.user_id, populate_existing=True).password_hash
    assert kept != weak
    assert not passwords.is_outdated(kept)
    enter()


# Wrong tries.


@pytest.mark.parametrize("login", ["siti", "nobody"])
def test_after_five_wrong_tries_the_next_ones_wait_whether_or_not_the_name_exists(person, login):
    person()
    with at():
        fail(5, login)
        with pytest.raises(SignInSlowed) as slowed:
            enter(login)
        assert slowed.value.seconds == 2
    with at(seconds=1.5), pytest.raises(SignInSlowed):
        enter(login)
    with at(seconds=2):
        fail(1, login)
        with pytest.raises(SignInSlowed) as slowed:
            enter(login)
        assert slowed.value.seconds == 4


def test_nobody_is_locked_out_for_good(person):
    person()
    now = 0
    for _ in range(15):
        with at(seconds=now):
            fail(1)
        now += 60
    with at(seconds=now):
        assert enter()
    with at(seconds=now):
        fail(5)


def test_being_slowed_does_not_make_it_longer(person):
    person()
    with at():
        fail(5)
        for _ in range(20):
            with pytest.raises(SignInSlowed):
                enter()
    with at(seconds=2):
        assert enter()


def test_wrong_tries_are_forgotten_after_an_hour(person):
    person()
    with at():
        fail(5)
    with at(minutes=61):
        fail(5)


def test_wrong_tries_at_one_name_slow_nobody_else(person):
    person()
    person("budi")
    with at():
        fail(5)
        assert enter("budi")


def test_how_many_wrong_tries_came_before_is_on_record(person):
    who = person()
    with at():
        fail(3)
        enter()
    row = current().scalars(sa.select(AuditRow).filter_by(user_id=who.user_id, action="sign_in")).one()
    assert row.facts == {"tries": 3}


def test_what_was_typed_as_a_name_is_not_kept(person):
    fail(1, "my secret password")
    assert "secret" not in str([row.key for row in current().scalars(sa.select(FailedSignIn))])


def test_an_address_has_so_many_tries_a_minute(context):
    with at():
        for _ in range(3):
            sign_in.check_address("10.0.0.1", 3)
        with pytest.raises(SignInSlowed) as slowed:
            sign_in.check_address("10.0.0.1", 3)
        assert slowed.value.seconds == 50
        sign_in.check_address("10.0.0.2", 3)
    with at(minutes=1):
        sign_in.check_address("10.0.0.1", 3)


# Sessions.


def test_a_session_ends_after_an_hour_without_use(person):
    person()
    with at():
        token = enter()
    for minutes in (50, 100, 150):
        with at(minutes=minutes):
            assert sign_in.actor_of_session(token)
    with at(minutes=211):
        assert sign_in.actor_of_session(token) is None


def test_a_session_ends_after_twelve_hours_however_busy(person):
    person()
    with at():
        token = enter()
    for half_hours in range(1, 24):
        with at(minutes=30 * half_hours):
            assert sign_in.actor_of_session(token)
    with at(hours=12):
        assert sign_in.actor_of_session(token) is None


def test_use_is_noted_at_most_once_a_minute(person, statements):
    person()
    with at():
        token = enter()
    with at(seconds=59), statements.within(1):
        sign_in.actor_of_session(token)
    with at(seconds=61):
        sign_in.actor_of_session(token)
        assert current().scalar(sa.select(WebSession.seen_at)) == START + timedelta(seconds=61)
        with statements.within(1):
            sign_in.actor_of_session(token)


def test_one_session_is_ended_and_the_other_goes_on(person):
    who = person()
    one, other = enter(), enter()
    listed = sessions.list_sessions(who)
    first = sign_in.actor_of_session(one).session_id
    assert first in [each.id for each in listed]
    assert sessions.revoke_session(who, first) == who.user_id
    sessions.revoke_session(who, first)
    assert sign_in.actor_of_session(one) is None
    assert sign_in.actor_of_session(other)
    assert len(sessions.list_sessions(who)) == 1
    assert done_by(who).count("revoke_session") == 1


def test_an_administrator_ends_sessions_of_the_subtree_and_nobody_elses(person):
    who = person()
    token = enter()
    session_id = sign_in.actor_of_session(token).session_id
    for role, office in (("admin", "16"), ("clerk", "15.03"), ("admin", "15.02"), ("coordinator", "15")):
        with pytest.raises(SessionNotFound):
            sessions.revoke_session(actor(role, office), session_id)
    with pytest.raises(UserNotFound):
        sessions.list_sessions(actor("admin", "16"), who.user_id)
    with pytest.raises(NotPermitted):
        sessions.list_sessions(actor("coordinator", "15"), who.user_id)
    with pytest.raises(SessionNotFound):
        sessions.revoke_session(who, 999_999)
    assert [each.id for each in sessions.list_sessions(actor("admin", "15"), who.user_id)] == [session_id]
    sessions.revoke_session(actor("admin", "15"), session_id)
    assert sign_in.actor_of_session(token) is None


def test_who_works_no_more_has_no_session_also_after_coming_back(person):
    who = person()
    token = enter()
    for active in (False, True):
        commands.set_active(commands.system_actor(), who.user_id, active=active)
        assert sign_in.actor_of_session(token) is None
    assert enter()


def test_sessions_and_links_of_a_month_ago_are_forgotten(person):
    person()
    with at():
        enter()
        accounts.invite(actor("admin", "15"), "Budi", Role.CLERK, "15.03", "budi")
    with at(days=29):
        assert sessions.forget() == 0
    with at(days=38):
        enter()
        assert sessions.forget() == 1
    counted = [current().scalar(sa.select(sa.func.count()).select_from(model)) for model in (WebSession, Invitation)]
    assert counted == [1, 0]


def test_the_language_is_the_users_own(person):
    who = person()
    token = enter()
    accounts.set_language(who, Language.EN)
    assert sign_in.actor_of_session(token).language == "en"
