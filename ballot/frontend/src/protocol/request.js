// A slip in the making: the code, its credential, one blinded value per issuer, and what becomes of the answers.
// Never here: a network, a page, or a signature that was not verified.

import { blind, credentialMessage, finalize } from "./blind.js";
import { deriveCredential, randomSlip, shownSlip } from "./credential.js";
import { array, bytesToHex, canonical, fromHex } from "./encoding.js";
import { demand } from "./errors.js";
import { seal } from "./sealedbox.js";

/** @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {{ code: string, credential: string, body: Uint8Array, blindings: import("./blind.js").Blinding[] }} Request */
/** @typedef {{ prefix: string, signature: string }} Signature */

const LIMIT = 64 * 1024;

/**
 * Make a fresh slip and the request for its signatures.
 * @param {Manifest} manifest
 * @param {string} authorisation the desk's permission for one slip
 * @returns {Request}
 */
export function makeRequest(manifest, authorisation) {
  const slip = randomSlip();
  const credential = deriveCredential(slip, manifest.uuid).public;
  const blindings = manifest.issuers.map((issuer) => blind(issuer.key, messageOf(manifest, issuer.name, credential)));
  const blinded = blindings.map((blinding) => bytesToHex(blinding.blindedMessage));
  return { code: shownSlip(slip), credential, body: canonical({ authorisation, blinded }), blindings };
}

/**
 * Read {"signatures":[hex…]}, unblind and verify every one with the manifest's key. Throws SIGNATURE_INVALID, …
 * @param {Manifest} manifest
 * @param {Request} request
 * @param {Uint8Array} raw
 * @returns {Signature[]}
 */
export function readSignatures(manifest, { credential, blindings }, raw) {
  const answers = array(readAnswer(raw)?.signatures, "signatures");
  demand(answers.length === manifest.issuers.length, "WRONG_COUNT", "signatures");
  return manifest.issuers.map(({ name, key }, i) => {
    const answer = fromHex(answers[i], `signatures[${i}]`, key.length);
    return finalize(key, messageOf(manifest, name, credential), blindings[i], answer);
  });
}

/** What lets whoever was given signatures send to the box before the freeze. @param {Uint8Array} raw @returns {Uint8Array} 32 bytes */
export function readStagingKey(raw) {
  return fromHex(readAnswer(raw)?.staging_key, "staging_key", 32);
}

/** @param {Uint8Array} raw @returns {any} */
function readAnswer(raw) {
  demand(raw.length <= LIMIT, "TOO_LARGE", "answer");
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw));
  } catch {
    demand(false, "NOT_JSON", "answer");
  }
}

/**
 * Seal the signed credential to the registry's freeze key: the box keeps it, and cannot read it early.
 * @param {Request} request
 * @param {Signature[]} signatures
 * @param {Uint8Array} freezeKey
 * @returns {Uint8Array}
 */
export function sealCredential({ credential }, signatures, freezeKey) {
  return seal(canonical({ credential, signatures }), freezeKey);
}

/** @param {Manifest} manifest @param {string} issuerName @param {string} credential */
function messageOf(manifest, issuerName, credential) {
  return credentialMessage({ manifestHash: manifest.hash, issuerName, credential });
}
