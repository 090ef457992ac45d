// Pairing with a desk: eight characters from its screen, typed, scanned, or in the address's fragment.
// Never here: a code that stays in the address, or a pairing given up while slips of it are unfinished.

import { ALPHABET, grouped, plain } from "../protocol/credential.js";
import { el, primary, button } from "../page/dom.js";
import { Declined } from "../page/net.js";
import { insist } from "./line.js";
import { pair } from "./routes.js";
import { ask, framed, show, working } from "./screen.js";

const LENGTH = 8;

/** @typedef {import("./screen.js").Station} Station */

/** Take a code out of the address, where it must not stay. @returns {string} the code, or empty */
export function takeFragment() {
  const code = digitsOf(decodeFragment(location.hash.slice(1)));
  if (location.hash) history.replaceState(null, "", location.pathname);
  return code.length === LENGTH ? code : "";
}

/** @param {string} text @returns {string} */
function decodeFragment(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}

/** Ask for codes until one pairs this station. @param {Station} station @param {string} [code] @returns {Promise<void>} */
export async function pairFirst(station, code = "") {
  for (;;) {
    const typed = code || (await askCode(station, false));
    code = "";
    if (typed && (await tryCode(station, typed))) return;
  }
}

/** Pair with a further desk. @param {Station} station @param {() => void} done @param {string} [code] */
export async function pairMore(station, done, code = "") {
  const typed = code || (await askCode(station, true));
  if (typed) await tryCode(station, typed);
  done();
}

/** @param {Station} station @param {string} code @returns {Promise<boolean>} */
async function tryCode(station, code) {
  const { words, store } = station;
  working(station, words.pairing);
  try {
    const made = await insist(station, () => pair(code, station.pairing?.token ?? ""));
    const other = station.pairing !== null && station.pairing.uuid !== made.uuid;
    if (other && !(await mayLeave(station))) return false;
    const manifest = other ? undefined : station.pairing?.manifest;
    station.pairing = { token: made.token, uuid: made.uuid, manifest };
    if (other) [station.manifest, station.work] = [null, null];
    await store.set("pairing", station.pairing);
    return true;
  } catch (error) {
    if (!(error instanceof Declined)) throw error;
    const lines = [error.sentence, words.pairRefusedSafe, words.pairRefusedNext];
    await ask(station, words.pairRefused, lines, [["back", words.back]]);
    return false;
  }
}

/** Another round: what is unfinished of this one is given up only by a press. @param {Station} station @returns {Promise<boolean>} */
async function mayLeave(station) {
  const { words, store } = station;
  const records = await store.records();
  if (records.length === 0) return true;
  const lines = [words.pairOther, words.pairOtherNext];
  const choice = await ask(station, words.pairRefused, lines, [["delete", words.pairOtherDelete], ["back", words.back]]);
  if (choice !== "delete") return false;
  for (const { id } of records) await store.drop(id);
  return true;
}

/** @param {Station} station @param {boolean} optional @returns {Promise<string>} empty: not now */
function askCode(station, optional) {
  const { words } = station;
  return new Promise((resolve) => {
    const { field, input, ready } = codeField(words, resolve);
    const lead = [el("h1", { class: "title" }, words.pairTitle), el("p", { class: "lead" }, words.pairLead)];
    const back = optional && button(words.back, () => resolve(""));
    show(station, framed(station, "pairing", [el("div", { class: "column" }, ...lead, field)], [back, ready]));
    input.focus();
  });
}

/** @param {import("./words.js").Words} words @param {(code: string) => void} present */
function codeField(words, present) {
  const input = /** @type {HTMLInputElement} */ (
    el("input", {
      type: "text", id: "pairing-code", autocomplete: "off", autocorrect: "off", autocapitalize: "characters",
      spellcheck: "false", "aria-describedby": "pairing-hint", "data-lpignore": "true",
    }) // prettier-ignore
  );
  const hint = el("p", { id: "pairing-hint", class: "hint", "aria-live": "polite" }, words.pairMore(LENGTH));
  const submit = () => digitsOf(input.value).length === LENGTH && present(digitsOf(input.value));
  const ready = primary(words.pair, submit, { disabled: true });
  input.addEventListener("input", () => {
    const digits = digitsOf(input.value).slice(0, LENGTH);
    if (input.selectionStart === input.value.length) input.value = grouped(digits); // not under a caret in the middle
    ready.toggleAttribute("disabled", digits.length < LENGTH);
    hint.textContent = digits.length < LENGTH ? words.pairMore(LENGTH - digits.length) : words.pairReady;
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && submit());
  const field = el("div", { class: "field" }, el("label", { for: "pairing-code" }, words.pairLabel), input, hint);
  return { field, input, ready };
}

/** @param {string} typed @returns {string} */
function digitsOf(typed) {
  return [...plain(typed)].filter((c) => ALPHABET.includes(c)).join("");
}
