import base64
import logging
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from segmind_studio.core.masks import masked_body, masked_text
from segmind_studio.store.logs import FILES, MAX_BYTES, configure_logging
from segmind_studio.store.redaction import clean_text

KEY = "SG_0123456789abcdef"
SIGNATURE = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
URL = (
    "https://bucket.s3.amazonaws.com/uploads/u/x.zip?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20250101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20250101T000000Z"
    f"&X-Amz-Security-Token=IQoJb3JpZ2luX2VjEO%2F%2F&X-Amz-Expires=900&X-Amz-Signature={SIGNATURE}"
)
SECRETS = (KEY, SIGNATURE, "AKIAIOSFODNN7EXAMPLE", "IQoJb3JpZ2luX2VjEO", "0123456789abcdef")
Configure = Callable[..., Path]


@pytest.fixture
def configured(tmp_path: Path) -> Iterator[Configure]:
    root = logging.getLogger()
    level = root.level
    handlers: list[logging.Handler] = []

    def configure(known: tuple[str, ...] = ()) -> Path:
        path = tmp_path / "logs" / "studio.log"
        handlers.append(configure_logging(path, lambda: known))
        return path

    yield configure
    logging.captureWarnings(capture=False)
    for handler in handlers:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def refuse() -> None:
    raise ValueError(f"refused my own secret and {KEY}")


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"key={KEY}.",
        f"x-api-key: {KEY}",
        "x-api-key: nottheusualshape",
        "{'X-API-Key': 'nottheusualshape'}",
        '{"x-api-key": "nottheusualshape"}',
        "[(b'host', b'h'), (b'x-api-key', b'nottheusualshape')]",
        "curl -H 'x-api-key: nottheusualshape' https://h",
        "Authorization: Bearer nottheusualshape",
        URL,
        URL.lower(),
        URL.replace("&", "%26").replace("=", "%3D"),
        f'{{"X-Amz-Signature": "{SIGNATURE}"}}',
    ],
)
def test_secrets_are_masked(text: str) -> None:
    shown = masked_text(text)
    assert "…" in shown
    for secret in (*SECRETS, "nottheusualshape"):
        assert secret.lower() not in shown.lower()


def test_what_is_no_secret_stays() -> None:
    text = "GET https://api.segmind.com/finetune/request/list 200, 12 runs, name=SG_x, X-Amz-Expires=900, SG"
    assert masked_text(text) == text
    assert "X-Amz-Date=20250101T000000Z" in masked_text(URL)
    assert "https://bucket.s3.amazonaws.com/uploads/u/x.zip?" in masked_text(URL)


def test_known_secrets_are_masked_wherever_they_stand() -> None:
    assert masked_text("pass word and pass", ["pass word", "pass"]) == "… and …"
    assert masked_text("a b c", ["b", ""]) == "a b c"


@pytest.mark.parametrize("form", [
    "\u202e".join(KEY), "SG\u202c_\u20660123456789\u200babcdef", KEY.replace("_", "\x00_"), KEY.encode().hex(),
    KEY.encode().hex().upper(), KEY.replace("_", "%5F"), "".join(f"%{ord(char):02X}" for char in KEY),
    base64.b64encode(KEY.encode()).decode(), base64.b64encode(b"user:" + KEY.encode()).decode(),
    base64.urlsafe_b64encode(b"x" + KEY.encode() + b"?").decode(),
])
def test_other_forms_and_unseen_characters_hide_no_key(form: str) -> None:
    core = base64.b64encode(b"user:" + KEY.encode()).decode()[8:-4]
    for shown in (masked_text(f"before {form} after", [KEY]), clean_text(f"before {form} after", [KEY])):
        assert shown.startswith("before ")
        assert shown.endswith(" after")
        for part in (KEY[4:], KEY.encode().hex()[8:-8], core, "%30%31%32"):
            assert part.lower() not in "".join(filter(str.isprintable, shown)).lower()
    assert KEY not in "".join(filter(str.isprintable, masked_body(form.encode(), KEY).decode()))


def test_unseen_characters_without_a_key_stay() -> None:
    text = "a \U0001f468\u200d\U0001f469 b\u200e"
    assert masked_text(text, [KEY]) == text


@pytest.mark.parametrize("address", [
    "http://me:pass-word@proxy:3128", "http://me:pass/word-x@proxy:3128", "http://me:pass?word-x@proxy:1",
    "http://me:#word-x@proxy", "http://me:pass-word", "socks5://me:pass-word@proxy:1", "me:pass-word@proxy:3128",
])
def test_a_malformed_address_shows_no_piece_of_its_password(address: str) -> None:
    shown = clean_text(f"the proxy {address} failed")
    assert "pass" not in shown
    assert "word" not in shown
    assert shown.startswith("the proxy ")
    assert clean_text("https://host:8443/a@2x.png?b=c") == "https://host:8443/a@2x.png?b=c"


def test_the_file_never_holds_a_secret(configured: Configure) -> None:
    path = configured(("my own secret",))
    log = logging.getLogger("segmind_studio.test")
    log.info("Asking %s with %s", URL, {"x-api-key": KEY})
    try:
        refuse()
    except ValueError:
        log.exception("It failed")
    log.warning("in between", stack_info=True)
    text = path.read_text(encoding="utf-8")
    assert "It failed" in text
    assert "ValueError: refused … and SG_…" in text
    for secret in (*SECRETS, "my own secret"):
        assert secret not in text


def test_the_files_are_private_and_bounded(configured: Configure) -> None:
    path = configured()
    log = logging.getLogger("segmind_studio.test")
    for number in range(500):
        log.info("%05d %s", number, "x" * 10_000)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["studio.log", "studio.log.1", "studio.log.2"]
    assert len(files) == FILES
    assert max(file.stat().st_size for file in files) <= MAX_BYTES
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert "00499" in path.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_disturbs_nobody(
    configured: Configure, capfd: pytest.CaptureFixture[str],
) -> None:
    path = configured()
    path.mkdir()
    log = logging.getLogger("segmind_studio.test")
    log.info("lost")
    path.rmdir()
    log.info("odd \ud800 text")
    assert "odd" in path.read_text(encoding="utf-8")
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_disturbs_nobody(configured: Configure, capfd: pytest.CaptureFixture[str]) -> None:
    path = configured()
    path.symlink_to("/dev/full")
    log = logging.getLogger("segmind_studio.test")
    log.info("lost")
    log.info("lost too")
    path.unlink()
    log.info("back again")
    assert "back again" in path.read_text(encoding="utf-8")
    assert capfd.readouterr().err == ""
