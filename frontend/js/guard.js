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

const random = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");

// The key of a form that was sent has its answer: what is typed now is something else, and needs its own.
function renew(event) {
  const { form } = event.target;
  const key = form?.elements.namedItem("idempotency_key");
  if (!key || form.dataset.renewed) return;
  key.value = random();
  form.dataset.renewed = "1";
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
  // Coming back by the back button shows the page as it was left: let it send again. Unchanged it is the same request,
  // and answered as before.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
    const [way] = performance.getEntriesByType("navigation");
    if (!event.persisted && way?.type !== "back_forward") return;
    document.querySelectorAll("form[data-renewed]").forEach((form) => delete form.dataset.renewed);
    document.addEventListener("input", renew);
    document.addEventListener("change", renew);
  });
});
