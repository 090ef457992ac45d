// The one field of the booth: a scanner or fingers put the 28 characters of a slip into it.
// Never here: a request, or a value that the browser may remember.

import { ALPHABET, grouped, LENGTH, plain, readSlip } from "./credential.js";
import { el, primary } from "./dom.js";

/**
 * Return the field, its input, and the button that is enabled when the check digits are right.
 * @param {import("./words.js").Words} words
 * @param {(typed: string) => void} present called once with a right code; the field is empty by then
 */
export function slipField(words, present) {
  const input = /** @type {HTMLInputElement} */ (
    el("input", {
      type: "text", id: "slip", autocomplete: "off", autocorrect: "off", autocapitalize: "characters",
      spellcheck: "false", "aria-describedby": "slip-hint", "data-lpignore": "true",
    }) // prettier-ignore
  );
  const hint = el("p", { id: "slip-hint", class: "hint", "aria-live": "polite" }, words.slipMore(LENGTH));
  const submit = () => {
    if (!isRight(input.value)) return complain(words, input, hint);
    const typed = input.value;
    input.value = "";
    present(typed);
  };
  const ready = primary(words.cast, submit, { disabled: true });
  input.addEventListener("input", () => {
    reshape(input);
    tell(words, input, hint);
    ready.toggleAttribute("disabled", !isRight(input.value));
  });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    submit();
  });
  const field = el("div", { class: "field" }, el("label", { for: "slip" }, words.slipLabel), input, hint);
  return { field, input, ready };
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

/** @param {import("./words.js").Words} words @param {HTMLInputElement} input @param {HTMLElement} hint */
function tell(words, input, hint) {
  const missing = LENGTH - digitsOf(input.value).length;
  if (missing === 0 && !isRight(input.value)) return complain(words, input, hint);
  input.removeAttribute("aria-invalid");
  hint.textContent = missing > 0 ? words.slipMore(missing) : words.slipReady;
}

/** @param {import("./words.js").Words} words @param {HTMLInputElement} input @param {HTMLElement} hint */
function complain(words, input, hint) {
  input.setAttribute("aria-invalid", "true");
  hint.textContent = words.slipBad;
}
