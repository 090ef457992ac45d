// The issuers' closing statements, issuance.json: what each signed, and that all of them agree with the list.
// Never here: who received a credential, or a key that signs. Twins: tally/protocol/{issuance,credential_list}.py; SPEC 4.7.

import { array, canonicalText, fields, fromHex, hexHash, integer, string, utf8 } from "./encoding.js";
import { demand } from "./errors.js";
import { readJson } from "./reading.js";
import { checkEd25519 } from "./signing.js";

/** @typedef {import("./listed.js").CredentialList} CredentialList */
/** @typedef {import("./sealed_manifest.js").SealedManifest} SealedManifest */
/**
 * What one issuer declares when issuing is frozen.
 * @typedef {object} Statement
 * @property {string} issuer
 * @property {string} manifest
 * @property {number} issued
 * @property {number} reissued
 * @property {number} envelopes
 * @property {number} voided
 * @property {number} undelivered
 * @property {number} refused
 * @property {string} log_head
 * @property {string} credentials the hash of credentials.json
 * @property {string} signature
 */

const FORMAT = "phieu-tin-nhiem/issuance/v1";
const LABEL = "phieu-tin-nhiem/v1/issuer-statement|";
const LIMIT = 1024 ** 2;
const SIGNED = /** @type {const} */ (["issued", "reissued", "envelopes"]);
const COUNTS = [...SIGNED, "voided", "undelivered", "refused"];
const FIELDS = ["issuer", "manifest", ...COUNTS, "log_head", "credentials", "signature"];
const UNSEEN = /(?! )[\p{C}\p{Z}]/u;

/** Read issuance.json. Throws reading errors. SPEC 4.7. @param {Uint8Array} raw @param {string} [where] @returns {Statement[]} */
export function parseIssuance(raw, where = "issuance.json") {
  const m = fields(readJson(raw, where, LIMIT), where, ["format", "statements"]);
  demand(m.format === FORMAT, "WRONG_SHAPE", `${where}.format`);
  return array(m.statements, `${where}.statements`).map((value, i) => readStatement(value, `${where}.statements[${i}]`));
}

/** @param {any} value @param {string} where @returns {Statement} */
function readStatement(value, where) {
  const m = fields(value, where, FIELDS);
  const name = string(m.issuer, `${where}.issuer`);
  const visible = !UNSEEN.test(name) && name === name.normalize("NFC").trim() && name !== "" && [...name].length <= 200;
  demand(visible, "BAD_TEXT", `${where}.issuer`);
  COUNTS.forEach((count) => integer(m[count], `${where}.${count}`, 0));
  ["manifest", "log_head", "credentials"].forEach((hash) => hexHash(m[hash], `${where}.${hash}`));
  fromHex(m.signature, `${where}.signature`, 64);
  return /** @type {Statement} */ (m);
}

/**
 * Check that every issuer signed one statement, and that all statements and the list agree.
 * Throws MISMATCH, WRONG_COUNT, STATEMENT_SIGNATURE_INVALID. SPEC 5.3, step 3.
 * @param {Statement[]} statements
 * @param {SealedManifest} manifest
 * @param {CredentialList} list
 * @param {string} listHash SHA-256 of credentials.json
 * @param {string} [where]
 */
export function checkIssuance(statements, manifest, list, listHash, where = "issuance.json") {
  demand(statements.length === manifest.issuers.length, "WRONG_COUNT", where);
  manifest.issuers.forEach(({ name, statementKey }, i) => {
    const [statement, place] = [statements[i], `${where}[${name}]`];
    demand(statement.issuer === name && statement.manifest === manifest.hash, "MISMATCH", place);
    demand(statement.credentials === listHash, "MISMATCH", `${place}.credentials`);
    checkSigned(statement, statementKey);
    checkCounts(statement, list, place, manifest.voters);
  });
  for (const left of statements) {
    for (const right of statements) if (left !== right) checkAgreement(left, right, `${where}[${left.issuer}]`);
  }
}

/** @param {Statement} statement @param {string} key in hex, not reversed */
function checkSigned(statement, key) {
  const { signature, ...unsigned } = statement;
  const failure = { where: statement.issuer, code: "STATEMENT_SIGNATURE_INVALID" };
  const message = utf8(`${LABEL}${canonicalText(unsigned)}`);
  checkEd25519(fromHex(key, "statement key", 32, "BAD_STATEMENT_KEY"), message, fromHex(signature, "signature", 64), failure);
}

/** @param {Statement} statement @param {CredentialList} list @param {string} where @param {number} voters */
function checkCounts(statement, { credentials, voided }, where, voters) {
  const signed = SIGNED.reduce((total, name) => total + BigInt(statement[name]), 0n); // exact above 2^53
  const spoiled = voided.filter(({ reason }) => reason === "spoiled").length;
  demand(signed === BigInt(credentials.length) + BigInt(statement.undelivered), "WRONG_COUNT", `${where}.issued`);
  demand(statement.voided === voided.length, "WRONG_COUNT", `${where}.voided`);
  demand(statement.issued <= voters, "WRONG_COUNT", `${where}.issued`);
  demand(statement.reissued <= spoiled, "WRONG_COUNT", `${where}.reissued`);
}

/** What `left` counts beyond `right` can only be what `left` signed in vain. @param {Statement} left @param {Statement} right @param {string} where */
function checkAgreement(left, right, where) {
  for (const name of SIGNED) {
    const most = BigInt(right[name]) + BigInt(left.undelivered);
    demand(BigInt(left[name]) <= most, "WRONG_COUNT", `${where}.${name}`);
  }
}
