(function () {
  "use strict";
  var root = document.documentElement, button = document.querySelector("button.theme");
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  function dark() {
    var set = root.getAttribute("data-theme");
    return set ? set === "dark" : system.matches;
  }
  function name() { button.textContent = dark() ? "Light theme" : "Dark theme"; }
  button.hidden = false;
  button.addEventListener("click", function () { root.setAttribute("data-theme", dark() ? "light" : "dark"); name(); });
  system.addEventListener("change", name);
  name();
}());
