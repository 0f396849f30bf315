/* Zoom that figures share: each axis has a name ("t", "f", "e"), each name one span, kept in the address.
   A span goes to the server, which answers with as many points as fit; the wheel and keys act on a focused figure. */
(function () {
  "use strict";
  const STEP = 0.5;
  const stores = (axis) => "zoom-" + axis;

  function spanOf(axis) {
    const given = new URLSearchParams(location.search).get(axis);
    const ends = given ? given.split(",").map(Number) : [];
    return ends.length === 2 && ends.every(isFinite) && ends[0] < ends[1] ? ends : null;
  }

  function short(value) {
    return String(Number(value.toPrecision(8)));
  }

  function same(a, b) {
    return (a === null && b === null) || (a !== null && b !== null && short(a[0]) === short(b[0]) && short(a[1]) === short(b[1]));
  }

  function plotOf(axis) {
    return document.querySelector(`.plot[data-x="${axis}"]`) || document.querySelector(`.plot[data-y="${axis}"]`);
  }

  function limits(axis) {
    const plot = plotOf(axis);
    const of = plot && plot.dataset.x === axis ? "x" : "y";
    const [low, high] = (plot ? plot.dataset[of + "Extent"] : "0,1").split(",").map(Number);
    return { low, high, least: Number((plot && plot.dataset[of + "Least"]) || 0) };
  }

  function set(axis, span) {
    const { low, high, least } = limits(axis);
    if (span !== null) {
      let width = Math.min(Math.max(span[1] - span[0], least), high - low);
      let start = Math.min(Math.max((span[0] + span[1]) / 2 - width / 2, low), high - width);
      span = width >= (high - low) * 0.999 ? null : [start, start + width];
    }
    if (same(span, spanOf(axis))) return;
    const query = new URLSearchParams(location.search);
    if (span === null) query.delete(axis);
    else query.set(axis, short(span[0]) + "," + short(span[1]));
    const text = query.toString().replaceAll("%2C", ",");
    history.replaceState(history.state, "", location.pathname + (text ? "?" + text : "") + location.hash);
    window.dash_clientside.set_props(stores(axis), { data: span });
    say(axis);
  }

  function say(axis) {
    const { low, high } = limits(axis);
    const [a, b] = spanOf(axis) || [low, high];
    const language = document.documentElement.lang === "fr" ? "fr-FR" : "en-GB";
    const digits = { maximumSignificantDigits: Math.min(12, Math.max(3, Math.ceil(Math.log10(Math.max(Math.abs(b), 1e-9) / (b - a))) + 3)) };
    const written = (v) => v.toLocaleString(language, digits);
    for (const plot of document.querySelectorAll(`.plot[data-x="${axis}"]`)) {
      const status = plot.querySelector(".plot-shown");
      if (status) status.textContent = (status.dataset.words || "{low} – {high}").replace("{low}", written(a)).replace("{high}", written(b));
      for (const button of plot.querySelectorAll("[data-zoom]")) {
        const idle = spanOf(axis) === null && ["out", "left", "right", "whole"].includes(button.dataset.zoom);
        button.setAttribute("aria-disabled", String(idle));
      }
    }
  }

  function act(plot, what) {
    const axis = plot.dataset.x;
    const { low, high } = limits(axis);
    const [a, b] = spanOf(axis) || [low, high];
    const middle = (a + b) / 2, half = (b - a) / 2;
    if (what === "in") set(axis, [middle - half * STEP, middle + half * STEP]);
    else if (what === "out") set(axis, [middle - half / STEP, middle + half / STEP]);
    else if (what === "left") set(axis, [a - half / 2, b - half / 2]);
    else if (what === "right") set(axis, [a + half / 2, b + half / 2]);
    else if (what === "whole") set(axis, null);
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest(".plot [data-zoom]");
    if (button && button.getAttribute("aria-disabled") !== "true") act(button.closest(".plot"), button.dataset.zoom);
  });
  document.addEventListener("keydown", (event) => {
    const stage = event.target;
    if (!stage.classList || !stage.classList.contains("plot-stage") || event.ctrlKey || event.metaKey || event.altKey) return;
    const what = { "+": "in", "=": "in", "-": "out", ArrowLeft: "left", ArrowRight: "right", 0: "whole" }[event.key];
    if (!what) return;
    event.preventDefault();
    act(stage.closest(".plot"), what);
  });

  const palier = ((window.dash_clientside = Object.assign({}, window.dash_clientside)).palier = Object.assign((window.dash_clientside || {}).palier || {}, {
    /* A figure was zoomed with the mouse. */
    relayout() {
      const context = window.dash_clientside.callback_context;
      for (const change of context.triggered) {
        const given = change.value;
        if (!given) continue;
        const id = JSON.parse(change.prop_id.slice(0, change.prop_id.lastIndexOf(".")));
        const plot = document.querySelector(`.plot[data-plot="${id.plot}"]`);
        if (!plot) continue;
        for (const of of ["x", "y"]) {
          const axis = plot.dataset[of];
          if (!axis) continue;
          const range = given[of + "axis.range"] || (given[of + "axis.range[0]"] !== undefined ? [given[of + "axis.range[0]"], given[of + "axis.range[1]"]] : null);
          if (given[of + "axis.autorange"]) set(axis, null);
          else if (range) set(axis, range.map(Number));
        }
      }
      return window.dash_clientside.no_update;
    },
    /* The picture has every point already: only its axes move. */
    moved(time, frequency, figure) {
      if (!figure || !figure.layout || !figure.data) return window.dash_clientside.no_update;
      const ranged = (axis, span, whole) => Object.assign({}, axis, { range: span || whole, autorange: false });
      const t = limits("t"), f = limits("f");
      const layout = Object.assign({}, figure.layout, {
        xaxis: ranged(figure.layout.xaxis, time, [t.low, t.high]),
        yaxis: ranged(figure.layout.yaxis, frequency, [f.low, f.high]),
      });
      return Object.assign({}, figure, { layout });
    },
    /* Amplitudes linear or logarithmic. */
    scaled(logarithmic, figure) {
      if (!figure || !figure.layout) return window.dash_clientside.no_update;
      const yaxis = Object.assign({}, figure.layout.yaxis, { type: logarithmic ? "log" : "linear", autorange: true });
      return Object.assign({}, figure, { layout: Object.assign({}, figure.layout, { yaxis }) });
    },
  }));
  void palier;

  new MutationObserver((changes) => {
    for (const change of changes)
      for (const node of change.addedNodes)
        if (node.nodeType === 1 && (node.matches(".plot[data-x]") || node.querySelector(".plot[data-x]"))) {
          new Set([...document.querySelectorAll(".plot[data-x]")].map((p) => p.dataset.x)).forEach(say);
          return;
        }
  }).observe(document.documentElement, { subtree: true, childList: true });
})();
