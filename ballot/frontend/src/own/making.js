// A slip in the making, in steps that each survive a reload: kept first, then sent, the same bytes again.
// Never here: a screen, or a request that was not stored before it was sent.

import { concatBytes } from "@noble/hashes/utils.js";
import { canonical, fromHex } from "../protocol/encoding.js";
import { makeRequest, readSignatures, readStagingKey, sealCredential } from "../protocol/request.js";
import { Declined, post } from "../page/net.js";
import { keep } from "../page/shelf.js";

/** @typedef {import("../page/shelf.js").Entry} Entry */
/** @typedef {import("../protocol/manifest.js").Manifest} Manifest */
/** @typedef {{ issue: string, stage: string, done: string, freezeKey: string }} Addresses */
/** @typedef {"making" | "signing" | "staging"} Work */

/**
 * Bring an entry to its end and return the code. Throws Unreachable, Declined, Refused; calling it again goes on.
 * @param {Manifest} manifest
 * @param {Entry} entry
 * @param {Addresses} to
 * @param {(work: Work) => Promise<void>} say
 * @returns {Promise<string>}
 */
export async function finishSlip(manifest, entry, to, say) {
  let at = entry;
  if (at.stage === "permission") at = await ask(manifest, at, say);
  if (at.stage === "asked") at = await sign(manifest, at, to, say);
  if (at.stage === "signed") at = await deliver(at, to, say);
  if (at.stage === "sent") at = await tell(at, to);
  return at.code ?? "";
}

/** @param {Manifest} manifest @param {Entry} entry @param {(work: Work) => Promise<void>} say @returns {Promise<Entry>} */
async function ask(manifest, entry, say) {
  await say("making");
  const request = makeRequest(manifest, entry.permission);
  return stored({ ...entry, stage: "asked", request });
}

/** @param {Manifest} manifest @param {Entry} entry @param {Addresses} to @param {(work: Work) => Promise<void>} say */
async function sign(manifest, { uuid, permission, request }, to, say) {
  if (!request) throw new TypeError("no request");
  await say("signing");
  const answer = await post(to.issue, request.body, "application/json");
  const sealed = sealCredential(request, readSignatures(manifest, request, answer), fromHex(to.freezeKey, "freeze key", 32));
  const body = concatBytes(readStagingKey(answer), sealed);
  return stored({ uuid, permission, stage: "signed", code: request.code, sealed: body }); // the blinding factors end here
}

/** @param {Entry} entry @param {Addresses} to @param {(work: Work) => Promise<void>} say @returns {Promise<Entry>} */
async function deliver({ uuid, permission, code, sealed }, to, say) {
  await say("staging");
  await post(to.stage, /** @type {Uint8Array} */ (sealed), "application/octet-stream");
  return stored({ uuid, permission, stage: "sent", code });
}

/** The box has it, so the slip is good whatever the registry answers. @param {Entry} entry @param {Addresses} to */
async function tell({ uuid, permission, code }, to) {
  try {
    await post(to.done, canonical({ permission }), "application/json");
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
  }
  return stored({ uuid, permission: "", stage: "ready", code });
}

/** @param {Entry} entry @returns {Promise<Entry>} */
async function stored(entry) {
  await keep(entry);
  return entry;
}
