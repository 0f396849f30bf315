"""The Dash application: every page, one router, one place for errors."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Final

from dash import Input, Output, ctx, html, no_update
from dash.development.base_component import Component
from dash.exceptions import PreventUpdate

from palier.errors import NotFoundError, PalierError
from palier.web.components.file_drop import register_file_drop
from palier.web.errors import PAGE, on_error
from palier.web.i18n import current_language, t
from palier.web.request import current_actor, follow_requests, signed_in
from palier.web.routing import PalierDash
from palier.web.shell import APPEARANCE, LANGUAGE, LOCATION, SPOKEN, register_shell, shell

if TYPE_CHECKING:
    from palier.app.services import Services

__all__ = ["PAGES", "dash_app"]

#: Modules of `palier.web.pages`, each with ``register(app, services)``.
PAGES: Final[tuple[str, ...]] = (
    "home", "diagnose", "diagnosis", "machines", "jobs", "account", "admin", "datasets", "models",
)  # fmt: skip

_INDEX = """<!DOCTYPE html>
<html>
  <head>
    {%metas%}
    <title>{%title%}</title>
    {%favicon%}
    {%css%}
  </head>
  <body>
    {%app_entry%}
    {%config%}
    {%scripts%}
    {%renderer%}
  </body>
</html>
"""


def dash_app(services: "Services") -> PalierDash:
    """Return the application that serves every page, for the server to mount last.

    It asks `services` for everything, on behalf of the actor that the guard put into the request.
    """
    app = PalierDash(
        page_attributes=lambda: _attributes(services),
        name="palier.web",
        assets_folder="assets",
        title="palier",
        update_title=None,
        index_string=_INDEX,
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "color-scheme", "content": "light dark"},
        ],
        serve_locally=True,
        suppress_callback_exceptions=True,
        pages_folder="",
        use_pages=False,
        add_log_handler=False,
        on_error=on_error,
        enable_mcp=False,
    )
    follow_requests(app.server)
    for name in PAGES:
        import_module(f"palier.web.pages.{name}").register(app, services)
    register_shell(app)
    register_file_drop(app, LOCATION)
    _register_router(app)
    _register_preferences(app, services)
    app.layout = lambda: _frame(app, services)
    return app


def _frame(app: PalierDash, services: "Services") -> Component:
    if not signed_in():  # Dash calls this before the first answer of all, whoever asks for it
        return html.Div()
    actor = current_actor()
    mine = services.workspaces.mine(actor)
    here = next(w for w in mine if w.id == actor.workspace_id)
    others = [w for w in mine if w.id != actor.workspace_id]
    return shell(actor, here=here, others=others, scheme=_scheme(services), pages=app.all_pages)


def _attributes(services: "Services") -> Mapping[str, str]:
    """Return the attributes of the document: its language, its colours, and what to say where nothing else comes."""
    scheme = _scheme(services)
    fixed = {} if scheme == "auto" else {"data-mantine-color-scheme": scheme}
    return {"lang": current_language(), "data-failed": t("shell.failed"), **fixed}


def _scheme(services: "Services") -> str:
    try:
        return services.accounts.profile.me(current_actor()).colour_scheme
    except PalierError:  # the first answer must come, whoever asks; the page then says what is wrong
        return "auto"


def _register_router(app: PalierDash) -> None:
    @app.callback(Output(PAGE, "children"), Input(LOCATION, "pathname"), Input(LOCATION, "search"))
    def show(path: str, search: str | None) -> Component:
        found = app.find_page(path or "/", search)
        if found is None:
            raise NotFoundError(t("errors.no_page", path=path))
        page, address = found
        if page.follows_query and list(ctx.triggered_prop_ids) == [f"{LOCATION}.search"]:
            raise PreventUpdate
        current_actor().require(page.permission)
        return page.layout(address)


def _register_preferences(app: PalierDash, services: "Services") -> None:
    @app.callback(Output(SPOKEN, "data"), Input(LANGUAGE, "value"), prevent_initial_call=True)
    def speak(language: str) -> object:
        if language == current_language():
            return no_update
        services.accounts.profile.change_language(current_actor(), language)
        return language

    @app.callback(Input(APPEARANCE, "value"), prevent_initial_call=True)
    def colour(scheme: str) -> None:
        services.accounts.profile.change_colour_scheme(current_actor(), scheme)
