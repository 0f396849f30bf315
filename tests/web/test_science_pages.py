"""The rules of all pages, kept by those of datasets, models, administration and the account."""

import pytest
from dash import dcc, html
from tests.web.laboratory import Laboratory
from tests.web.test_controls import (
    OPERABLE,
    everything,
    has_effect,
    listened,
    parents,
    test_every_field_has_a_label,
    test_links_lead_to_pages,
)
from tests.web.test_i18n import INVISIBLE, data_of, escaped, shown_in_french
from tests.web.test_pages import (
    test_file_names_are_text_and_never_markup,
    test_ids_are_there_once,
)
from tests.web.walking import strings, walk

from palier.app.roles import Role
from palier.errors import NotFoundError, PermissionDeniedError
from palier.web.components.page_header import DOCUMENT_TITLE

__all__ = [
    "test_every_field_has_a_label",
    "test_file_names_are_text_and_never_markup",
    "test_ids_are_there_once",
    "test_links_lead_to_pages",
]


@pytest.fixture(scope="module")
def visitor(laboratory: Laboratory) -> Laboratory:
    return laboratory


def test_every_control_is_listened_to(visitor: Laboratory) -> None:
    ids, seen, dead = listened(visitor), set(), []
    for what, page in everything(visitor).items():
        above = parents(page)
        for control in walk(page):
            if type(control).__name__ in OPERABLE:
                seen.add(type(control).__name__)
                if not has_effect(control, ids, above):
                    dead.append((what, type(control).__name__, getattr(control, "id", None)))
    assert dead == []
    assert {"Button", "Checkbox", "CheckboxGroup", "NumberInput", "PasswordInput", "RadioGroup", "Switch"} <= seen


def test_no_visible_string_escapes_translation(visitor: Laboratory) -> None:
    state = visitor.world.services.system.state(visitor.world.actor())
    data = data_of(visitor) | set(state.settings) | {str(v) for v in state.settings.values()} | {state.version}
    data |= {q.name for q in state.queues} | set(state.checks.values()) | {"Chrome", "Safari", "Linux", "iPhone", "ch0"}
    data |= {d.content_hash[:12] for d in visitor.world.services.datasets.all(visitor.world.actor())}
    left = {
        (what, path.rsplit("/", 1)[-1], text)
        for what, page in shown_in_french(visitor)
        for path, text in strings(page, INVISIBLE)
        if escaped(text, data)
    }
    assert sorted(left) == []


def test_every_page_has_one_title_and_one_heading(visitor: Laboratory) -> None:
    for what, address in visitor.addresses().items():
        shown = list(walk(visitor.show(address)))
        titles = [c.data for c in shown if isinstance(c, dcc.Store) and c.id == DOCUMENT_TITLE]
        assert len([c for c in shown if isinstance(c, html.H1)]) == len(titles) == 1, what
        assert titles[0], what


@pytest.mark.parametrize("role", list(Role))
def test_pages_are_for_those_who_may(visitor: Laboratory, role: Role) -> None:
    actor = visitor.world.actor(role)
    for what, address in visitor.addresses().items():
        page, _ = visitor.app.find_page(*address.split("?")) or (None, None)
        assert page is not None
        if actor.may(page.permission):
            visitor.show(address, actor)
        elif what.startswith("admin"):
            with pytest.raises(PermissionDeniedError):
                visitor.show(address, actor)
        else:
            assert what in {
                "datasets, simulate rolling",
                "datasets, simulate journal",
                "datasets, import",
                "models, train",
            }


def test_a_viewer_is_shown_no_button_that_would_be_refused(visitor: Laboratory) -> None:
    viewer = visitor.world.actor(Role.VIEWER)
    addresses = visitor.addresses()
    for what in ("datasets", "datasets, removed", "dataset", "models", "models, removed", "model"):
        ids = {str(c.id) for c in walk(visitor.show(addresses[what], viewer)) if getattr(c, "id", None) is not None}
        forbidden = ("audit", "export-go", "evaluate", "undo", "'ask'")
        assert not [i for i in ids if any(f in i for f in forbidden)], what
        links = [c.href for c in walk(visitor.show(addresses[what], viewer)) if isinstance(c, dcc.Link)]
        assert not {"/datasets/simulate", "/datasets/import", "/models/train"} & set(links), what


def test_ids_of_another_workspace_are_not_found(visitor: Laboratory) -> None:
    foreign = visitor.world.actor(workspace=visitor.world.empty)
    for what in ("dataset", "dataset, imported", "model", "model, evaluated", "models, compare", "admin, person"):
        with pytest.raises(NotFoundError):
            visitor.show(visitor.addresses()[what], foreign)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/datasets", "No datasets yet"),
        ("/datasets/import", "There are no recordings to import"),
        ("/models", "No models yet"),
        ("/models/train", "No datasets yet"),
        ("/admin?part=audit&kind=dataset", "Nothing was recorded"),
    ],
)
def test_an_empty_workspace_is_told_what_to_do_first(visitor: Laboratory, address: str, words: str) -> None:
    shown = visitor.show(address, visitor.world.actor(workspace=visitor.world.empty))
    assert words in [c.children for c in walk(shown) if getattr(c, "className", "") == "empty-title"]


def test_what_is_simulated_says_so_everywhere(visitor: Laboratory) -> None:
    for what in ("datasets", "dataset", "models", "models, compare", "model", "model, evaluated"):
        shown = walk(visitor.show(visitor.addresses()[what]))
        assert [c for c in shown if getattr(c, "className", None) == "badge-simulated"], what
