// opening.json as a verifier reads it: who had shown that they can decrypt, the box's zero report, written exceptions.
// Never here: the taking of the test (opening.js). Twins: tally/protocol/{opening,override,names}.py; SPEC 4.9, 5.8.

import { array, fields, fromHex, hexHash, text, utf8 } from "./encoding.js";
import { demand, Refused } from "./errors.js";
import { mod, product, publicPower, Q } from "./group.js";
import { checkPassed, parsePassed, testExponent } from "./opening.js";
import { readJson } from "./reading.js";
import { checkEd25519 } from "./signing.js";

/** @typedef {import("./committee.js").Committee} Committee */
/** @typedef {import("./sealed_manifest.js").SealedManifest} SealedManifest */
/** @typedef {{ name: string, office: string, reason: string, first: string, second: string }} Override */
/**
 * @typedef {object} Opening
 * @property {string} manifest
 * @property {string} committee
 * @property {import("./opening.js").Passed[]} passed
 * @property {Uint8Array} zeroReport
 * @property {Override[]} overrides
 */

const FORMAT = "phieu-tin-nhiem/opening/v1";
const ZERO_LABEL = "phieu-tin-nhiem/v1/zero-report|";
const LIMIT = 1024 ** 2;
const WHERE = "opening.json";
const OFFICES = ["member", "organiser", "desk"];
const MOST = 200;
const [SHORTEST_REASON, LONGEST_REASON] = [10, 400];

/** Throws reading errors. @param {Uint8Array} raw @returns {Opening} */
export function parseOpening(raw) {
  const names = ["format", "manifest", "committee", "passed", "zero_report", "overrides"];
  const m = fields(readJson(raw, WHERE, LIMIT), WHERE, names);
  demand(m.format === FORMAT, "WRONG_SHAPE", `${WHERE}.format`);
  return {
    manifest: hexHash(m.manifest, `${WHERE}.manifest`),
    committee: hexHash(m.committee, `${WHERE}.committee`),
    passed: array(m.passed, `${WHERE}.passed`).map((value, i) => parsePassed(value, `${WHERE}.passed[${i}]`)),
    zeroReport: fromHex(m.zero_report, `${WHERE}.zero_report`, 64),
    overrides: parseOverrides(m.overrides, `${WHERE}.overrides`),
  };
}

/**
 * Check that at least t members can decrypt, that the box was empty, that no conflict of interest is unwritten.
 * Throws MISMATCH, NOT_SORTED, INCOMPLETE, BAD_PROOF naming the member, BAD_DECRYPTION, BAD_SIGNATURE, CONFLICT_OF_INTEREST.
 * @param {Opening} opening
 * @param {SealedManifest} manifest
 * @param {Committee} committee
 */
export function checkOpening(opening, manifest, committee) {
  demand(opening.manifest === manifest.hash && opening.committee === committee.hash, "MISMATCH", WHERE);
  const owners = opening.passed.map(({ owner }) => owner);
  const ascending = owners.every((owner, i) => (i === 0 || owners[i - 1] < owner) && owner <= committee.members.length);
  demand(ascending, "NOT_SORTED", `${WHERE}.passed`);
  demand(owners.length >= committee.threshold, "INCOMPLETE", WHERE);
  checkFactors(opening.passed, committee);
  const [key, failure] = [fromHex(manifest.boxKey, "box_key", 32), { where: `${WHERE}.zero_report`, code: "BAD_SIGNATURE" }];
  checkEd25519(key, utf8(`${ZERO_LABEL}${manifest.hash}|${committee.hash}|0`), opening.zeroReport, failure);
  checkConflicts(manifest, committee, opening.overrides);
}

/** SPEC 5.8, step 4. @param {import("./opening.js").Passed[]} passed @param {Committee} committee */
function checkFactors(passed, committee) {
  const nonces = Object.fromEntries(passed.map(({ owner, nonce }) => [owner, nonce]));
  for (const one of passed) checkPassed(committee, nonces, one, `${WHERE}.passed[${one.owner}]`);
  const chosen = passed.slice(0, committee.threshold);
  const present = chosen.map(({ owner }) => owner);
  const together = product(chosen.map(({ owner, factor }) => publicPower(factor, lagrange(present, owner))));
  const expected = publicPower(committee.trustees.publicKey, testExponent(committee, nonces));
  demand(together.equals(expected), "BAD_DECRYPTION", `${WHERE}.passed`);
}

/** The weight at 0 of the share `index` among the shares `present`. @param {number[]} present @param {number} index @returns {bigint} mod q */
export function lagrange(present, index) {
  return present.reduce((weight, other) => {
    return other === index ? weight : mod(weight * BigInt(other) * inverse(mod(BigInt(other - index))));
  }, 1n);
}

/** @param {bigint} value @returns {bigint} value^(q − 2), its inverse mod the prime q */
function inverse(value) {
  return [...(Q - 2n).toString(2)].reduce((x, bit) => mod(x * x * (bit === "1" ? value : 1n)), 1n);
}

// --- written exceptions to the conflict of interest ------------------------------------------------------------------

/** Strictly ascending by name and office. @param {any} value @param {string} where @returns {Override[]} */
function parseOverrides(value, where) {
  const entries = array(value, where);
  demand(entries.length <= MOST, "WRONG_SHAPE", where);
  const found = entries.map((entry, i) => parseOverride(entry, `${where}[${i}]`));
  found.forEach(({ name, office }, i) => {
    if (i === 0) return;
    const [before, order] = [found[i - 1], byCodePoint(found[i - 1].name, name)];
    demand(order < 0 || (order === 0 && before.office < office), "NOT_SORTED", where);
  });
  return found;
}

/** @param {any} value @param {string} where @returns {Override} */
function parseOverride(value, where) {
  const m = fields(value, where, ["name", "office", "reason", "first", "second"]);
  demand(OFFICES.includes(m.office), "WRONG_SHAPE", `${where}.office`);
  for (const name of ["first", "second"]) text(m[name], `${where}.${name}`, { limit: 60 });
  demand(m.first !== m.second, "WRONG_SHAPE", `${where}.second`);
  text(m.name, `${where}.name`, { limit: 200 });
  const reason = text(m.reason, `${where}.reason`, { limit: LONGEST_REASON });
  demand([...reason].length >= SHORTEST_REASON, "WRONG_SHAPE", `${where}.reason`);
  return /** @type {Override} */ (m);
}

/** As Python sorts texts. @param {string} a @param {string} b @returns {number} */
function byCodePoint(a, b) {
  const [left, right] = [[...a], [...b]].map((list) => list.map((c) => /** @type {number} */ (c.codePointAt(0))));
  const place = left.findIndex((code, i) => code !== right[i]);
  return place < 0 ? left.length - right.length : left[place] - (right[place] ?? -1);
}

/** SPEC 5.8, step 6. @param {SealedManifest} manifest @param {Committee} committee @param {Override[]} overrides */
function checkConflicts(manifest, committee, overrides) {
  const rated = new Set(manifest.blocks.flatMap(({ officials }) => officials.map(({ name }) => samePersonKey(name))));
  overrides.forEach(({ name }, i) => demand(rated.has(samePersonKey(name)), "MISMATCH", `${WHERE}.overrides[${i}]`));
  const excused = new Set(overrides.filter(({ office }) => office === "member").map(({ name }) => samePersonKey(name)));
  committee.members.forEach(({ name }, i) => {
    const key = samePersonKey(name);
    if (rated.has(key) && !excused.has(key)) throw new Refused("CONFLICT_OF_INTEREST", `committee.json.members[${i}]`);
  });
}

/** What two spellings of one name have in common. @param {string} name @returns {string} */
function samePersonKey(name) {
  const plain = (/** @type {string} */ part) => part.replaceAll("ẞ", "ss").toUpperCase().toLowerCase().replaceAll("ς", "σ");
  const folded = name.normalize("NFC").split("ı").map(plain).join("ı"); // as Python's casefold
  return folded.normalize("NFC").trim().split(/\s+/u).join(" ");
}
