(function () {
  var root = document.documentElement, button = document.querySelector("button.theme");
  if (!button) { return; }
  button.hidden = false;
  function dark() {
    var set = root.getAttribute("data-theme");
    return set ? set === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  }
  function label() { button.textContent = dark() ? "Light theme" : "Dark theme"; }
  button.addEventListener("click", function () { root.setAttribute("data-theme", dark() ? "light" : "dark"); label(); });
  label();
})();
