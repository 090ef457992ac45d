// The three inputs of the audit page: a round, an opened ballot, a commit code.
// Never here: a verdict, or a request.

import { button, el } from "../page/dom.js";
import { hasCamera, readCode } from "../page/camera.js";

/** @typedef {import("./words.js").AuditWords} AuditWords */

/**
 * A labelled file input that hands over bytes.
 * @param {string} label
 * @param {(raw: Uint8Array) => void} give
 */
export function fileInput(label, give) {
  const input = /** @type {HTMLInputElement} */ (el("input", { type: "file", accept: ".json,application/json" }));
  input.addEventListener("change", async () => {
    const file = input.files?.[0];
    if (file) give(new Uint8Array(await file.arrayBuffer()));
    input.value = ""; // the same file may be chosen again
  });
  return el("label", {}, label, input);
}

/**
 * A field for frames: whole lines are taken out of it as they are finished.
 * @param {string} label
 * @param {(text: string) => void} hear
 */
export function frameField(label, hear) {
  const input = /** @type {HTMLTextAreaElement} */ (
    el("textarea", { rows: 3, autocomplete: "off", spellcheck: "false", autocapitalize: "characters" })
  );
  const take = (/** @type {boolean} */ all) => {
    const lines = input.value.split(/\s+/);
    const rest = all || /\s$/.test(input.value) ? "" : (lines.pop() ?? "");
    lines.filter(Boolean).forEach(hear);
    input.value = rest;
  };
  input.addEventListener("input", (event) => take(/** @type {InputEvent} */ (event).inputType === "insertFromPaste"));
  input.addEventListener("change", () => take(true));
  return el("label", {}, label, input);
}

/**
 * A button that starts and stops the camera; nothing where there is none.
 * @param {AuditWords} words
 * @param {(text: string) => void} hear
 * @param {(sentence: string) => void} complain
 */
export function cameraPart(words, hear, complain) {
  const picture = el("div", { class: "picture" });
  const part = el("div", { hidden: true });
  /** @type {(() => void) | null} */ let stop = null;
  const end = () => {
    stop?.();
    stop = null;
    press.textContent = words.scan;
  };
  const press = button(words.scan, () => {
    if (stop) return end();
    press.textContent = words.stopScan;
    stop = readCode(picture, hear, (name) => {
      end();
      complain(words.noCamera(name));
    });
  });
  part.append(press, picture);
  hasCamera().then((has) => (part.hidden = !has));
  return { part, end };
}
