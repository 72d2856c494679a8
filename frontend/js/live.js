import { each } from "./dom.js";

const POLL = 15000;
const FAILURES = 3;
const FRESH = 10 * 60 * 1000;

/** Whether somebody is typing, pressing, deciding or sending here: that is not swept away. */
function busy(part) {
  const focus = document.activeElement;
  const typing = part.contains(focus) && /^(INPUT|TEXTAREA|SELECT)$/.test(focus.tagName);
  const file = [...part.querySelectorAll("input[type=file]")].some((one) => one.files.length);
  return typing || file || part.querySelector("dialog[open], form[data-sending], details[open], [data-busy], :active");
}

const pathOf = (form) => new URL(form.action).pathname;
const ticked = (one) => one.type === "checkbox" || one.type === "radio";

/** Whether somebody has changed a field since the page came. */
function changed(one) {
  if (ticked(one)) return one.checked !== one.defaultChecked;
  if (one.options) {
    const given = [...one.options].findIndex((option) => option.defaultSelected);
    return one.selectedIndex !== Math.max(given, 0);
  }
  return one.value !== one.defaultValue;
}

/** Fields of forms that a person fills in, with the place where each is found again. */
function fields(part) {
  return [...part.querySelectorAll("form input:not([type=hidden], [type=file]), form textarea, form select")]
    .filter((one) => one.name)
    .map((one) => ({ one, place: `${pathOf(one.form)} ${one.name} ${ticked(one) ? one.value : ""}` }));
}

/** What was typed and not yet sent, though nobody is at it just now; without the forms that are being sent. */
function typed(part, sent = []) {
  return fields(part).filter(({ one }) => !sent.includes(one.form) && changed(one)).map(({ one, place }) => ({ place, value: one.value, checked: one.checked }));
}

/** Put it back where its form has come anew. */
function putBack(part, kept) {
  for (const { one, place } of fields(part)) {
    const was = kept.find((entry) => entry.place === place);
    if (!was) continue;
    if (ticked(one)) one.checked = was.checked;
    else one.value = was.value;
  }
}

/** What a page says of itself in a line: read out once when it has changed, not with every second of a clock in it. */
function headline(part) {
  return [...part.querySelectorAll("[data-live-says]")]
    .map((one) => one.querySelector("h2, h3")?.textContent.trim() || "")
    .join(" ");
}

/** By what a link or button is known again after the part has come anew. */
function mark(one) {
  const form = one.form || one.closest("form");
  const about = [one.getAttribute("href"), form && pathOf(form), one.name, one.value, one.textContent.trim()];
  return [one.tagName, ...about.map((each) => each || "")].join("|");
}

/** The link, button or summary in the part that has the focus; fields keep theirs, the part then waits. */
function focused(part) {
  const one = document.activeElement;
  return part.contains(one) && one.matches("a, button, summary") ? mark(one) : "";
}

function focusAgain(part, was) {
  if (!was || part.contains(document.activeElement)) return;
  const again = [...part.querySelectorAll("a, button, summary")].find((one) => mark(one) === was);
  again?.focus({ preventScroll: true });
}

// A form that is sent brings the page anew, and with it every other form of it.
const over = () => `typed:${window.location.pathname}`;

function save(part, sent) {
  const kept = typed(part, sent);
  if (kept.length) sessionStorage.setItem(over(), JSON.stringify({ at: Date.now(), kept }));
  else sessionStorage.removeItem(over());
}

function restore(part) {
  const saved = JSON.parse(sessionStorage.getItem(over()) || "null");
  sessionStorage.removeItem(over());
  if (saved && Date.now() - saved.at < FRESH) putBack(part, saved.kept);
}

// <div data-live-url="stream" data-live-refresh="fragment">: fetches the fragment again whenever the stream says so.
// When the stream cannot be had it asks every 15 seconds, and tries the stream again when the network is back.
export function start(root) {
  each(root, "[data-live-url]", (element) => {
    const part = element.querySelector("[data-live-part]");
    const lost = element.querySelector(".ax-live-lost");
    const said = element.querySelector("[data-live-said]");
    const refresh = element.dataset.liveRefresh;
    let source = null;
    let timer = null;
    let failures = 0;
    let waiting = null;
    let kept = [];
    let focus = "";
    let told = headline(part);

    const later = () => {
      clearTimeout(waiting);
      waiting = setTimeout(fetchAgain, 2000);
    };
    const fetchAgain = () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        if (!element.isConnected) return stop();
        if (busy(part)) return later();
        window.htmx?.ajax("GET", refresh, { target: part, swap: "innerHTML" });
      }, 150);
    };
    const poll = (on) => {
      clearInterval(timer);
      timer = on ? setInterval(fetchAgain, POLL) : null;
      element.classList.toggle("is-polling", on);
      lost.textContent = on ? lost.dataset.text : "";
    };
    const stop = () => {
      source?.close();
      clearInterval(timer);
    };
    const open = () => {
      if (!element.isConnected) return;
      source?.close();
      if (!window.EventSource) return poll(true);
      source = new EventSource(element.dataset.liveUrl, { withCredentials: true });
      source.addEventListener("open", () => {
        if (failures) fetchAgain(); // what happened while we were away
        failures = 0;
        poll(false);
      });
      source.addEventListener("changed", fetchAgain);
      source.addEventListener("error", () => {
        failures += 1;
        if (failures >= FAILURES || source.readyState === EventSource.CLOSED) {
          source.close();
          poll(true);
        }
      });
    };

    open();
    restore(part);
    element.addEventListener("submit", (event) => save(part, [event.target]), true);
    // What went through the store of what waits was no submit of the page's own.
    document.addEventListener("page:anew", (event) => save(part, event.detail.sent));
    // Somebody may have begun to type or decide while the fragment was on its way.
    part.addEventListener("htmx:beforeSwap", (event) => {
      if (event.target !== part || event.detail.requestConfig?.path !== refresh) return;
      if (!busy(part)) {
        kept = typed(part);
        focus = focused(part);
        return;
      }
      event.detail.shouldSwap = false;
      later();
    });
    part.addEventListener("htmx:afterSwap", (event) => {
      if (event.target !== part) return;
      putBack(part, kept);
      kept = [];
      focusAgain(part, focus);
      focus = "";
      const now = headline(part);
      if (now !== told) said.textContent = now;
      told = now;
    });
    // A figure that ran down rounds to the second: what it waited for may be half a second off.
    part.addEventListener("countdown:done", () => setTimeout(fetchAgain, 600));
    window.addEventListener("online", open);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && timer) open();
    });
    window.addEventListener("pagehide", stop);
    window.addEventListener("pageshow", (event) => event.persisted && open());
  });
}
