// A file that somebody saves from a page.
// Never here: a request, or a place where the page itself would find the file again.

import { el } from "./dom.js";

/** @param {Uint8Array} raw @param {string} name */
export function download(raw, name) {
  const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (raw)], { type: "application/json" }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
