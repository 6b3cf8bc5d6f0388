// Asks the device for a passkey when a button with data-passkey ("create" or "get") is pressed, and sends the form with its answer.
// Without this file, or in a browser that knows no passkeys, the button stays hidden, and the page names the other ways.

const SAYS = {
  NotAllowedError: "Nothing was confirmed. Press the button to try again.",
  InvalidStateError: "This device already has a passkey of yours. Choose another device.",
  SecurityError: "Passkeys aren't available here.",
};

function toBytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function toText(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

// The browser's own functions for both directions are younger than passkeys, and some password managers break the second.
function decoded(options) {
  const known = (list) => list?.map((one) => ({ ...one, id: toBytes(one.id) }));
  return {
    ...options,
    challenge: toBytes(options.challenge),
    ...(options.user && { user: { ...options.user, id: toBytes(options.user.id) } }),
    ...(options.excludeCredentials && { excludeCredentials: known(options.excludeCredentials) }),
    ...(options.allowCredentials && { allowCredentials: known(options.allowCredentials) }),
  };
}

function encoded({ id, rawId, type, response }) {
  const said = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = toText(response.attestationObject);
    said.transports = response.getTransports?.() ?? [];
  } else {
    said.authenticatorData = toText(response.authenticatorData);
    said.signature = toText(response.signature);
  }
  return JSON.stringify({ id, rawId: toText(rawId), type, response: said });
}

async function ask(button) {
  const form = button.form;
  const status = form.querySelector("[data-passkey-status]");
  button.disabled = true;
  status.textContent = "Waiting for your device …";
  try {
    const publicKey = decoded(JSON.parse(button.dataset.options));
    const credential = await navigator.credentials[button.dataset.passkey]({ publicKey });
    form.elements.passkey.value = encoded(credential);
    form.submit();
  } catch (error) {
    status.textContent = SAYS[error.name] ?? "The device sent no passkey. Press the button to try again.";
    button.disabled = false;
  }
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  const form = button.form;
  const isKnown = "PublicKeyCredential" in window;
  button.closest(".passkey").hidden = !isKnown;
  form.querySelector("[data-passkey-missing]").hidden = isKnown;
  // Where the passkey is all that the form is for, Enter in another field asks for it too.
  const [target, kind] = button.type === "submit" ? [form, "submit"] : [button, "click"];
  target.addEventListener(kind, (event) => {
    event.preventDefault();
    if (!button.disabled) ask(button);
  });
}

// A page that comes back from the browser's cache may be used again; its question was answered, and the server says so.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-passkey]")) {
    button.disabled = false;
    button.form.elements.passkey.value = "";
  }
});
