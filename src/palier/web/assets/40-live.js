/* Things that the browser fills in: local times, sparklines, and what Mantine leaves unsaid. */
(function () {
  "use strict";
  const NS = "http://www.w3.org/2000/svg";
  const formats = {};

  function format() {
    const language = document.documentElement.lang || "en";
    if (!formats[language])
      formats[language] = new Intl.DateTimeFormat(language === "fr" ? "fr-FR" : "sv-SE", { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" });
    return formats[language];
  }

  function localise(time) {
    const at = new Date(time.dateTime);
    if (isNaN(at)) return;
    const text = format().format(at);
    if (time.classList.contains("moment")) {
      const node = time.firstChild;
      if (node && node.nodeValue !== text) node.nodeValue = text;
    }
    if (time.title !== "" && time.title !== text) time.title = text;
  }

  function draw(spark) {
    const given = spark.dataset.spark;
    if (spark.dataset.drawn === given) return;
    const values = given.split(" ").map(Number);
    const low = Math.min(...values), span = Math.max(...values) - low || 1, width = 104, height = 28;
    const points = values.map((v, i) => [(3 + (i * (width - 6)) / (values.length - 1)).toFixed(1), (height - 4 - ((v - low) / span) * (height - 8)).toFixed(1)]);
    const svg = document.createElementNS(NS, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS(NS, "polyline");
    line.setAttribute("points", points.map((p) => p.join(",")).join(" "));
    line.setAttribute("fill", "none");
    line.setAttribute("stroke", "currentColor");
    line.setAttribute("stroke-width", "1.5");
    line.setAttribute("stroke-linejoin", "round");
    const dot = document.createElementNS(NS, "circle");
    const last = points[points.length - 1];
    dot.setAttribute("cx", last[0]);
    dot.setAttribute("cy", last[1]);
    dot.setAttribute("r", "2.4");
    dot.setAttribute("fill", "currentColor");
    svg.append(line, dot);
    spark.replaceChildren(svg);
    spark.dataset.drawn = given;
  }

  function fill() {
    document.querySelectorAll("time[datetime]").forEach(localise);
    document.querySelectorAll("[data-spark]").forEach(draw);
    document.querySelectorAll("header.mantine-Modal-header:not([role])").forEach((head) => head.setAttribute("role", "presentation")); // not the banner of the page
  }

  let asked = false;
  new MutationObserver(() => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      fill();
    });
  }).observe(document.documentElement, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ["datetime", "data-spark"] });
})();
