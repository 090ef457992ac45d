// The statement that a member has destroyed its share after the result: signed with the member's key, kept by the record.
// Never here: the destroying itself, or a share. Twin: tally/protocol/destruction.py; SPEC 4.15.

import { memberKeys } from "./channel.js";
import { transcriptOf } from "./committee.js";
import { fields, hexHash, integer } from "./encoding.js";
import { demand } from "./errors.js";
import { randBelow } from "./group.js";
import { boundTo, checkShare, requireShare, withDecryptedRoot } from "./memory.js";
import { proofJson, schnorrSign } from "./proofs.js";
import { parseProof, schnorrCheck } from "./schnorr.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {import("./committee.js").Committee} Committee */
/** @typedef {import("./memory.js").Memory} Memory */
/**
 * `root` is the hash of the closed record whose sums the share has opened.
 * @typedef {{ manifest: string, committee: string, owner: number, root: string, proof: import("./proofs.js").Proof }} Destruction
 */

const FORMAT = "phieu-tin-nhiem/destruction/v1";
const LABEL = "phieu-tin-nhiem/v1/destruction|";
const MOST = 1000;
const WHERE = "destruction";

/**
 * State that the share in `memory` is being destroyed; the key file is erased when the statement is kept.
 * Throws KEY_WRONG_ROUND, SHARE_MISSING, NOT_THIS_TRUSTEE, TRANSCRIPT_CHANGED, OTHER_ROOT_DECRYPTED, BAD_HASH. SPEC 4.15.
 * @param {Memory} memory
 * @param {Committee} committee
 * @param {string} root 64 hex digits
 * @param {RandBelow} [random]
 * @returns {Record<string, any>} the message
 */
export function stateDestruction(memory, committee, root, random = randBelow) {
  demand(committee.manifest === memory.manifest, "KEY_WRONG_ROUND", "committee.json");
  checkShare(memory, committee.trustees.owners);
  boundTo(memory, transcriptOf(committee));
  withDecryptedRoot(memory, root);
  const named = { manifest: memory.manifest, committee: committee.hash, owner: memory.index };
  const isAlone = committee.members.length === 1;
  const secret = isAlone ? requireShare(memory) : memberKeys(memory.seed).signing.secret;
  const proof = schnorrSign(prefixOf({ ...named, root }), secret, random);
  return { format: FORMAT, ...named, root, proof: proofJson(proof) };
}

/** Read the object of a message. Throws reading errors. @param {any} value @param {string} [where] @returns {Destruction} */
export function parseDestruction(value, where = WHERE) {
  const m = fields(value, where, ["format", "manifest", "committee", "owner", "root", "proof"]);
  demand(m.format === FORMAT, "WRONG_SHAPE", `${where}.format`);
  return {
    manifest: hexHash(m.manifest, `${where}.manifest`),
    committee: hexHash(m.committee, `${where}.committee`),
    owner: integer(m.owner, `${where}.owner`, 1, MOST),
    root: hexHash(m.root, `${where}.root`),
    proof: parseProof(m.proof, `${where}.proof`),
  };
}

/**
 * Check that a member of this committee said so. Throws MISMATCH, BAD_SIGNATURE. SPEC 4.15.
 * @param {Destruction} destruction
 * @param {Committee} committee
 * @param {string} [where]
 */
export function checkDestruction(destruction, committee, where = WHERE) {
  const { manifest, committee: named, owner, proof } = destruction;
  demand(manifest === committee.manifest && named === committee.hash, "MISMATCH", where, "committee.json");
  demand(owner <= committee.members.length, "MISMATCH", `${where}.owner`, "committee.json: members");
  const [item] = committee.trustees.items;
  const signer = item.kind === "Single" ? item.publicKey : item.certificates[owner - 1].verification;
  schnorrCheck(prefixOf(destruction), signer, proof, where);
}

/** @param {Omit<Destruction, "proof">} destruction @returns {string} what is signed */
function prefixOf({ manifest, committee, owner, root }) {
  return `${LABEL}${manifest}|${committee}|${owner}|${root}|`;
}
