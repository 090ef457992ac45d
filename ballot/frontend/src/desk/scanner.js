// A badge under a scanner, which types as a keyboard does, or before the camera: both end in the search field.
// Never here: a decision who is meant; the server decides that.

import { hasCamera, readCode } from "../page/camera.js";

const QUICK_MS = 60; // from key to key; no hand types like this

/** Lead what a scanner types anywhere on the page into the search field; one key alone does nothing. @param {HTMLInputElement} field */
export function catchScanner(field) {
  let [first, at] = ["", 0];
  document.addEventListener("keydown", (event) => {
    const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    const elsewhere = !(/** @type {HTMLElement} */ (event.target).closest("input, select, textarea"));
    const quick = first !== "" && event.timeStamp - at < QUICK_MS;
    if (plain && elsewhere && quick) {
      field.value = first;
      field.focus(); // the key that is on its way, and those after it, are typed there
    }
    [first, at] = plain && elsewhere && !quick ? [event.key, event.timeStamp] : ["", 0];
  });
}

/** Offer the camera where there is one. @param {HTMLButtonElement} button */
export async function offerCamera(button) {
  const form = /** @type {HTMLFormElement} */ (button.form);
  const host = /** @type {HTMLElement | null} */ (document.querySelector("[data-camera-host]"));
  if (!host || !(await hasCamera())) return;
  /** @type {(() => void) | null} */ let stop = null;
  const close = () => {
    stop?.();
    stop = null;
    host.hidden = true;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (stop) return close();
    host.hidden = false;
    const found = (/** @type {string} */ text) => {
      close();
      /** @type {HTMLInputElement} */ (form.elements.namedItem("tim")).value = text;
      form.requestSubmit();
    };
    stop = readCode(host, found, close);
  });
  window.addEventListener("pagehide", close);
}
