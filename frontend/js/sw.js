// Between the pages and the network. It keeps the files that every page needs, the card of today's visit where the
// house says so (X-Keep-Until, seconds since the epoch), and nothing else of a person. /sw.js sets SHELL and calls us;
// another version of the files is another address there, so the old ones go.
const { version, files, offline, pages, leave } = self.SHELL;
const KEPT = `shell-${version}`;
const CARDS = "cards";
const UNTIL = "X-Keep-Until";

async function install() {
  const shell = await caches.open(KEPT);
  await shell.addAll(files);
  // As a stranger sees it: nobody's name stays in the copy.
  for (const one of pages) await shell.put(one, await fetch(one, { credentials: "omit" }));
  await self.skipWaiting();
}

async function activate() {
  for (const name of await caches.keys()) if (name.startsWith("shell-") && name !== KEPT) await caches.delete(name);
  await self.clients.claim();
}

async function file(request) {
  return (await caches.match(request)) || fetch(request);
}

async function card(request) {
  const cards = await caches.open(CARDS);
  for (const one of await cards.keys()) {
    const kept = await cards.match(one);
    if (Number(kept.headers.get(UNTIL)) * 1000 < Date.now()) await cards.delete(one);
  }
  return cards.match(request);
}

async function page(request) {
  try {
    const told = await fetch(request);
    const cards = await caches.open(CARDS);
    if (told.ok && told.headers.has(UNTIL)) await cards.put(request, told.clone());
    else await cards.delete(request);
    return told;
  } catch {
    return (await card(request)) || (await caches.match(request, { ignoreVary: true })) || (await caches.match(offline));
  }
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method !== "GET") {
    if (pathname === leave) event.waitUntil(caches.delete(CARDS));
    return;
  }
  if (files.includes(pathname)) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});
