// The key file goes to two media and comes back from both: compared byte for byte, opened with the passphrase from paper.
// Never here: a test with anything but what was read back.

import { button, el, primary } from "../page/dom.js";
import { Refused } from "../protocol/errors.js";
import { checkBelongs, loadCommittee } from "./ceremony.js";
import { fileName, pickFile, sameBytes, saveFile } from "./media.js";
import { askPassphrase } from "./phrase.js";
import { answered, ask, framed, lead } from "./screen.js";
import { MEDIA } from "./steps.js";
import { checkFace, facts } from "./vault.js";

/** @typedef {import("./screen.js").Member} Member */

const COPIES = Array.from({ length: MEDIA }, (_, i) => i + 1);

/** @param {Member} member */
export async function saveTwice(member) {
  const { words, own, seat, store } = facts(member);
  const file = /** @type {Uint8Array} */ (own.file);
  /** @type {Set<number>} */ const done = new Set(COPIES.filter((copy) => copy <= own.saved));
  for (;;) {
    const all = done.size === MEDIA;
    const choice = await answered(member, (/** @type {(value: number) => void} */ resolve) => {
      const cards = COPIES.map((copy) => {
        const due = !all && copy === COPIES.find((each) => !done.has(each));
        const press = (due ? primary : button)(done.has(copy) ? words.saveAgain : words.saveCopy(copy), () => resolve(copy), {
          "data-copy": copy,
        });
        return card(
          words.mediumTitle(copy),
          done.has(copy) ? words.savedNote(fileName(seat.number, copy)) : words.mediumNote(copy),
          done.has(copy),
          press,
        );
      });
      const text = [
        el("h1", { class: "title" }, words.saveTitle),
        lead(words.saveLead),
        el("div", { class: "cards" }, ...cards),
        el("p", {}, words.saveNote),
      ];
      const next = all && primary(words.savedBoth, () => resolve(0));
      return framed(member, "saving", [el("div", { class: "column wide" }, ...text)], [next], "save");
    });
    if (choice === undefined) return;
    if (choice === 0) {
      own.saved = MEDIA;
      return store.keep(own);
    }
    if ((await saveFile(file, fileName(seat.number, choice))) !== "left") done.add(choice);
  }
}

/** @param {Member} member */
export async function readBack(member) {
  const { words, own, seat, store } = facts(member);
  const file = /** @type {Uint8Array} */ (own.file);
  /** @type {Set<number>} */ const same = new Set();
  /** @type {Uint8Array | null} */ let second = null;
  for (let trouble = ""; same.size < MEDIA || !second;) {
    const choice = await askCopies(member, same, trouble);
    if (choice === undefined) return;
    if (choice === 0) return backToSaving(member);
    const picked = await pickFile();
    if (!picked) continue;
    const other = COPIES.find((copy) => copy !== choice && picked.name === fileName(seat.number, copy));
    trouble = other ? words.copyOther(other) : sameBytes(picked.bytes, file) ? "" : differs(member, picked.bytes);
    if (trouble) continue;
    same.add(choice);
    if (choice === MEDIA) second = picked.bytes;
  }
  const opened = await askPassphrase(member, second, { title: words.proveTitle, lead: words.proveLead, step: "readBack" });
  if (!opened) return;
  checkBelongs(member, opened.memory);
  own.proven = true;
  await store.keep(own);
  member.proof = opened;
}

/** @param {Member} member @param {Set<number>} same @param {string} trouble */
function askCopies(member, same, trouble) {
  const { words, seat } = facts(member);
  return answered(member, (/** @type {(value: number) => void} */ resolve) => {
    const next = COPIES.find((copy) => !same.has(copy));
    const cards = COPIES.map((copy) => {
      const press =
        !same.has(copy) && (copy === next ? primary : button)(words.openCopy(copy), () => resolve(copy), { "data-copy": copy });
      return card(
        words.mediumTitle(copy),
        same.has(copy) ? words.sameNote : words.openNote(fileName(seat.number, copy)),
        same.has(copy),
        press,
      );
    });
    const text = [
      el("h1", { class: "title" }, words.backTitle),
      lead(words.backLead),
      el("p", { class: "hint", role: "alert" }, trouble),
    ];
    const content = el("div", { class: "column wide" }, ...text, el("div", { class: "cards" }, ...cards));
    return framed(member, "reading-back", [content], [button(words.saveOnceMore, () => resolve(0))], "readBack");
  });
}

/** @param {Member} member */
async function backToSaving(member) {
  const { own, store } = facts(member);
  own.saved = 0;
  await store.keep(own);
}

/** @param {Member} member @param {Uint8Array} bytes @returns {string} why this is not the file */
function differs(member, bytes) {
  const { words } = member;
  try {
    checkFace(member, bytes);
  } catch (error) {
    if (error instanceof Refused) return words.findings[error.code] ?? words.findingOther(error.code);
    throw error;
  }
  return words.copyDiffers;
}

/** @param {string} title @param {string} note @param {boolean} done @param {HTMLElement | false} press */
function card(title, note, done, press) {
  return el("section", { class: `card ${done ? "done" : "still"}` }, el("h2", {}, title), el("p", {}, note), press);
}

/** This browser has no key file: the member brings one from a medium. @param {Member} member */
export async function bringFile(member) {
  const { words, own, state, store } = facts(member);
  const opened = await openFromMedium(member, { title: words.bringTitle, lead: words.bringLead });
  if (!opened) return;
  if (state.committee) await loadCommittee(member);
  if (state.committee) checkBelongs(member, opened.memory);
  const there = state.committee;
  const kept = { file: opened.file, attempt: state.attempt, saved: there ? MEDIA : 0, proven: there };
  Object.assign(own, { ...kept, agreed: false, made: {} });
  await store.keep(own);
  member.vault = opened;
  member.proof = state.committee ? opened : null; // it came from a medium and was opened with the passphrase
}

/**
 * Let the member choose a key file and open it.
 * @param {Member} member
 * @param {{ title: string, lead: string, back?: boolean }} said
 * @returns {Promise<(import("./vault.js").Vault & { handle: any, name: string }) | null | undefined>} null: back
 */
export async function openFromMedium(member, { title, lead: first, back = false }) {
  const { words } = member;
  for (let trouble = ""; ;) {
    const choice = await answered(member, (/** @type {(value: string) => void} */ resolve) => {
      const text = [el("h1", { class: "title" }, title), lead(first), el("p", { class: "hint", role: "alert" }, trouble)];
      const choices = [back && button(words.back, () => resolve("back")), primary(words.chooseFile, () => resolve("file"))];
      return framed(member, "bringing", [el("div", { class: "column" }, ...text)], choices);
    });
    if (choice === undefined) return undefined;
    if (choice === "back") return null;
    const picked = await pickFile();
    if (!picked) continue;
    try {
      checkFace(member, picked.bytes);
      const opened = await askPassphrase(member, picked.bytes, {
        title: words.unlockFileTitle(picked.name),
        lead: words.proveLead,
        back: true,
      });
      if (opened === undefined) return undefined;
      if (opened) return { ...opened, handle: picked.handle, name: picked.name };
      trouble = "";
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      trouble = words.findings[error.code] ?? words.findingOther(error.code);
    }
  }
}

/** @param {Member} member @returns {Promise<string | undefined>} */
export function missedTest(member) {
  const { words } = member;
  return ask(member, words.missedTitle, [words.missedWhat, words.missedNext], [["again", words.lookAgain]]);
}
