// The receipt: that this very ballot is in the box, under the box's key from the manifest.
// Never here: a choice, or a receipt that was not checked. Twin: tally/protocol/receipt.py.

import { ed25519 } from "@noble/curves/ed25519.js";
import { fromHex, utf8 } from "./encoding.js";
import { demand } from "./errors.js";

const LABEL = "phieu-tin-nhiem/v1/receipt|";
const LIMIT = 4096;

/** @typedef {{ round: string, tracker: string, commit: string, signature: string }} Receipt `round` is the uuid */
/** @typedef {{ round: string, tracker?: string, commit?: string }} Expected what is not known is left out */

/**
 * Read a receipt and check that it is about `expected` and signed by the box. Throws MISMATCH, BAD_SIGNATURE.
 * @param {Uint8Array} raw JSON
 * @param {Expected} expected
 * @param {string} boxKey RFC 8032 bytes in hex, not reversed
 * @returns {Receipt}
 */
export function checkReceipt(raw, expected, boxKey) {
  const m = readFields(raw);
  for (const name of /** @type {const} */ (["round", "tracker", "commit"])) {
    demand(!(name in expected) || m[name] === expected[name], "MISMATCH", `receipt.${name}`);
  }
  const signature = fromHex(m.signature, "receipt.signature", 64, "BAD_SIGNATURE");
  const key = fromHex(boxKey, "manifest.box_key", 32);
  const body = utf8(`${LABEL}${m.round}|${m.tracker}|${m.commit}`);
  demand(verifies(signature, body, key), "BAD_SIGNATURE", "receipt.signature");
  return m;
}

/** A web framework may sort or space its JSON; what counts is signed. @param {Uint8Array} raw @returns {Receipt} */
function readFields(raw) {
  demand(raw.length <= LIMIT, "TOO_LARGE", "receipt");
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    demand(false, "NOT_JSON", "receipt");
  }
  demand(value !== null && typeof value === "object", "WRONG_SHAPE", "receipt");
  const { round, tracker, commit, signature } = value;
  const receipt = { round, tracker, commit, signature };
  demand(Object.values(receipt).every((text) => typeof text === "string"), "WRONG_SHAPE", "receipt");
  return receipt;
}

/** @param {Uint8Array} signature @param {Uint8Array} body @param {Uint8Array} key @returns {boolean} */
function verifies(signature, body, key) {
  try {
    return ed25519.verify(signature, body, key, { zip215: false });
  } catch {
    return false;
  }
}
