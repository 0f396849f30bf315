import re
import runpy
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from palier.errors import OutputError, ParameterError
from palier.evaluation.compare import Judged, compare_results
from palier.evaluation.report import (
    render_comparison,
    render_evaluation,
    write_comparison_report,
    write_evaluation_report,
)

CASES = runpy.run_path(str(Path(__file__).parents[1] / "cases.py"))
full_result, bearing_result, made_scores = (CASES[n] for n in ("full_result", "bearing_result", "made_scores"))

VOID = {"meta", "br", "use", "path", "img"}


class _Tags(HTMLParser):
    """Every tag that is opened is closed, and no id comes twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [str(v) for k, v in attrs if k == "id"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


def visible(page: str) -> str:
    body = re.sub(r"<(style|script|svg).*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def comparison():  # type: ignore[no-untyped-def]
    r = full_result()
    entries = [
        Judged("forest", r, made_scores(400, strength=2.5, flags=True)),
        Judged("k-nn", replace(r, model=replace(r.model, name="k-nn")), made_scores(400, strength=1.0)),
    ]
    return compare_results(entries, rng=np.random.default_rng(0))


@pytest.mark.parametrize("made", [full_result, bearing_result])
def test_the_page_is_well_formed_asks_for_nothing_and_is_the_same_each_time(made) -> None:  # type: ignore[no-untyped-def]
    page = render_evaluation(made())
    assert page == render_evaluation(made())
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert len(set(tags.ids)) == len(tags.ids)
    assert not re.search(r"(src|href)\s*=\s*[\"'](?!#)", page)
    assert "url(http" not in page
    assert "default-src 'none'" in page


def test_the_page_says_the_sentence_the_cautions_and_every_number() -> None:
    r = full_result()
    text = visible(render_evaluation(r))
    assert r.sentence in text
    for caution in r.cautions:
        assert caution.text.replace("'", "&#39;") in text
    assert "SIMULATED DATA – never validated on measured data" in text
    for c in r.per_class:
        assert c.recall is not None
        assert f"{100 * c.recall.value:.1f} ({100 * c.recall.low:.1f} to {100 * c.recall.high:.1f})" in text
    for column in r.columns:
        assert f" {column.name} " in text
    for mistake in r.errors.confident:
        assert mistake.record_id in text
    assert "for description only" in text
    assert r.dataset.content_hash in text
    assert "no rule gets more than 94.8 %" in text


def test_a_measured_dataset_is_not_called_simulated_and_lists_its_bearings() -> None:
    r = bearing_result()
    text = visible(render_evaluation(r))
    assert "SIMULATED" not in text
    assert "Read with care" in text
    for g in r.by_group:
        assert g.name in text
    assert "hold no trace" not in text
    assert "Under noise" not in text
    assert "other seeds" not in text


def test_a_leaky_split_is_no_score_to_rely_on() -> None:
    r = bearing_result()
    from palier.evaluation.result import Caution

    leaky = replace(r, cautions=(Caution("leaky_split", "It leaks."),))
    page = render_evaluation(leaky)
    assert "No score to rely on" in visible(page)
    assert 'class="answer bad"' in page
    assert '<li class="fatal">It leaks.</li>' in page


def test_names_from_files_are_escaped() -> None:
    r = bearing_result()
    bad = replace(r, model=replace(r.model, name="<script>alert(1)</script>"), dataset=replace(r.dataset, name="a & b"))
    page = render_evaluation(bad)
    assert "<script>alert" not in page
    assert "a &amp; b" in page


def test_figures_have_words_and_their_ids_do_not_meet() -> None:
    page = render_evaluation(full_result())
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page)
    assert len(captions) == page.count("<figure") == 9
    assert all(len(c) > 20 for c in captions)
    assert page.count('role="img"') == 9


def test_noises_of_several_kinds_have_a_line_each() -> None:
    page = render_evaluation(CASES["eleven_result"]())
    noise = page[page.index('id="fig-noise"') : page.index("</figure>", page.index('id="fig-noise"'))]
    for name in ("white", "pink", "mains", "dropouts", "10 dB"):
        assert f">{name}<" in noise
    one = render_evaluation(full_result())
    noise = one[one.index('id="fig-noise"') : one.index("</figure>", one.index('id="fig-noise"'))]
    assert ">white<" not in noise


def test_a_comparison_names_the_best_and_every_pair() -> None:
    c = comparison()
    page = render_comparison(c)
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    text = visible(page)
    assert "forest is right most often" in text
    assert "more often than every other model, beyond chance" in text
    for pair in c.pairs:
        assert pair.verdict in text
    assert page == render_comparison(comparison())


def test_a_comparison_without_a_shown_difference_says_so() -> None:
    r = full_result()
    same = made_scores(400, strength=2.5, flags=True)
    c = compare_results([Judged("a", r, same), Judged("b", r, same)], rng=np.random.default_rng(0))
    text = visible(render_comparison(c))
    assert "no difference from the others is shown" in text
    assert "No difference between a and b is shown" in text


def test_a_report_is_written_whole_in_a_new_folder(tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.html"
    write_evaluation_report(bearing_result(), target)
    assert target.read_text(encoding="utf-8") == render_evaluation(bearing_result())
    assert [p.name for p in target.parent.iterdir()] == ["report.html"]
    write_comparison_report(comparison(), tmp_path / "c.html")
    assert (tmp_path / "c.html").stat().st_size > 20_000


def test_other_endings_and_places_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"\.html"):
        write_evaluation_report(bearing_result(), tmp_path / "report.pdf")
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write_evaluation_report(bearing_result(), tmp_path / "file" / "r.html")
