import { each, text } from "./dom.js";
import { toast } from "./toasts.js";

// <form data-passkey="get|create" data-passkey-url="…"> with a hidden [data-passkey-answer] and a hidden button
// [data-passkey-go]: the button asks the server what to sign, has the device sign it, and sends the form with the answer.

function bytes(value) {
  const plain = atob(value.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0));
}

function words(buffer) {
  let plain = "";
  for (const one of new Uint8Array(buffer)) plain += String.fromCharCode(one);
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function question(form) {
  const body = new URLSearchParams({
    csrfmiddlewaretoken: form.querySelector("input[name=csrfmiddlewaretoken]").value,
    purpose: form.dataset.passkeyPurpose || "",
  });
  const answer = await fetch(form.dataset.passkeyUrl, { method: "POST", body });
  if (!answer.ok) throw new Error(answer.status);
  const asked = await answer.json();
  asked.challenge = bytes(asked.challenge);
  if (asked.user) asked.user.id = bytes(asked.user.id);
  for (const one of [...(asked.allowCredentials || []), ...(asked.excludeCredentials || [])]) one.id = bytes(one.id);
  return asked;
}

function told(made) {
  const { response } = made;
  const parts = { clientDataJSON: words(response.clientDataJSON) };
  if (response.attestationObject) {
    parts.attestationObject = words(response.attestationObject);
    parts.transports = response.getTransports ? response.getTransports() : [];
  } else {
    parts.authenticatorData = words(response.authenticatorData);
    parts.signature = words(response.signature);
    parts.userHandle = response.userHandle ? words(response.userHandle) : null;
  }
  return JSON.stringify({ id: made.id, rawId: words(made.rawId), type: made.type, response: parts });
}

async function go(form) {
  try {
    const publicKey = await question(form);
    const made = await navigator.credentials[form.dataset.passkey]({ publicKey });
    form.querySelector("[data-passkey-answer]").value = told(made);
    HTMLFormElement.prototype.submit.call(form);
  } catch (error) {
    // Turned away by the person themself: they know.
    if (error.name !== "NotAllowedError" && error.name !== "AbortError") {
      toast({ kind: "bad", text: text("passkeyFailed") });
    }
  }
}

export const start = (root) =>
  each(root, "form[data-passkey]", (form) => {
    const button = form.querySelector("[data-passkey-go]");
    // A form that would ask for a passkey has no button where none is asked for.
    if (!window.PublicKeyCredential || !button) return;
    button.hidden = false;
    form.querySelector("[data-passkey-none]")?.setAttribute("hidden", "");
    button.addEventListener("click", () => {
      if (form.reportValidity()) go(form);
    });
  });
