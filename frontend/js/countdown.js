import { once } from "./dom.js";

// <span data-until="2026-03-22T08:00:00Z" data-left="剩余">: the words are the server's; the figures move here.
function words(seconds) {
  const h = Math.floor(seconds / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  const s = seconds % 60;
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

function tick() {
  for (const element of document.querySelectorAll("[data-until]")) {
    const left = Math.round((Date.parse(element.dataset.until) - Date.now()) / 1000);
    if (left > 0) {
      element.textContent = `${element.dataset.left || ""} ${words(left)}`.trim();
    } else if (!element.dataset.over) {
      element.dataset.over = "1";
      element.textContent = element.dataset.done || words(0);
      element.dispatchEvent(new CustomEvent("countdown:done", { bubbles: true }));
    }
  }
}

export const start = once(() => {
  tick();
  setInterval(tick, 1000);
});
