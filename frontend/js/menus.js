import { once } from "./dom.js";

// <details class="ax-menu"> opens by itself; here it learns to close.
export const start = once(() => {
  // Of tabs that do not fit, the present one is to be seen.
  for (const tabs of document.querySelectorAll(".ax-tabs")) {
    const now = tabs.querySelector("[aria-current]");
    if (now && tabs.scrollWidth > tabs.clientWidth) tabs.scrollLeft = now.offsetLeft - tabs.offsetLeft - 12;
  }
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.ax-menu[open]"))
      if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.ax-menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  // <details data-stays="…">: what was opened stays open when its part of the page comes anew.
  let opened = [];
  document.addEventListener("htmx:beforeSwap", ({ target }) => {
    opened = [...target.querySelectorAll("details[data-stays][open]")].map((one) => one.dataset.stays);
  });
  document.addEventListener("htmx:afterSwap", ({ target }) => {
    for (const one of target.querySelectorAll("details[data-stays]")) one.open = opened.includes(one.dataset.stays);
  });
  // Choosing in a filter sends it; with no script there is a button.
  document.addEventListener("change", (event) => {
    const { name, type, value } = event.target;
    // A year that is still being typed is a date already: 0002-03-01.
    if (!name || (type === "date" && value && value < "2000")) return;
    event.target.closest("form[data-autosubmit]")?.requestSubmit();
  });
});
