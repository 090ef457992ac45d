// The sealed manifest as a verifier reads it: every field and every bound, its keys sound, each for one purpose.
// Never here: what a booth shows of it (manifest.js). Twins: tally/protocol/manifest, check 2 of tally/checks/seal.py.

import { array, fields, hexHash, integer, string, text } from "./encoding.js";
import { demand } from "./errors.js";
import { parseManifest } from "./manifest.js";
import { checkModulus, gcd } from "./modulus.js";
import { boolean, readJson, some } from "./reading.js";
import { checkRuleSet } from "./ruleset.js";

/** @typedef {import("./manifest.js").Manifest} Manifest */
/** @typedef {{ name: string, key: import("./blind.js").IssuerKey, statementKey: string }} SealedIssuer */
/**
 * @typedef {Manifest & {
 *   issuers: SealedIssuer[], voters: number, logKey: string, minimumBallots: number, origin: string, timestamp: number,
 * }} SealedManifest `origin` of the box's notes; `timestamp` of the archive in seconds since 1970
 */

const WHERE = "manifest.json";
const LIMIT = 4 * 1024 * 1024;
const MOST = 1_000_000;
const MOST_ISSUERS = 3;
const NAMES = [
  "format", "uuid", "title", "body", "session", "date", "rehearsal", "rules", "blocks", "exempt", "roll", "issuers",
  "box_key", "log_key", "committee", "policy", "software",
]; // prettier-ignore
const POLICY = ["minimum_ballots", "own_device", "disclosure", "secrecy", "accepted_by"];
const DISCLOSURES = ["public", "restricted"];
const SMALL_ELECTORATE = 10;
const ISSUER = /^[a-z0-9][a-z0-9-]{0,39}$/;

/**
 * Read the bytes of a manifest, strictly. Throws reading errors, UNSUPPORTED_ELECTION, BAD_ISSUER_KEY, MISMATCH. SPEC 4.1.
 * @param {Uint8Array} raw
 * @returns {SealedManifest}
 */
export function parseSealed(raw) {
  const m = fields(readJson(raw, WHERE, LIMIT), WHERE, NAMES);
  demand(/^[1-9A-HJ-NP-Za-km-z]{14,40}$/.test(string(m.uuid, `${WHERE}.uuid`)), "WRONG_SHAPE", `${WHERE}.uuid`);
  ["title", "body"].forEach((name) => text(m[name], `${WHERE}.${name}`));
  text(m.session, `${WHERE}.session`, { empty: true });
  const { badLineVoidsBallot } = checkRuleSet(m.rules, `${WHERE}.rules`);
  demand(!badLineVoidsBallot, "UNSUPPORTED_ELECTION", `${WHERE}.rules.bad_line_voids_ballot`);
  const least = boolean(m.rehearsal, `${WHERE}.rehearsal`) ? 1 : 5;
  checkBlocks(m.blocks, `${WHERE}.blocks`);
  hexHash(m.box_key, `${WHERE}.box_key`);
  hexHash(m.log_key, `${WHERE}.log_key`);
  array(m.exempt, `${WHERE}.exempt`).forEach((entry, i) => checkExempt(entry, `${WHERE}.exempt[${i}]`));
  const policy = fields(m.policy, `${WHERE}.policy`, POLICY);
  demand(DISCLOSURES.includes(policy.disclosure), "WRONG_SHAPE", `${WHERE}.policy.disclosure`);
  text(policy.secrecy, `${WHERE}.policy.secrecy`, { limit: 40, empty: true });
  const manifest = parseManifest(raw);
  const voters = readVoters(m.roll, `${WHERE}.roll`);
  const unnamed = m.rehearsal || voters >= SMALL_ELECTORATE;
  text(policy.accepted_by, `${WHERE}.policy.accepted_by`, { limit: 200, empty: unnamed });
  return Object.freeze({
    ...manifest,
    issuers: readIssuers(m.issuers, manifest, `${WHERE}.issuers`),
    voters,
    logKey: m.log_key,
    minimumBallots: integer(policy.minimum_ballots, `${WHERE}.policy.minimum_ballots`, least, 10_000),
    origin: `phieu-tin-nhiem/${m.uuid}`,
    timestamp: readDay(m.date, `${WHERE}.date`),
  });
}

/** @param {any} value @param {string} where @returns {number} seconds since 1970 */
function readDay(value, where) {
  const found = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(string(value, where)) ? Date.parse(`${value}T00:00:00Z`) : NaN;
  demand(found >= 0 && new Date(found).toISOString().startsWith(value), "WRONG_SHAPE", where, "yyyy-mm-dd");
  return found / 1000;
}

/** @param {any} value @param {string} where */
function checkBlocks(value, where) {
  /** @type {Set<string>} */ const seen = new Set();
  /** @type {string[]} */ const forms = [];
  some(value, where).forEach((block, i) => {
    const place = `${where}[${i}]`;
    const { title, form, officials } = fields(block, place, ["title", "form", "officials"]);
    some(officials, `${place}.officials`).forEach((official, k) => checkOfficial(official, `${place}.officials[${k}]`, seen));
    text(title, `${place}.title`);
    forms.push(text(form, `${place}.form`, { limit: 400, empty: true }));
  });
  checkForms(forms, `${where}.form`);
}

/** A form's blocks stand together; either every form has a name or there is one only. @param {string[]} forms @param {string} where */
function checkForms(forms, where) {
  const together = forms.filter((form, i) => i === 0 || form !== forms[i - 1]).length;
  demand(together === new Set(forms).size && (together === 1 || !forms.includes("")), "WRONG_SHAPE", where, "A, A, B, B, …");
}

/** @param {any} value @param {string} where */
function checkExempt(value, where) {
  const m = fields(value, where, ["name", "position", "reason", "citation"]);
  ["name", "position", "reason"].forEach((name) => text(m[name], `${where}.${name}`, { limit: 400 }));
  text(m.citation, `${where}.citation`, { limit: 400, empty: true });
}

/** @param {any} value @param {string} where @param {Set<string>} seen */
function checkOfficial(value, where, seen) {
  const names = ["id", "name", "position"];
  const m = fields(value, where, names);
  names.forEach((name) => text(m[name], `${where}.${name}`, { limit: 400 }));
  for (const mark of [`id:${m.id}`, `person:${m.name}|${m.position}`]) {
    demand(!seen.has(mark), "WRONG_SHAPE", where, "twice");
    seen.add(mark);
  }
}

/** @param {any} value @param {string} where @returns {number} how many may vote */
function readVoters(value, where) {
  const m = fields(value, where, ["delegates", "summoned", "voters", "digest"]);
  const voters = integer(m.voters, `${where}.voters`, 3, MOST);
  const summoned = integer(m.summoned, `${where}.summoned`, voters, MOST);
  integer(m.delegates, `${where}.delegates`, summoned, MOST);
  hexHash(m.digest, `${where}.digest`);
  return voters;
}

/** @param {any[]} value @param {Manifest} manifest @param {string} where @returns {SealedIssuer[]} */
function readIssuers(value, { issuers }, where) {
  demand(value.length >= 1 && value.length <= MOST_ISSUERS, "WRONG_SHAPE", where);
  issuers.forEach(({ name, key }, i) => {
    demand(ISSUER.test(name), "WRONG_SHAPE", `${where}[${i}].name`);
    checkModulus(key.modulus, `${where}[${i}].key`);
    hexHash(value[i].statement_key, `${where}[${i}].statement_key`);
  });
  const [names, keys] = [issuers.map(({ name }) => name), issuers.map(({ key }) => key.modulus)];
  for (const list of [names, keys]) demand(new Set(list).size === list.length, "WRONG_SHAPE", where, "twice");
  return issuers.map((issuer, i) => ({ ...issuer, statementKey: value[i].statement_key }));
}

/**
 * Check that each key serves one purpose. Throws MISMATCH. SPEC 6, check 2.
 * @param {SealedManifest} manifest
 */
export function checkKeys({ boxKey, logKey, issuers }) {
  const keys = [boxKey, logKey, ...issuers.map(({ statementKey }) => statementKey)];
  demand(new Set(keys).size === keys.length, "MISMATCH", WHERE, "statement_key, box_key, log_key");
  const moduli = issuers.map(({ key }) => key.modulus);
  const coprime = moduli.every((n, i) => moduli.slice(i + 1).every((other) => gcd(n, other) === 1n));
  demand(coprime, "MISMATCH", `${WHERE}: issuers`, "gcd = 1");
}
