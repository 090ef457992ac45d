// One slip from the desk's order to the box: make, store, sign, store, deliver; each step may be the last before a crash.
// Never here: a page of its own, or a request whose bytes are not on the disk already.

import { canonical } from "../protocol/encoding.js";
import { breath } from "../page/pace.js";
import { makeRequest, readSignatures, sealCredential } from "../protocol/request.js";
import { insist } from "./line.js";
import { openSlip, sealSlip, wipe } from "./records.js";
import { askSignatures, report, stage } from "./routes.js";

/** The issuers signed this slip and nothing of it is here. */
export class Lost extends Error {}

/** @typedef {import("./screen.js").Station} Station */
/** @typedef {import("./routes.js").Order} Order */
/** @typedef {import("./records.js").Slip} Slip */

/**
 * Bring an order to where its slip may be shown: signed by every issuer, and with the box in a sealed copy.
 * Throws Lost, Unreadable, Refused, Declined, StoreFailed.
 * @param {Station} station
 * @param {Order} order
 * @param {(step: string) => void} tell
 * @returns {Promise<Slip>}
 */
export async function deliverSlip(station, order, tell) {
  tell(station.words.making);
  await breath();
  const slip = await takeUp(station, order);
  if (order.permission !== null || slip.stage === "made") {
    tell(station.words.signing);
    await sign(station, order, slip);
  }
  if (order.state !== "delivered") {
    tell(station.words.staging);
    const { box, pairing, work } = ready(station);
    await insist(station, () => stage(box, pairing.uuid, work.stagingKey, slip.sealed));
    await insist(station, () => report(pairing, order.id, "delivered"));
  }
  return slip;
}

/** Take the stored slip up again, or make a fresh one. @param {Station} station @param {Order} order @returns {Promise<Slip>} */
async function takeUp(station, order) {
  const kept = await station.store.record(order.id);
  if (!kept && order.permission === null) throw new Lost();
  const slip = kept ? openSlip(order.key, order.id, kept) : freshSlip(station, /** @type {string} */ (order.permission));
  if (order.permission === null) return slip; // bound: the very same bytes once more
  slip.body = underPermission(slip.body, order.permission); // not bound: nobody answered to an earlier permission
  await keep(station, order, slip);
  return slip;
}

/** @param {Station} station @param {string} permission @returns {Slip} */
function freshSlip(station, permission) {
  const request = makeRequest(ready(station).manifest, permission);
  return { ...request, stage: "made", signatures: [], sealed: new Uint8Array() };
}

/** The same blinded values under another permission. @param {Uint8Array} body @param {string} authorisation */
function underPermission(body, authorisation) {
  const { blinded } = JSON.parse(new TextDecoder().decode(body));
  return canonical({ authorisation, blinded });
}

/** @param {Station} station @param {Order} order @param {Slip} slip */
async function sign(station, order, slip) {
  const { manifest, pairing, work } = ready(station);
  const answer = await insist(station, () => askSignatures(pairing.uuid, slip.body));
  slip.signatures = readSignatures(manifest, slip, answer); // every one is verified
  if (slip.sealed.length === 0) slip.sealed = sealCredential(slip, slip.signatures, work.freezeKey);
  slip.stage = "signed";
  await keep(station, order, slip);
}

/** @param {Station} station @param {Order} order @param {Slip} slip @param {boolean} [closing] */
export async function keep(station, order, slip, closing = false) {
  const { uuid } = ready(station).pairing;
  const signed = slip.stage === "signed";
  await station.store.keep({ id: order.id, uuid, signed, closing, ...sealSlip(order.key, order.id, slip) });
}

/**
 * The slip is on paper: the registry erases the key, then nothing is left here. The intention is stored first, so that
 * a lost answer does not bring back a slip that was handed out.
 * @param {Station} station
 * @param {Order} order
 * @param {Slip | null} slip
 */
export async function finishSlip(station, order, slip) {
  if (slip) await keep(station, order, slip, true);
  if (slip) wipe(slip);
  await insist(station, () => report(ready(station).pairing, order.id, "printed"));
  await station.store.drop(order.id);
  order.key.fill(0);
}

/** @param {Station} station what is there once it is paired and has heard from the registry */
export function ready({ box, pairing, manifest, work }) {
  if (!pairing || !manifest || !work) throw new TypeError("not paired");
  return { box, pairing, manifest, work };
}
