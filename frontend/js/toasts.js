import { each, icon, once, text } from "./dom.js";

const ICONS = { good: "circle-check", info: "info-circle", wait: "clock", bad: "alert-triangle" };
const KINDS = { success: "good", error: "bad", warning: "wait", debug: "info", ...{ good: "good", bad: "bad", wait: "wait" } };
const SECONDS = 6000;

function leaveLater(element) {
  // Bad news stays until it is closed; the rest goes, but not while somebody reads it.
  if (element.classList.contains("ax-toast-bad")) return;
  let timer = setTimeout(() => element.remove(), SECONDS);
  for (const hold of ["mouseenter", "focusin"]) element.addEventListener(hold, () => clearTimeout(timer));
  for (const go of ["mouseleave", "focusout"])
    element.addEventListener(go, () => {
      clearTimeout(timer);
      timer = setTimeout(() => element.remove(), SECONDS);
    });
}

/** Show a short message: {kind: good|info|wait|bad, text}. */
export function toast({ kind = "info", text: words }) {
  const region = document.getElementById("toasts");
  if (!region || !words) return;
  const tone = KINDS[kind] || "info";
  const element = document.createElement("div");
  element.className = `ax-toast ax-toast-${tone}`;
  element.dataset.toast = "";
  const body = document.createElement("div");
  body.className = "ax-toast-text";
  body.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "ax-close";
  close.dataset.close = "";
  close.setAttribute("aria-label", text("close"));
  close.append(icon("x"));
  element.append(icon(ICONS[tone]), body, close);
  region.append(element);
  start(element);
}

const listen = once(() => {
  document.body.addEventListener("toast", ({ detail }) => toast(detail));
  document.body.addEventListener("click", (event) => {
    event.target.closest("[data-toast] [data-close]")?.closest("[data-toast]").remove();
  });
});

export function start(root) {
  listen();
  each(root, "[data-toast]", leaveLater);
}
