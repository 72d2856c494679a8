import { once, text } from "./dom.js";
import { toast } from "./toasts.js";

// <button data-copy="text to copy">
export const start = once(() => {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
      toast({ kind: "good", text: text("copied") });
    } catch {
      toast({ kind: "bad", text: text("copyFailed", { value: button.dataset.copy }) });
    }
  });
});
