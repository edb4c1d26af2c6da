"""The second factor: set up, asked for, and switched off, through the commands."""

from __future__ import annotations

import pyotp
import pytest

from inventory.access import Role
from inventory.people import accounts, sign_in
from inventory.people.rules import (
    CodeWrong,
    PasswordWrong,
    SecondFactorMissing,
    SecondFactorSet,
    SignInSlowed,
    SignInWrong,
)
from tests.accounts import PASSWORD, START, at, code_for, enter, made, set_up

REQUIRED = frozenset({Role.COORDINATOR, Role.ADMIN})

pytestmark = pytest.mark.usefixtures("quick_hashes")


@pytest.fixture
def person(context):
    """`person(login, role, office)` is somebody with the usual password."""
    return made


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
