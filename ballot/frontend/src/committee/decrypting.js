// Decryption of the sums: three numbers against paper, the root typed from paper, remembered, and only then a part computed.
// Never here: a root filled in by the page, a part before its root is on this disk and in the key file, or another's sums.

import { button, el, primary } from "../page/dom.js";
import { checkTypedRoot } from "../protocol/decryption.js";
import { demand, Refused } from "../protocol/errors.js";
import { resealKeyFile } from "../protocol/keyfile.js";
import { encodeMemory, withDecryptedRoot } from "../protocol/memory.js";
import { checkBelongs, loadCommittee } from "./ceremony.js";
import { textField } from "./joining.js";
import { insist } from "./line.js";
import { fileName, saveFile, writeFile } from "./media.js";
import { examine, refuse } from "./record.js";
import { sendPart } from "./routes.js";
import { openFromMedium } from "./saving.js";
import { answered, ask, framed, grouped, groups, lead, rejoice, working } from "./screen.js";
import { facts } from "./vault.js";

const LEAST_GROUPS = 8;

/** @typedef {import("./screen.js").Member} Member */
/** @typedef {import("./record.js").Seen} Seen */
/** @typedef {import("./vault.js").Vault & { handle: any, name: string }} FromMedium */

/** From the record to the part at the server; the member may go back at every screen. @param {Member} member */
export async function decrypt(member) {
  const { words, seat, tools } = facts(member);
  const seen = await examine(member);
  if (!seen || !(await compareNumbers(member, seen)) || !(await typeRoot(member, seen))) return;
  try {
    await loadCommittee(member);
    const opened = await openFromMedium(member, { title: words.decryptOpenTitle, lead: words.decryptOpenLead, back: true });
    if (!opened) return;
    checkBelongs(member, opened.memory);
    const secret = await rememberRoot(member, opened, seen.root);
    if (!secret) return;
    working(member, words.decrypting, words.decryptingNote);
    const part = await tools.run("decrypt", { secret });
    await insist(member, () => sendPart(seat, part));
    const [mine] = facts(member).state.members.slice(seat.number - 1);
    mine.part = true; // until the server says so itself
    await rejoice(member, words.partSent, [words.partSentNote, words.partSentFiles]);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await refuse(member, error);
  }
}

/** @param {Member} member @param {Seen} seen @returns {Promise<boolean | undefined>} */
function compareNumbers(member, { issued, returned, root, checked, of, witnesses }) {
  const { words } = member;
  return answered(member, (/** @type {(value: boolean) => void} */ resolve) => {
    const ready = primary(words.goOn, () => resolve(true), { disabled: true });
    const look = () => ready.toggleAttribute("disabled", !cards.every(({ box }) => box.checked));
    const cards = [
      numberCard(words.issued, issued, words.issuedAgrees(issued), look),
      numberCard(words.returned, returned, words.returnedAgrees(returned), look),
    ];
    const text = [el("h1", { class: "title" }, words.numbersTitle), lead(words.numbersLead)];
    const numbers = el("div", { class: "cards" }, ...cards.map(({ card }) => card));
    const shown = el("div", { class: "compare" }, el("h2", {}, words.rootTitle), grouped(root));
    const proofs = el("p", { class: "small" }, checked === of ? words.allProofs(of) : words.someProofs(checked, of));
    const content = el("div", { class: "column" }, ...text, numbers, shown, ...watched(member, witnesses), proofs);
    return framed(member, "numbers-screen", [content], [button(words.back, () => resolve(false)), ready]);
  });
}

/** Who signed the box's last word, under which key; in plain words if nobody did. @param {Member} member @param {Seen["witnesses"]} witnesses */
function watched(member, witnesses) {
  const { words } = member;
  const signed = witnesses.filter(({ closing }) => closing);
  if (signed.length === 0) return [el("p", { class: "why" }, words.unwatched)];
  const lines = signed.map(({ name, key }) => el("li", {}, `${name}: ${groups(key).slice(0, 4).join(" ")} …`));
  return [el("div", { class: "small" }, el("p", {}, words.watched(signed.length)), el("ul", {}, ...lines))];
}

/** @param {string} name @param {number} value @param {string} agrees @param {() => void} changed */
function numberCard(name, value, agrees, changed) {
  const box = /** @type {HTMLInputElement} */ (el("input", { type: "checkbox" }));
  box.addEventListener("change", changed);
  const label = el("label", { class: "option" }, box, el("span", {}, agrees));
  return { box, card: el("section", { class: "card" }, el("h2", {}, name), el("p", { class: "number" }, String(value)), label) };
}

/**
 * The root from paper, in any grouping and case.
 * @param {Member} member
 * @param {Seen} seen
 * @returns {Promise<boolean | undefined>}
 */
function typeRoot(member, { root }) {
  const { words } = member;
  return answered(member, (/** @type {(value: boolean) => void} */ resolve) => {
    const hint = el("p", { id: "root-hint", class: "hint", role: "status" }, words.rootMore(LEAST_GROUPS));
    const input = textField("root", { class: "root-input", "aria-describedby": "root-hint" });
    const submit = () => {
      try {
        checkTypedRoot(input.value, root);
        resolve(true);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        input.setAttribute("aria-invalid", "true");
        hint.textContent = words.findings[error.code] ?? words.findingOther(error.code);
      }
    };
    input.addEventListener("input", () => {
      const digits = input.value
        .toLowerCase()
        .replace(/[^0-9a-f]/g, "")
        .slice(0, root.length);
      if (input.selectionStart === input.value.length) input.value = groups(digits).join(" "); // not under a caret in the middle
      input.removeAttribute("aria-invalid");
      hint.textContent = words.rootMore(Math.max(0, LEAST_GROUPS - Math.floor(digits.length / 4)));
    });
    input.addEventListener("keydown", (event) => event.key === "Enter" && submit());
    const field = el("div", { class: "field plain" }, el("label", { for: "root" }, words.rootLabel), input, hint);
    const content = el(
      "div",
      { class: "column" },
      el("h1", { class: "title" }, words.typeRootTitle),
      lead(words.typeRootLead),
      field,
    );
    return framed(member, "root-typing", [content], [button(words.back, () => resolve(false)), primary(words.goOn, submit)]);
  });
}

/**
 * Write the root into this browser and into the key file, each for ever, before anything is computed.
 * @param {Member} member
 * @param {FromMedium} opened
 * @param {string} root
 * @returns {Promise<Uint8Array | undefined>} the memory with the root in it; undefined: the member left. Throws OTHER_ROOT_DECRYPTED
 */
async function rememberRoot(member, opened, root) {
  const { manifest, seat, own, store } = facts(member);
  const memory = withDecryptedRoot(opened.memory, root);
  const first = await store.rememberRoot(`${manifest.hash}|${seat.number}`, root);
  demand(first === root, "OTHER_ROOT_DECRYPTED", `member ${seat.number}`);
  const secret = encodeMemory(memory);
  if (opened.memory.decryptedRoot === root) return secret;
  const file = resealKeyFile(opened.opened, secret);
  if (!(await saveAnew(member, opened, file))) return undefined;
  if (own.file) own.file = file;
  await store.keep(own);
  return secret;
}

/** @param {Member} member @param {FromMedium} opened @param {Uint8Array} file @returns {Promise<boolean>} */
async function saveAnew(member, { handle, name }, file) {
  const { words, seat } = facts(member);
  if (handle) {
    working(member, words.savingRoot);
    const written = await writeFile(handle, file).then(() => true, () => false); // prettier-ignore
    if (written) return true;
  }
  for (let given = false; ;) {
    const lines = [words.replaceWhat, words.replaceHow(name || fileName(seat.number, 1))];
    const choices = /** @type {[string, string][]} */ (
      given
        ? [
            ["save", words.saveAgain],
            ["done", words.replaced],
          ]
        : [
            ["back", words.back],
            ["save", words.saveReplacement],
          ]
    );
    const choice = await ask(member, words.replaceTitle, lines, choices);
    if (choice === "done") return true;
    if (choice !== "save") return false;
    given = (await saveFile(file, name || fileName(seat.number, 1))) !== "left" || given;
  }
}
