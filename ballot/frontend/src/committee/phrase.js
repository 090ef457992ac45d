// The passphrase of a key file: a suggestion to write down, or one's own; and the field in which it is typed.
// Never here: a passphrase that is kept, sent, or left in a field.

import { button, el, primary } from "../page/dom.js";
import { checkPassphrase, suggestPassphrase } from "../protocol/passphrase.js";
import { Refused } from "../protocol/errors.js";
import { textField } from "./joining.js";
import { answered, framed, lead, working } from "./screen.js";
import { makeVault, openVault, tidyPassphrase } from "./vault.js";

/** @typedef {import("./screen.js").Member} Member */

/** Let the member choose a passphrase and type it from paper, then make the key file. @param {Member} member */
export async function choosePassphrase(member) {
  const { words } = member;
  let suggestion = suggestPassphrase();
  for (;;) {
    const choice = await suggest(member, suggestion);
    if (choice === undefined) return;
    if (choice === "other") suggestion = suggestPassphrase();
    else {
      const chosen = await (choice === "own" ? typeTwice(member) : typeOnce(member, suggestion));
      if (chosen === undefined) return;
      if (chosen === "") continue;
      working(member, words.makingFile, words.makingFileNote);
      return makeVault(member, chosen);
    }
  }
}

/** @param {Member} member @param {string} suggestion @returns {Promise<string | undefined>} */
function suggest(member, suggestion) {
  const { words } = member;
  return answered(member, (resolve) => {
    const list = el("ol", { class: "phrase" }, ...wordsIn(suggestion).map((word) => el("li", {}, word)));
    const text = [el("h1", { class: "title" }, words.phraseTitle), lead(words.phraseLead), list, el("p", {}, words.phraseKeep)];
    const content = el("div", { class: "column" }, ...text);
    const choices = [button(words.phraseOwn, () => resolve("own")), button(words.phraseOther, () => resolve("other"))];
    return framed(
      member,
      "phrasing",
      [content],
      [...choices, primary(words.phraseWritten, () => resolve("written"))],
      "passphrase",
    );
  });
}

/** Words of two syllables. @param {string} phrase @returns {string[]} */
function wordsIn(phrase) {
  return phrase.match(/[^ ]+ [^ ]+/g) ?? [];
}

/**
 * From the paper, so that a slip of the pen shows now.
 * @param {Member} member
 * @param {string} expected
 * @returns {Promise<string | undefined>} empty: back
 */
function typeOnce(member, expected) {
  const { words } = member;
  return answered(member, (resolve) => {
    const check = (/** @type {string} */ typed) => {
      if (tidyPassphrase(typed) === expected) return resolve(expected);
      return words.phraseDiffers;
    };
    const { field, ready } = phraseField(words, words.phraseLabel, words.goOn, check);
    const content = el(
      "div",
      { class: "column" },
      el("h1", { class: "title" }, words.phraseTypeTitle),
      lead(words.phraseTypeLead),
      field,
    );
    return framed(member, "phrase-typing", [content], [button(words.phraseSeeAgain, () => resolve("")), ready], "passphrase");
  });
}

/** @param {Member} member @returns {Promise<string | undefined>} empty: back */
function typeTwice(member) {
  const { words } = member;
  return answered(member, (resolve) => {
    const second = textField("phrase-2", { class: "phrase-input" });
    const check = (/** @type {string} */ typed) => {
      try {
        checkPassphrase(tidyPassphrase(typed), { own: knownToAll(member) });
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return words.findings[error.code] ?? words.phraseWeak;
      }
      if (tidyPassphrase(typed) !== tidyPassphrase(second.value)) return words.phraseTwiceDiffers;
      second.value = "";
      return resolve(tidyPassphrase(typed));
    };
    const { field, ready, veil } = phraseField(words, words.phraseOwnLabel, words.goOn, check);
    veil(second);
    const again = el("div", { class: "field plain" }, el("label", { for: "phrase-2" }, words.phraseAgainLabel), second);
    field.querySelector(".option")?.before(again);
    const content = el(
      "div",
      { class: "column" },
      el("h1", { class: "title" }, words.phraseOwn),
      lead(words.phraseOwnLead),
      field,
    );
    return framed(member, "phrase-typing", [content], [button(words.back, () => resolve("")), ready], "passphrase");
  });
}

/** @param {Member} member @returns {string[]} what a guesser would try first */
function knownToAll({ manifest, state }) {
  return [manifest?.title ?? "", manifest?.body ?? "", ...(state?.members ?? []).flatMap(({ name, role }) => [name, role])];
}

/** After a reload: the key file that this browser keeps is opened again. @param {Member} member */
export async function unlock(member) {
  const { words, own } = member;
  const file = own?.file;
  if (!file) return;
  const note = el("p", {}, words.unlockNote);
  const opened = await askPassphrase(member, file, { title: words.unlockTitle, lead: words.unlockLead, more: [note] });
  if (opened) member.vault = opened;
}

/**
 * Ask for the passphrase of a file until it opens or the member goes back.
 * @param {Member} member
 * @param {Uint8Array} file
 * @param {{ title: string, lead: string, more?: HTMLElement[], back?: boolean, step?: string }} said
 * @returns {Promise<import("./vault.js").Vault | null | undefined>} null: back; undefined: something else is due
 */
export async function askPassphrase(member, file, { title, lead: first, more = [], back = false, step = "" }) {
  const { words } = member;
  for (let trouble = ""; ;) {
    const typed = await answered(member, (/** @type {(value: string) => void} */ resolve) => {
      const { field, ready } = phraseField(
        words,
        words.phraseLabel,
        words.openFile,
        (value) => void (value.trim() && resolve(value)),
        trouble,
      );
      const content = el("div", { class: "column" }, el("h1", { class: "title" }, title), lead(first), ...more, field);
      return framed(member, "unlocking", [content], [back && button(words.back, () => resolve("")), ready], step);
    });
    if (typed === undefined) return undefined;
    if (typed === "") return null;
    working(member, words.openingFile, words.makingFileNote);
    try {
      return await openVault(member, file, typed);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      trouble = words.findings[error.code] ?? words.findingOther(error.code);
    }
  }
}

/**
 * A field whose words can be read while they are typed: Vietnamese keyboards do not compose letters in a password field.
 * @param {import("./words.js").Words} words
 * @param {string} label
 * @param {string} verb
 * @param {(typed: string) => string | void} check what is wrong with what was typed, if anything
 * @param {string} [trouble] what was wrong with it before
 */
function phraseField(words, label, verb, check, trouble = "") {
  const hint = el("p", { id: "phrase-hint", class: "hint", role: "alert" }, trouble);
  const input = textField("phrase", { class: "phrase-input", "aria-describedby": "phrase-hint" });
  const inputs = [input];
  const submit = () => {
    const wrong = check(input.value);
    if (typeof wrong !== "string") return (input.value = "");
    input.setAttribute("aria-invalid", "true");
    return (hint.textContent = wrong);
  };
  input.addEventListener("input", () => {
    input.removeAttribute("aria-invalid");
    hint.textContent = "";
  });
  const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox" }));
  box.addEventListener("change", () => inputs.forEach((each) => each.classList.toggle("veiled", box.checked)));
  const veiled = el("label", { class: "option" }, box, el("span", {}, words.phraseVeil));
  const field = el("div", { class: "field plain" }, el("label", { for: "phrase" }, label), input, hint, veiled);
  const ready = primary(verb, submit);
  const veil = (/** @type {HTMLInputElement} */ other) => {
    inputs.push(other);
    other.addEventListener("keydown", (event) => event.key === "Enter" && submit());
  };
  input.addEventListener("keydown", (event) => event.key === "Enter" && submit());
  return { field, input, ready, veil };
}
