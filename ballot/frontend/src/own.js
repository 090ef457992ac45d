// A voter's own device: makes a slip in this browser, has it signed blindly, keeps it here until the box is open.
// Never here: a name, a cookie, or a step that a reload could lose.
//
//     <main id="own" data-manifest data-issue data-stage data-done data-booth data-freeze-key>    opened at …/rieng/#permission

import { finishSlip } from "./own/making.js";
import { empty, failed, limits, ready, working } from "./own/screens.js";
import { ownWords } from "./own/words.js";
import { Declined, fetchBytes } from "./page/net.js";
import { breath } from "./page/pace.js";
import { erase, insist, keep, taken } from "./page/shelf.js";
import { Refused } from "./protocol/errors.js";
import { parseManifest } from "./protocol/manifest.js";

/** @typedef {import("./page/shelf.js").Entry} Entry */

const PERMISSION = /^[A-Za-z0-9_-]{1,200}$/;
const root = /** @type {HTMLElement} */ (document.getElementById("own"));
const words = ownWords();
const { manifest: manifestUrl = "", issue = "", stage = "", done = "", booth = "", freezeKey = "" } = root.dataset;

/** @type {import("./protocol/manifest.js").Manifest | null} */
let manifest = null;
let busy = false;

async function open() {
  if (busy) return;
  show(working(words, manifest, words.loading));
  try {
    manifest ??= parseManifest(await fetchBytes(manifestUrl));
  } catch (error) {
    return show(failed(words, null, [reason(error)], open));
  }
  try {
    await route(manifest, await remembered(manifest.uuid));
  } catch {
    show(failed(words, manifest, [words.noStore], null));
  }
}

/** @param {import("./protocol/manifest.js").Manifest} round @param {{ entry?: Entry, another: boolean }} found */
async function route(round, { entry, another }) {
  if (!entry) return show(empty(words, round, words.noPermission));
  if (entry.stage === "ready") return showSlip(round, entry.code ?? "", another ? words.another : "");
  if (entry.stage === "permission") return show(limits(words, round, () => make(entry)));
  return make(entry); // it was cut off: the same bytes again
}

/**
 * Put a permission from the address on the shelf before it leaves the address; a slip that is there is never replaced.
 * @param {string} uuid
 * @returns {Promise<{ entry?: Entry, another: boolean }>}
 */
async function remembered(uuid) {
  const permission = location.hash.slice(1);
  let entry = await taken(uuid);
  const fresh = PERMISSION.test(permission) && permission !== entry?.permission;
  if (fresh && entry && entry.stage !== "permission") return { entry, another: true }; // it waits in the address
  if (fresh) await keep((entry = { uuid, stage: "permission", permission }));
  await insist();
  clearAddress();
  return { entry, another: false };
}

function clearAddress() {
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
}

/** A request under a permission that a newer one has replaced was never signed: start anew. @param {unknown} error */
async function startsAnew(error) {
  const permission = location.hash.slice(1);
  if (!(error instanceof Declined && error.code === "NOT_AUTHORISED" && manifest && PERMISSION.test(permission))) return false;
  await keep({ uuid: manifest.uuid, stage: "permission", permission });
  clearAddress();
  return true;
}

/** @param {Entry} entry */
async function make(entry) {
  if (busy || !manifest) return;
  busy = true;
  const round = manifest;
  const say = async (/** @type {"making" | "signing" | "staging"} */ work) => {
    show(working(words, round, words[work]));
    await breath();
  };
  try {
    const code = await finishSlip(round, entry, { issue, stage, done, freezeKey }, say);
    showSlip(round, code, location.hash ? words.another : "");
  } catch (error) {
    if (await startsAnew(error)) return void setTimeout(open);
    const settled = error instanceof Declined || error instanceof Refused;
    show(failed(words, round, settled ? [reason(error), words.refused] : [reason(error)], retry));
  } finally {
    busy = false;
  }
}

async function retry() {
  const entry = manifest ? await taken(manifest.uuid) : undefined;
  if (entry) make(entry);
  else open();
}

/** @param {unknown} error @returns {string} */
function reason(error) {
  if (error instanceof Declined) return error.sentence;
  if (error instanceof Refused) return words.bad(error.code);
  return words.unsure;
}

/** @param {import("./protocol/manifest.js").Manifest} round @param {string} code @param {string} note */
function showSlip(round, code, note) {
  const away = async () => {
    await erase(round.uuid);
    if (location.hash) return open(); // another permission waits in the address
    show(empty(words, round, words.erased));
  };
  show(ready(words, round, { code, booth, note, erase: away }));
}

/** @param {HTMLElement} screen */
function show(screen) {
  root.replaceChildren(screen);
}

window.addEventListener("hashchange", open);
open();
