"""One logging set-up; no secret reaches the log through a traceback."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from palier.adapters.logs import configure_logging


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    yield
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def fail() -> None:
    password = "kite bottle " + "orbit"
    raise ValueError(len(password))


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_traceback_shows_no_local_variables(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging(form=form, level="info")
    try:
        fail()
    except ValueError:
        structlog.get_logger("palier").exception("failed")
        logging.getLogger("uvicorn.error").exception("failed")
    said = capfd.readouterr().err
    assert said.count("ValueError") >= 2
    assert "kite bottle orbit" not in said


def test_lines_carry_the_request_and_come_from_libraries_too(capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging(form="json", level="info")
    structlog.contextvars.bind_contextvars(request_id="r1")
    structlog.get_logger("palier").info("asked", path="/x")
    logging.getLogger("uvicorn.error").warning("library")
    structlog.get_logger("palier").debug("not shown")
    first, second = map(json.loads, capfd.readouterr().err.splitlines())
    assert (first["event"], first["request_id"], first["path"], first["level"]) == ("asked", "r1", "/x", "info")
    assert (second["event"], second["request_id"]) == ("library", "r1")
