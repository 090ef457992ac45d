// The messages that trustees exchange and publish during a key ceremony, as values.
// Never here: a secret, or a check across messages. Twin: tally/protocol/messages.py; SPEC 4.4.

import { array, canonical, canonicalText, decode, fields, integer, sha256Hex, string, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { decodePoint, encodePoint, NAME } from "./group.js";
import { proofJson } from "./proofs.js";
import { knowledgePrefix, messagePrefix, parseProof, schnorrCheck } from "./schnorr.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./proofs.js").Proof} Proof */
/** @typedef {{ message: string, signature: Proof }} Signed a text with its Schnorr signature */
/** @typedef {{ size: number, threshold: number, index: number }} Context `index` from 1 */
/** @typedef {{ signed: Signed, context: Context | null, verification: Point, encryption: Point }} Certificate */
/** @typedef {{ signed: Signed, points: Point[] }} Coefexps a public polynomial g^{a_0} … g^{a_{t-1}} */
/** @typedef {{ proof: Proof, point: Point, signature: Proof | null, name: string | null }} TrusteeKey */

const LIMIT = 64 * 1024;
const MOST = 1000;

// --- a signed text ---------------------------------------------------------------------------------------------------

/** Read {"message","signature"}. @param {any} value @param {string} where @returns {Signed} */
export function parseSigned(value, where) {
  const m = fields(value, where, ["message", "signature"]);
  const message = string(m.message, `${where}.message`);
  return { message, signature: parseProof(m.signature, `${where}.signature`) };
}

/** @param {Signed} signed @returns {{ message: string, signature: { challenge: string, response: string } }} */
export function signedJson({ message, signature }) {
  return { message, signature: proofJson(signature) };
}

/** Throws BAD_SIGNATURE. @param {Signed} signed @param {Point} signer @param {string} where */
export function checkSigned(signed, signer, where) {
  schnorrCheck(messagePrefix(signed.message), signer, signed.signature, where);
}

/** @param {Signed} signed @param {string} where @returns {any} the JSON inside the text */
export function contentOf(signed, where) {
  return decode(utf8(signed.message), where, LIMIT);
}

// --- a certificate ---------------------------------------------------------------------------------------------------

/**
 * Read and check a self-signed certificate; without context only archives older than Belenios 2.5.1 have it.
 * Throws BAD_SIGNATURE, BAD_TRUSTEE_MESSAGE and reading errors. SPEC 4.4, step 1.
 * @param {any} value
 * @param {string} where
 * @returns {Certificate}
 */
export function parseCertificate(value, where) {
  const signed = parseSigned(value, where);
  const content = contentOf(signed, where);
  const context = isObject(content) && Object.hasOwn(content, "context") ? ["context"] : [];
  const m = fields(content, where, [...context, "verification", "encryption"]);
  const certificate = {
    signed,
    context: context.length ? parseContext(m.context, `${where}.context`) : null,
    verification: decodePoint(m.verification, `${where}.verification`),
    encryption: decodePoint(m.encryption, `${where}.encryption`),
  };
  checkSigned(signed, certificate.verification, where);
  return certificate;
}

/** @param {any} value @param {string} where @returns {Context} */
function parseContext(value, where) {
  const m = fields(value, where, ["group", "size", "threshold", "index"]);
  demand(m.group === NAME, "BAD_TRUSTEE_MESSAGE", where, "group");
  const size = integer(m.size, `${where}.size`, 1, MOST);
  const threshold = integer(m.threshold, `${where}.threshold`, 1, size);
  return { size, threshold, index: integer(m.index, `${where}.index`, 1, size) };
}

/**
 * Return the text of a certificate, to be signed with the key behind `verification`.
 * @param {Context} context
 * @param {{ verification: Point, encryption: Point }} keys
 * @returns {string}
 */
export function certificateText({ size, threshold, index }, { verification, encryption }) {
  return canonicalText({
    context: { group: NAME, size, threshold, index },
    verification: encodePoint(verification),
    encryption: encodePoint(encryption),
  });
}

// --- a polynomial ----------------------------------------------------------------------------------------------------

/**
 * Read {"message": "{\"coefexps\":[…]}", "signature"}; every point is a member of the group and not the identity. The
 * signature is not checked here. Throws reading errors.
 * @param {any} value
 * @param {string} where
 * @returns {Coefexps}
 */
export function parseCoefexps(value, where) {
  const signed = parseSigned(value, where);
  const m = fields(contentOf(signed, where), where, ["coefexps"]);
  const points = array(m.coefexps, `${where}.coefexps`);
  return { signed, points: points.map((point, k) => decodePoint(point, `${where}.coefexps[${k}]`)) };
}

/** @param {Point[]} points @returns {string} the text of a `coefexps` message */
export function coefexpsText(points) {
  return canonicalText({ coefexps: points.map(encodePoint) });
}

/** @param {Coefexps} coefexps @returns {string} SHA-256 of the message, published before anybody reveals. SPEC 4.4, step 2 */
export function coefexpsCommitment(coefexps) {
  return sha256Hex(canonical(signedJson(coefexps.signed)));
}

/**
 * Return what a trustee signs over all certificates together with its own polynomial (`certs_sig|…`).
 * @param {Certificate[]} certificates
 * @param {Coefexps} coefexps
 * @returns {string}
 */
export function transcriptText(certificates, coefexps) {
  const certs = certificates.map((certificate) => signedJson(certificate.signed));
  return `certs_sig|${canonicalText({ certs, coefexps: coefexps.points.map(encodePoint) })}`;
}

// --- a key -----------------------------------------------------------------------------------------------------------

/**
 * Read {"pok","public_key"[,"signature"][,"name"]} and check the proof of knowledge.
 * Throws BAD_SIGNATURE and reading errors. SPEC 4.4.
 * @param {any} value
 * @param {string} where
 * @returns {TrusteeKey}
 */
export function parseTrusteeKey(value, where) {
  const m = fields(value, where, ["pok", "public_key"], ["signature", "name"]);
  const key = {
    proof: parseProof(m.pok, `${where}.pok`),
    point: decodePoint(m.public_key, `${where}.public_key`),
    signature: Object.hasOwn(m, "signature") ? parseProof(m.signature, `${where}.signature`) : null,
    name: Object.hasOwn(m, "name") ? string(m.name, `${where}.name`) : null,
  };
  schnorrCheck(knowledgePrefix(key.point), key.point, key.proof, `${where}.pok`);
  return key;
}

/** @param {TrusteeKey} key @returns {Record<string, any>} the object in the order of the format */
export function trusteeKeyJson({ proof, point, signature, name }) {
  return {
    pok: proofJson(proof),
    public_key: encodePoint(point),
    ...(signature && { signature: proofJson(signature) }),
    ...(name !== null && { name }),
  };
}

/** @param {any} value */
function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
