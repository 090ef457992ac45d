// The archive UUID.bel as a verifier reads it: an old-style tar of data records and chained events, in one spelling.
// Never here: what a record means, or the writing of an archive. Twin: tally/protocol/archive.py; SPEC 4.8, 5.7.

import { canonicalText, fields, hexHash, integer, sha256Hex, string, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { readJson } from "./reading.js";

/** One event with the data records before it; the last of them is its payload. @typedef {{ type: string, height: number, hash: string, data: Uint8Array[] }} Event */
/** `timestamp` in seconds since 1970. @typedef {{ timestamp: number, events: Event[] }} Archive */

const LIMIT = 4 * 1024 ** 3;
const ENTRY_LIMIT = 256 * 1024 ** 2;
const SMALL = 4096;
const BLOCK = 512;

/** Event type: how many data records stand before it, and which types may follow it. @type {Record<string, [number, string[]]>} */
const EVENTS = {
  Setup: [4, ["Ballot", "EndBallots"]],
  Ballot: [1, ["Ballot", "EndBallots"]],
  EndBallots: [0, ["EncryptedTally"]],
  EncryptedTally: [2, ["PartialDecryption"]],
  PartialDecryption: [2, ["PartialDecryption", "Result"]],
  Result: [1, []],
};

/**
 * Read an archive whose hashes, chain, headers and padding are all right; the order is checked separately.
 * Throws BAD_ARCHIVE, WRONG_ORDER and reading errors. SPEC 5.7, steps 1 to 3.
 * @param {Uint8Array} raw
 * @param {string} [where]
 * @returns {Archive}
 */
export function parseArchive(raw, where = "archive") {
  demand(raw.length <= LIMIT, "BAD_ARCHIVE", where);
  let { timestamp, at } = readPreamble(raw, where);
  /** @type {Event[]} */ const events = [];
  /** @type {{ digest: string, body: Uint8Array }[]} */ let pending = [];
  while (at < raw.length) {
    const { name, body, end } = readEntry(raw, at, timestamp, where);
    at = end;
    const [digest, kind] = [name.slice(0, 64), name.slice(64)];
    demand(digest === sha256Hex(body), "BAD_ARCHIVE", `${where}@${at}`);
    demand(kind === ".data.json" || kind === ".event.json", "BAD_ARCHIVE", `${where}@${at}`);
    if (kind === ".data.json") pending.push({ digest, body });
    else {
      events.push(readEvent(body, digest, events[events.length - 1], pending, `${where}.events[${events.length}]`));
      pending = [];
    }
  }
  demand(pending.length === 0 && events.length > 0, "BAD_ARCHIVE", where);
  return { timestamp, events };
}

/** Check that events come in an order an election can have, so far as it has come. Throws WRONG_ORDER. SPEC 5.7, step 4. @param {Archive} archive @param {string} where */
export function checkOrder({ events }, where) {
  let allowed = ["Setup"];
  events.forEach((event, i) => {
    demand(allowed.includes(event.type), "WRONG_ORDER", `${where}.events[${i}]`, event.type);
    const [count, next] = EVENTS[event.type];
    demand(event.data.length === count, "WRONG_ORDER", `${where}.events[${i}]`, event.type);
    allowed = next;
  });
}

/** @param {Archive} archive @param {string} type @returns {Event[]} */
export function ofType({ events }, type) {
  return events.filter((event) => event.type === type);
}

/** @param {Archive} archive @returns {Uint8Array[]} the bytes of every ballot, in archive order */
export function ballotsOf(archive) {
  return ofType(archive, "Ballot").map((event) => event.data[0]);
}

/** Throws INCOMPLETE. @param {Archive} archive @returns {string} the hash of the EncryptedTally event, which stands on paper */
export function rootOf(archive) {
  const [event] = ofType(archive, "EncryptedTally");
  demand(event, "INCOMPLETE", "archive", "EncryptedTally");
  return event.hash;
}

/** Return what the archive was set up with; throws BAD_ARCHIVE where the setup record names something else. SPEC 4.8. @param {Archive} archive @param {string} where */
export function setupOf({ events }, where) {
  const [election, trustees, credentials, raw] = events[0].data;
  const bodies = { election, trustees, credentials };
  const m = fields(readJson(raw, where, SMALL), where, Object.keys(bodies));
  for (const [name, body] of Object.entries(bodies)) {
    demand(hexHash(m[name], `${where}.${name}`) === sha256Hex(body), "BAD_ARCHIVE", `${where}.${name}`);
  }
  return bodies;
}

// --- bytes -----------------------------------------------------------------------------------------------------------

/** @param {Uint8Array} raw @param {string} where */
function readPreamble(raw, where) {
  const { size, mtime } = headerNumbers(raw, 0, where);
  const value = readJson(raw.subarray(BLOCK, BLOCK + size), where, SMALL);
  const { version, timestamp } = fields(value, where, ["version", "timestamp"]);
  const stamp = string(timestamp, `${where}.timestamp`);
  const fits = integer(version, `${where}.version`, 1) === 1 && /^[1-9][0-9]{0,10}$/.test(stamp);
  demand(fits && Number(stamp) === mtime && mtime < 8 ** 11, "BAD_ARCHIVE", where);
  const { name, end } = readEntry(raw, 0, mtime, where);
  demand(name === "BELENIOS", "BAD_ARCHIVE", where);
  return { timestamp: mtime, at: end };
}

/** @param {Uint8Array} raw @param {number} at @param {number} timestamp @param {string} where */
function readEntry(raw, at, timestamp, where) {
  const { size } = headerNumbers(raw, at, where);
  const body = raw.subarray(at + BLOCK, at + BLOCK + size);
  const name = latin(raw.subarray(at, at + 100)).replace(/\0+$/, "");
  const end = at + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
  const whole = end <= raw.length && /^[\x20-\x7e]{1,99}$/.test(name);
  const exact = whole && header(name, size, timestamp).every((byte, i) => byte === raw[at + i]);
  demand(exact && raw.subarray(at + BLOCK + size, end).every((byte) => byte === 0), "BAD_ARCHIVE", `${where}@${at}`);
  return { name, body, end };
}

/** @param {Uint8Array} raw @param {number} at @param {string} where */
function headerNumbers(raw, at, where) {
  const head = latin(raw.subarray(at, at + BLOCK));
  const [size, mtime] = [head.slice(124, 135), head.slice(136, 147)];
  const octal = head.length === BLOCK && /^[0-7]{22}$/.test(size + mtime);
  demand(octal && parseInt(size, 8) <= ENTRY_LIMIT, "BAD_ARCHIVE", `${where}@${at}`);
  return { size: parseInt(size, 8), mtime: parseInt(mtime, 8) };
}

/** The header that a writer would write. @param {string} name @param {number} size @param {number} timestamp @returns {Uint8Array} */
function header(name, size, timestamp) {
  const head = new Uint8Array(BLOCK);
  const octal = (/** @type {number} */ value, /** @type {number} */ width) => value.toString(8).padStart(width, "0");
  const put = (/** @type {number} */ at, /** @type {string} */ text) => head.set(utf8(text), at);
  put(0, name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, octal(size, 11));
  put(136, octal(timestamp, 11));
  put(148, " ".repeat(8));
  put(156, "0");
  put(148, `${octal(head.reduce((a, b) => a + b, 0), 6)}\0 `);
  return head;
}

/** @param {Uint8Array} raw @param {string} digest @param {Event | undefined} previous @param {{ digest: string, body: Uint8Array }[]} pending @param {string} where @returns {Event} */
function readEvent(raw, digest, previous, pending, where) {
  const names = previous ? ["parent", "height", "type"] : ["height", "type"];
  const m = fields(readJson(raw, where, SMALL), where, names, ["payload"]);
  const [type, height] = [string(m.type, `${where}.type`), integer(m.height, `${where}.height`, 0)];
  demand(Object.hasOwn(EVENTS, type), "WRONG_ORDER", where, type.slice(0, 40));
  const follows = height === (previous ? previous.height + 1 : 0) && m.parent === previous?.hash;
  demand(follows, "BAD_ARCHIVE", where);
  const payload = pending.length ? { payload: pending[pending.length - 1].digest } : {};
  const parent = previous ? { parent: previous.hash } : {};
  const expected = canonicalText({ ...parent, height, type, ...payload });
  demand(expected === latin(raw), "BAD_ARCHIVE", where);
  return { type, height, hash: digest, data: pending.map(({ body }) => body) };
}

/** @param {Uint8Array} raw @returns {string} a character for each byte */
function latin(raw) {
  return String.fromCharCode(...raw);
}
