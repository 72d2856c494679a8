// <section data-check data-keys data-list data-lists>: checks signed codes in the phone itself. What it says comes from
// <template data-outcome="…"> of the page; [data-fill] places take number, days and ages.
import { MARK, Refused, holds, read } from "./signed/code.js";
import { listed, load } from "./signed/lists.js";

const language = document.documentElement.lang || "zh-CN";
const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

function age(then, now) {
  const minutes = Math.round((now - then) / 60000);
  if (minutes < 60) return ago.format(-minutes, "minute");
  return minutes < 48 * 60 ? ago.format(-Math.round(minutes / 60), "hour") : ago.format(-Math.round(minutes / 1440), "day");
}

function show(box, outcome, facts = {}) {
  const part = box.querySelector(`template[data-outcome="${outcome}"]`).content.cloneNode(true);
  for (const place of part.querySelectorAll("[data-fill]")) {
    place.textContent = facts[place.dataset.fill] || "";
    place.closest("[data-if-filled]")?.toggleAttribute("hidden", !place.textContent);
  }
  const place = box.querySelector("[data-result]");
  place.replaceChildren(part);
  place.dataset.shown = outcome;
  place.focus();
}

function tell(box, { keys, lists }) {
  const place = box.querySelector("[data-known]");
  const oldest = Math.min(...[...lists.values()].map((list) => list.at));
  place.textContent = !keys.size
    ? place.dataset.none
    : lists.size
      ? place.dataset.fresh.replace("{age}", age(oldest, Date.now())).replace("{at}", moment.format(oldest))
      : place.dataset.keysonly;
}

async function check(box, text, known) {
  const now = Date.now();
  try {
    const said = await read(text.replace(/[\r\n\t]/g, ""), known.keys);
    const bit = listed(known.lists, said, now);
    const standing = holds(said, now, bit);
    const facts = {
      number: said.number,
      until: day.format(said.until),
      age: age(said.at, now),
      at: moment.format(said.at),
      list: bit === null ? box.dataset.nolist : "",
    };
    show(box, standing === "holds" ? said.colour : standing, facts);
  } catch (refusal) {
    if (!(refusal instanceof Refused)) throw refusal;
    show(box, known.keys.size ? refusal.message : "nokeys");
  }
}

for (const box of document.querySelectorAll("[data-check]")) {
  let known = load(box, true);
  known.then((found) => tell(box, found));
  box.addEventListener("scan:found", async (event) => {
    const { value } = event.detail;
    // An address needs the network: the form takes it there as ever.
    if (!value.startsWith(MARK) && navigator.onLine) return;
    event.preventDefault();
    await check(box, value, await known);
  });
  // The button, not the form: what is sent without a network is kept to be sent later, and this is not to be sent.
  const typed = box.querySelector("[data-typed]");
  typed.querySelector("button").addEventListener("click", async (event) => {
    event.preventDefault();
    if (typed.reportValidity()) await check(box, typed.elements.scanned.value, await known);
  });
  box.querySelector("[data-refresh]").addEventListener("click", async () => {
    known = load(box, true);
    tell(box, await known);
  });
}
