const EVERY = 30000;

// <span data-badge="/inbox/badge/">: how many notices wait. Asked after the page has come, again when a live part of
// the page has changed, and every 30 seconds while somebody looks. One question fills all places. It opens no stream of
// its own: browsers allow six to a server, and the pages where people wait need theirs.
export function start(root) {
  if (root !== document) return;
  const places = [...document.querySelectorAll("[data-badge]")];
  if (!places.length) return;
  let asking = false;

  const ask = async () => {
    if (document.hidden || asking) return;
    asking = true;
    try {
      const answer = await fetch(places[0].dataset.badge, { credentials: "same-origin", redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const place of places) place.replaceChildren(...page.body.cloneNode(true).childNodes);
    } catch {
      // Without network the badge keeps what it showed.
    } finally {
      asking = false;
    }
  };

  ask();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", ask);
  document.addEventListener("htmx:afterSwap", ask);
}
