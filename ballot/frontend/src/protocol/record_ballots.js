// Checks 15 to 18 and 20 to 23: every ballot by itself, all together, the box's own statements, and the sums.
// Never here: the proofs of ballots (record_proofs.js), or a decryption. Twins: tally/checks/{ballots,sums}.py; SPEC 6.

import { ballotsOf, ofType, rootOf } from "./archive.js";
import { prepareProofs } from "./ballot_proofs.js";
import { alphasOf, checkBallotShape, checkBallotSignature, checkOwnElection, parseBallot } from "./cast_ballot.js";
import { sha256Hex } from "./encoding.js";
import { demand } from "./errors.js";
import { issuedOf } from "./listed.js";
import { makeMembers } from "./membership.js";
import { checkClosing, parseNotes, replay } from "./notes.js";
import { checkOpenedBallot, checkSpoiledForm, openedAlphas, parseSpoiled } from "./spoiled_file.js";
import { checkSums, tallyOver } from "./sums.js";

/** @typedef {import("./course.js").Course} Course */
/** @typedef {import("./record_files.js").Evidence} Evidence */

/** A ballot's name: its place in the archive, from 1; never its credential. @param {number} index @returns {string} */
export function place(index) {
  return `ballot ${index + 1}`;
}

/** Check 15: each ballot is canonical, for this election, there once, and all are sorted by hash. @param {Evidence} e @param {Course} course */
async function form(e, course) {
  const [members, raws] = [makeMembers(), ballotsOf(e.archive)];
  e.ballots = [];
  let before = "";
  const seen = new Set();
  for (const [i, raw] of raws.entries()) {
    const hash = sha256Hex(raw);
    demand(!seen.has(hash), "DUPLICATE_BALLOT", place(i));
    demand(before < hash, "NOT_SORTED", place(i));
    seen.add((before = hash));
    const ballot = parseBallot(raw, place(i), members);
    checkOwnElection(ballot, e.election, place(i));
    e.ballots.push(ballot);
    await course(15, i, raws.length);
  }
  members.settle();
}

/** Check 16: each credential is listed, not void, and used once. @param {Evidence} e */
function credentials({ ballots, credentials: { points, voided } }) {
  const [used, void_] = [new Set(), new Set(voided.map(({ credential }) => credential))];
  ballots.forEach(({ credential }, i) => {
    demand(points.has(credential), "CREDENTIAL_NOT_LISTED", place(i));
    demand(!void_.has(credential), "CREDENTIAL_VOID", place(i));
    demand(!used.has(credential), "ALREADY_CAST", place(i));
    used.add(credential);
  });
}

/** Check 17: each ballot is signed with its credential's key. @param {Evidence} e @param {Course} course */
async function signatures({ ballots }, course) {
  for (const [i, ballot] of ballots.entries()) {
    checkBallotSignature(ballot, place(i));
    await course(17, i + 1, ballots.length);
  }
}

/** Check 18: no alpha stands in two places of the round: nobody copied a vote or its randomness. @param {Evidence} e */
function ciphertexts({ ballots }) {
  const seen = new Set();
  ballots.forEach((ballot, i) => {
    for (const alpha of alphasOf(ballot)) {
      demand(!seen.has(alpha), "DUPLICATE_CIPHERTEXT", place(i));
      seen.add(alpha);
    }
  });
}

/** Check 19, the cheap half, which no sample spares: the shape of every ballot. @param {Evidence} e */
export function shapes({ ballots, election }) {
  ballots.forEach((ballot, i) => checkBallotShape(ballot, election, place(i)));
}

/** Check 20: opened drafts are what they claim, and none of them counts. @param {Evidence} e @param {Course} course */
async function spoiled(e, course) {
  const members = makeMembers();
  e.spoiled = parseSpoiled(e.files["spoiled.json"], members);
  members.settle();
  checkSpoiledForm(e.spoiled, e.election);
  e.prepared = prepareProofs(e.election);
  for (const [i, opened] of e.spoiled.ballots.entries()) {
    checkOpenedBallot(opened, e.election, e.prepared, `spoiled.json.spoiled[${i}]`);
    await course(20, i + 1, e.spoiled.ballots.length);
  }
  const tested = openedAlphas(e.spoiled);
  e.ballots.forEach((ballot, i) => {
    demand(!alphasOf(ballot).some((alpha) => tested.has(alpha)), "DUPLICATE_CIPHERTEXT", place(i));
  });
}

/** Check 21: the box's checkpoints and its last statement are over exactly the archive's ballots. @param {Evidence} e */
function closing({ archive, ballots, election, files, manifest }) {
  demand(ofType(archive, "EndBallots").length > 0, "INCOMPLETE", "archive", "EndBallots");
  const { head, ballots: listed } = replay(parseNotes(files["checkpoints.txt"], "checkpoints.txt"), manifest, election.hash);
  const [archived, said] = [new Set(ballots.map(({ hash }) => hash)), new Set(listed)];
  const lonely = [...archived].filter((hash) => !said.has(hash)).concat(listed.filter((hash) => !archived.has(hash)));
  demand(lonely.length === 0, "MISMATCH", `ballot ${lonely.sort()[0]}`);
  const hashes = Object.fromEntries(
    ["opening", "credentials", "issuance", "spoiled"].map((name) => [name, sha256Hex(files[`${name}.json`])]),
  );
  const closed = { manifest: manifest.hash, election: election.hash, ...hashes, root: rootOf(archive) };
  checkClosing(files["closing.txt"], manifest, head, /** @type {import("./notes.js").Closed} */ (closed));
}

/** Check 22: not more ballots than slips, and not so few that the sums would reveal persons. @param {Evidence} e */
export function counts({ ballots, credentials: list, manifest }) {
  demand(ballots.length <= issuedOf(list), "TOO_MANY_BALLOTS", "archive");
  demand(ballots.length >= manifest.minimumBallots, "TOO_FEW_BALLOTS", "archive");
}

/** Check 23: the encrypted tally is the product of all ballots, and says how many they are. @param {Evidence} e */
function sums(e) {
  const [event] = ofType(e.archive, "EncryptedTally");
  e.tally = tallyOver(e.election, e.ballots);
  checkSums(event.data[0], event.data[1], e.tally, e.ballots.length);
  e.archive.root = event.hash;
}

/** @type {import("./record_files.js").Check[]} */
export const BALLOTS = [
  [15, form], [16, credentials], [17, signatures], [18, ciphertexts], [19, shapes], [20, spoiled], [21, closing],
  [22, counts], [23, sums],
]; // prettier-ignore
