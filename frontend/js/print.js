import { once } from "./dom.js";

// <button data-print>: prints the page. Without scripts it is not shown, and the browser's own print does it.
export const start = once(() => {
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });
});
