"""Every page in every state, for everybody."""

import pytest
from dash import dcc, html
from tests.web.walking import Visitor, props, walk
from tests.web.world import World

from palier.app.roles import Role
from palier.errors import NotFoundError, SignInError
from palier.web.components.page_header import DOCUMENT_TITLE


def test_every_page_has_one_title_and_one_heading(visitor: Visitor) -> None:
    titles = {}
    for what, address in visitor.addresses().items():
        shown = list(walk(visitor.show(address)))
        headings = [c for c in shown if isinstance(c, html.H1)]
        stores = [c for c in shown if isinstance(c, dcc.Store) and c.id == DOCUMENT_TITLE]
        assert len(headings) == len(stores) == 1, what
        titles[what] = stores[0].data
    assert titles["diagnosis, damage"].startswith("Diagnosis of pump3-")
    assert titles["machine"] == "Feed pump 3"
    assert all(titles.values())


def test_ids_are_there_once(visitor: Visitor) -> None:
    frame = [c.id for c in walk(visitor.frame(visitor.world.actor())) if getattr(c, "id", None) is not None]
    for what, address in visitor.addresses().items():
        ids = [str(c.id) for c in walk(visitor.show(address)) if getattr(c, "id", None) is not None]
        assert len(ids) == len(set(ids)), what
        assert not set(ids) & {str(i) for i in frame}, what


@pytest.mark.parametrize("role", list(Role))
def test_every_role_is_shown_every_page_and_only_what_it_may_do(visitor: Visitor, role: Role) -> None:
    actor = visitor.world.actor(role)
    for what, address in visitor.addresses().items():
        shown = list(walk(visitor.show(address, actor)))
        ids = {str(c.id) for c in shown if getattr(c, "id", None) is not None}
        forbidden = {"diagnose-run", "diagnose-remove", "machines-save", "machine-save", "point-save", "opinion-save"}
        if role is Role.VIEWER:
            assert not ids & forbidden, what
            assert not any('"do": "cancel"' in i or "'do': 'cancel'" in i for i in ids), what


def test_an_empty_workspace_is_told_what_to_do_first(visitor: Visitor) -> None:
    actor = visitor.world.actor(workspace=visitor.world.empty)
    for address, words in (("/", "Start here"), ("/machines", "No machine yet"), ("/jobs", "Nothing is running")):
        texts = [c.children for c in walk(visitor.show(address, actor)) if getattr(c, "className", "") == "empty-title"]
        assert texts[0] == words
    links = [c.href for c in walk(visitor.show("/", actor)) if isinstance(c, dcc.Link)]
    assert "/diagnose" in links
    viewer = visitor.world.actor(Role.VIEWER, workspace=visitor.world.empty)
    assert not [c for c in walk(visitor.show("/", viewer)) if isinstance(c, dcc.Link)]


def test_ids_of_another_workspace_are_not_found(visitor: Visitor) -> None:
    foreign = visitor.world.actor(workspace=visitor.world.empty)
    for what, address in visitor.addresses().items():
        if what.startswith(("diagnosis", "machine,", "job,")) or what == "machine":
            with pytest.raises(NotFoundError):
                visitor.show(address, foreign)
    ready = visitor.show(visitor.addresses()["diagnose, ready"], foreign)
    assert not [c for c in walk(ready) if isinstance(c, html.Table)]


def test_nobody_is_asked_to_sign_in(visitor: Visitor) -> None:
    with visitor.request(None), pytest.raises(SignInError, match="sign in again"):
        visitor.app.find_page("/")[0].layout(visitor.app.find_page("/")[1])  # type: ignore[index]  # it is there


def test_unknown_addresses_have_no_page(visitor: Visitor) -> None:
    assert visitor.app.find_page("/nowhere") is None
    assert visitor.app.find_page("/jobs/1/2") is None


def test_the_frame_names_the_workspace_and_the_person(visitor: Visitor, world: World) -> None:
    frame = list(walk(visitor.frame(world.actor())))
    assert [c.children for c in frame if getattr(c, "className", None) == "workspace"] == ["Paper mill"]
    assert not [c for c in frame if getattr(c, "className", None) == "badge-simulated"]
    links = [c.href for c in frame if getattr(c, "className", None) == "nav-link"]
    assert links[:3] == ["/", "/diagnose", "/machines"]
    assert "/jobs" in links
    form = next(c for c in frame if isinstance(c, html.Form))
    assert form.method == "POST"
    assert {f.action for f in frame if isinstance(f, html.Form)} == {"/workspace", "/sign-out"}


def test_an_empty_workspace_offers_the_sample_one(visitor: Visitor) -> None:
    actor = visitor.world.actor(workspace=visitor.world.empty)
    shown = list(walk(visitor.show("/", actor)))
    (form,) = [c for c in shown if isinstance(c, html.Form)]
    assert (form.action, form.method) == ("/workspace", "POST")
    (hidden,) = [c for c in shown if isinstance(c, dcc.Input)]
    assert (hidden.name, hidden.value) == ("workspace_id", visitor.world.sample.id)
    sample = visitor.frame(visitor.world.actor(workspace=visitor.world.sample))
    assert [c for c in walk(sample) if getattr(c, "className", None) == "badge-simulated"]


def test_file_names_are_text_and_never_markup(visitor: Visitor) -> None:
    for address in visitor.addresses().values():
        for component in walk(visitor.show(address)):
            assert "dangerously_allow_html" not in props(component)
            assert type(component).__name__ != "Markdown"
