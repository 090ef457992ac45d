// The station at the desk: makes a slip, has it signed blindly by every issuer, hands a sealed copy to the box, prints.
// Never here: a name, a store, or a slip that is shown before the box has its sealed copy.
//
//     <main id="station" data-manifest data-issue data-stage data-freeze-key="64 hex">    opened at …#authorisation

import { trouble, primary, el, progressBar } from "./dom.js";
import { fromHex } from "./encoding.js";
import { Refused } from "./errors.js";
import { frame } from "./frame.js";
import { parseManifest } from "./manifest.js";
import { Declined, fetchBytes, post } from "./net.js";
import { breath } from "./pace.js";
import { makeRequest, readSignatures, sealCredential } from "./request.js";
import { slipScreen } from "./slip.js";
import { wordsFor } from "./words.js";

const AUTHORISATION = /^[A-Za-z0-9_.~-]{1,200}$/;
const root = /** @type {HTMLElement} */ (document.getElementById("station"));
const words = wordsFor();
const { manifest: manifestUrl = "", issue = "", stage = "", freezeKey = "" } = root.dataset;

/** @type {import("./manifest.js").Manifest | null} */
let manifest = null;
let busy = false;
let waiting = ""; // a permission that came while another slip was still on the screen

/** Take the desk's permission out of the address, where it must not stay. @returns {string} */
function takeAuthorisation() {
  const code = location.hash.slice(1);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return AUTHORISATION.test(code) ? code : "";
}

/** Make one slip under a permission; one after the other. @param {string} authorisation */
async function begin(authorisation) {
  if (busy) waiting = authorisation || waiting;
  if (busy) return;
  if (!authorisation) return rest(words.stationWait, words.stationWaitNote);
  [busy, waiting] = [true, ""];
  try {
    manifest ??= parseManifest(await insist(() => fetchBytes(manifestUrl)));
    await makeSlip(authorisation);
  } catch (error) {
    busy = false;
    showEnd(error);
  }
}

/** @param {string} authorisation */
async function makeSlip(authorisation) {
  const round = /** @type {import("./manifest.js").Manifest} */ (manifest);
  work(words.stationMaking);
  await breath();
  const request = makeRequest(round, authorisation);
  const answer = await insist(() => {
    work(words.stationSigning);
    return post(issue, request.body, "application/json");
  });
  const sealed = sealCredential(request, readSignatures(round, request, answer), fromHex(freezeKey, "freeze key", 32));
  await insist(() => {
    work(words.stationStaging);
    return post(stage, sealed, "application/octet-stream");
  });
  const shown = slipScreen(words, round, request.code, wipe);
  show(frame({ manifest: round, words }, { name: "slip-ready" }, shown.content, shown.buttons));
}

/**
 * Do `act` until it is answered; when no answer comes, ask the desk to send the very same bytes again.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
async function insist(act) {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof Declined || error instanceof Refused) throw error;
      await new Promise((resolve) => {
        const lines = [words.stationUnsure, words.stationSafe, words.stationNext];
        show(trouble(words.stationTrouble, lines, [primary(words.retry, () => resolve(undefined))]));
      });
    }
  }
}

/** @param {unknown} error */
function showEnd(error) {
  const code = error instanceof Refused ? error.code : "ERROR";
  const what = error instanceof Declined ? error.sentence : words.stationBad(code);
  show(trouble(words.stationTrouble, [what, words.stationRefusedSafe, words.stationRefusedNext], []));
}

/** @param {string} title */
function work(title) {
  const { screen } = progressBar(title, 0);
  show(manifest ? frame({ manifest, words }, { name: "working" }, [screen], []) : screen);
}

/** @param {string} title @param {string} note */
function rest(title, note) {
  const screen = el("section", { class: "wait" }, el("h1", {}, title), el("p", {}, note));
  show(manifest ? frame({ manifest, words }, { name: "working" }, [screen], []) : screen);
}

/** @param {HTMLElement} screen */
function show(screen) {
  root.replaceChildren(screen);
}

/** The slip is on paper: nothing of it stays here. */
function wipe() {
  busy = false;
  if (waiting) begin(waiting);
  else rest(words.stationDone, words.stationDoneNote);
}

window.addEventListener("hashchange", () => location.hash && begin(takeAuthorisation()));
window.addEventListener("beforeunload", (event) => busy && event.preventDefault());
window.addEventListener("pageshow", (event) => event.persisted && wipe());
begin(takeAuthorisation());
