// The field for a slip, at the booth and at the station: a scanner, a camera or fingers put its 28 characters into it.
// Never here: a request, or a value that the browser may remember.

import { hasCamera, readCode } from "./camera.js";
import { button, el, primary } from "./dom.js";
import { ALPHABET, grouped, LENGTH, plain, readSlip } from "../protocol/credential.js";

/**
 * The words of whoever shows the field.
 * @typedef {{ slipLabel: string, slipMore: (missing: number) => string, slipReady: string, slipBad: string,
 *   cameraOpen: string, cameraClose: string, cameraFailed: string }} Words
 */
/** @typedef {{ field: HTMLElement, input: HTMLInputElement, ready: HTMLElement, receive: (text: string) => void, leave: () => void }} SlipField */

/**
 * Return the field, its input, and the button that is enabled when the check digits are right.
 * @param {Words} words
 * @param {string} verb what the button says
 * @param {(typed: string) => void} present called once, with a right code; the field is empty by then
 * @returns {SlipField} `receive` takes what a scanner read, `leave` empties the field and lets go of the camera
 */
export function slipField(words, verb, present) {
  const input = makeInput();
  const hint = el("p", { id: "slip-hint", class: "hint", role: "status" }, words.slipMore(LENGTH));
  let [done, stop] = [false, () => {}];
  const leave = () => {
    stop();
    input.value = "";
  };
  const receive = (/** @type {string} */ text) => {
    if (done) return; // a slip held twice under the reader is presented once
    const code = [text, input.value].find(isRight); // fingers may have begun what looks like a burst
    if (!code) {
      if (document.activeElement !== input) input.value = grouped(digitsOf(text).slice(0, LENGTH));
      return complain(words, input, hint);
    }
    done = true;
    leave();
    present(code);
  };
  const ready = primary(verb, () => receive(input.value), { disabled: true });
  input.addEventListener("input", () => {
    reshape(input);
    tell(words, input, hint);
    ready.toggleAttribute("disabled", !isRight(input.value));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    receive(input.value);
  });
  const label = el("label", { for: "slip" }, words.slipLabel);
  const field = el("div", { class: "field" }, label, input, hint);
  stop = offerCamera(words, field, receive);
  return { field, input, ready, receive, leave };
}

/** @returns {HTMLInputElement} */
function makeInput() {
  return /** @type {HTMLInputElement} */ (
    el("input", {
      type: "text", id: "slip", autocomplete: "off", autocorrect: "off", autocapitalize: "characters",
      spellcheck: "false", "aria-describedby": "slip-hint", "data-lpignore": "true",
    }) // prettier-ignore
  );
}

/** A letter or digit typed elsewhere on the screen goes into the field. @param {HTMLInputElement} input */
export function typeAnywhere(input) {
  input.closest(".screen")?.addEventListener("keydown", (event) => {
    const { key, ctrlKey, altKey, metaKey } = /** @type {KeyboardEvent} */ (event);
    if (/^[0-9a-z]$/i.test(key) && !ctrlKey && !altKey && !metaKey) input.focus();
  });
}

/** Add a button for the camera, where there is one. @param {Words} words @param {HTMLElement} field @param {(text: string) => void} receive */
function offerCamera(words, field, receive) {
  let stop = () => {};
  const host = el("div", { class: "viewfinder", hidden: true });
  const said = el("p", { class: "hint", role: "status" });
  const close = () => {
    stop();
    host.hidden = true;
    toggle.textContent = words.cameraOpen;
  };
  const failed = () => {
    close();
    said.textContent = words.cameraFailed;
  };
  const toggle = button(words.cameraOpen, () => {
    if (!host.hidden) return close();
    said.textContent = "";
    host.hidden = false;
    toggle.textContent = words.cameraClose;
    stop = readCode(host, receive, failed);
    return undefined;
  });
  hasCamera().then((has) => has && field.append(toggle, host, said));
  return close;
}

/** Group in fours while keeping the caret behind the same character. @param {HTMLInputElement} input */
function reshape(input) {
  const caret = digitsOf(input.value.slice(0, input.selectionStart ?? 0)).length;
  input.value = grouped(digitsOf(input.value).slice(0, LENGTH));
  const place = Math.min(input.value.length, caret + Math.floor(Math.max(0, caret - 1) / 4));
  input.setSelectionRange(place, place);
}

/** @param {string} typed @returns {string} */
function digitsOf(typed) {
  return [...plain(typed)].filter((c) => ALPHABET.includes(c)).join("");
}

/** @param {string} typed @returns {boolean} */
function isRight(typed) {
  try {
    readSlip(typed);
    return true;
  } catch {
    return false;
  }
}

/** @param {Words} words @param {HTMLInputElement} input @param {HTMLElement} hint */
function tell(words, input, hint) {
  const missing = LENGTH - digitsOf(input.value).length;
  if (missing === 0 && !isRight(input.value)) return complain(words, input, hint);
  input.removeAttribute("aria-invalid");
  hint.textContent = missing > 0 ? words.slipMore(missing) : words.slipReady;
}

/** @param {Words} words @param {HTMLInputElement} input @param {HTMLElement} hint */
function complain(words, input, hint) {
  input.setAttribute("aria-invalid", "true");
  hint.textContent = words.slipBad;
}
