// Checks 1 to 8: the files are there, the round is the one on paper, its committee, its slips and who signed for them.
// Never here: a ballot, or the archive. Twins: tally/checks/{seal,credentials}.py; SPEC 6.

import { checkCommittee, parseCommittee } from "./committee.js";
import { sha256Hex } from "./encoding.js";
import { demand } from "./errors.js";
import { checkListed, checkListForm, parseCredentials } from "./listed.js";
import { checkKeys, parseSealed } from "./sealed_manifest.js";
import { checkIssuance, parseIssuance } from "./statements.js";
import { WITNESSES } from "./witnesses.js";

/** @typedef {import("./course.js").Course} Course */
/**
 * What earlier checks have read and found right; a value stands here once its check has passed.
 * @typedef {object} Evidence
 * @property {Record<string, Uint8Array>} files
 * @property {string} expected hash of the manifest
 * @property {import("./sealed_manifest.js").SealedManifest} manifest
 * @property {import("./committee.js").Committee} committee
 * @property {import("./listed.js").CredentialList} credentials
 * @property {import("./archive.js").Archive & { root: string }} archive
 * @property {import("./election.js").Election} election
 * @property {import("./opening_file.js").Opening} opening
 * @property {import("./cast_ballot.js").CastBallot[]} ballots
 * @property {import("./ballot_proofs.js").Prepared} prepared
 * @property {import("./spoiled_file.js").Spoiled} spoiled
 * @property {import("./sums.js").EncryptedTally} tally
 * @property {import("./witnesses.js").Witness[]} witnesses
 */
/** @typedef {[number, (e: Evidence, course: Course) => unknown]} Check number of SPEC 6, and what it does */

const NAMES = [
  "manifest.json", "committee.json", "opening.json", "credentials.json", "issuance.json", "checkpoints.txt",
  "spoiled.json", "closing.txt",
]; // prettier-ignore
const RESULT = "result.json";

/** @param {Evidence} e @returns {string} the archive's name */
export function archiveName({ files }) {
  return Object.keys(files).find((name) => name.endsWith(".bel")) ?? "";
}

/** Check 1: every file of a record but result.json, and no unknown one. @param {Evidence} e */
function allThere(e) {
  const archive = archiveName(e);
  const known = [...NAMES, RESULT, archive, ...WITNESSES];
  for (const name of Object.keys(e.files)) demand(known.includes(name), "UNKNOWN_FILE", name);
  for (const name of NAMES) demand(e.files[name], "INCOMPLETE", "record", name);
  demand(archive, "INCOMPLETE", "record", "UUID.bel");
}

/** Check 2: the manifest is well formed, its keys are sound and each serves one purpose. @param {Evidence} e */
function manifest(e) {
  e.manifest = parseSealed(e.files["manifest.json"]);
  checkKeys(e.manifest);
  demand(archiveName(e) === `${e.manifest.uuid}.bel`, "MISMATCH", archiveName(e), "manifest.json: uuid");
}

/** Check 3: it is the manifest of this member's ceremony. @param {Evidence} e */
function origin(e) {
  demand(e.manifest.hash === e.expected, "WRONG_MANIFEST", "manifest.json");
}

/** Checks 4 and 5: the committee is the one asked for; everybody had committed before anybody revealed. @param {Evidence} e */
function committee(e) {
  e.committee = parseCommittee(e.files["committee.json"]);
  checkCommittee(e.committee, e.manifest);
}

/** Check 6: the list is sorted, distinct, of this round, not longer than the roll; each void slip was held. @param {Evidence} e */
function form(e) {
  e.credentials = parseCredentials(e.files["credentials.json"]);
  checkListForm(e.credentials, e.manifest);
}

/** Check 7: every listed credential carries a valid signature of every issuer. @param {Evidence} e @param {Course} course */
async function signatures({ credentials: { credentials }, manifest: sealed }, course) {
  for (const [i, listed] of credentials.entries()) {
    checkListed(listed, sealed, `credentials.json[${i}]`);
    await course(7, i + 1, credentials.length);
  }
}

/** Check 8: the issuers' closing statements are signed, agree with each other and with the list. @param {Evidence} e */
function statements(e) {
  const hash = sha256Hex(e.files["credentials.json"]);
  checkIssuance(parseIssuance(e.files["issuance.json"]), e.manifest, e.credentials, hash);
}

/** @type {Check[]} */
export const ALL_FILES = [
  [1, allThere], [2, manifest], [3, origin], [4, committee], [6, form], [7, signatures], [8, statements],
]; // prettier-ignore
