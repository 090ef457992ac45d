// What the station asks of the registry and of the box, and the exact shape in which it takes their answers.
// Never here: a name, a retry, or a value that was not looked at.

import { concatBytes } from "@noble/hashes/utils.js";
import { array, bytesToHex, canonical, fromHex, string } from "../protocol/encoding.js";
import { demand } from "../protocol/errors.js";
import { readAnswer } from "../page/answer.js";
import { fetchBytes, post } from "../page/net.js";

const LIMIT = 1024 * 1024;
const JSON_TYPE = "application/json";
const UUID = /^[0-9A-Za-z_-]{1,64}$/;
const ORDER = /^[0-9a-f]{32}$/;

/** @typedef {{ token: string, uuid: string, manifest?: string }} Pairing `manifest`: the hash of the first one seen */
/** @typedef {{ id: string, kind: string, state: string, permission: string | null, key: Uint8Array }} Order */
/** @typedef {{ freezeKey: Uint8Array, stagingKey: string }} Keys what a station seals to, and what lets it send to the box */
/** @typedef {{ desks: string[], phase: string, frozen: boolean, orders: Order[] } & Keys} Work */

/** @param {string} code @param {string} token of an earlier pairing, or empty @returns {Promise<Pairing & { desk: string }>} */
export async function pair(code, token) {
  const m = readAnswer(await post("/ghep", canonical({ code, station: token }), JSON_TYPE), "pairing", LIMIT);
  const uuid = string(m.uuid, "pairing.uuid");
  demand(UUID.test(uuid), "WRONG_SHAPE", "pairing.uuid"); // it goes into addresses
  return { token: string(m.station, "pairing.station"), uuid, desk: string(m.desk, "pairing.desk") };
}

/** @param {string} uuid @returns {Promise<Uint8Array>} */
export function fetchManifest(uuid) {
  return fetchBytes(`/dot/${uuid}/manifest.json`);
}

/**
 * Ask for work. Orders that were put `aside` by the attendant do not keep the next one waiting.
 * @param {Pairing} pairing
 * @param {string[]} aside
 * @returns {Promise<Work>}
 */
export async function fetchWork({ token, uuid }, aside) {
  const body = canonical({ station: token, ...(aside.length > 0 && { aside }) });
  const m = readAnswer(await post(`/dot/${uuid}/viec`, body, JSON_TYPE), "work", LIMIT);
  return {
    desks: array(m.desks, "work.desks").map((desk) => string(desk, "work.desks")),
    phase: string(m.phase, "work.phase"),
    frozen: m.frozen === true,
    freezeKey: fromHex(m.freeze_key, "work.freeze_key", 32),
    stagingKey: bytesToHex(fromHex(m.staging_key, "work.staging_key", 32)),
    orders: array(m.orders, "work.orders").map(readOrder),
  };
}

/** @param {any} m @param {number} i @returns {Order} */
function readOrder(m, i) {
  const where = `work.orders[${i}]`;
  demand(ORDER.test(string(m?.id, where)), "WRONG_SHAPE", where);
  const permission = m.permission === null ? null : string(m.permission, where);
  const key = fromHex(m.key, where, 32);
  return { id: m.id, kind: string(m.kind, where), state: string(m.state, where), permission, key };
}

/** @param {string} uuid @param {Uint8Array} body @returns {Promise<Uint8Array>} */
export function askSignatures(uuid, body) {
  return post(`/dot/${uuid}/cap`, body, JSON_TYPE);
}

/** @param {string} box origin @param {string} uuid @param {string} stagingKey @param {Uint8Array} sealed @returns {Promise<Uint8Array>} */
export function stage(box, uuid, stagingKey, sealed) {
  const body = concatBytes(fromHex(stagingKey, "staging key", 32), sealed);
  return post(`${box}/dot/${uuid}/tam`, body, "application/octet-stream");
}

/** @param {Pairing} pairing @param {string} order @param {"delivered" | "printed"} state @returns {Promise<Uint8Array>} */
export function report({ token, uuid }, order, state) {
  return post(`/dot/${uuid}/xong`, canonical({ station: token, order, state }), JSON_TYPE);
}

/** @param {string} box @param {string} uuid @param {string} stagingKey @param {{ credential: string, reason: string, proof: unknown }} claim */
export function voidSlip(box, uuid, stagingKey, claim) {
  return post(`${box}/dot/${uuid}/huy-the`, canonical({ staging_key: stagingKey, ...claim }), JSON_TYPE);
}
