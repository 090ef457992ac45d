// The desk's pages come alive: counts and slips that follow, a signature, a badge scanner. Every act is a plain form.
// Never here: a sentence (the templates hold them), or an act that the page could not do without this script.

import { followAttendance } from "./desk/attendance.js";
import { offerCamera, catchScanner } from "./desk/scanner.js";
import { signaturePad } from "./desk/signature.js";
import { followPairing, followSlip, followSlips } from "./desk/slips.js";

/** @param {string} selector @param {(found: HTMLElement) => void} begin */
function each(selector, begin) {
  for (const found of document.querySelectorAll(selector)) begin(/** @type {HTMLElement} */ (found));
}

/** A second press of the same form sends nothing: the first is on its way. @param {HTMLElement} form */
function sendOnce(form) {
  let sent = false;
  form.addEventListener("submit", (event) => (sent ? event.preventDefault() : (sent = true)));
  window.addEventListener("pageshow", () => (sent = false));
}

each("[data-attendance]", followAttendance);
each("[data-slips]", followSlips);
each("[data-slip]", followSlip);
each("[data-pairing]", followPairing);
each("[data-signature]", signaturePad);
each("form[data-once]", sendOnce);
each("[data-scan]", (field) => catchScanner(/** @type {HTMLInputElement} */ (field)));
each("[data-camera]", (button) => offerCamera(/** @type {HTMLButtonElement} */ (button)));
