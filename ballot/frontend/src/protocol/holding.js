// Proofs that somebody holds a slip: to void its credential, or to ask the box what became of it.
// Never here: a slip's code, or a request. Twin: tally/protocol/holding.py.

import { demand } from "./errors.js";
import { randBelow } from "./group.js";
import { proofJson, schnorrSign } from "./proofs.js";

/** @typedef {import("./credential.js").Credential} Credential */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {{ challenge: string, response: string }} ProofJson in decimal */

export const VOID_REASONS = ["spoiled", "unused_envelope"];
const VOID_LABEL = "phieu-tin-nhiem/v1/void|";
const STANDING_LABEL = "phieu-tin-nhiem/v1/standing|";

/**
 * Prove that one holds the slip of `credential` and voids it. Throws WRONG_SHAPE for an unknown reason. SPEC 4.7.
 * @param {string} manifestHash
 * @param {Credential} credential
 * @param {string} reason one of VOID_REASONS
 * @param {RandBelow} [random]
 * @returns {ProofJson}
 */
export function proveVoid(manifestHash, credential, reason, random = randBelow) {
  demand(VOID_REASONS.includes(reason), "WRONG_SHAPE", "reason");
  return proofJson(schnorrSign(voidText(manifestHash, credential.public, reason), credential.secret, random));
}

/** @param {string} manifestHash @param {string} credential in hex @param {string} reason @returns {string} what is signed. SPEC 4.7 */
export function voidText(manifestHash, credential, reason) {
  return `${VOID_LABEL}${manifestHash}|${reason}|${credential}|`;
}

/**
 * Prove that one holds the slip of `credential`, to ask the box whether its ballot is in. SPEC 5.14.
 * @param {string} manifestHash
 * @param {Credential} credential
 * @param {RandBelow} [random]
 * @returns {ProofJson}
 */
export function proveStanding(manifestHash, credential, random = randBelow) {
  const text = `${STANDING_LABEL}${manifestHash}|${credential.public}|`;
  return proofJson(schnorrSign(text, credential.secret, random));
}
