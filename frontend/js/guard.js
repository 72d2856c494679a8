import { once } from "./dom.js";

// One press, one request. The button is disabled after the form's data has been taken, so that its own
// name and value are still sent; the server's idempotency key is the real guard.
export function release(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll(".is-sending")) {
    button.classList.remove("is-sending");
    button.removeAttribute("aria-disabled");
  }
}

export const start = once(() => {
  document.addEventListener(
    "submit",
    (event) => {
      if (!event.target.dataset.sending) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("submit", (event) => {
    const form = event.target;
    // htmx takes a form over by preventing the default; anybody else who prevents it has stopped the sending.
    if (event.defaultPrevented && !form.hasAttribute("hx-post")) return;
    if (form.method.toLowerCase() !== "post" && !form.hasAttribute("hx-post")) return;
    if (form.dataset.guard === "off" || event.submitter?.dataset.guard === "off") return;
    form.dataset.sending = "1";
    const button = event.submitter || form.querySelector("[type=submit], button:not([type])");
    button?.classList.add("is-sending");
    setTimeout(() => form.dataset.sending && button?.setAttribute("aria-disabled", "true"));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form");
    if (form) release(form);
  });
  // Coming back by the back button shows the page as it was left: let it send again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
  });
});
