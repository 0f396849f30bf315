"""One person: role, second factors, and whether they may sign in."""

from typing import TYPE_CHECKING

import dash_mantine_components as dmc
from dash import Input, Output, State, dcc, html
from dash.development.base_component import Component

from palier.app.roles import Permission, Role
from palier.app.views import PersonView
from palier.errors import NotFoundError
from palier.web.components.ask_first import Ask
from palier.web.components.facts import facts
from palier.web.components.page_header import page_header
from palier.web.components.press import require_press
from palier.web.components.when import moment
from palier.web.i18n import t
from palier.web.pages.admin.people import link_shown
from palier.web.pages.admin.words import access_badge, factor_badge
from palier.web.request import current_actor
from palier.web.routing import Address, Page, PalierDash, link

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["register"]

_SHOWN, _STATE, _LINK = "admin-person", "admin-person-state", "admin-person-link"
_ROLE, _SAVE, _ENABLE = "admin-person-role", "admin-person-save", "admin-person-enable"
_DISABLE, _RESET, _FACTORS = (Ask("admin", f"person-{do}") for do in ("disable", "reset", "factors"))


def _page(services: "Services", address: Address) -> Component:
    person_id = address.ids["person_id"]
    person = next((p for p in services.accounts.people.all(current_actor()) if p.id == person_id), None)
    if person is None:
        raise NotFoundError(t("admin.no_person"))
    return html.Div(
        [
            page_header(person.name, lead=person.email, above=dcc.Link(t("admin.people_all"), href="/admin")),
            dcc.Store(id=_SHOWN, data=person.id),
            html.Div(_state(person), id=_STATE, className="stack wide-gap"),
            html.Div(id=_LINK, role="status", className="person-link"),
            _DISABLE.dialog_of(
                t("admin.disable_title", name=person.name), t("admin.disable_text"), yes=t("admin.disable")
            ),
            _RESET.dialog_of(
                t("admin.reset_title", name=person.name), t("admin.reset_text"), yes=t("admin.reset"), danger=False
            ),
            _FACTORS.dialog_of(
                t("admin.factors_title", name=person.name), t("admin.factors_text"), yes=t("admin.factors_remove")
            ),
        ]
    )


def _state(person: PersonView) -> list[Component]:
    known = [
        (t("admin.access"), access_badge(person)),
        (t("admin.factor"), factor_badge(person)),
        (t("admin.codes"), str(person.recovery_codes_left)),
        (t("admin.seen"), moment(person.last_seen_at) if person.last_seen_at else t("account.never")),
        (t("account.since"), moment(person.created_at)),
    ]
    return [facts(known), _role(person), _access(person)]


def _role(person: PersonView) -> Component:
    choices = [
        dmc.Radio(value=r.value, label=t(f"roles.{r.value}"), description=t(f"admin.role_{r.value}")) for r in Role
    ]
    group = dmc.RadioGroup(
        html.Div(choices, className="stack radios"), id=_ROLE, label=t("admin.role"), value=person.role.value
    )
    save = html.Div(dmc.Button(t("admin.role_save"), id=_SAVE, variant="default"))
    return html.Section([group, save], className="panel stack")


def _access(person: PersonView) -> Component:
    rows = [(t("admin.reset_hint"), _RESET.button(t("admin.reset"), person.id, size="sm"))]
    if person.has_totp or person.passkeys:
        rows.append(
            (t("admin.factors_hint"), _FACTORS.button(t("admin.factors_remove"), person.id, size="sm", danger=True))
        )
    if person.disabled_at is None:
        rows.append((t("admin.disable_hint"), _DISABLE.button(t("admin.disable"), person.id, size="sm", danger=True)))
    else:
        rows.append((t("admin.enable_hint"), dmc.Button(t("admin.enable"), id=_ENABLE, variant="default")))
    shown = [html.Div([html.P(text, className="note"), button], className="deed") for text, button in rows]
    audit = link("/admin", part="audit", person=person.id)
    return html.Section(
        [html.H2(t("admin.access_title")), *shown, dcc.Link(t("admin.person_audit"), href=audit)], className="stack"
    )


def register(app: PalierDash, services: "Services") -> None:
    """Serve the page."""
    app.add_page(
        Page("/admin/people/<person_id>", "admin.title", lambda a: _page(services, a), permission=Permission.ADMINISTER)
    )
    people = services.accounts.people
    for ask in (_DISABLE, _RESET, _FACTORS):
        ask.register(app)

    @app.callback(
        Output(_STATE, "children"),
        Input(_SAVE, "n_clicks"),
        State(_ROLE, "value"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def set_role(_clicks: int, role: str, person_id: str) -> list[Component]:
        require_press()
        return _state(people.set_role(current_actor(), person_id, Role(role)))

    @app.callback(
        Output(_STATE, "children", allow_duplicate=True),
        Input(_DISABLE.yes, "n_clicks"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def disable(_clicks: int, person_id: str) -> list[Component]:
        require_press()
        return _state(people.disable(current_actor(), person_id))

    @app.callback(
        Output(_STATE, "children", allow_duplicate=True),
        Input(_ENABLE, "n_clicks"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def enable(_clicks: int, person_id: str) -> list[Component]:
        require_press()
        return _state(people.enable(current_actor(), person_id))

    @app.callback(
        Output(_STATE, "children", allow_duplicate=True),
        Input(_FACTORS.yes, "n_clicks"),
        State(_SHOWN, "data"),
        prevent_initial_call=True,
    )
    def remove_factors(_clicks: int, person_id: str) -> list[Component]:
        require_press()
        return _state(people.remove_factors(current_actor(), person_id))

    @app.callback(
        Output(_LINK, "children"), Input(_RESET.yes, "n_clicks"), State(_SHOWN, "data"), prevent_initial_call=True
    )
    def reset(_clicks: int, person_id: str) -> list[Component]:
        require_press()
        made = people.reset_link(current_actor(), person_id)
        return link_shown(made, t("admin.reset_made"), t("admin.link_text"))
