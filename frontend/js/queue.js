import { once, text } from "./dom.js";
import { toast } from "./toasts.js";
import { able, keep, start as startWaiting } from "./waiting.js";

// Work through lost signal: a form with data-offline goes through the store of what waits, so that a line that only
// seems to stand loses nothing. Any other form that is sent without a network stays as it is, and the reader is told.
export const start = once(() => {
  const show = () => document.documentElement.classList.toggle("is-offline", !navigator.onLine);
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.method.toLowerCase() !== "post") return;
      // First it finds out where it is, then it is sent again.
      if (form.hasAttribute("data-place") && !form.dataset.placed) return;
      const kept = "offline" in form.dataset && able();
      if (!kept && navigator.onLine) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (kept) keep(form, event.submitter);
      else toast({ kind: "wait", text: text("offline") });
    },
    true,
  );
  startWaiting();
});
