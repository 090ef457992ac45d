// The member's day: hear the server every second, do what is due, and say plainly when something cannot be done.
// Never here: what is due (steps.js), or how any of it is done.

import { Declined, fetchBytes } from "../page/net.js";
import { parseManifest } from "../protocol/manifest.js";
import * as ceremony from "./ceremony.js";
import { closedMenu, overMenu } from "./closing.js";
import { compareWords } from "./comparing.js";
import { guarded } from "./guarding.js";
import { join } from "./joining.js";
import { insist, sleep } from "./line.js";
import { lostSeat, meet } from "./meeting.js";
import { choosePassphrase, unlock } from "./phrase.js";
import { checkSealed, fetchManifest, fetchState } from "./routes.js";
import { bringFile, missedTest, readBack, saveTwice } from "./saving.js";
import { ask, working } from "./screen.js";
import { dueStep } from "./steps.js";
import { freshOwn } from "./store.js";
import { makeTools } from "./tools.js";
import { facts, remakeVault } from "./vault.js";
import { endSentence, waitForOthers, waitHere } from "./waiting.js";

const EVERY_MS = 1_000;
const WORKER = "committee_worker.js";
const REDRAWN = ".waiting, .resting, .ended, .closed-menu, .over-menu"; // screens with the committee's table

/** @typedef {import("./screen.js").Member} Member */

/** @type {Record<string, (member: Member) => Promise<unknown>>} */
const ACTS = {
  unknown: newSeat,
  meet,
  over: overMenu,
  closed: closedMenu,
  ended: waitForNewAttempt,
  anew: beginAnew,
  passphrase: choosePassphrase,
  bring: bringFile,
  unlock,
  certificate: ceremony.sendCertificate,
  commitment: ceremony.sendCommitment,
  reveal: ceremony.sendReveal,
  receive: ceremony.receiveShares,
  words: compareWords,
  key: ceremony.sendKey,
  committee: ceremony.admitCommittee,
  save: saveTwice,
  readBack,
  nonce: ceremony.sendNonce,
  missed: missedTest,
  opening: ceremony.sendOpening,
  wait: waitForOthers,
  rest,
};

/** @param {Member} member with a seat @returns {Promise<never>} */
export async function serve(member) {
  for (;;) {
    await loadRound(member);
    member.step = dueStep(member);
    const { step, state } = member;
    await guarded(member, ACTS[step]);
    // Nothing came of it and nothing is new: look again a little later, not at once.
    if (member.state === state && dueStep(member) === step && step !== "wait") await sleep(EVERY_MS / 4);
  }
}

/** The seat is lost here; another link may bring it back. @param {Member} member */
async function newSeat(member) {
  await lostSeat(member);
  await join(member);
  location.reload();
}

/** What must be known before anything is due. @param {Member} member */
async function loadRound(member) {
  const { words, store, seat } = member;
  if (!seat || (member.manifest && member.own && (member.state || member.unknown))) return;
  working(member, words.loading);
  await hear(member);
  if (member.unknown) await newSeat(member);
  const manifest = parseManifest(await manifestOf(member));
  const same = manifest.uuid === seat.uuid && [undefined, manifest.hash].includes(seat.manifest);
  while (!same) await ask(member, words.brokenTitle, [words.otherManifest, words.brokenNext], [["again", words.tryAgain]]);
  member.tools = makeTools(await fetchWorker(manifest));
  member.manifest = manifest;
  if (member.state) checkSealed(member.state, manifest);
  seat.manifest = manifest.hash;
  await store.set("seat", seat);
  member.own = (await store.own(seat.uuid)) ?? freshOwn(seat.uuid);
  listen(member);
}

/**
 * The worker's script as it was sealed with the round; without it the page works alone.
 * @param {import("../protocol/manifest.js").Manifest} manifest
 * @returns {Promise<Uint8Array | null>}
 */
async function fetchWorker({ software }) {
  if (!Object.hasOwn(software, WORKER)) return null;
  return fetchBytes(`/static/dist/${WORKER}`, { integrity: software[WORKER] }).catch(() => null);
}

/** @param {Member} member @returns {Promise<Uint8Array>} the manifest, as soon as it is sealed */
async function manifestOf(member) {
  const { words, seat } = member;
  for (;;) {
    try {
      return await insist(member, () => fetchManifest(/** @type {any} */ (seat).uuid));
    } catch (error) {
      if (!(error instanceof Declined)) throw error;
      working(member, words.notSealed, words.notSealedNote);
      await sleep(EVERY_MS);
    }
  }
}

/** @param {Member} member */
async function listen(member) {
  while (!member.unknown) {
    await sleep(EVERY_MS);
    await hear(member).catch((error) => {
      member.strip.textContent = error instanceof Declined ? error.sentence : member.words.answerOdd;
    }); // what it does not understand it asks again
  }
}

/** Ask for news; a screen that they overtake ends. @param {Member} member */
async function hear(member) {
  const { seat } = member;
  if (!seat) return;
  const known = member.state;
  try {
    const news = await insist(member, () => fetchState(seat, known?.revision ?? -1, member.words.language));
    if (!news) return;
    checkSealed(news, member.manifest);
    if (known?.ended && news.attempt !== known.attempt) member.lastEnd = known.ended;
    else if (known && news.attempt !== known.attempt) member.lastEnd = { code: "", accused: 0, accuser: 0 };
    member.state = news;
  } catch (error) {
    if (!(error instanceof Declined) || error.code !== "DEVICE_UNKNOWN") throw error;
    member.unknown = true;
  }
  if (member.own && (member.root.querySelector(REDRAWN) || dueStep(member) !== member.step)) member.interrupt?.();
}

/** @param {Member} member */
function waitForNewAttempt(member) {
  const { words, state } = facts(member);
  if (!state.ended) return Promise.resolve();
  member.lastEnd = state.ended;
  return waitHere(member, "ended", words.endedTitle, [endSentence(member, state.ended), words.endedSafe, words.endedNext]);
}

/**
 * The old key is worthless: everything is drawn afresh, under the same passphrase if the page still has what it gave.
 * @param {Member} member
 */
async function beginAnew(member) {
  const { own, state, store, words } = facts(member);
  if (state.committee) {
    Object.assign(own, { file: null, made: {} });
    member.vault = null;
    return store.keep(own);
  }
  if (!member.vault) return unlock(member);
  working(member, words.anewTitle, member.lastEnd ? endSentence(member, member.lastEnd) : "");
  [member.proof, member.committee] = [null, null];
  return remakeVault(member);
}

/** @param {Member} member */
async function rest(member) {
  const { words, state, seat, own } = facts(member);
  const tested = state.members[seat.number - 1].sent.includes("opening");
  const passed = tested && own.proven; // else somebody says so, and this browser has not seen it
  if (passed) [member.vault, member.proof] = [null, null]; // its work is done; the page may stay open for hours
  if (!["issuing", "void"].includes(state.phase)) member.admitted ??= await ceremony.isInCommittee(member);
  if (member.admitted === false)
    return waitHere(member, "resting", words.otherCommitteeTitle, [words.otherCommittee, words.refusedNext]);
  if (state.phase === "void") return waitHere(member, "resting", words.voidTitle, [words.voidNote]);
  const unseen = tested ? [words.opensBack] : [words.notTested, words.opensBack];
  const lines = passed ? [words.opensLead, words.opensKeep, words.opensBack] : unseen;
  return waitHere(member, passed ? "resting passed" : "resting", passed ? words.opens : words.restTitle, lines);
}
