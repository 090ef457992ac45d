// The committee of a round: its members, its key, and the transcript that shows nobody chose a key last.
// Never here: a share, or the running of a ceremony. Twin: tally/protocol/committee.py; SPEC 4.3, 5.4.

import { array, canonicalText, decode, fields, hexHash, integer, sha256Hex, text, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { coefexpsCommitment, signedJson } from "./messages.js";
import { messagePrefix, parseProof, schnorrCheck } from "./schnorr.js";
import { parseTrustees } from "./trustees.js";

/** @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {import("./messages.js").Certificate} Certificate */
/** @typedef {import("./proofs.js").Proof} Proof */
/** @typedef {{ name: string, role: string }} Member */
/**
 * A committee of one has no commitments and a Single key.
 * @typedef {object} Committee
 * @property {string} hash of the file, read aloud after the ceremony
 * @property {string} manifest
 * @property {number} threshold
 * @property {Member[]} members in the order of their numbers, from 1
 * @property {string[]} commitments
 * @property {Proof[]} acknowledgements
 * @property {import("./trustees.js").Trustees} trustees `owners[k − 1]` is the key behind member k's share
 */

const FORMAT = "phieu-tin-nhiem/committee/v1";
const FILE = "committee.json";
const LABEL = "phieu-tin-nhiem/v1/commitments|";
const LIMIT = 4 * 1024 * 1024;
const MOST_TRUSTEES = 9;
const LONGEST = 200;
const BAD = "BAD_TRUSTEE_MESSAGE";
const NAMES = ["format", "manifest", "threshold", "members", "commitments", "acknowledgements", "trustees"];

/**
 * Read the bytes; the trustees inside are checked as in any archive. `checkCommittee` says whether it is this round's.
 * Throws BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE and reading errors. SPEC 4.3.
 * @param {Uint8Array} raw
 * @param {string} [where]
 * @returns {Committee}
 */
export function parseCommittee(raw, where = FILE) {
  const m = fields(decode(raw, where, LIMIT), where, NAMES);
  demand(m.format === FORMAT, "WRONG_SHAPE", `${where}.format`);
  const members = array(m.members, `${where}.members`);
  const threshold = integer(m.threshold, `${where}.threshold`, 1, MOST_TRUSTEES);
  const rounds = members.length > 1 ? members.length : 0;
  const list = (/** @type {"commitments" | "acknowledgements"} */ name, /** @type {any} */ parse) =>
    array(m[name], `${where}.${name}`, rounds).map((value, i) => parse(value, `${where}.${name}[${i}]`));
  return Object.freeze({
    hash: sha256Hex(raw),
    manifest: hexHash(m.manifest, `${where}.manifest`),
    threshold,
    members: members.map((value, i) => parseMember(value, `${where}.members[${i}]`)),
    commitments: list("commitments", hexHash),
    acknowledgements: list("acknowledgements", parseProof),
    trustees: parseTrustees(m.trustees, `${where}.trustees`),
  });
}

/** @param {any} value @param {string} where @returns {Member} */
function parseMember(value, where) {
  const m = fields(value, where, ["name", "role"]);
  const name = text(m.name, `${where}.name`, { limit: LONGEST });
  return { name, role: text(m.role, `${where}.role`, { empty: true, limit: LONGEST }) };
}

/**
 * Check that this is the committee the manifest asked for, and that everybody had committed before anybody revealed.
 * Throws MISMATCH, BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE naming the member. SPEC 5.4.
 * @param {Committee} committee
 * @param {Manifest} manifest
 * @param {string} [where]
 */
export function checkCommittee(committee, manifest, where = FILE) {
  demand(committee.manifest === manifest.hash, "MISMATCH", `${where}.manifest`, "manifest.json");
  const { members, threshold, trustees } = committee;
  const fits = members.length === manifest.committeeSize && threshold === manifest.threshold;
  demand(fits && trustees.items.length === 1, "MISMATCH", `${where}.members`, "manifest.json");
  const [item] = trustees.items;
  const isSingle = item.kind === "Single";
  const sort = isSingle === (manifest.committeeSize === 1) && item.threshold === threshold;
  demand(sort, BAD, `${where}.trustees`, "kind of key");
  demand(item.keys.length === members.length, BAD, `${where}.trustees`, "members");
  if (!isSingle) checkCeremony(committee, where);
}

/** SPEC 5.4, step 2. @param {Committee} committee @param {string} where */
function checkCeremony({ manifest, trustees, commitments, acknowledgements }, where) {
  const { certificates, coefexps, signatures, keys } = trustees.items[0];
  const signed = signatures !== null && certificates.every(({ context }) => context !== null);
  demand(signed, BAD, `${where}.trustees`, "transcript signatures");
  demand(keys.every(({ signature }) => signature !== null), BAD, `${where}.trustees`, "key signatures");
  coefexps.forEach((message, i) => {
    const same = coefexpsCommitment(message) === commitments[i];
    demand(same, BAD, `${where}.commitments[${i}]`, "not the polynomial committed to");
  });
  const prefix = acknowledgementPrefix(manifest, certificates, commitments);
  acknowledgements.forEach((proof, i) => {
    schnorrCheck(prefix, certificates[i].verification, proof, `${where}.acknowledgements[${i}]`);
  });
}

/**
 * Return the text that each member signs once all commitments are in, before it reveals. SPEC 4.4, step 3.
 * @param {string} manifestHash
 * @param {Certificate[]} certificates
 * @param {string[]} commitments
 * @returns {string}
 */
export function acknowledgementPrefix(manifestHash, certificates, commitments) {
  const certs = certificates.map(({ signed }) => signedJson(signed));
  return messagePrefix(`${LABEL}${manifestHash}|${canonicalText({ certs, commitments })}`);
}

/** @param {Committee} committee @returns {string} the transcript of its ceremony; empty for a committee of one */
export function transcriptOf({ manifest, trustees, commitments }) {
  const [item] = trustees.items;
  if (item.kind === "Single") return "";
  return sha256Hex(utf8(acknowledgementPrefix(manifest, item.certificates, commitments)));
}
