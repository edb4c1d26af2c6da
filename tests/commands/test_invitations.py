"""How people come by a password: changed, chosen by an invitation, and reset, through the commands."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from inventory.access import Actor, Role
from inventory.database import current
from inventory.errors import NotPermitted
from inventory.offices.queries import OfficeNotFound
from inventory.people import accounts, commands, sign_in
from inventory.people.models import SignIn
from inventory.people.queries import UserNotFound
from inventory.people.rules import (
    InvitationEnded,
    LoginMissing,
    LoginRefused,
    LoginTaken,
    OwnReset,
    PasswordRefused,
    PasswordWrong,
    SignInSlowed,
    SignInWrong,
)
from inventory.retries import Once
from tests.accounts import PASSWORD, at, done_by, enter, fail, made, set_up
from tests.builders import actor

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def person(context):
    """`person(login, role, office)` is somebody with the usual password."""
    return made


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
