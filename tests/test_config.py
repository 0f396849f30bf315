"""Settings: their order, their forms, and what is not safe to serve with."""

import stat
from pathlib import Path

import pytest

from palier.bootstrap import ready_settings
from palier.config import Settings, load_settings, refusals
from palier.errors import ConfigurationError

KEY = "vQ8s2LkX0zR4nT7yBw1cJ5mH9pD3fG6u"
SAFE = {
    "PALIER_ENVIRONMENT": "production",
    "PALIER_SECRET_KEY": KEY,
    "PALIER_PUBLIC_URL": "https://palier.example.com",
}


def test_command_line_wins_over_environment_over_file(tmp_path: Path) -> None:
    file = tmp_path / "palier.toml"
    file.write_text('port = 1\nhost = "h1"\nworkers = 1\n')
    settings, origins = load_settings(
        command_line={"port": 3, "host": None}, environment={"PALIER_PORT": "2", "PALIER_HOST": "h2"}, file=file
    )
    assert (settings.port, settings.host, settings.workers, settings.replicas) == (3, "h2", 1, 1)
    assert origins["port"] == "command line"
    assert origins["host"] == "environment PALIER_HOST"
    assert origins["workers"] == f"file {file}"
    assert origins["replicas"] == "default"


def test_a_secret_comes_from_a_file_and_never_from_both_forms(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    settings, origins = load_settings(environment={"PALIER_SECRET_KEY_FILE": str(file)})
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == KEY
    assert str(file) in origins["secret_key"]
    with pytest.raises(ConfigurationError, match="both set"):
        load_settings(environment={"PALIER_SECRET_KEY_FILE": str(file), "PALIER_SECRET_KEY": KEY})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(environment={"PALIER_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_secrets_are_masked_wherever_settings_are_shown() -> None:
    settings, _ = load_settings(environment={**SAFE, "PALIER_DATABASE_URL": "postgresql://u:geheim@db/x"})
    shown = str(settings.shown()) + repr(settings)
    assert "geheim" not in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"PALIER_PORT": "eighty"}, "port"),
        ({"PALIER_PORT": "70000"}, "port"),
        ({"PALIER_PUBLIC_URL": "palier.example.com"}, "no address"),
        ({"PALIER_ENVIRONMENT": "staging"}, "environment"),
        ({"PALIER_UPLOAD_LIMIT_BYTES": "-1"}, "upload_limit_bytes"),
    ],
)
def test_a_value_that_cannot_be_is_named(environment: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        load_settings(environment=environment)


def test_a_file_with_unknown_settings_or_no_toml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "palier.toml"
    file.write_text("prot = 1\n")
    with pytest.raises(ConfigurationError, match="prot"):
        load_settings(file=file, environment={})
    file.write_text("port = [")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(file=file, environment={})
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(environment={"PALIER_SETTINGS": str(tmp_path / "none.toml")})


def settings(**environment: str) -> Settings:
    return load_settings(environment={f"PALIER_{k.upper()}": v for k, v in environment.items()})[0]


def test_a_production_that_is_safe_is_not_refused() -> None:
    assert refusals(load_settings(environment=SAFE)[0]) == []
    assert refusals(settings()) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"PALIER_SECRET_KEY": None}, "secret_key is missing"),
        ({"PALIER_SECRET_KEY": "short"}, "5 characters long"),
        ({"PALIER_SECRET_KEY": "changeme" * 5}, "can be guessed"),
        ({"PALIER_SECRET_KEY": "a" * 40}, "can be guessed"),
        ({"PALIER_CORS_ORIGINS": "*"}, "cors_origins contains"),
        ({"PALIER_ALLOWED_HOSTS": "a.example,*.example"}, "allowed_hosts contains"),
        ({"PALIER_PUBLIC_URL": "http://palier.example.com"}, "https://"),
        ({"PALIER_PUBLIC_URL": None}, "public_url is not set"),
        ({"PALIER_REPLICAS": "2"}, "replicas on SQLite"),
        ({"PALIER_JOB_TRANSPORT": "celery"}, "no redis_url"),
    ],
)
def test_what_is_not_safe_is_refused_with_what_to_do(changed: dict[str, str | None], words: str) -> None:
    environment = {k: v for k, v in {**SAFE, **changed}.items() if v is not None}
    (reason, *_) = [r for r in refusals(load_settings(environment=environment)[0]) if words in r]
    assert ";" in reason


def test_sqlite_on_a_network_file_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from palier import config

    monkeypatch.setattr(config, "_file_system", lambda _folder: "nfs4")
    assert any("network file system (nfs4)" in r for r in refusals(settings()))


def test_an_embedded_start_writes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    first = ready_settings(settings(data_dir=str(tmp_path / "data")))
    path = tmp_path / "data" / "secret.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert first.secret_key is not None
    assert len(first.secret_key.get_secret_value()) >= 32
    again = ready_settings(settings(data_dir=str(tmp_path / "data")))
    assert again.secret_key == first.secret_key
    path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        ready_settings(settings(data_dir=str(tmp_path / "data")))


def test_addresses_follow_from_what_is_set() -> None:
    assert settings().url == "http://localhost:8050"
    assert settings(port="9000", host="::1").url == "http://[::1]:9000"
    assert set(settings().hosts) >= {"localhost", "127.0.0.1"}
    production = load_settings(environment=SAFE)[0]
    assert (production.url, production.hosts) == ("https://palier.example.com", ("palier.example.com",))
    assert settings(database_url="postgresql://u@h/d").database == "postgresql+psycopg://u@h/d"
    assert settings().database.startswith("sqlite:///")
    assert settings(allowed_hosts="a.example, b.example").hosts == ("a.example", "b.example")
    assert production.logs_json
    assert not settings().logs_json
