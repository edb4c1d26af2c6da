"""Signing in, sessions, invitations and second factors, through the commands, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from inventory import clock, keys
from inventory.access import Actor, Role
from inventory.audit import AuditRow
from inventory.database import current, transaction
from inventory.errors import NotPermitted
from inventory.offices.queries import OfficeNotFound
from inventory.people import accounts, commands, passwords, sessions, sign_in
from inventory.people.models import FailedSignIn, Invitation, SignIn, WebSession
from inventory.people.queries import UserNotFound
from inventory.people.rules import (
    CodeWrong,
    InvitationEnded,
    Language,
    LoginMissing,
    LoginRefused,
    LoginTaken,
    OwnReset,
    PasswordRefused,
    PasswordWrong,
    SecondFactorMissing,
    SecondFactorSet,
    SignInSlowed,
    SignInWrong,
)
from inventory.people.sessions import SessionNotFound
from inventory.retries import Once
from tests.builders import actor

PASSWORD = "kuda benar baterai"
START = datetime(2026, 11, 22, 4, 44, 10, tzinfo=UTC)
REQUIRED = frozenset({Role.COORDINATOR, Role.ADMIN})
CHROME = "Mozilla/5.0 (Linux; Android 13) Chrome/120.0 Mobile Safari/537.36"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch):
    """The same argon2id, of less work: these tests hash some hundred passwords."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))


@pytest.fixture
def person(context):
    """`person(login, role, office)` is somebody with the usual password."""

    def make(login="siti", role="clerk", office="15.03"):
        user_id = accounts.create_user(commands.system_actor(), login.title(), Role(role), office, login, PASSWORD)
        return Actor(user_id, Role(role), office)

    return make


def at(**later):
    return clock.telling(START + timedelta(**later))


def enter(login="siti", password=PASSWORD, agent=CHROME, required=frozenset()):
    return sign_in.sign_in(login, password, agent, required)[0]


def fail(times, login="siti"):
    for _ in range(times):
        with pytest.raises(SignInWrong):
            enter(login, "a wrong one")


def code_for(who, **later):
    secret = keys.decrypt(current().get(SignIn, who.user_id, populate_existing=True).totp_secret)
    return pyotp.TOTP(secret.partition(":")[2] or secret).at(START + timedelta(**later))


def done_by(who):
    query = sa.select(AuditRow.action).where(AuditRow.user_id == who.user_id).order_by(AuditRow.id)
    return list(current().scalars(query))


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


# Passwords.


def test_a_changed_password_ends_the_other_sessions(person):
    who = person()
    here, there = enter(), enter()
    session_id = sign_in.actor_of_session(here).session_id
    accounts.change_password(who, PASSWORD, "hujan deras di pasar", session_id)
    assert sign_in.actor_of_session(here)
    assert sign_in.actor_of_session(there) is None
    fail(1)
    assert enter(password="hujan deras di pasar")


def test_the_present_password_is_needed_and_its_tries_are_counted(person):
    who = person()
    with at():
        for _ in range(5):
            with pytest.raises(PasswordWrong) as wrong:
                accounts.change_password(who, "not mine", "hujan deras di pasar")
            assert wrong.value.faults[0].pointer == "/present"
        with pytest.raises(SignInSlowed):
            accounts.change_password(who, PASSWORD, "hujan deras di pasar")
        with pytest.raises(SignInSlowed):
            enter()


def test_a_new_password_that_is_refused_changes_nothing(person):
    who = person()
    with pytest.raises(PasswordRefused) as refused:
        accounts.change_password(who, PASSWORD, "pendek")
    assert refused.value.faults[0].pointer == "/new"
    assert enter()


# Invitations.


def test_who_is_invited_chooses_a_password_and_comes_in(person):
    admin = actor("admin", "15")
    user_id, link = accounts.invite(admin, "Budi Santoso", Role.PRINTER, "15.03", " Budi.S ")
    invited = accounts.get_invited(link)
    assert (invited.user_id, invited.login, invited.office, invited.role) == (user_id, "budi.s", "15.03", Role.PRINTER)
    with pytest.raises(SignInWrong):
        enter("budi.s", "")
    with pytest.raises(PasswordRefused):
        accounts.accept(link, "budi.s budi.s budi.s")
    assert accounts.accept(link, PASSWORD) == user_id
    assert sign_in.actor_of_session(enter("budi.s")).actor == Actor(user_id, Role.PRINTER, "15.03")
    assert done_by(admin) == ["invite"]


def test_a_link_works_once_and_for_seven_days(person):
    admin = actor("admin", "15")
    with at():
        _, link = accounts.invite(admin, "Budi", Role.CLERK, "15.03", "budi")
    with at(days=7), pytest.raises(InvitationEnded):
        accounts.accept(link, PASSWORD)
    with at(days=6):
        accounts.accept(link, PASSWORD)
        for end in (accounts.get_invited, lambda link: accounts.accept(link, "hujan deras di pasar")):
            with pytest.raises(InvitationEnded):
                end(link)


@pytest.mark.parametrize("link", ["", "x", "\0"])
def test_a_link_that_nobody_was_given_is_none(person, link):
    with pytest.raises(InvitationEnded):
        accounts.get_invited(link)


def test_a_link_of_somebody_who_works_no_more_is_none(person):
    user_id, link = accounts.invite(actor("admin", "15"), "Budi", Role.CLERK, "15.03", "budi")
    commands.set_active(commands.system_actor(), user_id, active=False)
    with pytest.raises(InvitationEnded):
        accounts.accept(link, PASSWORD)


@pytest.mark.parametrize(
    ("role", "office", "where", "error"),
    [
        ("admin", "15", "16", OfficeNotFound),
        ("admin", "15", "0", OfficeNotFound),
        ("admin", "15.03", "15", OfficeNotFound),
        ("admin", "0", "15.99", OfficeNotFound),
        ("coordinator", "15", "15.03", NotPermitted),
        ("inspector", "0", "15.03", NotPermitted),
        ("clerk", "15.03", "15.03", NotPermitted),
    ],
)
def test_only_an_administrator_invites_and_only_into_the_own_subtree(person, role, office, where, error):
    with pytest.raises(error):
        accounts.invite(actor(role, office), "Budi", Role.ADMIN, where, "budi")


def test_a_user_name_is_one_persons(person):
    person()
    admin = actor("admin", "15")
    with pytest.raises(LoginTaken) as taken:
        accounts.invite(admin, "Another Siti", Role.CLERK, "15.03", "SITI")
    assert taken.value.faults[0].pointer == "/login"
    with pytest.raises(LoginRefused):
        accounts.invite(admin, "Another Siti", Role.CLERK, "15.03", "si ti")
    users = current().scalar(sa.select(sa.func.count()).select_from(SignIn))
    assert users == 1


def test_an_invitation_sent_twice_makes_one_user_and_shows_its_link_once(person):
    admin = actor("admin", "15")
    once = Once(admin.user_id, "/admin/orang", "a key", b"the same")
    user_id, link = accounts.invite(admin, "Budi", Role.CLERK, "15.03", "budi", once)
    assert accounts.invite(admin, "Budi", Role.CLERK, "15.03", "budi", once) == (user_id, None)
    assert accounts.get_invited(link)


def test_a_reset_ends_password_sessions_and_second_factor_at_once(person):
    who = person()
    set_up(who)
    with at():
        token = enter()
    admin = actor("admin", "15")
    first = accounts.reset(admin, who.user_id)
    link = accounts.reset(admin, who.user_id)
    with at():
        assert sign_in.actor_of_session(token) is None
        fail(1)
    with pytest.raises(InvitationEnded):
        accounts.accept(first, PASSWORD)
    accounts.accept(link, "hujan deras di pasar")
    assert sign_in.sign_in("siti", "hujan deras di pasar", "")[1] is False


def test_who_never_signed_in_gets_a_user_name_with_the_first_link(person):
    admin = actor("admin", "15")
    user_id = commands.add_user(admin, "Joko", Role.FIELD, "15.03")
    with pytest.raises(LoginMissing):
        accounts.reset(admin, user_id)
    accounts.accept(accounts.reset(admin, user_id, "joko"), PASSWORD)
    assert enter("joko")


def test_nobody_resets_themselves_or_somebody_out_of_reach(person):
    who = person("hasan", "admin", "15")
    with pytest.raises(OwnReset):
        accounts.reset(who, who.user_id)
    for user_id in (999_999, person("ratna", "admin", "0").user_id, person("joko", "clerk", "16").user_id):
        with pytest.raises(UserNotFound):
            accounts.reset(who, user_id)
    with pytest.raises(NotPermitted):
        accounts.reset(actor("clerk", "15"), who.user_id)


def test_a_made_user_keeps_the_same_rules(context):
    system = commands.system_actor()
    for login, office, password, error in (
        ("si ti", "0", PASSWORD, LoginRefused),
        ("siti", "0", "pendek", PasswordRefused),
        ("siti", "99", PASSWORD, OfficeNotFound),
    ):
        with pytest.raises(error):
            accounts.create_user(system, "Siti", Role.ADMIN, office, login, password)
    accounts.create_user(system, "Siti", Role.ADMIN, "0", "Siti", PASSWORD)
    with pytest.raises(LoginTaken):
        accounts.create_user(system, "Siti", Role.ADMIN, "0", "siti", PASSWORD)


# The second factor.


def set_up(who, **later):
    with at(**later):
        accounts.begin_totp(who, 0)
        accounts.confirm_totp(who, code_for(who, **later), 0)


def test_a_second_factor_is_asked_for_at_the_next_sign_in(person):
    who = person()
    set_up(who)
    with at(minutes=1):
        token, needs_code = sign_in.sign_in("siti", PASSWORD, "")
        assert needs_code
        assert sign_in.actor_of_session(token).needs_code
        with pytest.raises(CodeWrong):
            sign_in.confirm_code(token, "000000")
        sign_in.confirm_code(token, code_for(who, minutes=1))
        signed = sign_in.actor_of_session(token, REQUIRED)
        assert (signed.needs_code, signed.needs_set_up) == (False, False)


def test_a_code_opens_one_session_only(person):
    who = person()
    set_up(who)
    with at(minutes=1):
        one, other = enter(), enter()
        code = code_for(who, minutes=1)
        sign_in.confirm_code(one, code)
        with pytest.raises(CodeWrong):
            sign_in.confirm_code(other, code)
        assert sign_in.actor_of_session(other).needs_code


def test_codes_are_not_guessed_faster_than_passwords(person):
    who = person()
    set_up(who)
    with at(minutes=1):
        token = enter()
        for _ in range(5):
            with pytest.raises(CodeWrong):
                sign_in.confirm_code(token, "000000")
        with pytest.raises(SignInSlowed):
            sign_in.confirm_code(token, code_for(who, minutes=1))
    with at(minutes=1, seconds=2):
        sign_in.confirm_code(token, code_for(who, minutes=1, seconds=2))


@pytest.mark.parametrize(("role", "wanted"), [("admin", True), ("coordinator", True), ("clerk", False)])
def test_where_a_role_needs_a_second_factor_it_is_set_up_first(person, role, wanted):
    who = person("siti", role, "15")
    with at():
        token, needs = sign_in.sign_in("siti", PASSWORD, "", REQUIRED)
        signed = sign_in.actor_of_session(token, REQUIRED)
        assert (needs, signed.needs_set_up, signed.needs_code) == (wanted, wanted, False)
        assert sign_in.actor_of_session(token).needs_set_up is False
        accounts.begin_totp(who, signed.session_id)
        accounts.confirm_totp(who, code_for(who), signed.session_id)
        signed = sign_in.actor_of_session(token, REQUIRED)
        assert (signed.needs_set_up, signed.needs_code) == (False, False)


def test_the_other_sessions_are_asked_for_the_code_once_it_is_set_up(person):
    who = person()
    with at():
        here, there = enter(), enter()
        session_id = sign_in.actor_of_session(here).session_id
        accounts.begin_totp(who, session_id)
        accounts.confirm_totp(who, code_for(who), session_id)
        assert not sign_in.actor_of_session(here).needs_code
        assert sign_in.actor_of_session(there).needs_code


def test_the_secret_is_shown_until_it_is_confirmed_and_kept_encrypted(person):
    who = person()
    with at():
        assert accounts.pending_totp(who, 1) is None
        with pytest.raises(SecondFactorMissing):
            accounts.confirm_totp(who, "000000", 1)
        accounts.begin_totp(who, 1)
        secret, address = accounts.pending_totp(who, 1)
        assert secret in address
        assert secret.encode() not in accounts.get_own(who).totp_secret
        with pytest.raises(CodeWrong) as wrong:
            accounts.confirm_totp(who, "000000", 1)
        assert wrong.value.faults[0].pointer == "/code"
        accounts.confirm_totp(who, pyotp.TOTP(secret).at(START), 1)
        assert accounts.pending_totp(who, 1) is None
        for again in (accounts.begin_totp, lambda who, one: accounts.confirm_totp(who, "000000", one)):
            with pytest.raises(SecondFactorSet):
                again(who, 1)


def test_a_second_factor_begun_in_one_session_is_seen_and_confirmed_in_no_other(person):
    who = person()
    with at():
        accounts.begin_totp(who, 1)
        first, _ = accounts.pending_totp(who, 1)
        assert accounts.pending_totp(who, 11) is None
        with pytest.raises(SecondFactorMissing):
            accounts.confirm_totp(who, pyotp.TOTP(first).at(START), 11)
        accounts.begin_totp(who, 11)
        second, _ = accounts.pending_totp(who, 11)
        assert accounts.pending_totp(who, 1) is None
        for code in (first, second):
            with pytest.raises(SecondFactorMissing):
                accounts.confirm_totp(who, pyotp.TOTP(code).at(START), 1)
        accounts.confirm_totp(who, pyotp.TOTP(second).at(START), 11)


def test_the_password_switches_the_second_factor_off(person):
    who = person()
    set_up(who)
    with pytest.raises(PasswordWrong):
        accounts.drop_totp(who, "not mine")
    accounts.drop_totp(who, PASSWORD)
    assert sign_in.sign_in("siti", PASSWORD, "")[1] is False
    with pytest.raises(SecondFactorMissing):
        accounts.drop_totp(who, PASSWORD)


def test_where_it_is_needed_switching_it_off_asks_for_a_new_one_at_once(person):
    who = person("hasan", "admin", "15")
    set_up(who)
    with at(minutes=1):
        token = enter("hasan")
        sign_in.confirm_code(token, code_for(who, minutes=1))
        accounts.drop_totp(who, PASSWORD)
        assert sign_in.actor_of_session(token, REQUIRED).needs_set_up


def test_a_code_for_no_session_or_no_second_factor_is_refused(person):
    person()
    with pytest.raises(SignInWrong):
        sign_in.confirm_code("nobody's", "000000")
    with pytest.raises(SecondFactorMissing):
        sign_in.confirm_code(enter(), "000000")


def test_the_language_is_the_users_own(person):
    who = person()
    token = enter()
    accounts.set_language(who, Language.EN)
    assert sign_in.actor_of_session(token).language == "en"
