"""Every command the README shows exists."""

import re
from pathlib import Path

import click

from palier.cli.main import main

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks() -> list[str]:
    return [
        line.strip()
        for block in re.findall(r"```(?:sh|console)\n(.*?)```", README, re.DOTALL)
        for line in block.splitlines()
    ]


def test_make_targets_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {m for line in blocks() for m in re.findall(r"\bmake ([\w-]+)", line)}
    assert {"run", "test"} <= shown
    assert shown <= targets


def test_palier_commands_and_their_options_exist() -> None:
    shown = [line.removeprefix("$ ") for line in blocks() if re.match(r"(\$ )?palier ", line)]
    assert shown
    for line in shown:
        words = line.split("#")[0].split()
        command = main.get_command(None, words[1])  # type: ignore[arg-type]
        if isinstance(command, click.Group):
            command = command.get_command(None, words[2])  # type: ignore[arg-type]
        assert command is not None, line
        options = {o for p in command.params for o in p.opts}
        assert {w.split("=")[0] for w in words[2:] if w.startswith("--")} <= options, line


def test_the_linked_files_exist() -> None:
    for link in re.findall(r"\]\((?!http)([^)#]+)", README):
        assert (ROOT / link).exists(), link
