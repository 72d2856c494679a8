import { text } from "./dom.js";
import { release } from "./guard.js";
import { toast } from "./toasts.js";

// What was pressed and has not reached the house yet, in the order it was pressed. Each carries the idempotency key of
// its form, so that sending twice does it once; one that is refused holds back what came after it on the same page.
const STORE = "waiting";
const PATIENCE = 20000;
const AGAIN = 15000;

export const able = () => Boolean(window.indexedDB && navigator.locks && reader());
const reader = () => document.body.dataset.reader || "";

function csrf() {
  const name = `${document.body.dataset.csrfCookie}=`;
  return document.cookie.split("; ").find((one) => one.startsWith(name))?.slice(name.length) || "";
}

function open() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("anxin", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

async function store(mode, act) {
  const db = await open();
  try {
    return await new Promise((resolve, reject) => {
      const turn = db.transaction(STORE, mode);
      const asked = act(turn.objectStore(STORE));
      turn.oncomplete = () => resolve(asked.result);
      turn.onerror = turn.onabort = () => reject(turn.error);
    });
  } finally {
    db.close();
  }
}

const put = (entry) => store("readwrite", (rows) => rows.put(entry));
const drop = (id) => store("readwrite", (rows) => rows.delete(id));
// Forms pressed on this page with a network: whoever pressed stands by, so a refusal is told at once and holds back nothing.
const pressed = new Map();
// A phone that changes hands sends nothing of one person as another.
const mine = async () => (await store("readonly", (rows) => rows.getAll())).filter((one) => one.reader === reader());

/** What a person typed, in the words of the page. */
function typed(form) {
  return [...form.elements]
    .filter((one) => one.name && one.value && one.labels?.length && !["hidden", "submit", "button", "file"].includes(one.type))
    .map((one) => `${one.labels[0].textContent.trim()} ${one.value}`);
}

/** Keep a form and send it as soon as that can be done. */
export async function keep(form, submitter) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  if (submitter?.name) fields.push([submitter.name, submitter.value]);
  const said = (submitter || form.querySelector("button, label"))?.textContent.trim() || "";
  const label = [form.closest("li")?.querySelector(".ax-item-title")?.textContent.trim(), said].filter(Boolean).join(" · ");
  mark(form);
  try {
    const id = await put({
      reader: reader(), action: new URL(form.action).pathname, page: window.location.pathname, fields, label, typed: typed(form),
      at: Date.now(), refused: "",
    });
    if (navigator.onLine) pressed.set(id, form);
  } catch {
    // No room on this phone: the form goes the ordinary way.
    form.submit();
    return;
  }
  setTimeout(show, navigator.onLine ? 1500 : 0);
  flush();
}

function mark(form) {
  form.dataset.sending = "1";
  for (const button of form.querySelectorAll("button")) {
    button.classList.add("is-sending");
    button.setAttribute("aria-disabled", "true");
  }
}

/** Send what waits; of several open pages one does it. */
export function flush() {
  if (able()) return navigator.locks.request("anxin-waiting", sendAll).then(show);
  return Promise.resolve();
}

async function sendAll() {
  const held = new Set();
  const sent = [];
  let here = false;
  let told = false;
  for (const entry of await mine()) {
    if (entry.refused) held.add(entry.page);
    if (held.has(entry.page)) continue;
    const fate = await send(entry);
    if (fate.later) {
      pressed.clear();
      if (fate.words) toast({ kind: "wait", text: fate.words });
      setTimeout(() => navigator.onLine && flush(), AGAIN);
      break;
    }
    if (fate.refused && pressed.has(entry.id)) {
      await drop(entry.id);
      release(pressed.get(entry.id));
      toast({ kind: "error", text: fate.refused });
      told = true;
    } else if (fate.refused) {
      held.add(entry.page);
      await put({ ...entry, refused: fate.refused });
    } else {
      await drop(entry.id);
      sent.push(pressed.get(entry.id));
      here = here || entry.page === window.location.pathname;
    }
  }
  // A page that is loaded again would take the refusal away before it is read.
  if (!here || told || held.has(window.location.pathname)) return;
  document.dispatchEvent(new CustomEvent("page:anew", { detail: { sent } }));
  window.location.reload();
}

async function send(entry) {
  const body = new FormData();
  for (const [name, value] of entry.fields) body.append(name, value);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const told = await fetch(entry.action, {
      method: "POST", body, credentials: "same-origin", redirect: "manual", signal: stop.signal,
      // How long it waited, not what the clock showed: that may be wrong.
      headers: { "X-CSRFToken": csrf(), "HX-Request": "true", "X-Waited": `${waited(entry)}` },
    });
    if (told.type === "opaqueredirect" || told.ok) return {};
    if (told.status === 401 || told.status === 403) return { later: true, words: text("waitingSignIn") };
    if (told.status >= 500 || told.status === 429) return { later: true };
    return { refused: words(told) };
  } catch {
    return { later: true };
  } finally {
    clearTimeout(timer);
  }
}

const waited = (entry) => Math.max(0, Math.round((Date.now() - entry.at) / 1000));

function words(told) {
  try {
    return JSON.parse(told.headers.get("HX-Trigger")).toast.text;
  } catch {
    return text("waitingRefused");
  }
}

function line(name, words, className = "") {
  const made = document.createElement(name);
  made.textContent = words;
  if (className) made.className = className;
  return made;
}

function button(words, act) {
  const made = line("button", words, "btn btn-sm");
  made.type = "button";
  made.addEventListener("click", act);
  return made;
}

function row(entry) {
  const item = line("li", "");
  item.append(line("strong", entry.label), ` ${new Date(entry.at).toTimeString().slice(0, 5)}`);
  if (!entry.refused) return item;
  item.append(line("p", entry.refused, "mb-1"));
  for (const one of entry.typed) item.append(line("p", one, "ax-small mb-1"));
  item.append(
    button(text("waitingAgain"), () => put({ ...entry, refused: "" }).then(flush)),
    " ",
    button(text("waitingDrop"), () => drop(entry.id).then(() => window.location.reload())),
  );
  return item;
}

/** The list of what waits at the head of the page; on the pages it came from its forms wait too. */
async function show() {
  const entries = await mine();
  document.getElementById("waiting")?.remove();
  if (!entries.length) return;
  const keys = new Set(entries.flatMap((one) => one.fields.filter(([name]) => name === "idempotency_key").map(([, key]) => key)));
  for (const field of document.querySelectorAll("input[name=idempotency_key]")) if (keys.has(field.value)) mark(field.form);
  const refused = entries.some((one) => one.refused);
  const box = line("section", "", `ax-notice ${refused ? "ax-notice-bad" : "ax-notice-wait"}`);
  box.id = "waiting";
  box.setAttribute("role", "status");
  const list = document.createElement("ul");
  list.className = "mb-0";
  list.append(...entries.map(row));
  const inner = document.createElement("div");
  inner.append(line("strong", text(refused ? "waitingStuck" : "waiting", { n: entries.length })), list);
  box.append(inner);
  document.getElementById("main")?.prepend(box);
}

/** The kept cards of today's visits, on the page that is shown without a network. */
async function cards() {
  const list = document.querySelector("[data-kept-cards]");
  if (!list || !window.caches) return;
  const kept = await (await caches.open("cards")).keys();
  for (const { url } of kept) {
    const link = line("a", new URL(url).pathname.split("/").filter(Boolean).pop(), "btn btn-lg btn-block");
    link.href = url;
    list.append(link);
    list.hidden = false;
  }
}

export function start() {
  const worker = document.body.dataset.worker;
  if (worker && navigator.serviceWorker) navigator.serviceWorker.register(worker).catch(() => {});
  cards();
  if (!able()) return;
  window.addEventListener("online", flush);
  flush();
}
