// The signed form of a safety code, read without a network: the layout is that of engine/offline.py, byte by byte.
import { verifyAsync } from "@noble/ed25519";

export const MARK = "AX1:";
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const LENGTH = 99;
const HEAD = [0xd2, 0x84, 0x46, 0xa2, 0x01, 0x27, 0x04, 0x41];
const AFTER_KEY = [0xa0, 0x56, 0x85, 0x46];
const PROTECTED = HEAD.slice(2);
const EPOCH = Date.UTC(2020, 0, 1);
const DAY = 86400000;
const CHINA = 8 * 3600000;
const AHEAD = 5 * 60000;
const COLOURS = ["green", "yellow", "red"];

/** Why a text is not believed: "unreadable", "unknownkey" or "forged". */
export class Refused extends Error {}

function unpack(text) {
  const values = [...text].map((c) => ALPHABET.indexOf(c));
  if (values.includes(-1) || values.length % 3 === 1) throw new Refused("unreadable");
  const out = [];
  for (let i = 0; i < values.length; i += 3) {
    const whole = i + 2 < values.length;
    const word = values[i] + 45 * values[i + 1] + (whole ? 2025 * values[i + 2] : 0);
    if (word > (whole ? 0xffff : 0xff)) throw new Refused("unreadable");
    if (whole) out.push(word >> 8);
    out.push(word & 0xff);
  }
  return Uint8Array.from(out);
}

const number = (bytes) => bytes.reduce((sum, byte) => sum * 256 + byte, 0);
const starts = (raw, at, expected) => expected.every((byte, i) => raw[at + i] === byte);

function claims(raw) {
  const colour = COLOURS[raw[19]];
  if (!colour || raw[20] !== 0x19 || raw[23] !== 0x1a || raw[28] !== 0x44) throw new Refused("unreadable");
  const packed = number(raw.slice(13, 19));
  const [city, serial] = [Math.floor(packed / 2 ** 27), packed % 2 ** 20];
  if (city > 9999 || serial > 999999) throw new Refused("unreadable");
  const year = 2000 + (Math.floor(packed / 2 ** 20) % 128);
  return {
    number: `ZJ-${String(city).padStart(4, "0")}-${year}-${String(serial).padStart(6, "0")}`,
    colour,
    until: EPOCH + number(raw.slice(21, 23)) * DAY,
    at: EPOCH + number(raw.slice(24, 28)) * 60000,
    list: raw[29],
    bit: number(raw.slice(30, 33)),
  };
}

/** The claims of a true text. `keys`: public keys (32 bytes) by number. Rejects with Refused. */
export async function read(text, keys) {
  if (!text.startsWith(MARK)) throw new Refused("unreadable");
  const raw = unpack(text.slice(MARK.length));
  if (raw.length !== LENGTH || !starts(raw, 0, HEAD) || !starts(raw, 9, AFTER_KEY) || !starts(raw, 33, [0x58, 0x40])) {
    throw new Refused("unreadable");
  }
  const said = claims(raw);
  const key = keys.get(raw[8]);
  if (!key) throw new Refused("unknownkey");
  const message = [0x84, 0x6a, ...new TextEncoder().encode("Signature1"), ...PROTECTED, raw[8], 0x40, 0x56];
  const signed = Uint8Array.from([...message, ...raw.slice(11, 33)]);
  // Strict (RFC 8032), as the server checks: one signature has one spelling.
  if (!(await verifyAsync(raw.slice(35), signed, key, { zip215: false }).catch(() => false))) throw new Refused("forged");
  return said;
}

/** What a reader without a network may make of true claims; `listed`: the bit of the status list, null = no list. */
export function holds(said, now, listed) {
  if (said.at > now + AHEAD) return "ahead";
  if (Math.floor((now + CHINA) / DAY) * DAY > said.until) return "over";
  return listed ? "changed" : "holds";
}
