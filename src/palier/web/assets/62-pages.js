/* Asking first, copying, and going to an address: no answer of the server is needed for them. */
(function () {
  "use strict";
  const NO = () => window.dash_clientside.no_update;

  document.addEventListener("submit", (event) => {
    if (event.target.dataset.press) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const form = event.key === "Enter" && !event.isComposing && event.target.tagName === "INPUT" && event.target.closest("form[data-press]");
    if (!form || event.target.hasAttribute("aria-haspopup")) return;
    event.preventDefault();
    setTimeout(() => document.getElementById(form.dataset.press).click(), 50); /* what was typed is told first */
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest && event.target.closest("[data-copy]");
    if (!button) return;
    const before = button.dataset.before || (button.dataset.before = button.textContent);
    let said = button.dataset.copied;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      said = button.dataset.notCopied;
    }
    button.textContent = said;
    setTimeout(() => (button.textContent = before), 2500);
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    palier: Object.assign((window.dash_clientside || {}).palier || {}, {
      ask() {
        const context = window.dash_clientside.callback_context;
        const id = context.triggered_id, pressed = context.triggered[0] && context.triggered[0].value;
        if (!pressed) return [NO(), NO()];
        return typeof id === "object" ? [true, id.x] : [false, NO()];
      },
      cleared() {
        return [];
      },
      everyRow(all, rows) {
        return rows.map(() => Boolean(all));
      },
      shownFor(value) {
        return { display: value === "shares" ? "grid" : "none" };
      },
      rowShown(row) {
        const query = new URLSearchParams(location.search);
        query.set("row", String(row === "" || row === null || row === undefined ? 0 : row));
        history.replaceState(history.state, "", location.pathname + "?" + query.toString().replaceAll("%2C", ",") + location.hash);
        return NO();
      },
      /* The figure has every point that it will get: only its axis moves. */
      spanned(span, figure) {
        if (!figure || !figure.layout) return NO();
        const xaxis = Object.assign({}, figure.layout.xaxis, span ? { range: span, autorange: false } : { autorange: true });
        return Object.assign({}, figure, { layout: Object.assign({}, figure.layout, { xaxis }) });
      },
      same(value) {
        return value === undefined || value === null ? NO() : value;
      },
    }),
  });
})();
