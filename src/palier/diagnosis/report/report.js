(function () {
  "use strict";
  var root = document.documentElement;

  // ---- theme
  var button = document.querySelector("button.theme"), system = window.matchMedia("(prefers-color-scheme: dark)");
  function dark() {
    var set = root.getAttribute("data-theme");
    return set ? set === "dark" : system.matches;
  }
  function name() { button.textContent = dark() ? "Light theme" : "Dark theme"; }
  button.hidden = false;
  button.addEventListener("click", function () { root.setAttribute("data-theme", dark() ? "light" : "dark"); name(); });
  system.addEventListener("change", name);
  name();

  // ---- zoom: the still picture shows the whole; zoomed in, a live one takes its place on the screen
  var LEFT = 58, RIGHT = 10, TOP = 16, BOTTOM = 40;

  function element(tag, attributes, parent, text) {
    var made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    Object.keys(attributes).forEach(function (key) { made.setAttribute(key, attributes[key]); });
    if (text !== undefined) { made.textContent = text; }
    parent.appendChild(made);
    return made;
  }
  function decimals(step) { return Math.max(0, -Math.floor(Math.log10(step) + 1e-9)); }
  function number(value, digits) { return value.toFixed(digits).replace("-", "−"); }
  function ticks(from, to, count) {
    var rough = (to - from) / count, power = Math.pow(10, Math.floor(Math.log10(rough)));
    var step = [1, 2, 5, 10].map(function (m) { return m * power; }).find(function (s) { return s >= rough; });
    var made = [], k = Math.ceil(from / step - 1e-9);
    for (; k * step <= to + step * 1e-9; k += 1) { made.push({ at: k * step, text: number(k * step, decimals(step)) }); }
    return made;
  }

  function zoomable(tools) {
    var data = JSON.parse(tools.getAttribute("data-zoom")), raw = atob(data.values), n = raw.length / 2;
    var pairs = data.group > 1, step = data.step * data.group, scale = (data.high - data.low) / 65535;
    var figure = tools.parentNode, stage = figure.querySelector(".scroll"), title = figure.querySelector("h3").textContent;
    var a = 0, b = data.end, least = 10 * step, height = 300, drag = null, pending = false;
    function value(i) { return data.low + scale * (raw.charCodeAt(2 * i) + 256 * raw.charCodeAt(2 * i + 1)); }
    function place(i) { return (pairs ? i >> 1 : i) * step; }

    var live = document.createElement("div");
    live.className = "live";
    live.hidden = true;
    stage.appendChild(live);
    var said = document.createElement("span");
    said.className = "said";
    said.setAttribute("role", "status");

    function whole() { return a <= 0 && b >= data.end; }
    function show(from, to) {
      var width = Math.min(data.end, Math.max(least, to - from));
      if (whole()) { height = Math.max(240, Math.round(figure.querySelector(".plot").clientHeight)); }
      a = Math.min(Math.max(0, from), data.end - width);
      b = a + width;
      figure.classList.toggle("zoomed", !whole());
      live.hidden = whole();
      var digits = decimals(width / 100);
      said.textContent = whole() ? "" : number(a, digits) + " to " + number(b, digits) + " " + data.unit;
      buttons.forEach(function (one) { one.setAttribute("aria-disabled", String(one.idle())); });
      if (!pending) { pending = true; window.requestAnimationFrame(function () { pending = false; draw(); }); }
    }
    function zoom(factor, centre) {
      var c = centre === undefined ? (a + b) / 2 : centre;
      show(c - (c - a) * factor, c + (b - c) * factor);
    }
    function move(part) { var by = (b - a) * part; show(a + by, b + by); }

    var buttons = [
      ["Zoom in", function () { zoom(0.5); }, function () { return b - a <= least * 1.001; }],
      ["Zoom out", function () { zoom(2); }, whole],
      ["Left", function () { move(-0.25); }, function () { return a <= 0; }],
      ["Right", function () { move(0.25); }, function () { return b >= data.end; }],
      ["Whole", function () { show(0, data.end); }, whole]
    ].map(function (row) {
      var made = document.createElement("button");
      made.type = "button";
      made.textContent = row[0];
      made.idle = row[2];
      made.addEventListener("click", function () { if (!row[2]()) { row[1](); } });
      tools.appendChild(made);
      return made;
    });
    tools.appendChild(said);
    var hint = document.createElement("span");
    hint.className = "hint";
    hint.textContent = "Or click the figure: wheel, drag, arrow keys, + − 0.";
    tools.appendChild(hint);
    tools.removeAttribute("data-zoom");
    tools.hidden = false;

    function draw() {
      if (whole()) { return; }
      live.textContent = "";
      var width = Math.max(300, stage.clientWidth), right = width - RIGHT, floor = height - BOTTOM;
      var svg = element("svg", { viewBox: "0 0 " + width + " " + height, role: "img", "aria-label": title + ", " + said.textContent }, live);
      var first = Math.max(0, Math.floor(a / step) - 1), last = Math.min((pairs ? n / 2 : n) - 1, Math.ceil(b / step) + 1);
      if (pairs) { first *= 2; last = 2 * last + 1; }
      var low = Infinity, high = -Infinity, i, v;
      for (i = first; i <= last; i += 1) { v = value(i); low = Math.min(low, v); high = Math.max(high, v); }
      var rise = (high - low) || 1;
      var bottom = data.zero ? 0 : low - 0.06 * rise, top = data.zero ? Math.max(high, 1e-9) * 1.3 : high + 0.06 * rise;
      function x(at) { return LEFT + (at - a) / (b - a) * (right - LEFT); }
      function y(at) { return floor - (at - bottom) / (top - bottom) * (floor - TOP); }
      var clip = element("clipPath", { id: "live-" + figure.getAttribute("aria-labelledby") }, svg);
      element("rect", { x: LEFT, y: TOP, width: right - LEFT, height: floor - TOP }, clip);
      var inside = { "clip-path": "url(#live-" + figure.getAttribute("aria-labelledby") + ")" };

      ticks(a, b, width / 110).forEach(function (tick) {
        element("line", { "class": "grid", x1: x(tick.at), x2: x(tick.at), y1: TOP, y2: floor }, svg);
        element("text", { "class": "tick", x: x(tick.at), y: floor + 16, "text-anchor": "middle", "data-at": tick.at }, svg, tick.text);
      });
      ticks(bottom, top, 5).forEach(function (tick) {
        element("line", { "class": "grid", x1: LEFT, x2: right, y1: y(tick.at), y2: y(tick.at) }, svg);
        element("text", { "class": "tick", x: LEFT - 6, y: y(tick.at) + 4, "text-anchor": "end" }, svg, tick.text);
      });
      if (data.spacing && (b - a) / data.spacing < 60) {
        for (i = Math.ceil(a / data.spacing) || 1; i * data.spacing <= b; i += 1) {
          element("line", { "class": "shaft", x1: x(i * data.spacing), x2: x(i * data.spacing), y1: TOP, y2: floor }, svg);
        }
      }
      var near = data.marks.filter(function (m) { return m.expected + m.tolerance > a && m.expected - m.tolerance < b; });
      near.filter(function (m) { return m.main; }).forEach(function (m) {
        var group = element("g", Object.assign({ "class": m.fault }, inside), svg);
        element("rect", { "class": "span", x: x(m.expected - m.tolerance), y: TOP, height: floor - TOP, width: x(m.expected + m.tolerance) - x(m.expected - m.tolerance) }, group);
        element("line", { "class": "expected", x1: x(m.expected), x2: x(m.expected), y1: TOP, y2: floor }, group);
      });
      element("path", Object.assign({ "class": "series", d: path(first, last, x, y) }, inside), svg);
      element("path", { "class": "axis", d: "M" + LEFT + " " + TOP + "V" + floor + "H" + right }, svg);
      element("text", { "class": "name", x: (LEFT + right) / 2, y: height - 6, "text-anchor": "middle" }, svg, data.unit === "s" ? "time, s" : "modulation frequency, Hz");
      element("text", { "class": "name", x: 12, y: (TOP + floor) / 2, transform: "rotate(-90 12 " + (TOP + floor) / 2 + ")", "text-anchor": "middle" }, svg, data.label);
      var taken = [];
      near.forEach(function (m) { mark(m, svg, x, y, right, taken); });
    }

    // as many points as there are, or the lowest and highest of each pixel
    function path(first, last, x, y) {
      var parts = [], i, v, column, now = null, low = 0, high = 0;
      var few = last - first < 1500;
      for (i = first; i <= last; i += 1) {
        v = value(i);
        if (few) { parts.push(x(place(i)).toFixed(2) + " " + y(v).toFixed(2)); continue; }
        column = Math.round(x(place(i)));
        if (column !== now) {
          if (now !== null) { parts.push(now + " " + y(low).toFixed(2), now + " " + y(high).toFixed(2)); }
          now = column; low = high = v;
        } else { low = Math.min(low, v); high = Math.max(high, v); }
      }
      if (now !== null) { parts.push(now + " " + y(low).toFixed(2), now + " " + y(high).toFixed(2)); }
      return "M" + parts.join("L");
    }

    function mark(m, svg, x, y, right, taken) {
      var found = m.found !== null, at = found ? m.found : m.expected;
      if (at < a || at > b) { return; }
      var group = element("g", { "class": m.fault + (m.elsewhere ? " hollow" : "") }, svg), px = x(at), py = found ? y(m.height) : TOP;
      if (found && m.main) { element("circle", { "class": "found", cx: px, cy: py, r: 4.5, "data-at": at }, group); }
      if (found && !m.main) { element("path", { "class": "found", d: "M" + px + " " + (py - 4.5) + "l4.2 7.6h-8.4z" }, group); }
      var half = m.label.length * 3.6 + 2, tx = Math.min(Math.max(px, LEFT + half), right - half), ty = found ? py - 9 : TOP + 12;
      function hit(t) { return Math.abs(t[0] - tx) < half + t[2] && Math.abs(t[1] - ty) < 14; }
      while (taken.some(hit) && ty > TOP && ty < height - BOTTOM) { ty += found ? -3 : 3; }
      if (taken.some(hit)) { return; }
      taken.push([tx, ty, half]);
      element("text", { "class": "label", x: tx, y: ty, "text-anchor": "middle" }, group, m.label);
    }

    function under(event) {
      var box = stage.getBoundingClientRect(), part;
      if (whole()) {
        var still = figure.querySelector(".plot").getBoundingClientRect();
        part = ((event.clientX - still.left) / still.width - data.box[0]) / (data.box[1] - data.box[0]);
      } else { part = (event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT); }
      return a + (b - a) * Math.min(1, Math.max(0, part));
    }
    stage.addEventListener("wheel", function (event) {
      if (document.activeElement !== stage && !event.ctrlKey) { return; }
      event.preventDefault();
      zoom(event.deltaY < 0 ? 0.8 : 1.25, under(event));
    }, { passive: false });
    stage.addEventListener("keydown", function (event) {
      if (event.ctrlKey || event.metaKey || event.altKey) { return; }
      var act = {
        "+": function () { zoom(0.5); }, "=": function () { zoom(0.5); }, "-": function () { zoom(2); }, "−": function () { zoom(2); },
        "0": function () { show(0, data.end); }, "Escape": function () { stage.blur(); }
      }[event.key];
      if (!whole() && event.key === "ArrowLeft") { act = function () { move(-0.1); }; }
      if (!whole() && event.key === "ArrowRight") { act = function () { move(0.1); }; }
      if (act) { event.preventDefault(); act(); }
    });
    live.addEventListener("pointerdown", function (event) {
      if (event.button) { return; }
      live.setPointerCapture(event.pointerId);
      drag = { x: event.clientX, a: a, b: b };
    });
    live.addEventListener("pointermove", function (event) {
      if (!drag) { return; }
      var by = (drag.x - event.clientX) / (stage.clientWidth - LEFT - RIGHT) * (drag.b - drag.a);
      show(drag.a + by, drag.b + by);
    });
    ["pointerup", "pointercancel"].forEach(function (kind) { live.addEventListener(kind, function () { drag = null; }); });
    window.addEventListener("resize", draw);
    show(0, data.end);
  }
  document.querySelectorAll(".tools").forEach(zoomable);
})();
