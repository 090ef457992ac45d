// Checks 9 to 14: the archive's bytes and order, that its set-up is exactly what was sealed, and the opening test.
// Never here: a ballot or a sum. Twin: tally/checks/archive.py; SPEC 6.

import { checkOrder, parseArchive, setupOf } from "./archive.js";
import { parseElection } from "./election.js";
import { canonical } from "./encoding.js";
import { demand } from "./errors.js";
import { encodePoint, NAME } from "./group.js";
import { checkPublicList } from "./listed.js";
import { questionsOf } from "./manifest.js";
import { checkOpening, parseOpening } from "./opening_file.js";
import { archiveName } from "./record_files.js";

/** @typedef {import("./record_files.js").Evidence} Evidence */

/** Check 9: headers, hashes, chain and padding are the one spelling; the one time is the manifest's date. @param {Evidence} e */
function archiveBytes(e) {
  const archive = parseArchive(e.files[archiveName(e)]);
  demand(archive.timestamp === e.manifest.timestamp, "MISMATCH", "archive.timestamp", "manifest.json: date");
  e.archive = { ...archive, root: "" };
}

/** Check 10: the events come in an order that an election can have. @param {Evidence} e */
function order(e) {
  checkOrder(e.archive, "archive");
}

/** Check 11: the archive's trustees are the committee's, whose messages were checked (4). @param {Evidence} e */
function trustees(e) {
  const { trustees: raw } = setupOf(e.archive, "archive.setup");
  const { trustees: expected } = JSON.parse(new TextDecoder().decode(e.files["committee.json"]));
  demand(same(raw, canonical(expected)), "MISMATCH", "archive.trustees", "committee.json");
}

/** Check 12: the election is, byte for byte, what manifest and committee make it. @param {Evidence} e */
function election(e) {
  const { election: raw } = setupOf(e.archive, "archive.setup");
  demand(same(raw, expectedElection(e)), "MISMATCH", "election", "manifest.json, committee.json");
  e.election = parseElection(raw);
}

/** @param {Evidence} e @returns {Uint8Array} SPEC 4.5 */
function expectedElection({ manifest, committee }) {
  return canonical({
    version: 1,
    description: `manifest:${manifest.hash}|committee:${committee.hash}`,
    name: manifest.title,
    group: NAME,
    public_key: encodePoint(committee.trustees.publicKey),
    questions: questionsOf(manifest).map(({ answers, question }) => ({ answers, min: 0, max: 1, question })),
    uuid: manifest.uuid,
  });
}

/** Check 13: the archive's credentials are exactly the listed ones. @param {Evidence} e */
function credentials(e) {
  checkPublicList(setupOf(e.archive, "archive.setup").credentials, e.credentials);
}

/** Check 14: enough members can decrypt, the box reported zero ballots, no official holds a key unwritten. @param {Evidence} e */
function opening(e) {
  e.opening = parseOpening(e.files["opening.json"]);
  checkOpening(e.opening, e.manifest, e.committee);
}

/** @param {Uint8Array} left @param {Uint8Array} right @returns {boolean} */
function same(left, right) {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}

/** @type {import("./record_files.js").Check[]} */
export const SETTLED = [
  [9, archiveBytes], [10, order], [11, trustees], [12, election], [13, credentials], [14, opening],
]; // prettier-ignore
