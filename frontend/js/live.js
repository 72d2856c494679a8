import { each } from "./dom.js";

const POLL = 15000;
const FAILURES = 3;

/** Whether somebody is typing, pressing, deciding or sending here: that is not swept away. */
function busy(part) {
  const focus = document.activeElement;
  const typing = part.contains(focus) && /^(INPUT|TEXTAREA|SELECT)$/.test(focus.tagName);
  return typing || part.querySelector("dialog[open], form[data-sending], details[open], [data-busy], :active");
}

// <div data-live-url="stream" data-live-refresh="fragment">: fetches the fragment again whenever the stream says so.
// When the stream cannot be had it asks every 15 seconds, and tries the stream again when the network is back.
export function start(root) {
  each(root, "[data-live-url]", (element) => {
    const part = element.querySelector("[data-live-part]");
    const lost = element.querySelector(".ax-live-lost");
    const refresh = element.dataset.liveRefresh;
    let source = null;
    let timer = null;
    let failures = 0;
    let waiting = null;

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
    // Somebody may have begun to type or decide while the fragment was on its way.
    part.addEventListener("htmx:beforeSwap", (event) => {
      if (event.target !== part || event.detail.requestConfig?.path !== refresh || !busy(part)) return;
      event.detail.shouldSwap = false;
      later();
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
