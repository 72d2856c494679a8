import { once, text } from "./dom.js";
import { toast } from "./toasts.js";

// The hook for work through lost signal: a form with data-offline that is sent while there is no network announces
// "offline:submit" with its fields. A page that can queue them answers with preventDefault(); otherwise the reader is
// told, and what was typed stays.
export const start = once(() => {
  const show = () => document.documentElement.classList.toggle("is-offline", !navigator.onLine);
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (navigator.onLine || form.method.toLowerCase() !== "post") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const detail = { form, action: form.action, fields: new FormData(form, event.submitter) };
      const asked = new CustomEvent("offline:submit", { bubbles: true, cancelable: true, detail });
      if (form.dispatchEvent(asked)) toast({ kind: "wait", text: text("offline") });
    },
    true,
  );
});
