import { once } from "./dom.js";

// <details class="ax-menu"> opens by itself; here it learns to close.
export const start = once(() => {
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
  // Choosing in a filter sends it; with no script there is a button.
  document.addEventListener("change", (event) => {
    event.target.closest("form[data-autosubmit]")?.requestSubmit();
  });
});
