/* Uploads: each file goes to the server as it is read from the disk, never through the memory of the page.
   The drop zone's data-words hold every text, in the language of the page. */
(function () {
  "use strict";
  const AT_ONCE = 2;
  let waiting = [], running = 0, ended = [];

  const zone = () => document.querySelector("[data-upload]");
  const words = () => JSON.parse((zone() && zone().dataset.words) || "{}");
  const fill = (text, values) => (text || "").replace(/\{(\w+)\}/g, (_, name) => values[name]);

  function size(bytes) {
    const french = document.documentElement.lang === "fr";
    const units = french ? ["o", "ko", "Mo", "Go"] : ["B", "kB", "MB", "GB"];
    let n = 0;
    while (bytes >= 1000 && n < 3) (bytes /= 1000), n++;
    return bytes.toLocaleString(french ? "fr-FR" : "en-GB", { maximumSignificantDigits: 3 }) + "\u00a0" + units[n];
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function row(file) {
    const item = element("li", "upload");
    const name = element("span", "upload-name", file.name);
    const note = element("span", "upload-note", size(file.size));
    note.setAttribute("role", "status");
    const bar = element("div", "bar");
    bar.setAttribute("role", "progressbar");
    bar.setAttribute("aria-label", fill(words().progress, { name: file.name }));
    bar.setAttribute("aria-valuemin", "0");
    bar.setAttribute("aria-valuemax", "100");
    const inner = element("div", "bar-fill");
    inner.style.width = "0%";
    bar.append(inner);
    const stop = element("button", "quiet-button", words().cancel);
    stop.type = "button";
    stop.setAttribute("aria-label", fill(words().cancel_of, { name: file.name }));
    item.append(name, bar, note, stop);
    const list = document.getElementById("uploads");
    if (list) list.append(item);
    return { item, note, bar, inner, stop };
  }

  function said(answer, status) {
    if (status === 413) return words().too_large;
    try {
      const problem = JSON.parse(answer);
      return problem.detail || problem.title || fill(words().failed, { status });
    } catch {
      return fill(words().failed, { status });
    }
  }

  function failed(one, text, again) {
    one.item.classList.add("upload-failed");
    one.note.textContent = text;
    one.bar.remove();
    one.stop.textContent = again ? words().again : words().dismiss;
    one.stop.removeAttribute("aria-label");
    one.stop.onclick = () => {
      one.item.remove();
      if (again) again();
    };
  }

  function send(file) {
    running++;
    const one = row(file), began = performance.now(), request = new XMLHttpRequest();
    const query = new URLSearchParams({ file_name: file.name });
    if (zone().dataset.point) query.set("point_id", zone().dataset.point);
    request.open("POST", zone().dataset.upload + "?" + query);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Accept", "application/json");
    request.upload.onprogress = (event) => {
      const share = event.lengthComputable ? event.loaded / event.total : 0;
      const left = ((performance.now() - began) / 1000) * (1 / Math.max(share, 1e-6) - 1);
      one.inner.style.width = (100 * share).toFixed(1) + "%";
      one.bar.setAttribute("aria-valuenow", (100 * share).toFixed(0));
      const values = { done: size(event.loaded), total: size(event.total), left: Math.max(1, Math.round(left)) };
      one.note.textContent = fill(left > 2 && share > 0.01 && share < 1 ? words().going_left : words().going, values);
    };
    request.upload.onload = () => (one.note.textContent = words().checking);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        ended.push(JSON.parse(request.responseText).id);
        one.item.remove();
      } else failed(one, said(request.responseText, request.status), request.status >= 500 || request.status === 429 ? () => start([file]) : null);
      next();
    };
    request.onerror = () => {
      failed(one, words().lost, () => start([file]));
      next();
    };
    request.onabort = () => {
      one.item.remove();
      next();
    };
    one.stop.onclick = () => request.abort();
    request.send(file);
  }

  function next() {
    running--;
    if (ended.length) window.dash_clientside.set_props("uploaded", { data: ended.slice() });
    pump();
    if (!running && !waiting.length) ended = [];
  }

  function pump() {
    while (zone() && running < AT_ONCE && waiting.length) send(waiting.shift());
  }

  function start(files) {
    waiting.push(...files);
    pump();
  }

  function pick() {
    const input = element("input");
    input.type = "file";
    input.multiple = true;
    input.hidden = true;
    input.onchange = () => {
      start([...input.files]);
      input.remove();
    };
    input.oncancel = () => input.remove();
    document.body.append(input); // one that is nowhere may be collected before anything was chosen
    input.click();
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest && event.target.closest("[data-upload-pick]")) pick();
  });
  const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
  let depth = 0;
  document.addEventListener("dragenter", (event) => {
    if (!zone() || !files(event)) return;
    depth++;
    zone().classList.add("drop-over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!zone() || !files(event)) return;
    depth = Math.max(0, depth - 1);
    if (!depth) zone().classList.remove("drop-over");
  });
  document.addEventListener("dragover", (event) => {
    if (zone() && files(event)) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!zone() || !files(event)) return;
    event.preventDefault();
    depth = 0;
    zone().classList.remove("drop-over");
    start([...event.dataTransfer.files]);
  });
  window.addEventListener("beforeunload", (event) => {
    if (running) event.preventDefault();
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.palier = Object.assign(window.dash_clientside.palier || {}, {
    /* What was uploaded joins the list, in the address. */
    joined(ids, search) {
      if (!ids || !ids.length) return window.dash_clientside.no_update;
      const query = new URLSearchParams(search || "");
      const there = (query.get("recordings") || "").split(",").filter(Boolean);
      const all = [...new Set([...there, ...ids])];
      if (all.length === there.length && query.get("open")) return window.dash_clientside.no_update;
      query.set("recordings", all.join(","));
      if (!query.get("open")) query.set("open", ids[0]);
      return "?" + query.toString().replaceAll("%2C", ",");
    },
  });
})();
