"""What a sign-in obeys: names, passwords, how long to wait after wrong tries, which browser it was."""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import timedelta
from enum import StrEnum

from inventory.errors import Conflict, Fault, NotPermitted, RuleViolated, TooMany
from inventory.texts import Text

SHORTEST, LONGEST = 12, 128
# So many wrong tries in a row cost nothing; then each next one waits, twice as long as the last.
FREE_TRIES = 5
FIRST_WAIT, LONGEST_WAIT = 2, 60
# After so long without a try the wrong ones are forgotten.
FORGOTTEN_AFTER = timedelta(hours=1)
# A session that nobody uses ends, and so does one that was used all day.
IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
INVITED_FOR = timedelta(days=7)
STEP_SECONDS = 30
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{2,39}")
# Digits and marks around a word make it no harder to guess.
_MARKS = re.compile(r"[\W_\d]+")
_REPEATED = re.compile(r"^(.{2,}?)\1+$")
# The first that is found: Edge and Opera call themselves Chrome as well, and Chrome calls itself Safari.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("Macintosh", "Mac"), ("Linux", "Linux"))  # fmt: skip


class Language(StrEnum):
    """What a user reads."""

    ID = "id"
    EN = "en"


class PersonState(StrEnum):
    """How a user stands with the console."""

    ACTIVE = "active"
    INVITED = "invited"
    TOKENS_ONLY = "tokens_only"
    INACTIVE = "inactive"


class SignInWrong(NotPermitted):
    """Name or password is wrong, or the user works no more: one sentence, so that nobody learns which names exist."""

    code = "sign_in_wrong"
    text = Text(
        "Nama pengguna atau kata sandi salah. Periksa huruf besar dan kecil, lalu coba lagi.",
        "The user name or the password is wrong. Check capital and small letters, then try again.",
    )


class SignInSlowed(TooMany):
    """Too many wrong tries: the next one waits. Nobody is ever locked out for good."""

    code = "sign_in_slowed"
    text = Text(
        "Terlalu banyak percobaan yang salah. Tunggu {seconds} detik, lalu coba lagi.",
        "Too many wrong tries. Wait {seconds} seconds, then try again.",
    )


class CodeWrong(NotPermitted):
    """The six digits are not those of now, or were used already."""

    code = "code_wrong"
    text = Text(
        "Kode salah atau sudah dipakai. Tunggu kode berikutnya di aplikasi, lalu ketik enam angkanya.",
        "The code is wrong or was used already. Wait for the next one in the app, then type its six digits.",
    )


class PasswordWrong(NotPermitted):
    """Who changes a password or the second factor types the present password first."""

    code = "password_wrong"
    text = Text("Kata sandi Anda yang sekarang salah.", "Your present password is wrong.")


class PasswordRefused(RuleViolated):
    """A new password is too short, too long, too common, or says who its user is."""

    code = "password_refused"
    text = Text("Pilih kata sandi lain: {why}.", "Choose another password: {why}.")


class LoginRefused(RuleViolated):
    """A user name has 3 to 40 small letters, digits, dots, hyphens or underscores."""

    code = "login_refused"
    text = Text(
        "Nama pengguna terdiri dari 3 sampai 40 huruf kecil, angka, titik, garis bawah, atau tanda hubung, dan diawali"
        " huruf atau angka.",
        "A user name has 3 to 40 small letters, digits, dots, underscores or hyphens, and begins with a letter or a"
        " digit.",
    )


class LoginTaken(Conflict):
    """Somebody has this user name."""

    code = "login_taken"
    text = Text("Nama pengguna {login} sudah dipakai. Pilih yang lain.", "User name {login} is taken. Choose another.")


class LoginMissing(Conflict):
    """A user who never signed in needs a user name first."""

    code = "login_missing"
    text = Text(
        "Pengguna {user} belum punya nama pengguna. Isi nama pengguna.",
        "User {user} has no user name yet. Fill one in.",
    )


class OwnReset(Conflict):
    """Nobody resets their own password by a link: it is changed with the present one."""

    code = "own_reset"
    text = Text(
        "Ini akun Anda sendiri. Ganti kata sandi di halaman Akun saya.",
        "This is your own account. Change the password on the page My account.",
    )


class InvitationEnded(Conflict):
    """A link to choose a password works once, for seven days, and only the newest of a user."""

    code = "invitation_ended"
    text = Text(
        "Tautan ini tidak berlaku lagi. Minta tautan baru kepada administrator.",
        "This link works no more. Ask the administrator for a new one.",
    )


class SecondFactorSet(Conflict):
    """The second factor is set already: it is switched off before another is set up."""

    code = "second_factor_set"
    text = Text(
        "Kode kedua sudah aktif. Matikan dulu sebelum memasang yang baru.",
        "The second factor is on already. Switch it off before setting up a new one.",
    )


class SecondFactorMissing(Conflict):
    """No second factor is being set up."""

    code = "second_factor_missing"
    text = Text("Kode kedua belum disiapkan. Mulai dari awal.", "No second factor is being set up. Begin at the start.")


def wait_after(failures: int) -> timedelta:
    """How long after the last of so many wrong tries the next one may come."""
    if failures < FREE_TRIES:
        return timedelta()
    return timedelta(seconds=min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures - FREE_TRIES, 10)))


def check_login(login: str, pointer: str = "/login") -> str:
    """The user name as it is kept; raises `LoginRefused`."""
    plain = plain_login(login)
    if not is_login(plain):
        raise LoginRefused(pointer=pointer)
    return plain


def is_login(plain: str) -> bool:
    """Whether somebody can have this user name at all."""
    return _LOGIN.fullmatch(plain) is not None


def plain_login(login: str) -> str:
    """A user name as it is compared: a phone's keyboard begins with a capital and ends with a space."""
    return login.strip().lower()


def check_password(password: str, login: str, office: str, common: Container[str], pointer: str = "/password") -> None:
    """Raise `PasswordRefused` with every reason against a new password."""
    small = password.lower()
    stem = _REPEATED.sub(r"\1", _MARKS.sub("", small))
    reasons = []
    if len(password) < SHORTEST:
        reasons.append(Text(f"paling sedikit {SHORTEST} huruf atau angka", f"at least {SHORTEST} characters"))
    elif len(password) > LONGEST:
        reasons.append(Text(f"paling banyak {LONGEST} huruf atau angka", f"at most {LONGEST} characters"))
    elif small in common or stem in common or len(set(small)) < _FEWEST_DIFFERENT:
        reasons.append(Text("terlalu mudah ditebak", "too easy to guess"))
    if login and login in small:
        reasons.append(Text("jangan memuat nama pengguna", "do not put the user name into it"))
    if "." in office and (office in small or office.replace(".", "") in small):
        reasons.append(Text("jangan memuat kode Dinas", "do not put the office's code into it"))
    if reasons:
        faults = [Fault(pointer, reason, PasswordRefused.code) for reason in reasons]
        why = Text(", ".join(reasons), ", ".join(reason.en for reason in reasons))
        raise PasswordRefused(faults=faults, why=why)


_FEWEST_DIFFERENT = 5


def browser_of(agent: str) -> str:
    """The family of browser and machine that a session began on, and no more of it: "Chrome, Android"."""
    found = [next((name for mark, name in kinds if mark in agent), "") for kinds in (_BROWSERS, _SYSTEMS)]
    return ", ".join(name for name in found if name)
