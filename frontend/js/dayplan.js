import { each } from "./dom.js";

// <section data-board>: visits as buttons [data-visit] on lanes [data-lane]. One is picked up (click, Enter, by dragging it,
// or by a finger that rests on it), carried to a lane and a place among its stops, tried there by the server, and dropped by the form that the server
// sent with what it would cost. Until then nothing is changed, and Escape puts it back.
const WAIT = 200;
const NEAR = 6;
// A finger that rests so long picks up; one that moves before scrolls.
const PRESS = 400;
// So near to an edge what is carried pulls the page along, by so much at a time.
const [EDGE, PULL, BEAT] = [56, 14, 40];
// A click that comes with letting go is none.
const AFTER = 350;
const KEPT = "board-visit";

function laid(board) {
  const { first, last } = board.dataset;
  const share = (minutes) => `${(100 * minutes) / (last - first)}%`;
  for (const element of board.querySelectorAll("[data-at]")) {
    const { at, minutes, end } = element.dataset;
    element.style.insetInlineStart = share(at - first);
    if (minutes || end) element.style.width = share(minutes || end - at);
  }
  board.querySelector(".ax-board-sheet").style.setProperty("--ax-hours", (last - first) / 60);
}

class Board {
  constructor(element) {
    this.element = element;
    this.panel = element.querySelector("[data-board-panel]");
    this.form = element.querySelector("[data-board-form]");
    this.held = null;
    laid(element);
    if (!this.form) return;
    element.addEventListener("click", (event) => this.clicked(event));
    element.addEventListener("keydown", (event) => this.typed(event));
    element.addEventListener("pointerdown", (event) => this.grasped(event));
    // Only this keeps a finger that carries from scrolling; it must be there before the finger comes down.
    element.addEventListener("touchmove", (event) => this.drag && event.preventDefault(), { passive: false });
    element.addEventListener("contextmenu", (event) => (this.drag || this.press) && event.preventDefault());
    element.addEventListener("submit", () => {
      sessionStorage.setItem(KEPT, this.held?.button.dataset.visit || "");
      delete element.dataset.busy;
    });
    this.back();
  }

  /** After a drop the page comes anew: go on where one was. */
  back() {
    const kept = sessionStorage.getItem(KEPT);
    sessionStorage.removeItem(KEPT);
    if (kept) this.element.querySelector(`[data-visit="${CSS.escape(kept)}"]`)?.focus();
  }

  lanes(button) {
    return [...this.element.querySelectorAll("[data-lane]")].filter((lane) => lane.dataset.day === button.dataset.day);
  }

  /** The other stops of a lane, in order: a place among them counts without the one that is carried. */
  stops(lane) {
    return [...lane.querySelectorAll("[data-stop]")].filter((stop) => !stop.contains(this.held.button));
  }

  say(words, values = {}) {
    this.panel.textContent = this.element.dataset[words].replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  }

  pick(button) {
    this.release();
    this.held = { button, lane: null, place: 0, tried: false };
    button.setAttribute("aria-pressed", "true");
    this.element.dataset.busy = "1";
    const lane = button.closest("[data-lane]");
    this.held.lane = lane;
    if (lane) this.held.place = [...lane.querySelectorAll("[data-stop]")].findIndex((stop) => stop.contains(button));
    this.say("wordsPicked", { what: button.dataset.what });
  }

  release() {
    if (!this.held) return;
    const { button } = this.held;
    if (this.drag) this.laidDown();
    clearTimeout(this.timer);
    this.request?.abort();
    button.setAttribute("aria-pressed", "false");
    this.element.querySelector(".ax-board-here")?.remove();
    for (const lane of this.element.querySelectorAll(".is-target")) lane.classList.remove("is-target");
    delete this.element.dataset.busy;
    this.held = null;
  }

  cancel() {
    const button = this.held?.button;
    this.release();
    this.say("wordsCancelled");
    button?.focus();
  }

  carry(lane, place) {
    const { held } = this;
    place = Math.min(Math.max(place, 0), this.stops(lane).length);
    if (held.lane === lane && held.place === place && held.shown) return;
    Object.assign(held, { lane, place, tried: false, shown: true });
    for (const other of this.element.querySelectorAll(".is-target")) other.classList.remove("is-target");
    lane.classList.add("is-target");
    this.mark(lane, place);
    this.say("wordsAsking", { who: lane.dataset.who, place: place + 1 });
    clearTimeout(this.timer);
    this.request?.abort();
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  /** A line where it would be dropped: before the stop that comes after it, or behind the last. */
  mark(lane, place) {
    const stops = this.stops(lane);
    const here = this.element.querySelector(".ax-board-here") || document.createElement("li");
    here.className = "ax-board-here";
    here.setAttribute("aria-hidden", "true");
    const { first } = this.element.dataset;
    const before = stops[place - 1]?.dataset;
    const minute = stops[place] ? stops[place].dataset.at : before ? Number(before.at) + Number(before.minutes) : first;
    lane.querySelector(".ax-board-lane").append(here);
    this.stand(minute);
    // What is dragged pulls the page along itself.
    if (!this.drag) lane.scrollIntoView({ block: "nearest" });
  }

  /** Once it is tried, the line stands where the visit would begin. */
  stand(minute) {
    const { first, last } = this.element.dataset;
    const here = this.element.querySelector(".ax-board-here");
    if (here) here.style.insetInlineStart = `${(100 * (minute - first)) / (last - first)}%`;
  }

  async ask() {
    const { held } = this;
    this.request = new AbortController();
    const body = new FormData(this.form);
    body.set("worker_id", held.lane.dataset.worker);
    body.set("position", held.place + 1);
    try {
      const { signal } = this.request;
      const answer = await fetch(held.button.dataset.trial, { method: "POST", body, signal, credentials: "same-origin" });
      const html = await answer.text();
      if (this.held !== held || signal.aborted) return;
      if (answer.status >= 500 || answer.redirected) throw new Error(answer.status);
      const parts = new DOMParser().parseFromString(html, "text/html").body.childNodes;
      this.panel.replaceChildren(...parts);
      held.tried = true;
      const begins = this.panel.querySelector("[data-begins]")?.dataset.begins;
      if (begins) this.stand(begins);
    } catch (error) {
      if (error.name !== "AbortError") this.say("wordsLost");
    }
  }

  drop() {
    const form = this.panel.querySelector("[data-board-drop]");
    if (form && this.held.tried) form.requestSubmit();
    else if (this.held.shown && !this.held.tried) this.say("wordsWait");
    else if (!this.held.shown) this.cancel();
  }

  typed(event) {
    if (!this.held) return;
    if (event.key === "Escape") {
      event.preventDefault();
      return this.cancel();
    }
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || event.target !== this.held.button) return;
    event.preventDefault();
    const lanes = this.lanes(this.held.button);
    const from = lanes.indexOf(this.held.lane);
    const lane = lanes[Math.min(Math.max(from + step[0], 0), lanes.length - 1)];
    if (lane) this.carry(lane, this.held.place + step[1]);
  }

  clicked(event) {
    if (event.timeStamp - (this.letGo ?? -AFTER) < AFTER && event.detail) return;
    if (event.target.closest("[data-board-cancel]")) return this.cancel();
    const button = event.target.closest("[data-visit]");
    if (this.held && button === this.held.button) return event.detail ? this.cancel() : this.drop();
    const lane = event.target.closest("[data-lane]");
    if (this.held && lane && !event.target.closest("a") && this.lanes(this.held.button).includes(lane)) {
      return this.carry(lane, this.placeAt(lane, event.clientX));
    }
    if (button) this.pick(button);
  }

  placeAt(lane, x) {
    return this.stops(lane).filter((stop) => {
      const box = stop.getBoundingClientRect();
      return box.left + box.width / 2 < x;
    }).length;
  }

  /** A mouse or a pen drags at once; a finger once it has rested, for moving it scrolls. Both may point instead: first
   * the visit, then where to. */
  grasped(event) {
    const button = event.target.closest("[data-visit]");
    if (!button || event.button !== 0 || !event.isPrimary) return;
    const finger = event.pointerType === "touch";
    const start = { x: event.clientX, y: event.clientY };
    let here = start;
    const lift = () => {
      this.press = null;
      if (this.held?.button !== button) this.pick(button);
      this.drag = { ghost: ghostOf(button, start, finger), pull: setInterval(() => this.pull(here), BEAT) };
      this.drag.ghost.move(here);
      if (finger) navigator.vibrate?.(20);
    };
    this.press = finger ? setTimeout(lift, PRESS) : null;
    const moved = (now) => {
      here = { x: now.clientX, y: now.clientY };
      const far = Math.hypot(here.x - start.x, here.y - start.y) >= NEAR;
      if (!this.drag && far && finger) return ended(now);
      if (!this.drag && far) lift();
      if (!this.drag) return;
      now.preventDefault();
      this.over(here);
    };
    const ended = (how) => {
      document.removeEventListener("pointermove", moved);
      document.removeEventListener("pointerup", ended);
      document.removeEventListener("pointercancel", ended);
      clearTimeout(this.press);
      this.press = null;
      if (!this.drag) return;
      this.letGo = how.timeStamp;
      this.laidDown();
      if (how.type === "pointercancel") return this.cancel();
      // Dropped before its cost was shown, it waits there for a yes; a finger hides the words, so it always does.
      if (this.held?.tried && !finger) this.drop();
      this.held?.button.focus({ preventScroll: true });
    };
    document.addEventListener("pointermove", moved);
    document.addEventListener("pointerup", ended);
    document.addEventListener("pointercancel", ended);
  }

  laidDown() {
    clearInterval(this.drag.pull);
    this.drag.ghost.remove();
    this.drag = null;
  }

  /** Carried to here: the lane under it, and the place among its stops. */
  over({ x, y }) {
    this.drag.ghost.move({ x, y });
    const lane = document.elementFromPoint(x, y)?.closest("[data-lane]");
    if (this.held && lane && this.lanes(this.held.button).includes(lane)) this.carry(lane, this.placeAt(lane, x));
  }

  pull({ x, y }) {
    const board = this.element.querySelector(".ax-board-scroll");
    const box = board.getBoundingClientRect();
    const towards = (at, low, high) => (at < low + EDGE ? -PULL : at > high - EDGE ? PULL : 0);
    const aside = towards(x, Math.max(box.left, 0), Math.min(box.right, innerWidth));
    const down = towards(y, 0, innerHeight);
    if (!aside && !down) return;
    board.scrollBy(aside, 0);
    scrollBy(0, down);
    this.over({ x, y });
  }
}

/** What is carried, under the hand; above a finger, which hides what is under it. */
function ghostOf(button, start, finger) {
  const box = button.getBoundingClientRect();
  const ghost = button.cloneNode(true);
  for (const name of [...ghost.getAttributeNames()].filter((one) => one !== "class")) ghost.removeAttribute(name);
  ghost.classList.add("is-carried");
  ghost.setAttribute("aria-hidden", "true");
  ghost.tabIndex = -1;
  ghost.style.width = `${box.width}px`;
  ghost.style.height = `${box.height}px`;
  const grip = finger ? { x: box.width / 2, y: box.height + 24 } : { x: start.x - box.left, y: start.y - box.top };
  document.body.append(ghost);
  return {
    move: ({ x, y }) => (ghost.style.transform = `translate(${x - grip.x}px, ${y - grip.y}px)`),
    remove: () => ghost.remove(),
  };
}

export const start = (root) => each(root, "[data-board]", (element) => new Board(element));
