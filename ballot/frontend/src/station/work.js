// The station's day: ask for work every second, carry out one order after the other, and say plainly when one cannot be.
// Never here: how a slip is made, printed or voided.

import { StoreFailed } from "../page/database.js";
import { randBelow } from "../protocol/group.js";
import { Refused } from "../protocol/errors.js";
import { parseManifest } from "../protocol/manifest.js";
import { Declined } from "../page/net.js";
import { rest, tellQueue } from "./idle.js";
import { insist, pause } from "./line.js";
import { deliverSlip, finishSlip, Lost } from "./making.js";
import { pairFirst } from "./pairing.js";
import { printSheets, printSlip } from "./printing.js";
import { Unreadable } from "./records.js";
import { fetchManifest, fetchWork } from "./routes.js";
import { ask, working } from "./screen.js";
import { takeSpoiled } from "./voiding.js";

const EVERY_MS = 1_000;

/** @typedef {import("./screen.js").Station} Station */
/** @typedef {import("./routes.js").Order} Order */
/** @typedef {import("./records.js").Slip} Slip */

/** @param {Station} station @returns {Promise<never>} */
export async function serve(station) {
  for (;;) {
    await loadRound(station);
    const work = await hear(station);
    if (!work) continue;
    await pruneAside(station, work);
    const orders = work.orders.filter((order) => !station.aside.includes(order.id));
    await clearStrays(station, work);
    if (station.away) tellQueue(station, orders.length);
    else if (orders.length > 0) await carryOut(station, orders);
    else rest(station);
    if (station.away || orders.length === 0) await pause(station, EVERY_MS);
  }
}

/** The manifest, once; and ever after the very same one. @param {Station} station */
async function loadRound(station) {
  const { words, pairing, store } = station;
  if (!pairing || station.manifest) return;
  const manifest = parseManifest(await insist(station, () => fetchManifest(pairing.uuid)));
  const same = manifest.uuid === pairing.uuid && [undefined, manifest.hash].includes(pairing.manifest);
  const lines = [words.otherManifest, words.brokenSafe, words.brokenNext];
  while (!same) await ask(station, words.brokenTitle, lines, [["again", words.tryAgain]]);
  station.manifest = manifest;
  station.pairing = { ...pairing, manifest: manifest.hash };
  await store.set("pairing", station.pairing);
}

/** @param {Station} station @returns {Promise<import("./routes.js").Work | null>} */
async function hear(station) {
  const { words } = station;
  const pairing = /** @type {import("./routes.js").Pairing} */ (station.pairing);
  try {
    return (station.work = await insist(station, () => fetchWork(pairing, station.aside)));
  } catch (error) {
    station.away = false;
    if (!(error instanceof Declined)) throw error;
    const lines = [error.sentence, words.unknownWhat, words.unknownSafe, words.unknownNext];
    const choice = await ask(station, words.unknownTitle, lines, [["pair", words.pairAgain], ["again", words.tryAgain]]);
    if (choice === "pair") await pairFirst(station);
    return null;
  }
}

/** Records of orders that the registry no longer names. @param {Station} station @param {import("./routes.js").Work} work */
async function clearStrays(station, work) {
  const { words, store, pairing } = station;
  const listed = new Set(work.orders.map((order) => order.id));
  const strays = (await store.records()).filter((each) => each.uuid === pairing?.uuid && !listed.has(each.id));
  // Printed but for a lost answer, or never signed and withdrawn since: their keys are gone, and nobody misses them.
  for (const each of strays.filter(({ closing, signed }) => closing || !signed)) await store.drop(each.id);
  const signed = strays.filter((each) => each.signed && !each.closing && !station.known.has(each.id));
  if (signed.length === 0 || station.away) return;
  const lines = [words.strayWhat(signed.length), words.straySafe, words.strayNext];
  const choice = await ask(station, words.strayTitle, lines, [["delete", words.strayDelete], ["keep", words.keep]]);
  for (const { id } of signed) await (choice === "delete" ? store.drop(id) : station.known.add(id));
}

/** People first: they stand and wait. @param {Station} station @param {Order[]} orders */
async function carryOut(station, orders) {
  const [order] = orders.filter(({ kind }) => kind !== "envelope");
  return order ? onePerson(station, order) : envelopes(station, orders);
}

/** @param {Station} station @param {Order} order */
async function onePerson(station, order) {
  await guarded(station, order, async () => {
    const kept = await station.store.record(order.id);
    if (kept?.closing && order.state === "delivered") return finishSlip(station, order, null);
    if (order.kind === "replacement" && !kept && order.permission !== null && !(await takeSpoiled(station))) {
      return putAside(station, order);
    }
    const slip = await deliverSlip(station, order, (step) => working(station, step));
    await printSlip(station, slip.code, order.state === "delivered" ? station.words.slipAgain : "");
    working(station, station.words.finishing);
    await finishSlip(station, order, slip);
  });
}

/** All of them, then one pile of sheets. @param {Station} station @param {Order[]} orders */
async function envelopes(station, orders) {
  const { words } = station;
  /** @type {[Order, Slip][]} */ const made = [];
  for (const [i, order] of orders.entries()) {
    await guarded(station, order, async () => {
      const kept = await station.store.record(order.id);
      if (kept?.closing && order.state === "delivered") return finishSlip(station, order, null);
      const done = words.envelopesDone(i, orders.length);
      const tell = () => working(station, words.envelopesMaking, done, [i, orders.length]);
      made.push([order, await deliverSlip(station, order, tell)]);
    });
  }
  if (made.length === 0) return;
  await printSheets(station, shuffled(made.map(([, slip]) => slip.code)));
  for (const [i, [order, slip]] of made.entries()) {
    working(station, words.finishing, "", [i, made.length]);
    await guarded(station, order, () => finishSlip(station, order, slip));
  }
}

/** @template T @param {T[]} list @returns {T[]} Fisher and Yates, with chance from the operating system */
function shuffled(list) {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Number(randBelow(BigInt(i + 1)));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

/** @param {Station} station @param {Order} order */
async function putAside(station, order) {
  station.aside = [...station.aside, order.id];
  await station.store.set("aside", station.aside);
}

/** What the registry does not name any more need not be left aside. @param {Station} station @param {import("./routes.js").Work} work */
async function pruneAside(station, work) {
  const named = station.aside.filter((id) => work.orders.some((order) => order.id === id));
  if (named.length < station.aside.length) await station.store.set("aside", (station.aside = named));
}

/** Do `act`; what it cannot do is said, and the attendant chooses. @param {Station} station @param {Order} order @param {() => Promise<void>} act */
async function guarded(station, order, act) {
  const { words } = station;
  try {
    await act();
  } catch (error) {
    // Not signed for want of the right spoiled slip: what is kept of it must not pass over the scanning again.
    if (error instanceof Declined && error.code === "SPOILED_NOT_VOIDED") await station.store.drop(order.id);
    const { title, lines } = explained(words, order, error);
    /** @type {import("./screen.js").Choice[]} */ const choices = [["skip", words.skip], ["again", words.tryAgain]];
    if (error instanceof Unreadable && order.permission !== null) choices.unshift(["fresh", words.makeFresh]);
    const choice = await ask(station, title, lines, choices);
    if (choice === "skip") await putAside(station, order);
    if (choice === "fresh") await station.store.drop(order.id);
  }
}

/** @param {import("./words.js").Words} words @param {Order} order @param {unknown} error @returns {{ title: string, lines: string[] }} */
function explained(words, order, error) {
  if (error instanceof Lost) return { title: words.lostTitle, lines: [words.lostWhat, words.lostSafe, words.lostNext] };
  if (error instanceof Unreadable) {
    const state = order.permission !== null ? words.unreadableUnsigned : words.unreadableNext;
    return { title: words.unreadableTitle, lines: [words.unreadableWhat, words.unreadableSafe, state] };
  }
  if (error instanceof StoreFailed) return { title: words.brokenTitle, lines: [words.brokenStore, words.brokenStoreNext] };
  if (error instanceof Declined && error.code === "WRONG_PHASE") {
    return { title: words.lateTitle, lines: [words.lateWhat, words.lateSafe, words.lateNext] };
  }
  if (error instanceof Declined) return { title: words.troubleTitle, lines: [error.sentence, words.refusedSafe, words.refusedNext] };
  const code = error instanceof Refused ? error.code : "ERROR";
  return { title: words.troubleTitle, lines: [words.badAnswer(code), words.badAnswerSafe, words.refusedNext] };
}
