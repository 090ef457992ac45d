// The member's part in making the key, step by step and by itself: each message is on the disk before it is sent.
// Never here: a screen that asks, or a reveal whose binding is not in the key file already.

import * as protocol from "../protocol/ceremony.js";
import { checkCommittee, parseCommittee, transcriptOf } from "../protocol/committee.js";
import { Refused } from "../protocol/errors.js";
import { encodePoint } from "../protocol/group.js";
import { boundTo, checkShare, withShare } from "../protocol/memory.js";
import { readCall, takeOpeningTest } from "../protocol/opening.js";
import { insist } from "./line.js";
import { accuse, fetchCommittee, sendMessage } from "./routes.js";
import { working } from "./screen.js";
import { accusedBy, facts, rewriteVault } from "./vault.js";

/** @typedef {import("./screen.js").Member} Member */
/** @typedef {import("./vault.js").Vault} Vault */

/** @param {Member} member */
export async function sendCertificate(member) {
  working(member, member.words.making);
  const { manifest } = facts(member);
  await publish(member, "certificate", () => protocol.certificate(vaultOf(member).memory, manifest));
}

/** @param {Member} member */
export async function sendCommitment(member) {
  const { manifest, state } = facts(member);
  await accusing(member, async () => {
    protocol.checkAllCertificates(manifest, state.messages.certificate);
    await publish(member, "commitment", () => protocol.commitmentOf(vaultOf(member).memory));
  });
}

/** Bind the key file to what all have sent, then reveal. @param {Member} member */
export async function sendReveal(member) {
  const { manifest, own } = facts(member);
  await accusing(member, async () => {
    if (own.made.reveal === undefined) {
      const { certificates, commitments } = seen(member);
      const { memory, message } = protocol.reveal(vaultOf(member).memory, manifest, certificates, commitments);
      own.made.reveal = message;
      await rewriteVault(member, memory); // one write for the bound file and the message: then it may be sent
    }
    await publish(member, "reveal", () => own.made.reveal);
  });
}

/** Open what the others have sealed for this member; whoever sent rubbish is named. @param {Member} member */
export async function receiveShares(member) {
  const { manifest, state } = facts(member);
  const { memory } = vaultOf(member);
  if (manifest.committeeSize === 1) return rewriteVault(member, withShare(memory, protocol.shareOfOne(memory, manifest)));
  working(member, member.words.receiving);
  await accusing(member, async () => {
    const { certificates, commitments } = seen(member);
    boundTo(memory, protocol.transcript(manifest, certificates, commitments));
    const reveals = protocol.checkAllReveals(manifest, certificates, commitments, state.messages.reveal);
    const share = protocol.receiveShares(memory, manifest, certificates, commitments, reveals);
    await rewriteVault(member, withShare(memory, share));
  });
}

/** The six words of this ceremony. @param {Member} member @returns {{ transcript: string, coefexps: any[] }} */
export function revealed(member) {
  const { manifest, state } = facts(member);
  const { certificates, commitments } = seen(member);
  const reveals = protocol.checkAllReveals(manifest, certificates, commitments, state.messages.reveal);
  const transcript = protocol.transcript(manifest, certificates, commitments);
  boundTo(vaultOf(member).memory, transcript);
  return { transcript, coefexps: reveals.map(({ coefexps }) => coefexps) };
}

/** Whatever the server says is due: no key before its six words were compared. @param {Member} member */
export async function sendKey(member) {
  const { manifest, own } = facts(member);
  if (manifest.committeeSize > 1 && !own.agreed) throw new TypeError("words not compared");
  await publish(member, "key", () => protocol.publishKey(vaultOf(member).memory, manifest));
}

/** Fetch the finished committee and check it as a verifier does, and that this key belongs to it. @param {Member} member */
export async function admitCommittee(member) {
  working(member, member.words.checkingCommittee);
  await loadCommittee(member);
  if (member.vault) checkBelongs(member, member.vault.memory);
}

/** Throws BAD_TRUSTEE_MESSAGE, BAD_SIGNATURE, MISMATCH. @param {Member} member */
export async function loadCommittee(member) {
  const { seat, manifest } = facts(member);
  if (member.committee) return;
  const committee = parseCommittee(await insist(member, () => fetchCommittee(seat.uuid)));
  checkCommittee(committee, manifest);
  member.committee = committee;
}

/**
 * Say whether the committee that was admitted holds the key this browser made: a server may put another in its place.
 * A key made elsewhere only its file can tell, when it is opened. Throws what `loadCommittee` throws.
 * @param {Member} member
 * @returns {Promise<boolean>}
 */
export async function isInCommittee(member) {
  const { own, seat } = facts(member);
  if (own.made.key === undefined) return true;
  member.committee = null; // what was seen before it was admitted proves nothing
  await loadCommittee(member);
  const owner = member.committee?.trustees.owners[seat.number - 1];
  return owner !== undefined && encodePoint(owner) === own.made.key.public_key;
}

/**
 * Throws SHARE_MISSING, NOT_THIS_TRUSTEE, TRANSCRIPT_CHANGED.
 * @param {Member} member
 * @param {import("../protocol/memory.js").Memory} memory
 */
export function checkBelongs({ committee }, memory) {
  checkShare(memory, committee.trustees.owners);
  boundTo(memory, transcriptOf(committee));
}

/** @param {Member} member */
export async function sendNonce(member) {
  working(member, member.words.testing);
  await publish(member, "nonce", () => /** @type {Vault} */ (member.proof).memory.nonce);
}

/** Made from the bytes that were read back from the second medium. @param {Member} member */
export async function sendOpening(member) {
  working(member, member.words.testing);
  const proof = /** @type {Vault} */ (member.proof);
  await publish(member, "opening", () => testWith(member, proof.memory));
}

/**
 * @param {Member} member
 * @param {import("../protocol/memory.js").Memory} memory
 * @returns {Record<string, any>} the message of the opening test
 */
export function testWith(member, memory) {
  const { state } = facts(member);
  return takeOpeningTest(memory, member.committee, readCall(state.called));
}

/** @param {Member} member */
function seen(member) {
  const { manifest, state } = facts(member);
  const certificates = protocol.checkAllCertificates(manifest, state.messages.certificate);
  return { certificates, commitments: protocol.checkAllCommitments(manifest, state.messages.commitment) };
}

/** Send the message of a kind, made once and kept. @param {Member} member @param {string} kind @param {() => unknown} make */
export async function publish(member, kind, make) {
  const { own, seat, store, state } = facts(member);
  const key = kind === "opening" ? `opening ${JSON.stringify(state.called)}` : kind; // called anew: another test
  if (own.made[key] === undefined) {
    own.made[key] = make();
    await store.keep(own);
  }
  await insist(member, () => sendMessage(seat, own.attempt, kind, own.made[key]));
  state.members[seat.number - 1].sent.push(kind); // until the server says so itself
  if (state.messages[kind]) state.messages[kind][seat.number] = own.made[key];
}

/**
 * Whoever sent what cannot be used is named to all, which ends the attempt.
 * @param {Member} member
 * @param {() => Promise<void>} act
 */
async function accusing(member, act) {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { seat, own, state } = facts(member);
    const named = accusedBy(error.where);
    const accused = named === seat.number ? 0 : named; // what was ours and is not: whoever carries the messages
    await insist(member, () => accuse(seat, own.attempt, accused, error.code));
    state.ended = { code: error.code, accused, accuser: seat.number }; // until the server says so itself
  }
}

/** @param {Member} member @returns {Vault} */
function vaultOf({ vault }) {
  if (!vault) throw new TypeError("the key file is not open");
  return vault;
}
