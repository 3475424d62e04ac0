"""Log lines: for people or as JSON, one line each, never with a secret."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from index import logs
from index.settings import BadSettings, Settings, load_settings

log = logging.getLogger("gigdex.test")


@pytest.fixture(autouse=True)
def root_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)


def logged(settings: Settings | None, *records: object, level: int = logging.WARNING, **more: object) -> str:
    stream = io.StringIO()
    logs.configure(settings, stream)
    log.log(level, *records, **more)
    return stream.getvalue()


def as_json(**values: object) -> Settings:
    return Settings(log_format="json", **values)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql://gigdex:hunter2@db.example/gigdex", "hunter2"),
        ("GET https://api.example/jobs?page=2&api_key=a1b2c3d4&q=dog", "a1b2c3d4"),
        ("GET https://api.example/jobs?token=a1b2c3d4", "a1b2c3d4"),
        ("https://u:pa:ss@host.example/", "pa:ss"),
        ("Authorization: Bearer abc.def-ghi_jkl", "abc.def-ghi_jkl"),
        ("sent {'authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
        ('{"password": "hunter2", "user": "x"}', "hunter2"),
        ("webhook whsec_MfKQ9r8GKYqrTwjU rejected", "MfKQ9r8GKYqrTwjU"),
        ("the key is correct-horse-battery, they say", "correct-horse-battery"),
    ],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_secrets_are_masked(text: str, secret: str, form: str) -> None:
    settings = Settings(log_format=form, admin_key="correct-horse-battery")
    for line in (logged(settings, text), logged(settings, "%s", text), logged(settings, "x", extra={"detail": text})):
        assert secret not in line
    assert logs.MASK in logged(settings, text)


def test_secrets_in_a_traceback_are_masked() -> None:
    stream = io.StringIO()
    logs.configure(as_json(), stream)
    try:
        raise RuntimeError("postgresql://gigdex:hunter2@db.example/gigdex")
    except RuntimeError:
        log.exception("it failed")
    line = json.loads(stream.getvalue())
    assert "Traceback" in line["exception"]
    assert "hunter2" not in stream.getvalue()


def test_the_password_of_the_database_is_known() -> None:
    settings = Settings(database_url="postgresql+psycopg://gigdex:tr0ub4dor@db.example/gigdex")
    assert "tr0ub4dor" not in logged(settings, "could not log in with tr0ub4dor")


def test_secrets_of_the_environment_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGDEX_SOMEBOARD_API_KEY", "s0meb0ard")
    assert "s0meb0ard" not in logged(None, "asked with s0meb0ard")


@pytest.mark.parametrize(
    "text", ["a key to the house, $20", "https://board.example/jobs/7?page=2", "token ring cabling", "12:30 to 14:00"]
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert text in logged(Settings(), text)


def test_json_lines(capsys: pytest.CaptureFixture[str]) -> None:
    line = json.loads(logged(as_json(), "read %d rows of %s", 7, "café", extra={"board": "alpha", "rows": 7}))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "warning",
        "logger": "gigdex.test",
        "message": "read 7 rows of café",
        "board": "alpha",
        "rows": 7,
    }


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_board_can_not_forge_a_line(form: str) -> None:
    line = logged(Settings(log_format=form), "title %s", "x\nERROR gigdex: all is lost\r\x1b[31m")
    assert line.count("\n") == 1
    assert line.endswith("\n")
    assert "\x1b" not in line


def test_the_level_counts_for_us_and_warnings_for_others() -> None:
    assert logged(Settings(log_level="error"), "x") == ""
    assert "x" in logged(Settings(log_level="debug"), "x", level=logging.DEBUG)
    assert logging.getLogger("scrapy").level == logging.WARNING


def test_configuring_twice_logs_once() -> None:
    logs.configure(Settings(), io.StringIO())
    assert logged(None, "once").count("once") == 1


def test_a_form_that_is_not_known_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIGDEX_LOG_FORMAT", "xml")
    with pytest.raises(BadSettings, match="GIGDEX_LOG_FORMAT"):
        load_settings()
