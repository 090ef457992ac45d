// Strict reading for those who verify: which code a wrong JSON text has, and the small shapes that files are made of.
// Never here: a lenient reading, or a file's meaning. Twin: the readers of tally/protocol/encoding.py.
//
// `decode` of encoding.js refuses whatever is not canonical; only then is it worth asking why, with Python's answers.

import { array, decode } from "./encoding.js";
import { demand, Refused } from "./errors.js";

const MAX_DEPTH = 12;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"?|[{}[\]:]|-?[0-9][0-9.eE+-]*/gsu;

/**
 * Read canonical JSON. Throws TOO_LARGE, TOO_DEEP, NOT_JSON, DUPLICATE_KEY, NOT_CANONICAL. SPEC 2.1.
 * @param {Uint8Array} raw
 * @param {string} where
 * @param {number} limit largest length in bytes
 * @returns {any}
 */
export function readJson(raw, where, limit) {
  try {
    return decode(raw, where, limit);
  } catch (error) {
    if (error instanceof Refused && error.code !== "TOO_LARGE") throw new Refused(reason(raw, error.code), where);
    throw error;
  }
}

/** @param {Uint8Array} raw JSON that `decode` refused @param {string} code its reason @returns {string} the code of what is wrong */
function reason(raw, code) {
  const { deep, twice, fraction } = scan(new TextDecoder().decode(raw));
  if (deep) return "TOO_DEEP";
  if (fraction || code === "NOT_JSON") return "NOT_JSON";
  return twice ? "DUPLICATE_KEY" : code;
}

/** @param {string} text @returns {{ deep: boolean, twice: boolean, fraction: boolean }} */
function scan(text) {
  /** @type {Set<string>[]} */ const open = [];
  const found = { deep: false, twice: false, fraction: false };
  let last = "";
  for (const [token] of text.matchAll(TOKEN)) {
    if ("{[".includes(token)) open.push(new Set());
    else if ("}]".includes(token)) open.pop();
    else if (token === ":") {
      const keys = open[open.length - 1] ?? new Set();
      found.twice ||= keys.has(last);
      keys.add(last);
    } else if (/^[-0-9]/.test(token)) found.fraction ||= /[.eE]/.test(token);
    found.deep ||= open.length > MAX_DEPTH;
    last = token;
  }
  return found;
}

// --- shapes ----------------------------------------------------------------------------------------------------------

/** @param {any} value @param {string} where @returns {boolean} Throws WRONG_SHAPE. */
export function boolean(value, where) {
  demand(typeof value === "boolean", "WRONG_SHAPE", where);
  return value;
}

/** @param {any} value @param {string} where @returns {any[]} an array that is not empty. Throws WRONG_SHAPE. */
export function some(value, where) {
  demand(array(value, where).length > 0, "WRONG_SHAPE", where);
  return value;
}

/** Exactly `names` in any order. @param {any} value @param {string} where @param {string[]} names @returns {Record<string, any>} Throws WRONG_SHAPE. */
export function mapping(value, where, names) {
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  const fits = isObject && Object.keys(value).length === names.length && names.every((name) => Object.hasOwn(value, name));
  demand(fits, "WRONG_SHAPE", where);
  return value;
}

/** Check strictly ascending order, which is also distinctness. Throws NOT_SORTED naming the entry. @param {string[]} entries @param {string} where */
export function checkAscending(entries, where) {
  entries.forEach((entry, i) => demand(i === 0 || entries[i - 1] < entry, "NOT_SORTED", `${where}[${i}]`));
}
