"""A wrong setting stops the start with one clear line; secrets may come from files; nothing else reads them."""

from __future__ import annotations

import base64
import warnings

import pytest

from api import config
from api.app import create_app
from api.config import SettingWrong
from inventory import keys
from inventory.access import Role
from tests.builders import settings_for

SECRET = "sixteen characters or more"
KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(range(1, 33))).decode()
WHOLE = {
    "BLANGKO_SECRET_KEY": SECRET,
    "BLANGKO_INDEX_KEY": KEY,
    "BLANGKO_SIGNING_KEY": KEY,
    "BLANGKO_ENCRYPTION_KEYS": f"1:{KEY}",
}


def read(**changes):
    named = {f"BLANGKO_{name}": value for name, value in changes.items()}
    return config.read({"PATH": "/bin", **WHOLE, **named})


def test_nothing_but_a_secret_must_be_set():
    with pytest.warns(UserWarning, match="derived from BLANGKO_SECRET_KEY"):
        settings = config.read({"BLANGKO_SECRET_KEY": SECRET})
    assert (settings.host, settings.port, settings.log_json) == ("127.0.0.1", 8000, True)
    assert settings.database_url.startswith("sqlite:///")
    assert settings.keyring.encryption == {0: keys.derive(SECRET, "encryption")}
    assert len({settings.keyring.index, settings.keyring.digest, settings.keyring.encryption[0]}) == 3


@pytest.mark.parametrize("name", ["INDEX_KEY", "SIGNING_KEY", "ENCRYPTION_KEYS"])
def test_a_derived_key_is_named_in_a_warning(name):
    with pytest.warns(UserWarning, match=f"^BLANGKO_{name} not set: derived"):
        read(**{name: ""})


def test_own_keys_warn_of_nothing():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read().keyring.index == bytes(range(32))


def test_the_public_address_is_an_address_or_stops_the_start():
    assert read().public_url == ""
    assert read(PUBLIC_URL="https://blangko.example.go.id/").public_url == "https://blangko.example.go.id"
    for wrong in ("blangko.example.go.id", "https://", "ftp://x", "https://x?y", "https://a b", "https://u@x"):
        with pytest.raises(SettingWrong, match="BLANGKO_PUBLIC_URL"):
            read(PUBLIC_URL=wrong)


def test_several_encryption_keys_are_kept_and_the_highest_encrypts():
    ring = read(ENCRYPTION_KEYS=f"1:{KEY},7:{OTHER}").keyring
    assert set(ring.encryption) == {0, 1, 7}  # 0 is the derived one: it reads what was written before there were others
    keys.install(ring)
    assert keys.encrypt("x")[0] == 7


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PORT", "0", "from 1 to 65535"), ("PORT", "65536", "from 1 to 65535"), ("PORT", "http", "not 'http'"),
        ("PORT", "\uff18000", "whole number"), ("PORT", "-1", "whole number"), ("WORKERS", "0", "from 1 to 256"),
        ("WORKERS", "1.5", "whole number"), ("MAX_BODY_BYTES", "9", "from 10000"), ("TRUSTED_PROXIES", "11", "0 to 10"),
        ("LOG", "yaml", "one of json, text"), ("FAILED_TOKENS_PER_MINUTE", "0", "from 1"),
        ("DOCUMENT_CHECKS_PER_MINUTE", "0", "from 1"),
        ("SECRET_KEY", "", "must be set"), ("SECRET_KEY", "short", "16 characters"),
        ("DATABASE_URL", "nonsense", "not a database address"), ("DATABASE_URL", "mysql://x", "sqlite: or postgresql"),
        ("DATABASE_URL", "postgresql+asyncpg://x/y", "sqlite: or postgresql"), ("INDEX_KEY", "\u00e9" * 44, "32 bytes"),
        ("INDEX_KEY", "short", "32 bytes in base64"), ("INDEX_KEY", "!" * 44, "32 bytes in base64"),
        ("SIGNING_KEY", KEY[:-4], "32 bytes in base64"), ("ENCRYPTION_KEYS", KEY, "1:BASE64"),
        ("ENCRYPTION_KEYS", f"0:{KEY}", "numbers 1 to 255"), ("ENCRYPTION_KEYS", f"256:{KEY}", "numbers 1 to 255"),
        ("ENCRYPTION_KEYS", f"1:{KEY},1:{OTHER}", "numbers 1 to 255"), ("ENCRYPTION_KEYS", "1:abc", "32 bytes"),
        ("ENCRYPTION_KEYS", f"²:{KEY}", "numbers 1 to 255"), ("ENCRYPTION_KEYS", f"1:{KEY},", "1:BASE64"),
        ("DATABSE_URL", "sqlite://", "is not a setting"), ("INDEX_KEY_FILE", "/etc/hostname", "not both"),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_one_line_that_names_it(name, value, said):
    with pytest.raises(SettingWrong) as refused:
        read(**{name: value})
    line = str(refused.value)
    assert line.count("BLANGKO_") >= 1
    assert f"BLANGKO_{name.removesuffix('_FILE')}" in line
    assert said in line
    assert "\n" not in line
    assert KEY not in line


def test_a_secret_may_come_from_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    with pytest.warns(UserWarning, match="INDEX_KEY"):
        settings = read(SECRET_KEY="", SECRET_KEY_FILE=str(file), INDEX_KEY="")
    assert settings.keyring.index == keys.derive(SECRET, "index")


def test_a_file_that_cannot_be_read_is_named():
    with pytest.raises(SettingWrong, match=r"^BLANGKO_SECRET_KEY_FILE: /none/such cannot be read: "):
        read(SECRET_KEY="", SECRET_KEY_FILE="/none/such")


def test_a_file_that_is_no_text_is_named(tmp_path):
    file = tmp_path / "secret"
    file.write_bytes(b"\xff\xfe" * 20)
    with pytest.raises(SettingWrong, match=r"^BLANGKO_SECRET_KEY_FILE"):
        read(SECRET_KEY="", SECRET_KEY_FILE=str(file))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_postgresql_address_means_psycopg(scheme, tmp_path):
    file = tmp_path / "password"
    file.write_text("p@ss:word/\n")
    settings = read(DATABASE_URL=f"{scheme}://blangko@db/blangko", DATABASE_PASSWORD_FILE=str(file))
    assert settings.database_url == "postgresql+psycopg://blangko:p%40ss%3Aword%2F@db/blangko"


def test_secrets_are_not_told_when_settings_are_printed():
    assert KEY not in repr(read())
    assert repr(bytes(range(32))) not in repr(read())


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingWrong, match=r"^BLANGKO_DATABASE_URL: .* cannot be made: "):
        create_app(settings_for(f"sqlite:///{tmp_path}/file/below/blangko.db"))


def test_settings_are_frozen():
    with pytest.raises(AttributeError):
        read().port = 1


def test_coordinators_and_administrators_need_a_second_factor_unless_told_otherwise():
    assert read().second_factor == {Role.COORDINATOR, Role.ADMIN}
    assert read(SECOND_FACTOR="none").second_factor == frozenset()
    assert read(SECOND_FACTOR="clerk, admin").second_factor == {Role.CLERK, Role.ADMIN}
    for wrong in ("boss", "admin,", "none,admin", "Admin"):
        with pytest.raises(SettingWrong, match="BLANGKO_SECOND_FACTOR"):
            read(SECOND_FACTOR=wrong)
