// Opens slips as a PDF in a new tab: made here, from a bundle and fonts of this host that are fetched only then.
// Never here: a server that sees a slip, or a file that is saved.
//
// A blob: address opens in Chromium's viewer under our policy (tried with 156); a frame would need frame-src and object-src.

import { el } from "../page/dom.js";
import { sha384Of } from "./software.js";
import { slipTexts } from "./slip.js";

/** @typedef {import("./screen.js").Station} Station */

/**
 * @param {Station} station
 * @param {string[]} codes
 * @param {string} paper
 * @param {HTMLElement} place for the word that it is being made, or failed
 * @returns {Promise<(() => void) | null>} takes the PDF away again; null if none was opened
 */
export async function openPdf(station, codes, paper, place) {
  const { words } = station;
  const note = el("p", { class: "small", role: "status" }, words.pdfMaking);
  place.append(note);
  try {
    const raw = await make(station, codes, paper);
    const address = URL.createObjectURL(new Blob([raw], { type: "application/pdf" }));
    raw.fill(0); // the blob has its own copy
    const opened = window.open(address, "_blank");
    note.remove();
    return () => {
      URL.revokeObjectURL(address);
      opened?.close(); // the viewer holds the slip for as long as it is open
    };
  } catch {
    note.textContent = words.pdfFailed;
    return null;
  }
}

/** @param {Station} station @param {string[]} codes @param {string} paper @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function make(station, codes, paper) {
  const manifest = /** @type {import("../protocol/manifest.js").Manifest} */ (station.manifest);
  const names = ["Tinos-Regular.ttf", "Tinos-Bold.ttf"];
  const wanted = [loadModule(manifest, "slip_pdf.js"), ...names.map((name) => fetchFont(manifest, name))];
  const [bundle, regular, bold] = await Promise.all(wanted);
  return bundle.slipPdf({ texts: slipTexts(station.words, manifest), codes, paper, fonts: { regular, bold } });
}

/**
 * Load a bundle whose hash the manifest names; the element checks it, and the import finds what the element loaded.
 * @param {import("../protocol/manifest.js").Manifest} manifest
 * @param {string} name
 * @returns {Promise<any>}
 */
async function loadModule(manifest, name) {
  const address = new URL(name, import.meta.url).href;
  const integrity = sha384Of(manifest, name);
  const script = el("script", { type: "module", src: address, integrity: integrity ?? false, crossorigin: "anonymous" });
  await new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", reject);
    document.head.append(script);
  });
  script.remove();
  return import(address);
}

/** @param {import("../protocol/manifest.js").Manifest} manifest @param {string} name @returns {Promise<Uint8Array>} */
async function fetchFont(manifest, name) {
  const integrity = sha384Of(manifest, name);
  const answer = await fetch(new URL(name, import.meta.url), { credentials: "omit", ...(integrity && { integrity }) });
  if (!answer.ok) throw new Error(name);
  return new Uint8Array(await answer.arrayBuffer());
}
