/* Says when the service does not answer, when it does again, and that a session has ended. */
(function () {
  "use strict";
  const asked = window.fetch;
  let lost = false;

  function say(state, stays) {
    const place = document.getElementById("connection");
    if (!place) return;
    place.dataset.state = state;
    place.textContent = place.dataset[state] || "";
    if (!stays) setTimeout(() => place.dataset.state === state && (delete place.dataset.state, (place.textContent = "")), 3000);
  }

  /* Nothing is there yet, and nothing comes. */
  function giveUp() {
    const place = document.querySelector("._dash-loading");
    if (place) place.textContent = document.documentElement.dataset.failed || "";
  }

  async function first(args) {
    try {
      const answer = await asked.apply(window, args);
      if (answer.status >= 400) giveUp();
      return answer;
    } catch (error) {
      giveUp();
      throw error;
    }
  }

  window.fetch = async function (...args) {
    const url = String(args[0] && args[0].url ? args[0].url : args[0]);
    if (url.includes("_dash-layout") || url.includes("_dash-dependencies")) return first(args);
    if (!url.includes("_dash-update-component")) return asked.apply(this, args);
    try {
      const answer = await asked.apply(this, args);
      if (answer.status === 401 || answer.redirected) {
        say("ended", true);
        location.reload();
      } else if (answer.status >= 500) {
        say("failed", false);
      } else if (lost) {
        lost = false;
        say("back", false);
      }
      return answer;
    } catch (error) {
      lost = true;
      say("lost", true);
      throw error;
    }
  };
})();
