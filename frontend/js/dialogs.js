import { each, once } from "./dom.js";

// <button data-dialog="id"> opens <dialog id="id">; data-dismiss inside it, or a press beside it, closes it.
// Without script the same content is reached through the link's own address: <a data-dialog="id" href="…">.
const listen = once(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      const dialog = document.getElementById(opener.dataset.dialog);
      if (dialog?.showModal) {
        event.preventDefault();
        dialog.showModal();
      }
      return;
    }
    const dismiss = event.target.closest("[data-dismiss]");
    const dialog = dismiss?.closest("dialog");
    if (!dialog) return;
    event.preventDefault();
    dialog.close();
  });
});

export function start(root) {
  listen();
  each(root, "dialog", (dialog) => {
    dialog.addEventListener("click", (event) => {
      if (event.target !== dialog) return;
      const box = dialog.getBoundingClientRect();
      const inside =
        event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
      if (!inside) dialog.close();
    });
    if (dialog.hasAttribute("data-open")) dialog.showModal();
  });
  each(root, "[data-focus]", (element) => element.focus());
}
