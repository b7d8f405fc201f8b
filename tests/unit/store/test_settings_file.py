import json
import stat
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmind_studio.core.accounts import Account, AccountKind, KeptIn
from segmind_studio.core.budget import Budget
from segmind_studio.core.errors import StoreError
from segmind_studio.core.proxies import ProxyKind
from segmind_studio.core.settings import Settings
from segmind_studio.store import private_files
from segmind_studio.store.settings_file import UNREAD, SettingsFile

FULL = Settings(
    appearance="dark",
    accounts=(
        Account("a1", "Mine", AccountKind.SEGMIND, KeptIn.KEYRING),
        Account("a2", "Studio « Zoë »", AccountKind.SEGMIND, KeptIn.SESSION, "https://api.example"),
    ),
    current_account="a2", api_url="https://api.example", polling=False, practice_speed=40.0,
    draft='{"name": "ada"}', splitters=(("data", "AAA="), ("runs", "BBB=")), first_run_done=True,
    proxy=ProxyKind.OWN, proxy_url="http://127.0.0.1:3128",
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def test_a_round_trip_keeps_every_field(path: Path) -> None:
    SettingsFile(path).save(FULL)
    assert SettingsFile(path).load() == (FULL, "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_a_file_the_defaults_hold(path: Path) -> None:
    assert SettingsFile(path).load() == (Settings(), "")


def test_unknown_keys_are_dropped_and_wrong_types_take_their_defaults(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({
        "appearance": 3, "polling": "no", "practice_speed": True, "version": 1.5, "density": "large",
        "accounts": [
            {"account_id": "a1", "name": "Mine", "kind": "segmind", "kept_in": "a drawer"},
            {"account_id": "a2", "name": "No kind"},
            "not an account",
        ],
        "splitters": [["data", "AAA="], ["too", "many", "parts"], ["one"]],
        "from_the_future": {"x": 1},
    }))
    settings, sentence = SettingsFile(path).load()
    assert sentence == ""
    assert settings == Settings(
        density="large",
        accounts=(Account("a1", "Mine", AccountKind.SEGMIND, KeptIn.KEYRING),),
        splitters=(("data", "AAA="),),
    )


def test_a_whole_number_is_a_good_speed_and_infinity_is_none(path: Path) -> None:
    path.parent.mkdir()
    path.write_text('{"practice_speed": 20}')
    assert SettingsFile(path).load()[0].practice_speed == 20.0
    for text in ("Infinity", "NaN", "1" + "0" * 400):
        path.write_text(f'{{"practice_speed": {text}}}')
        assert SettingsFile(path).load()[0].practice_speed == 1.0


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a": ' * 100_000], ids=lambda c: repr(c[:8]),
)
def test_a_damaged_file_is_set_aside(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    settings, sentence = SettingsFile(path).load()
    assert settings == Settings()
    assert "settings.json.damaged-1" in sentence
    assert path.with_name("settings.json.damaged-1").read_bytes() == content
    SettingsFile(path).save(FULL)
    assert SettingsFile(path).load() == (FULL, "")


def test_a_file_that_cannot_be_read_gives_a_sentence_and_is_not_replaced(path: Path) -> None:
    path.parent.mkdir()
    path.symlink_to(path)  # a file that can be replaced and not be read, also by root
    file = SettingsFile(path)
    settings, sentence = file.load()
    assert "could not be read" in sentence
    assert Budget.of(settings) == Budget(0.0, 0.0, 0.0), "the budget is not known"
    with pytest.raises(StoreError):
        file.save(FULL)
    assert path.readlink() == path


def test_a_file_that_another_program_has_for_a_moment_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    SettingsFile(path).save(FULL)
    refused, read_text = [PermissionError(13, "Permission denied")], Path.read_text

    def read(self: Path, encoding: str) -> str:
        if refused:
            raise refused.pop()
        return read_text(self, encoding=encoding)

    monkeypatch.setattr(Path, "read_text", read)
    assert SettingsFile(path).load() == (FULL, "")


@pytest.mark.parametrize("refused", [False, True], ids=["only read", "it cannot be renamed"])
def test_a_damaged_file_that_stays_is_not_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch, refused: bool,  # noqa: FBT001  # a parameter of the test
) -> None:
    path.parent.mkdir()
    path.write_text("{")

    def refuse(_source: Path, _target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(private_files, "rename_file", refuse)
    file = SettingsFile(path)
    assert file.load(only_read=not refused)[0] == UNREAD
    with pytest.raises(StoreError):
        file.save(FULL)
    assert path.read_text() == "{"


def test_odd_texts_survive(path: Path) -> None:
    odd = replace(FULL, download_folder="/home/\udce4/\U0001f5bc", run_filter='"\\\n\0')
    SettingsFile(path).save(odd)
    assert SettingsFile(path).load() == (odd, "")


@given(record=st.dictionaries(st.sampled_from([item.name for item in fields(Settings)]), JSON))
def test_any_json_object_gives_settings_of_the_right_types(
    record: dict[str, object], tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("any") / "settings.json"
    path.write_text(json.dumps(record))
    settings, sentence = SettingsFile(path).load()
    assert sentence == ""
    for item in fields(Settings):
        default = getattr(Settings(), item.name)
        allowed = (float, type(None)) if default is None else (type(default),)  # only amounts may be absent
        assert type(getattr(settings, item.name)) in allowed
    SettingsFile(path).save(settings)
    assert SettingsFile(path).load() == (settings, "")
