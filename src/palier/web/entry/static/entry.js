/* The token of a link is behind its #: it is put into the form here, and out of the address bar. */
(() => {
  const field = document.querySelector("input[name=token]");
  const token = location.hash.slice(1);
  if (field && token) {
    field.value = token;
    history.replaceState(null, "", location.pathname);
  }
  const missing = document.getElementById("no-token");
  if (field && missing) missing.hidden = Boolean(field.value);

  /* Passkeys */
  const button = document.getElementById("passkey");
  if (!button) return;
  const said = document.getElementById("passkey-error");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const fail = (detail) => {
    said.textContent = detail;
    said.hidden = false;
  };
  if (!window.PublicKeyCredential) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", async () => {
    said.hidden = true;
    try {
      const asked = await fetch("/second-factor/passkey");
      const options = await asked.json();
      if (!asked.ok) return fail(options.detail);
      options.challenge = bytes(options.challenge);
      options.allowCredentials = (options.allowCredentials || []).map((c) => ({ ...c, id: bytes(c.id) }));
      const made = await navigator.credentials.get({ publicKey: options });
      const answer = await fetch("/second-factor/passkey", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          id: made.id,
          rawId: text(made.rawId),
          type: made.type,
          response: {
            clientDataJSON: text(made.response.clientDataJSON),
            authenticatorData: text(made.response.authenticatorData),
            signature: text(made.response.signature),
            userHandle: made.response.userHandle ? text(made.response.userHandle) : null,
          },
        }),
      });
      const result = await answer.json();
      if (!answer.ok) return fail(result.detail);
      location.assign(button.dataset.next);
    } catch (error) {
      fail(button.dataset.failed);
    }
  });
})();
