// Published keys and status lists: fetched when there is a network, kept for when there is none.
import { verifyAsync } from "@noble/ed25519";

const STORE = "signed-codes";

function bytes(text) {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(raw, (c) => c.charCodeAt(0));
}

const json = (part) => JSON.parse(new TextDecoder().decode(bytes(part)));

/** The answer of an address: fresh if it can be had, else the last one. Null if there never was one. */
async function kept(address, fresh) {
  const store = await caches.open(STORE);
  if (fresh) {
    try {
      const answer = await fetch(address, { credentials: "omit", cache: "no-store" });
      if (answer.ok) await store.put(address, answer.clone());
    } catch {
      // Without a network the last answer has to do.
    }
  }
  return (await store.match(address)) || null;
}

async function inflate(packed) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** A status list, if a known key signed it: {at, until, bits}; null if not. */
async function opened(token, address, keys) {
  const [head, body, signature] = token.split(".");
  const { typ, alg, kid } = json(head);
  const key = keys.get(Number(kid));
  if (typ !== "statuslist+jwt" || alg !== "EdDSA" || !key) return null;
  const message = new TextEncoder().encode(`${head}.${body}`);
  if (!(await verifyAsync(bytes(signature), message, key, { zip215: false }).catch(() => false))) return null;
  const said = json(body);
  if (said.sub !== address || said.status_list.bits !== 1) return null;
  return { at: said.iat * 1000, until: said.exp * 1000, bits: await inflate(bytes(said.status_list.lst)) };
}

/** {keys, lists}: public keys by number, status lists by number. `fresh`: try the network first. */
export async function load(box, fresh) {
  const set = await kept(box.dataset.keys, fresh);
  const keys = new Map();
  if (set) for (const key of (await set.json()).keys) keys.set(Number(key.kid), bytes(key.x));
  const lists = new Map();
  for (let n = 0; n < Number(box.dataset.lists); n += 1) {
    const address = box.dataset.list.replace("/0/", `/${n}/`);
    const answer = await kept(address, fresh);
    const list = answer && (await opened(await answer.text(), new URL(address, location.href).href, keys));
    if (list) lists.set(n, list);
  }
  return { keys, lists };
}

/** Whether the bit of a code is set; null without its list or when the list has run out. */
export function listed(lists, said, now) {
  const list = lists.get(said.list);
  return list && now < list.until ? Boolean(list.bits[said.bit >> 3] & (1 << (said.bit & 7))) : null;
}
