// Behaviours every page may use. Each module finds its own data- attributes; nothing here is needed to read or send a form.
import { start as badge } from "./badge.js";
import { start as batch } from "./batch.js";
import { start as copy } from "./copy.js";
import { start as countdown } from "./countdown.js";
import { start as dates } from "./dates.js";
import { start as dayplan } from "./dayplan.js";
import { start as dialogs } from "./dialogs.js";
import { start as files } from "./files.js";
import { start as guard } from "./guard.js";
import { start as htmx } from "./htmx.js";
import { start as keys } from "./keys.js";
import { start as live } from "./live.js";
import { start as menus } from "./menus.js";
import { start as passkeys } from "./passkeys.js";
import { start as place } from "./place.js";
import { start as print } from "./print.js";
import { start as queue } from "./queue.js";
import { start as resume } from "./resume.js";
import { start as toasts } from "./toasts.js";
import { start as transfer } from "./transfer.js";

const modules = [htmx, toasts, place, guard, dialogs, menus, copy, files, dates, countdown, live, keys, batch, dayplan, queue, badge, print, passkeys, resume, transfer];

/** Start every module on a freshly inserted part of the page (or the whole page). */
function wake(root) {
  for (const start of modules) start(root);
}

document.documentElement.classList.add("has-js");
wake(document);
document.addEventListener("htmx:load", (event) => {
  if (event.target !== document.body) wake(event.target);
});
