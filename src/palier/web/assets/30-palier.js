/* What is purely visual: no answer of the server is needed for it. */
(function () {
  "use strict";
  const NO = () => window.dash_clientside.no_update;

  function markCurrent() {
    const path = location.pathname;
    for (const link of document.querySelectorAll(".nav-link")) {
      const own = new URL(link.href).pathname;
      const here = own === "/" ? path === "/" : path === own || path.startsWith(own + "/") || (own === "/diagnose" && path.startsWith("/diagnoses/"));
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  /* The account menu closes as menus do. */
  const menu = () => document.querySelector("details.account[open]");
  document.addEventListener("click", (event) => {
    const open = menu();
    if (open && !open.contains(event.target)) open.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const open = menu();
    if (!open || event.key !== "Escape") return;
    open.open = false;
    open.querySelector("summary").focus();
  });

  let arrived = false;
  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    palier: Object.assign((window.dash_clientside || {}).palier || {}, {
      toggleNavigation(opened, navbar) {
        return Object.assign({}, navbar, { collapsed: { mobile: !opened } });
      },
      closeNavigation() {
        return false;
      },
      colourScheme(scheme) {
        return scheme === "auto" ? null : scheme;
      },
      documentTitle(title) {
        document.title = title && title !== "palier" ? title + " · palier" : "palier";
        if (arrived) {
          const heading = document.getElementById("page-title");
          if (heading) heading.focus({ preventScroll: true });
          arrived = false;
        }
        return NO();
      },
      navigated() {
        markCurrent();
        arrived = document.activeElement !== null && document.activeElement !== document.body;
        window.scrollTo(0, 0);
        return NO();
      },
      /* The first button opens a dialog, the second closes it. */
      opened() {
        const context = window.dash_clientside.callback_context;
        if (!context.triggered.length || !context.triggered[0].value) return NO();
        return context.inputs_list[0].id === context.triggered[0].prop_id.split(".")[0];
      },
      closed() {
        return false;
      },
      /* Choices join the address without a new page; the last argument names them. */
      keepQuery(...given) {
        const names = given.pop();
        const query = new URLSearchParams(location.search);
        names.forEach((name, i) => (given[i] ? query.set(name, given[i]) : query.delete(name)));
        const text = query.toString();
        history.replaceState(history.state, "", location.pathname + (text ? "?" + text : "") + location.hash);
        return NO();
      },
      readAnew(language) {
        if (language) location.reload();
        return NO();
      },
    }),
  });
})();
