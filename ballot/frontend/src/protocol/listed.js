// Who may vote, as a verifier reads it: credentials.json with every issuer's signature, and the archive's own list.
// Never here: who holds a credential. Twins: tally/protocol/credential_list.py, holding.py; SPEC 4.7, 5.3.

import { checkSignature, credentialMessage } from "./blind.js";
import { array, canonicalText, fields, fromHex, hexHash, string, utf8 } from "./encoding.js";
import { demand, Refused } from "./errors.js";
import { decodePoint } from "./group.js";
import { VOID_REASONS, voidText } from "./holding.js";
import { checkAscending, readJson } from "./reading.js";
import { parseProof, schnorrCheck } from "./schnorr.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {{ prefix: Uint8Array, signature: Uint8Array }} Signature an issuer's */
/** @typedef {{ credential: string, signatures: Signature[] }} Listed `credential` in hex */
/** @typedef {{ credential: string, point: Point, reason: string, proof: import("./proofs.js").Proof }} Voided */
/** @typedef {{ manifest: string, credentials: Listed[], voided: Voided[], points: Map<string, Point> }} CredentialList */
/** @typedef {import("./sealed_manifest.js").SealedManifest} SealedManifest */

const FORMAT = "phieu-tin-nhiem/credentials/v1";
const LIMIT = 512 * 1024 ** 2;
const MODULUS = 384;

/**
 * Read credentials.json. Throws reading errors. SPEC 4.7.
 * @param {Uint8Array} raw
 * @param {string} [where]
 * @returns {CredentialList}
 */
export function parseCredentials(raw, where = "credentials.json") {
  const m = fields(readJson(raw, where, LIMIT), where, ["format", "manifest", "credentials", "voided"]);
  demand(m.format === FORMAT, "WRONG_SHAPE", `${where}.format`);
  /** @type {Map<string, Point>} */ const points = new Map();
  const credentials = array(m.credentials, `${where}.credentials`).map((v, i) => readListed(v, `${where}.credentials[${i}]`, points));
  const voided = array(m.voided, `${where}.voided`).map((v, i) => readVoided(v, `${where}.voided[${i}]`));
  return { manifest: hexHash(m.manifest, `${where}.manifest`), credentials, voided, points };
}

/** @param {any} value @param {string} where @param {Map<string, Point>} points @returns {Listed} */
function readListed(value, where, points) {
  const m = fields(value, where, ["credential", "signatures"]);
  const signatures = array(m.signatures, `${where}.signatures`).map((s, i) => readSignature(s, `${where}.signatures[${i}]`));
  points.set(m.credential, decodePoint(m.credential, `${where}.credential`));
  return { credential: m.credential, signatures };
}

/** @param {any} value @param {string} where @returns {Signature} */
function readSignature(value, where) {
  const m = fields(value, where, ["prefix", "signature"]);
  return { prefix: fromHex(m.prefix, `${where}.prefix`, 32), signature: fromHex(m.signature, `${where}.signature`, MODULUS) };
}

/** @param {any} value @param {string} where @returns {Voided} */
function readVoided(value, where) {
  const m = fields(value, where, ["credential", "reason", "proof"]);
  const point = decodePoint(m.credential, `${where}.credential`);
  demand(VOID_REASONS.includes(m.reason), "WRONG_SHAPE", `${where}.reason`);
  return { credential: m.credential, point, reason: m.reason, proof: parseProof(m.proof, `${where}.proof`) };
}

/** Slips that voters received (*phát ra*). @param {CredentialList} list @returns {number} */
export function issuedOf({ credentials, voided }) {
  return credentials.length - voided.length;
}

/**
 * Check round, order, distinctness, and that only listed credentials are void, each by its holder's proof.
 * Throws MISMATCH, NOT_SORTED, WRONG_COUNT, BAD_SIGNATURE. SPEC 5.3, step 1.
 * @param {CredentialList} list
 * @param {SealedManifest} manifest
 * @param {string} [where]
 */
export function checkListForm(list, manifest, where = "credentials.json") {
  demand(list.manifest === manifest.hash, "MISMATCH", `${where}.manifest`);
  checkAscending(list.credentials.map((c) => c.credential), `${where}.credentials`);
  checkAscending(list.voided.map((v) => v.credential), `${where}.voided`);
  demand(list.voided.every((v) => list.points.has(v.credential)), "MISMATCH", `${where}.voided`);
  demand(issuedOf(list) <= manifest.voters, "WRONG_COUNT", where);
  list.voided.forEach(({ credential, point, reason, proof }, i) => {
    schnorrCheck(voidText(manifest.hash, credential, reason), point, proof, `${where}.voided[${i}].proof`);
  });
}

/**
 * Check one valid signature of every issuer on a credential, with the keys of the manifest and no other.
 * Throws WRONG_COUNT, SIGNATURE_INVALID. SPEC 5.3, step 2.
 * @param {Listed} listed
 * @param {SealedManifest} manifest
 * @param {string} where
 */
export function checkListed({ credential, signatures }, manifest, where) {
  demand(signatures.length === manifest.issuers.length, "WRONG_COUNT", where);
  manifest.issuers.forEach(({ name, key }, i) => {
    const message = credentialMessage({ manifestHash: manifest.hash, issuerName: name, credential });
    try {
      checkSignature(key, message, signatures[i].prefix, signatures[i].signature);
    } catch {
      throw new Refused("SIGNATURE_INVALID", `${where}.signatures[${name}]`);
    }
  });
}

// --- the archive's list ----------------------------------------------------------------------------------------------

/**
 * Check that the archive's list is exactly that of the listed credentials; what is wrong with another has its own code.
 * Throws MISMATCH, NOT_SORTED, BAD_POINT, IDENTITY_POINT, WRONG_SHAPE and reading errors. SPEC 6, check 13.
 * @param {Uint8Array} raw
 * @param {CredentialList} list
 * @param {string} [where]
 */
export function checkPublicList(raw, list, where = "public_credentials") {
  const text = new TextDecoder().decode(raw);
  if (text === canonicalText(list.credentials.map((c) => c.credential))) return;
  const seen = new Set();
  array(readJson(utf8(text.trim()), where, LIMIT), where).forEach((entry, i) => {
    const [key, ...weight] = string(entry, `${where}[${i}]`).split(",");
    decodePoint(key, `${where}[${i}]`);
    demand(!seen.has(key), "NOT_SORTED", `${where}[${i}]`);
    seen.add(key);
    const fits = weight.length === 0 || (weight.length === 1 && /^[1-9][0-9]{0,14}$/.test(weight[0]));
    demand(fits, "WRONG_SHAPE", `${where}[${i}]`);
  });
  throw new Refused("MISMATCH", "archive.public_credentials");
}
