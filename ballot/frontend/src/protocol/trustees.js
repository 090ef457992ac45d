// The trustees of an election: who can decrypt, with which public keys, and that the election key is really theirs.
// Never here: a share, a seed, or the making of messages. Twin: tally/protocol/trustees.py; SPEC 4.4, 5.4.

import { array, fields, integer, string } from "./encoding.js";
import { demand } from "./errors.js";
import { encodePoint, IDENTITY, product, publicPower } from "./group.js";
import { checkSigned, parseCertificate, parseCoefexps, parseTrusteeKey, transcriptText } from "./messages.js";
import { messagePrefix, parseProof, schnorrCheck } from "./schnorr.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./messages.js").Certificate} Certificate */
/** @typedef {import("./messages.js").Coefexps} Coefexps */
/** @typedef {import("./messages.js").TrusteeKey} TrusteeKey */
/** @typedef {import("./proofs.js").Proof} Proof */
/**
 * A Single (one key, no lists) or a Pedersen item.
 * @typedef {object} Item
 * @property {"Single" | "Pedersen"} kind
 * @property {number} threshold
 * @property {Certificate[]} certificates
 * @property {Coefexps[]} coefexps
 * @property {Proof[] | null} signatures
 * @property {TrusteeKey[]} keys
 * @property {Point} publicKey this item's factor of the election key
 */
/** @typedef {{ items: Item[], publicKey: Point, owners: Point[] }} Trustees owner number k is entry k − 1 of `owners` */

const MOST_MEMBERS = 100;
const BAD = "BAD_TRUSTEE_MESSAGE";

/**
 * Read and check `[["Single"|"Pedersen", …], …]`. Throws BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE and reading errors. SPEC 5.4.
 * @param {any} value
 * @param {string} where
 * @returns {Trustees}
 */
export function parseTrustees(value, where) {
  const entries = array(value, where);
  demand(entries.length > 0, BAD, where, "none");
  const items = entries.map((entry, i) => parseItem(entry, `${where}[${i}]`));
  const owners = items.flatMap((item) => item.keys.map((key) => key.point));
  return { items, owners, publicKey: product(items.map((item) => item.publicKey)) };
}

/** @param {any} value @param {string} where @returns {Item} */
function parseItem(value, where) {
  const [kind, content] = array(value, where, 2);
  if (string(kind, where) === "Single") {
    const key = parseTrusteeKey(content, where);
    const lists = { certificates: [], coefexps: [], signatures: null, keys: [key] };
    return { kind: "Single", threshold: 1, ...lists, publicKey: key.point };
  }
  const isObject = content !== null && typeof content === "object" && !Array.isArray(content);
  demand(kind === "Pedersen" && isObject, BAD, where, kind.slice(0, 20));
  const item = parsePedersen(content, where);
  checkPedersen(item, where);
  return item;
}

/** @param {any} value @param {string} where @returns {Item} */
function parsePedersen(value, where) {
  const signed = Object.hasOwn(value, "signatures") ? ["signatures"] : [];
  const m = fields(value, where, ["threshold", "certs", "coefexps", ...signed, "verification_keys"]);
  const size = array(m.certs, `${where}.certs`).length;
  demand(size >= 1 && size <= MOST_MEMBERS, BAD, where, "members");
  const threshold = integer(m.threshold, `${where}.threshold`, 1, size);
  const certificates = each(parseCertificate, m.certs, `${where}.certs`, size);
  const coefexps = each(parseCoefexps, m.coefexps, `${where}.coefexps`, size);
  return {
    kind: "Pedersen",
    threshold,
    certificates,
    coefexps,
    signatures: signed.length ? each(parseProof, m.signatures, `${where}.signatures`, size) : null,
    keys: each(parseTrusteeKey, m.verification_keys, `${where}.verification_keys`, size),
    publicKey: product(coefexps.flatMap((c) => c.points.slice(0, 1))),
  };
}

/**
 * @template T
 * @param {(value: any, where: string) => T} parse
 * @param {any} value
 * @param {string} where
 * @param {number} size
 * @returns {T[]}
 */
function each(parse, value, where, size) {
  return array(value, where, size).map((entry, i) => parse(entry, `${where}[${i}]`));
}

// --- checks across the messages --------------------------------------------------------------------------------------

/** Check certificates, polynomials and keys against each other. @param {Item} item @param {string} where */
function checkPedersen({ certificates, threshold, coefexps, signatures, keys }, where) {
  checkCertificates(certificates, threshold, where);
  coefexps.forEach((message, i) => {
    checkPolynomial(certificates, i, message, threshold, `${where}.coefexps[${i}]`);
    if (!signatures) return;
    const prefix = messagePrefix(transcriptText(certificates, message));
    schnorrCheck(prefix, certificates[i].verification, signatures[i], `${where}.signatures[${i}]`);
  });
  const joint = jointPolynomial(coefexps);
  keys.forEach((key, i) => checkKey(certificates, joint, i, key, `${where}.verification_keys[${i}]`));
}

/**
 * Check that the certificates are for one committee, in order; all or none carry a context, all keys are distinct.
 * Throws BAD_TRUSTEE_MESSAGE. SPEC 4.4, step 2; 5.4.
 * @param {Certificate[]} certificates
 * @param {number} threshold
 * @param {string} where
 */
export function checkCertificates(certificates, threshold, where) {
  const size = certificates.length;
  const contexts = certificates.flatMap(({ context }) => (context ? [context] : []));
  demand(contexts.length === 0 || contexts.length === size, BAD, where, "context");
  contexts.forEach((context, i) => {
    const fits = context.size === size && context.threshold === threshold && context.index === i + 1;
    demand(fits, BAD, `${where}.certs[${i}]`, "context");
  });
  for (const name of /** @type {const} */ (["verification", "encryption"])) {
    const distinct = new Set(certificates.map((certificate) => encodePoint(certificate[name])));
    demand(distinct.size === size, BAD, where, "two members with one key");
  }
}

/**
 * Check that member `index` (from 0) signed a polynomial of the right degree. Throws BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE.
 * @param {Certificate[]} certificates
 * @param {number} index
 * @param {Coefexps} coefexps
 * @param {number} threshold
 * @param {string} where
 */
export function checkPolynomial(certificates, index, coefexps, threshold, where) {
  checkSigned(coefexps.signed, certificates[index].verification, where);
  demand(coefexps.points.length === threshold, BAD, where, "degree");
}

/**
 * Check that member `index` (from 0) published the key its share must have, and signed it.
 * @param {Certificate[]} certificates
 * @param {Point[]} joint
 * @param {number} index
 * @param {TrusteeKey} key
 * @param {string} where
 */
function checkKey(certificates, joint, index, key, where) {
  demand(key.point.equals(evaluate(joint, index + 1)), BAD, where, "key of other polynomials");
  if (!key.signature) return;
  schnorrCheck(messagePrefix(encodePoint(key.point)), certificates[index].verification, key.signature, where);
}

/** @param {Coefexps[]} coefexps @returns {Point[]} the product of all polynomials, coefficient by coefficient */
function jointPolynomial(coefexps) {
  return coefexps[0].points.map((_, k) => product(coefexps.map((c) => c.points[k])));
}

/**
 * Return g^{f(index)} for a polynomial in the exponent, by Horner's rule. Of all members' joint polynomial this is the
 * key of member `index` (from 1); of one member's, what the share it sent to `index` must be behind.
 * @param {Point[]} points
 * @param {number} index
 * @returns {Point}
 */
export function evaluate(points, index) {
  return points.reduceRight((total, point) => publicPower(total, BigInt(index)).add(point), IDENTITY);
}
