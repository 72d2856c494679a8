import { all, once } from "./dom.js";

// The boxes of a list: how many are ticked, the whole page at once, x ticks the row one stands on. Sending needs no script.
const boxes = () => [...document.querySelectorAll("[data-pick]")];

function show() {
  const ticked = boxes().filter((box) => box.checked).length;
  // In the heading of a table, and in the bar where rows are cards.
  for (const page of all(document.documentElement, "[data-pick-page]")) {
    page.checked = ticked > 0 && ticked === boxes().length;
    page.indeterminate = ticked > 0 && !page.checked;
  }
  for (const form of all(document.documentElement, "[data-batch]")) {
    const count = form.querySelector("[data-batch-count]");
    count.dataset.before ??= count.textContent;
    count.textContent = ticked ? count.dataset.words.replace("{n}", ticked) : count.dataset.before;
    form.querySelector("button").disabled = ticked === 0;
  }
}

export const start = once(() => {
  if (!document.querySelector("[data-batch]")) return;
  show();
  // A page come back to by the back button has its boxes ticked as they were left.
  window.addEventListener("pageshow", show);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-pick-page]")) for (const box of boxes()) box.checked = event.target.checked;
    if (event.target.matches("[data-pick-page], [data-pick]")) show();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.activeElement.closest("[data-row]")?.closest("tr").querySelector("[data-pick]");
    if (box) box.click();
  });
});
