"""The commands of whoever runs the server."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from palier.cli.main import main


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def run(*words: str, data: Path | None = None) -> Result:
    arguments = [*words, *([] if data is None else ["--data-dir", str(data)])]
    return CliRunner().invoke(main, arguments)


def test_settings_are_shown_with_where_they_come_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_PORT", "9001")
    monkeypatch.setenv("COLUMNS", "200")
    shown = run("config", "show").output
    assert "9001" in shown
    assert "environment PALIER_PORT" in shown


def test_settings_are_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("config", "check").exit_code == 0
    monkeypatch.setenv("PALIER_ENVIRONMENT", "production")
    refused = run("config", "check")
    assert refused.exit_code == 2
    assert "secret_key is missing" in refused.output


def test_help_works_whatever_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALIER_PORT", "nonsense")
    for command in ("serve", "worker", "db", "config", "user"):
        assert run(command, "--help").exit_code == 0, command
    said = run("config", "check")
    assert said.exit_code == 2
    assert "port (environment PALIER_PORT)" in said.output


def test_the_database_is_migrated_and_twice_is_no_harm(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run("db", "upgrade", data=data).output == "database: empty → 0001\n"
    assert run("db", "upgrade", data=data).output == "database: 0001 → 0001\n"


def test_people_are_invited_helped_and_disabled(tmp_path: Path) -> None:
    data = tmp_path / "data"
    none = run("user", "add", "ada@example.com", data=data)
    assert none.exit_code == 2
    assert "set-up link first" in none.output
    _set_up(data)
    assert "/invitation#" in run("user", "add", "bob@example.com", "--role", "engineer", data=data).output
    assert "/reset#" in run("user", "reset", "ada@example.com", data=data).output
    assert "last admin" in run("user", "disable", "ada@example.com", data=data).output
    assert run("user", "disable", "nobody@example.com", data=data).exit_code == 2


def _set_up(data: Path) -> None:
    from palier.bootstrap import build, ready_settings
    from palier.config import load_settings

    application = build(ready_settings(load_settings(environment={"PALIER_DATA_DIR": str(data)})[0]))
    token = application.services.accounts.links.set_up_token()
    assert token is not None
    application.services.accounts.links.set_up(
        token, name="Ada", email="ada@example.com", password="kite bottle orbit", workspace="Mill", address="",
        user_agent="",
    )  # fmt: skip
    application.close()
