import re
import runpy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from palier.diagnosis.report import render_html
from palier.diagnosis.result import AuditNote

_CASES = runpy.run_path(str(Path(__file__).with_name("cases.py")))
KINDS, diagnosed, measured, rendered = (_CASES[n] for n in ("KINDS", "diagnosed", "measured", "rendered"))

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """The elements of a page, the words in them, and whether every tag is closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        last = self.open.pop()
        assert last == tag, f"</{tag}> closes <{last}>"

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in {"style", "script"}:
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", " ".join(self.words))

    def attributes(self, name: str) -> list[str]:
        return [a[name] or "" for _, a in self.tags if name in a]


def headings(text: str) -> list[str]:
    return re.findall(r"<h2[^>]*>(.*?)</h2>", text)


@pytest.mark.parametrize("kind", KINDS)
def test_a_report_is_one_well_formed_file_without_any_outside_reference(kind: str) -> None:
    text = rendered(kind)
    page = Page(text)
    assert page.open == []
    ids = page.attributes("id")
    assert len(ids) == len(set(ids))
    for reference in [*page.attributes("href"), *page.attributes("xlink:href"), *page.attributes("aria-labelledby")]:
        assert reference.removeprefix("#") in ids
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", text))
    assert page.attributes("src") == []
    assert not {"link", "iframe", "object", "embed", "base", "form", "image"} & {tag for tag, _ in page.tags}
    assert not re.search(r"@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon", text)
    assert set(re.findall(r"\w+://[\w./-]+", text)) <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert not [name for _, a in page.tags for name in a if name.startswith("on")]
    assert "default-src 'none'" in text


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_diagnosis_gives_the_same_bytes_within_the_limit(kind: str) -> None:
    text = rendered(kind)
    assert render_html(*diagnosed(kind)) == text
    assert 50_000 < len(text.encode()) < 1_000_000


def test_the_report_of_a_damaged_bearing_has_every_section_in_order() -> None:
    diagnosis, _ = diagnosed("zone")
    text = rendered("zone")
    assert headings(text) == [
        "Which fault",
        "Why: what the recording shows",
        "Evidence, line by line",
        "How bad",
        "Remarks on the shaft",
        "Is the recording what it is said to be",
        "Assumed, and not checked",
        "Inputs and versions",
    ]
    words = Page(text).text
    assert diagnosis.sentence in words
    for part in (*diagnosis.assumptions, *diagnosis.not_checked, *diagnosis.recording.notes):
        assert part in words
    assert diagnosis.remarks
    for remark in diagnosis.remarks:
        assert remark.text in words
    assert diagnosis.recording.sha256 in words
    assert diagnosis.palier_version in words
    assert diagnosis.schema_version in words


def test_the_evidence_table_has_a_row_for_every_line_with_its_numbers() -> None:
    diagnosis, _ = diagnosed("inner_race")
    text = rendered("inner_race")
    table = text[text.index('<table class="evidence">') :]
    table = table[: table.index("</table>")]
    rows = re.findall(r"<tr[^>]*><th scope=\"row\">.*?</tr>", table)
    assert len(rows) == len(diagnosis.evidence)
    for row, line in zip(rows, diagnosis.evidence, strict=True):
        assert f"{line.expected_hz:.2f}" in row
        assert f"{line.found_hz:.2f}" in row
        assert f">{line.prominence_db:.1f}<" in row
        assert ("not found" not in row) == line.found
        assert line.label in row
    assert "&lt; 10⁻⁶" in table
    assert "e-" not in "".join(re.findall(r'<td class="n">(.*?)</td>', table))


def test_too_little_data_says_what_would_suffice_and_draws_what_there_is() -> None:
    diagnosis, _ = diagnosed("not_enough_data")
    text = rendered("not_enough_data")
    assert headings(text)[:2] == ["What would suffice", "Why: what the recording shows"]
    assert diagnosis.needed
    assert all(item in Page(text).text for item in diagnosis.needed)
    assert "Evidence, line by line" not in text
    assert "Squared envelope spectrum" not in text
    assert 'id="fig-waveform"' in text


def test_a_healthy_bearing_is_not_headed_as_if_it_had_a_fault() -> None:
    text = rendered("healthy")
    assert headings(text)[0] == "Which fault comes closest"
    assert 'class="answer good"' in text


def test_the_zone_stands_on_a_bar_at_its_place() -> None:
    diagnosis, plots = diagnosed("zone")
    severity = diagnosis.severity
    assert severity.zone is not None
    assert severity.limits_mm_s is not None
    assert severity.velocity_rms_mm_s is not None
    text = render_html(diagnosis, plots)
    widths = [float(w) for w in re.findall(r'class="zone-[A-D]" style="width: ([\d.]+)%">', text)]
    assert len(widths) == 4
    assert sum(widths) == pytest.approx(100, abs=0.05)
    place = float(re.findall(r'<i style="left: ([\d.]+)%">', text)[0])
    edges = [sum(widths[:i]) for i in range(5)]
    zone = "ABCD".index(severity.zone)
    assert edges[zone] <= place <= edges[zone + 1] + 0.1
    assert widths[0] / widths[1] == pytest.approx(2.3 / (4.5 - 2.3), rel=0.01)


def test_a_value_beyond_the_bar_stands_at_its_end_and_says_so() -> None:
    diagnosis, plots = diagnosed("zone")
    far = replace(diagnosis, severity=replace(diagnosis.severity, zone="D", velocity_rms_mm_s=400.0))
    text = render_html(far, plots)
    assert '<i style="left: 100.0%">' in text
    assert "400.00 mm/s, beyond this bar" in text


def test_without_a_zone_the_reason_is_given() -> None:
    diagnosis, plots = diagnosed("outer_race")
    assert diagnosis.severity.refused_because
    text = Page(render_html(diagnosis, plots)).text
    assert f"No ISO zone: {diagnosis.severity.refused_because}." in text
    assert "zone-A" not in render_html(diagnosis, plots).partition("</style>")[2]


@pytest.mark.parametrize("kind", ["outer_race", "not_enough_data"])
def test_only_simulated_recordings_carry_the_banner(kind: str) -> None:
    diagnosis, plots = diagnosed(kind)
    assert "SIMULATED DATA" in render_html(diagnosis, plots)
    assert "SIMULATED DATA" not in render_html(measured(diagnosis), plots)


def test_names_from_a_file_are_text_and_never_markup() -> None:
    diagnosis, plots = diagnosed("outer_race")
    attack = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7*7 }}</style>$x$"
    hostile = measured(diagnosis, source=attack, channel=f"ch {attack}")
    hostile = replace(
        hostile,
        recording=replace(hostile.recording, notes=(f"note {attack}",), reader=attack, start_time=attack),
        bearing={**(hostile.bearing or {}), "name": attack},
        audit=(AuditNote("key", "warning", f"text {attack}", attack),),
    )
    text = render_html(hostile, plots)
    page = Page(text)
    assert page.open == []
    assert [tag for tag, _ in page.tags].count("script") == 1
    assert "img" not in {tag for tag, _ in page.tags}
    assert "onerror" not in {name for _, a in page.tags for name in a}
    assert page.text.count(attack) >= 7
    assert "49" not in re.findall(r"<title>(.*?)</title>", text)[0]


def test_a_file_name_that_is_no_unicode_still_gives_a_file() -> None:
    diagnosis, plots = diagnosed("not_enough_data")
    text = render_html(measured(diagnosis, source="bad\udcff.csv"), plots)
    assert "bad\\udcff.csv" in text
    text.encode()


def test_without_curves_the_report_has_no_figures() -> None:
    diagnosis, _ = diagnosed("outer_race")
    text = render_html(diagnosis, None)
    assert "<figure" not in text
    assert "Evidence, line by line" in text


@pytest.mark.parametrize(
    ("p_value", "shown"),
    [(0.0, "&lt; 10⁻⁶"), (9.9e-7, "&lt; 10⁻⁶"), (3.5e-4, "3.5·10⁻⁴"), (1.0e-5, "1.0·10⁻⁵"), (0.0312, "0.031")],
)
def test_a_p_value_is_written_as_people_write_it(p_value: float, shown: str) -> None:
    diagnosis, _ = diagnosed("outer_race")
    assert diagnosis.detection is not None
    text = render_html(replace(diagnosis, detection=replace(diagnosis.detection, p_value=p_value)), None)
    assert f"<dt>p-value</dt><dd>{shown} " in text
