"""Two languages, the same keys, and no visible string that escapes them."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.web.walking import Caller, Visitor, strings

import palier.web
from palier.core.catalogue import catalogue as bearings
from palier.core.faults import JOURNAL_CLASSES, ROLLING_CLASSES
from palier.web.i18n import LANGUAGES, speaking, t
from palier.web.i18n.catalogue import catalogue
from palier.web.i18n.phrases import french

WEB = Path(palier.web.__file__).parent
PLACE = re.compile(r"\{(\w+)\}")

#: Properties that nobody reads: names, addresses, forms and colours.
INVISIBLE = frozenset({
    "id", "className", "style", "href", "src", "type", "role", "variant", "size", "color", "name", "lang",
    "dateTime", "action", "method", "download", "target", "position", "value", "data-zoom", "data-upload",
    "data-upload-pick", "data-plot", "data-x", "data-y", "data-x-extent", "data-y-extent", "data-x-least",
    "data-y-least", "data-point", "data-spark", "aria-labelledby", "aria-hidden", "aria-valuemin",
    "aria-valuemax", "aria-valuenow", "aria-live", "scope", "config", "theme", "refresh", "defaultColorScheme",
    "forceColorScheme", "Store.data", "storage_type", "width", "shadow", "header", "navbar", "htmlFor", "bdata",
    "dtype", "shape", "mode", "hoverinfo", "hovermode", "colorscale", "dragmode", "selectdirection", "xref",
    "yref", "layer", "fillcolor", "symbol", "dash", "paper_bgcolor", "plot_bgcolor", "gridcolor", "tickcolor",
    "family", "bgcolor", "bordercolor", "separators", "ticks", "tickmode", "tickformat", "hoverformat",
    "xanchor", "yanchor", "orientation", "side", "rangemode", "x", "hovertemplate", "itemclick",
    "itemdoubleclick", "hiddenFrom", "visibleFrom", "breakpoint", "persistence", "clampBehavior",
    "autoComplete", "autorange", "aria-readonly", "data-copy", "data-press",
})  # fmt: skip
#: Units and marks, the same in both languages.
UNITS = frozenset({
    "g", "m/s²", "mm/s", "µm", "s", "ms", "min", "h", "Hz", "kHz", "dB", "tr/min", "o", "ko", "Mo", "Go", "UTC", "p",
    "x", "ISO", "RMS", "A", "B", "C", "D",
})  # fmt: skip


def data_of(visitor: Visitor) -> set[str]:
    """Return every string that is stored: names, files, messages of jobs, results."""
    found: set[str] = set()

    def gather(value: Any) -> None:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, dict):
            for inner in value.values():
                gather(inner)
        elif isinstance(value, list | tuple):
            for inner in value:
                gather(inner)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                gather(getattr(value, name))

    world = visitor.world
    with world.store.reading() as tables:
        for table in (
            "workspaces",
            "users",
            "machines",
            "points",
            "recordings",
            "diagnoses",
            "jobs",
            "job_log",
            "workers",
            "datasets",
            "models",
            "evaluations",
            "audit",
            "sessions",
            "passkeys",
            "api_keys",
        ):
            gather(getattr(tables, table).all())
        channels = {c for r in tables.recordings.all() for c in r.channels_json}
    typed = {"stud", "vertical"}
    found = {s for s in found if not re.fullmatch(r"[a-z_-]+", s)} | channels | typed  # words of the code are no data
    found |= {w.host + ":" + str(w.pid) for w in world.services.jobs.workers(world.actor())}
    found |= {f.name_fr for f in (*JOURNAL_CLASSES, *ROLLING_CLASSES)} | {b.name for b in bearings()}
    return {s for s in found if len(s) > 1} | {"palier", "English", "Français", "Ada Byron", "AB"}


def escaped(text: str, data: set[str]) -> str:
    """Return what of a string is neither of the catalogue, nor data, nor a number with its unit."""
    if text.startswith('{"'):  # texts for a script
        return " ".join(v for v in json.loads(text).values() if escaped(v, data))
    while "⟦" in text:
        inner = re.sub(r"⟦[^⟦⟧]*⟧", " ", text)
        if inner == text:
            break
        text = inner
    if text.strip() in data:
        return ""
    for known in sorted((d for d in data if d in text), key=len, reverse=True):
        text = text.replace(known, " ")
    words = re.findall(r"[^\W\d_][^\s,;:·()]*", text)
    return " ".join(w for w in words if w.strip(".–—") not in UNITS and not re.fullmatch(r"e-?\d+", w))


def shown_in_french(visitor: Visitor) -> Iterator[tuple[str, Any]]:
    pseudo: Any = {"language": "fr", "wrap": lambda text: f"⟦{text}⟧"}
    actor = visitor.world.actor(language="fr")
    for what, address in visitor.addresses().items():
        yield what, visitor.show(address, actor, **pseudo)
    yield "frame", visitor.frame(actor, **pseudo)


def test_no_visible_string_escapes_translation(visitor: Visitor) -> None:
    data = data_of(visitor)
    left = {
        (what, path, text)
        for what, page in shown_in_french(visitor)
        for path, text in strings(page, INVISIBLE)
        if escaped(text, data)
    }
    assert left == set()


def test_no_text_of_a_figure_escapes_translation(visitor: Visitor) -> None:
    """Callbacks draw these; they are called in French, with every text marked."""
    from palier.app.roles import Role

    data = data_of(visitor)
    diagnosis = visitor.addresses()["diagnosis, damage"].split("/")[2].split("?")[0]
    caller = Caller(visitor.app, visitor.world.actor(Role.VIEWER, language="fr"), set())
    shown = {"diagnosis-shown.data": diagnosis}
    with speaking("fr", wrap=lambda text: f"⟦{text}⟧"):
        for name in ("plots:waveform", "plots:spectrum", "plots:envelope", "plots:spectrogram"):
            answer = caller.call(f"diagnosis.{name}", {"zoom-t.data": None} | shown)
            for path, text in strings(answer["response"], INVISIBLE):
                assert escaped(text, data) == "", (name, path, text)


def test_a_string_that_escapes_is_found() -> None:
    from dash import html

    page = html.Div([html.P("Hello there"), html.P("⟦Bonjour ⟦le⟧ monde⟧ 3 Hz · pump.wav", title="⟦x⟧")])
    left = [escaped(text, {"pump.wav"}) for _, text in strings(page, INVISIBLE)]
    assert left == ["Hello there", "", ""]


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, others = catalogue("en"), [catalogue(k) for k in LANGUAGES if k != "en"]
    assert len(english) > 300
    for other in others:
        assert english.keys() == other.keys()
        for key, entry in english.items():
            assert type(entry) is type(other[key]), key
            for one, two in zip(_texts(entry), _texts(other[key]), strict=True):
                assert sorted(PLACE.findall(one)) == sorted(PLACE.findall(two)), key
                assert two.strip(), key


def _texts(entry: Any) -> list[str]:
    return [entry] if isinstance(entry, str) else [entry["one"], entry["other"]]


def test_every_text_that_is_asked_for_is_there() -> None:
    known = catalogue("en")
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and node.args:
                key = node.args[0]
                if isinstance(key, ast.Constant):
                    assert key.value in known, (path.name, key.value)
                elif isinstance(key, ast.JoinedStr):
                    first = key.values[0]
                    assert isinstance(first, ast.Constant), path.name
                    assert any(k.startswith(first.value) for k in known), (path.name, first.value)


def test_every_text_is_asked_for() -> None:
    code = "\n".join(p.read_text(encoding="utf-8") for p in WEB.rglob("*.py"))
    stems = set(re.findall(r'f"([a-z]+\.[a-z_]*)\{', code))
    whole = set(re.findall(r'"([a-z]+\.\w+)"', code))
    own = (
        "shell",
        "home",
        "jobs",
        "diagnose",
        "diagnosis",
        "machines",
        "upload",
        "zone",
        "verdict",
        "figures",
        "bearing",
    )
    left = [
        k
        for k in catalogue("en")
        if k.split(".")[0] in own and k not in whole and not any(k.startswith(s) for s in stems)
    ]
    assert left == []


@pytest.mark.parametrize(
    ("n", "english", "other"),
    [
        (0, "0 recordings", "0 enregistrement"),
        (1, "1 recording", "1 enregistrement"),
        (1200, "1,200 recordings", "1\u202f200 enregistrements"),
    ],
)
def test_numbers_choose_their_words(n: int, english: str, other: str) -> None:
    with speaking("en"):
        assert t("shell.recordings", n=n) == english
    with speaking("fr"):
        assert t("shell.recordings", n=n) == other


def test_what_the_library_says_is_in_the_phrase_book(visitor: Visitor) -> None:
    """Every sentence of the diagnoses of the mill has its French; others are shown in English, and marked so."""
    world = visitor.world
    actor = world.actor()
    said: set[str] = set()
    for view in world.services.diagnoses.page(actor):
        if view.diagnosis.finished_at is not None:
            whole = world.services.diagnoses.get(actor, view.diagnosis.id).diagnosis.result_json["results"][0][
                "diagnosis"
            ]
            said |= {whole["sentence"], whole["detection"]["explanation"], *whole["assumptions"], *whole["not_checked"]}
            said |= {r["text"] for r in whole["remarks"]} | {a["text"] for a in whole["audit"]}
    assert {s for s in said if french(s) is None} == set()
    assert french("Something new.") is None


def test_a_sentence_keeps_its_meaning_in_french() -> None:
    said = french("Bearing damage: outer-race defect (p < 0.000001, modulation depth 158%).")
    assert said == (
        "Roulement endommagé : défaut de bague extérieure (p < 0,000001, profondeur de modulation 158\u00a0%)."
    )
    assert french("Bearing 6205: SKF; of the measurement point DE.") == "Roulement 6205 : SKF ; du point de mesure DE."
