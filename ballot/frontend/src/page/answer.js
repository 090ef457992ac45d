// A server's JSON as an object, before a page's routes.js looks at each value.
// Never here: canonical JSON, which is a format of ours (protocol/encoding.js).

import { demand } from "../protocol/errors.js";

/**
 * A web framework may space or sort its JSON.
 * @param {Uint8Array} raw
 * @param {string} where
 * @param {number} limit bytes
 * @returns {any} Throws TOO_LARGE, NOT_JSON, WRONG_SHAPE
 */
export function readAnswer(raw, where, limit) {
  demand(raw.length <= limit, "TOO_LARGE", where);
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    demand(false, "NOT_JSON", where);
  }
  demand(value !== null && typeof value === "object", "WRONG_SHAPE", where);
  return value;
}
