// The receipt: that this very ballot is in the box, under the box's key from the manifest; or, where the hall has a server
// of its own, that this site holds it, under the site's key and never taken for the other.
// Never here: a choice, or a receipt that was not checked. Twins: tally/protocol/receipt.py, site.py.

import { ed25519 } from "@noble/curves/ed25519.js";
import { fromHex, utf8 } from "./encoding.js";
import { demand } from "./errors.js";

const LABEL = "phieu-tin-nhiem/v1/receipt|";
const SITE_LABEL = "phieu-tin-nhiem/v1/site-receipt|";
const LIMIT = 4096;

/** @typedef {{ round: string, tracker: string, commit: string, signature: string }} Receipt `round` is the uuid */
/** @typedef {{ receipt: Receipt, provisional: boolean }} Answer */
/** @typedef {{ round: string, tracker?: string, commit?: string }} Expected what is not known is left out */

/**
 * Read a receipt and check that it is about `expected` and signed by the box. Throws MISMATCH, BAD_SIGNATURE.
 * @param {Uint8Array} raw JSON
 * @param {Expected} expected
 * @param {string} boxKey RFC 8032 bytes in hex, not reversed
 * @returns {Receipt}
 */
export function checkReceipt(raw, expected, boxKey) {
  return check(readFields(readJson(raw)), expected, boxKey, LABEL);
}

/**
 * Read what answers to a ballot: the box's receipt, or where there is a `siteKey` also `{"held":…}`, which is provisional.
 * Throws as checkReceipt does.
 * @param {Uint8Array} raw JSON
 * @param {Expected} expected
 * @param {{ boxKey: string, siteKey: string }} keys as in RFC 8032; the site's is empty where the box itself answers
 * @returns {Answer}
 */
export function checkAnswer(raw, expected, { boxKey, siteKey }) {
  const value = readJson(raw);
  const provisional = Boolean(siteKey) && "held" in value;
  const receipt = provisional
    ? check(readFields(value.held), expected, siteKey, SITE_LABEL)
    : check(readFields(value), expected, boxKey, LABEL);
  return { receipt, provisional };
}

/** @param {Receipt} m @param {Expected} expected @param {string} signer @param {string} label @returns {Receipt} */
function check(m, expected, signer, label) {
  for (const name of /** @type {const} */ (["round", "tracker", "commit"])) {
    demand(!(name in expected) || m[name] === expected[name], "MISMATCH", `receipt.${name}`);
  }
  const signature = fromHex(m.signature, "receipt.signature", 64, "BAD_SIGNATURE");
  const key = fromHex(signer, "receipt.key", 32);
  const body = utf8(`${label}${m.round}|${m.tracker}|${m.commit}`);
  demand(verifies(signature, body, key), "BAD_SIGNATURE", "receipt.signature");
  return m;
}

/** A web framework may sort or space its JSON; what counts is signed. @param {Uint8Array} raw @returns {any} an object */
function readJson(raw) {
  demand(raw.length <= LIMIT, "TOO_LARGE", "receipt");
  let value;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    demand(false, "NOT_JSON", "receipt");
  }
  demand(value !== null && typeof value === "object", "WRONG_SHAPE", "receipt");
  return value;
}

/** @param {any} value @returns {Receipt} */
function readFields(value) {
  const { round, tracker, commit, signature } = Object(value);
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
