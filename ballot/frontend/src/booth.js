// The voting terminal: loads a round, checks that election and manifest belong together, and guides one voter at a time.
// Never here: a store, a cookie, anything in the address but what the attendant set up; a wiped session is gone.
//
//     <main id="booth" data-manifest data-election data-cast data-test data-standing [data-fleet] [data-board] [data-own] [data-site-key]
//       [data-worker data-worker-integrity] [data-idle="60"] [data-receipt="10"] [data-pause="350"]>   #may=B1&mm=3.78
//
// Everything that a voter needs up to the slip is in memory when the start screen appears; the line may then be down.

import { startBooth } from "./booth/booth.js";
import { el, primary, trouble } from "./page/dom.js";
import { fetchBytes } from "./page/net.js";
import { wordsFor } from "./booth/words.js";
import { parseElection } from "./protocol/election.js";
import { Refused } from "./protocol/errors.js";
import { checkBinding, parseManifest } from "./protocol/manifest.js";

const FACES = ["400", "600", "700"];
const root = /** @type {HTMLElement} */ (document.getElementById("booth"));
const words = wordsFor({ atSite: root.dataset.siteKey !== undefined });

/** Load a round and show its start, or say why not. */
async function open() {
  root.replaceChildren(el("section", { class: "wait" }, el("h1", {}, words.loading)));
  const { manifest: m = "", election: e = "" } = root.dataset;
  try {
    const [rawManifest, rawElection, script] = await Promise.all([fetchBytes(m), fetchBytes(e), fetchWorker(), loadFaces()]);
    const [manifest, election] = [parseManifest(rawManifest), parseElection(rawElection)];
    checkBinding(election, manifest);
    startBooth(root, words, { manifest, election, script });
  } catch (error) {
    const what = error instanceof Refused ? words.brokenWhat(error.code) : words.offline;
    const lines = [what, words.brokenSafe, words.brokenNext];
    root.replaceChildren(trouble(words.brokenTitle, lines, [primary(words.reload, open)]));
  }
}

/** The workers' script if it is the one of the manifest; without it the page works alone. @returns {Promise<Uint8Array | null>} */
async function fetchWorker() {
  const { worker, workerIntegrity } = root.dataset;
  if (!worker || !workerIntegrity) return null;
  return fetchBytes(worker, { integrity: workerIntegrity }).catch(() => null);
}

/** Letters are fetched before they are measured. @returns {Promise<unknown>} */
function loadFaces() {
  return Promise.all(FACES.map((weight) => document.fonts.load(`${weight} 20px "Be Vietnam Pro"`, "aẪộ").catch(() => [])));
}

open();
