/* Passkeys: the browser makes one from what the server offers. */
(function () {
  "use strict";
  const NO = () => window.dash_clientside.no_update;
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function options(plain) {
    return Object.assign({}, plain, {
      challenge: bytes(plain.challenge),
      user: Object.assign({}, plain.user, { id: bytes(plain.user.id) }),
      excludeCredentials: (plain.excludeCredentials || []).map((c) => Object.assign({}, c, { id: bytes(c.id) })),
    });
  }

  function plain(made) {
    return {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      authenticatorAttachment: made.authenticatorAttachment,
      clientExtensionResults: made.getClientExtensionResults(),
      response: {
        clientDataJSON: text(made.response.clientDataJSON),
        attestationObject: text(made.response.attestationObject),
        transports: made.response.getTransports ? made.response.getTransports() : [],
      },
    };
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    palier: Object.assign((window.dash_clientside || {}).palier || {}, {
      async makePasskey(offered) {
        if (!offered) return NO();
        if (!window.PublicKeyCredential || !navigator.credentials) return { failed: "unsupported" };
        try {
          return { made: plain(await navigator.credentials.create({ publicKey: options(offered) })) };
        } catch (error) {
          return { failed: error.name === "InvalidStateError" ? "there" : error.name === "NotAllowedError" ? "refused" : "other" };
        }
      },
    }),
  });
})();
