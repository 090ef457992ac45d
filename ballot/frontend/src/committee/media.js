// Files on the member's own media: saved by the browser's file dialog where it has one, else as downloads; and read back.
// Never here: a file that is not sealed under the member's passphrase, or a guess that a download has arrived.

import { el } from "../page/dom.js";

/**
 * @typedef {{ bytes: Uint8Array, handle: any, name: string }} Picked `handle`: writes the same file again; null if the browser gave none
 */

const TYPE = "application/octet-stream";
const WAIT_MS = 60_000;

/** @param {number} number of the member @param {number} copy */
export function fileName(number, copy) {
  return `thanh-vien-${number}-ban-${copy}.trustee.key`;
}

/**
 * Save bytes where the member says.
 * @param {Uint8Array} bytes
 * @param {string} name
 * @returns {Promise<"saved" | "given" | "left">} saved: written and read again; given: as a download; left: the member changed their mind
 */
export async function saveFile(bytes, name) {
  const { showSaveFilePicker } = /** @type {any} */ (globalThis);
  if (!showSaveFilePicker) {
    download(bytes, name);
    return "given";
  }
  try {
    await writeFile(await showSaveFilePicker({ suggestedName: name }), bytes);
    return "saved";
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return "left";
    download(bytes, name); // the dialog cannot be had here
    return "given";
  }
}

/**
 * Write a file in place and read it again. Throws if it is not there afterwards.
 * @param {any} handle
 * @param {Uint8Array} bytes
 */
export async function writeFile(handle, bytes) {
  const stream = await handle.createWritable();
  await stream.write(bytes);
  await stream.close();
  if (!sameBytes(await bytesOf(await handle.getFile()), bytes)) throw new Error("not written");
}

/** @param {Uint8Array} bytes @param {string} name */
function download(bytes, name) {
  const url = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (bytes)], { type: TYPE }));
  const link = el("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), WAIT_MS);
}

/** Let the member choose a file of theirs. @returns {Promise<Picked | null>} null: none was chosen */
export async function pickFile() {
  const { showOpenFilePicker } = /** @type {any} */ (globalThis);
  if (showOpenFilePicker) {
    try {
      const [handle] = await showOpenFilePicker({ multiple: false });
      const file = await handle.getFile();
      return { bytes: await bytesOf(file), handle, name: file.name };
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return null;
    }
  }
  const [file] = await pickFiles(false);
  return file ? { bytes: await bytesOf(file), handle: null, name: file.name } : null;
}

/** @param {boolean} multiple @returns {Promise<File[]>} */
export function pickFiles(multiple) {
  const input = /** @type {HTMLInputElement} */ (
    el("input", { type: "file", multiple, class: "unseen", "aria-hidden": "true", tabindex: "-1" })
  );
  return new Promise((resolve) => {
    const end = () => {
      resolve([...(input.files ?? [])]);
      input.remove();
    };
    input.addEventListener("change", end);
    input.addEventListener("cancel", end);
    document.body.append(input);
    input.click();
  });
}

/** @param {Blob} file @returns {Promise<Uint8Array>} */
export async function bytesOf(file) {
  return new Uint8Array(await file.arrayBuffer());
}

/** @param {Uint8Array} a @param {Uint8Array} b @returns {boolean} */
export function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
