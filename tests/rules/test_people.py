"""Names, passwords, waiting and codes, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.people import passwords, rules, totp
from inventory.people.rules import LoginRefused, PasswordRefused


@pytest.mark.parametrize(
    ("failures", "seconds"),
    [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (8, 16), (9, 32), (10, 60), (11, 60), (1_000_000, 60)],
)
def test_after_five_wrong_tries_each_next_one_waits_twice_as_long_up_to_a_minute(failures, seconds):
    assert rules.wait_after(failures) == timedelta(seconds=seconds)


@given(st.integers(0, 200))
def test_more_wrong_tries_never_wait_less_and_never_more_than_a_minute(failures):
    assert rules.wait_after(failures) <= rules.wait_after(failures + 1) <= timedelta(seconds=60)


@pytest.mark.parametrize("typed", ["siti", "siti.rahma", "s-1", "3_budi", "a" * 40, " Siti ", "BUDI"])
def test_a_user_name_is_kept_in_small_letters_without_spaces_around(typed):
    assert rules.check_login(typed) == typed.strip().lower()


@pytest.mark.parametrize("typed", ["", "ab", "a" * 41, ".abc", "-abc", "si ti", "siti@15.03", "sití", "siti\n1", "١٢٣"])
def test_a_user_name_of_other_characters_is_refused_at_its_field(typed):
    with pytest.raises(LoginRefused) as refused:
        rules.check_login(typed)
    assert refused.value.faults[0].pointer == "/login"


@pytest.mark.parametrize(
    "password",
    ["kuda benar baterai", "hujan deras di Singkut", "x9!kd02mSlq0", "ñandú über façade", "a b c d e f g" * 9],
)
def test_a_long_password_is_taken_whatever_it_is_made_of(password):
    passwords.check(password, "siti", "15.03")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("pendek", "at least 12"),
        ("", "at least 12"),
        ("kuda benar " * 20, "at most 128"),
        ("passwordpassword", "easy to guess"),
        ("Password123456!", "easy to guess"),
        ("123456789012", "easy to guess"),
        ("indonesia1945", "easy to guess"),
        ("Bismillah-2026-", "easy to guess"),
        ("rahasiarahasia99", "easy to guess"),
        ("1qaz2wsx3edc", "easy to guess"),
        ("aaaaaaaaaaaaaaaa", "easy to guess"),
        ("2026 2026 2026", "easy to guess"),
        ("rumah Siti di bukit", "user name"),
        ("gudang 15.03 utama", "office's code"),
        ("gudang besar 1503", "office's code"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused_with_the_reason(password, reason):
    with pytest.raises(PasswordRefused) as refused:
        passwords.check(password, "siti", "15.03")
    assert reason in refused.value.sentence.en
    assert reason in refused.value.faults[0].text.en
    if password:
        assert password not in str(refused.value.facts) + refused.value.sentence


def test_every_reason_against_a_password_is_told_at_once():
    with pytest.raises(PasswordRefused) as refused:
        passwords.check("siti1503", "siti", "15.03")
    assert len(refused.value.faults) == 3
    assert {fault.pointer for fault in refused.value.faults} == {"/password"}


def test_a_hash_tells_nothing_and_fits_only_its_password():
    kept = passwords.hashed("kuda benar baterai")
    assert kept.startswith("$argon2id$")
    assert kept != passwords.hashed("kuda benar baterai")
    assert passwords.fits("kuda benar baterai", kept)
    assert not passwords.fits("Kuda benar baterai", kept)
    assert not passwords.fits("kuda benar baterai", None)
    assert not passwords.fits("kuda benar baterai", "no hash")
    assert not passwords.is_outdated(kept)
    assert passwords.is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$" + "A" * 43)


NOW = datetime(2026, 11, 22, 4, 44, 10, tzinfo=UTC)
SECRET = pyotp.random_base32()
STEP = int(NOW.timestamp()) // 30


def code(step):
    return pyotp.TOTP(SECRET).generate_otp(step)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_a_phone_may_be_half_a_minute_off(shift):
    assert totp.step_of(SECRET, code(STEP + shift), NOW, None) == STEP + shift


@pytest.mark.parametrize("shift", [-20, -2, 2, 20])
def test_a_code_of_another_time_is_wrong(shift):
    assert totp.step_of(SECRET, code(STEP + shift), NOW, None) is None


def test_a_code_works_once_and_none_before_it_works_any_more():
    assert totp.step_of(SECRET, code(STEP), NOW, STEP) is None
    assert totp.step_of(SECRET, code(STEP - 1), NOW, STEP) is None
    assert totp.step_of(SECRET, code(STEP + 1), NOW, STEP) == STEP + 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", chr(0xFF11) * 6, "-12345", "12 34"])
def test_what_is_not_six_digits_is_wrong(typed):
    assert totp.step_of(SECRET, typed, NOW, None) is None


def test_a_code_may_be_typed_with_a_gap_as_apps_show_it():
    digits = code(STEP)
    assert totp.step_of(SECRET, f" {digits[:3]} {digits[3:]}", NOW, None) == STEP


def test_the_qr_code_names_the_service_and_the_user():
    assert totp.address(SECRET, "siti") == f"otpauth://totp/Blangko:siti?secret={SECRET}&issuer=Blangko"


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/119.0", "Firefox, Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.0", ""),
        ("", ""),
        ("<script>" * 1000, ""),
    ],
)
def test_of_a_browser_only_its_family_is_kept(agent, told):
    assert rules.browser_of(agent) == told
