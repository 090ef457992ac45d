// After the box is closed: the menu of a member, the key tried once more, and the end of the share.
// Never here: decryption (decrypting.js), or a share that is called destroyed while this browser still has it.

import { button, el, primary } from "../page/dom.js";
import { Declined } from "../page/net.js";
import { Refused } from "../protocol/errors.js";
import { stateDestruction } from "../protocol/destruction.js";
import { checkBelongs, loadCommittee, testWith } from "./ceremony.js";
import { decrypt } from "./decrypting.js";
import { insist } from "./line.js";
import { examineCounted, refuse } from "./record.js";
import { sendMessage } from "./routes.js";
import { openFromMedium } from "./saving.js";
import { ask, framed, lead, rejoice, show, working } from "./screen.js";
import { facts } from "./vault.js";
import { compared } from "./comparison.js";
import { table } from "./waiting.js";

/** @typedef {import("./screen.js").Member} Member */

/** @param {Member} member */
export async function closedMenu(member) {
  const { words, state, seat } = facts(member);
  const me = state.members[seat.number - 1];
  const called = state.called?.some(({ owner }) => owner === seat.number);
  const there = state.members.filter(({ part }) => part).length;
  const title = me.part ? words.closedDone : words.closedTitle;
  const note = there >= state.threshold ? words.partsEnough(there, state.threshold) : words.partsMissing(there, state.threshold);
  const choice = await menu(
    member,
    "closed-menu",
    title,
    [state.waits ? words.complaintsWait(state.waits) : note, me.part ? words.closedDoneNote : words.closedNote],
    (resolve) => [
      called && !me.retested && button(words.retest, () => resolve("retest")),
      !me.part && primary(words.decrypt, () => resolve("decrypt"), { disabled: !state.root || state.waits > 0 }),
    ],
  );
  if (choice === "retest") await retest(member);
  if (choice === "decrypt") await decrypt(member);
}

/** @param {Member} member */
export async function overMenu(member) {
  const { words, state, seat, own } = facts(member);
  // The server's word destroys nothing here, unless it is the lost answer to what this page has signed.
  const gone = own.destroyed || (state.members[seat.number - 1].destroyed && own.made.destruction !== undefined);
  if (gone && own.file) await wipe(member);
  const lines = gone ? [words.destroyedLead, words.destroyedMedia] : [words.overLead, words.overNote, ...(state.phase === "tallied" ? [words.overSign] : [])];
  const choice = await menu(member, "over-menu", gone ? words.destroyedTitle : words.overTitle, lines, (resolve) => [
    !gone && primary(words.destroy, () => resolve("destroy")),
  ]);
  if (choice === "destroy") await destroy(member);
}

/**
 * A screen with the committee's table and a few choices; it is drawn again whenever the state changes.
 * @param {Member} member
 * @param {string} name
 * @param {string} title
 * @param {string[]} lines
 * @param {(resolve: (value: string | undefined) => void) => import("../page/dom.js").Child[]} choices
 * @returns {Promise<string | undefined>}
 */
function menu(member, name, title, [first, ...rest], choices) {
  return new Promise((resolve) => {
    member.interrupt = () => resolve(undefined);
    const text = [el("h1", { class: "title" }, title), lead(first), ...rest.map((line) => el("p", {}, line))];
    const screen = framed(member, name, [el("div", { class: "column" }, ...text, ...compared(member), table(member))], choices(resolve));
    const before = member.root.querySelector(`.${name}`);
    if (before?.textContent !== screen.textContent) return show(member, screen);
    return before.replaceWith(screen); // the same to read: nothing is announced again
  });
}

/** The same test once more, while everybody is still here. @param {Member} member */
async function retest(member) {
  const { words, seat, state } = facts(member);
  await withKeyFile(member, words.retestTitle, async (memory) => {
    working(member, words.testing);
    const message = testWith(member, memory);
    await insist(member, () => sendMessage(seat, state.attempt, "retest", message));
    facts(member).state.members[seat.number - 1].retested = true; // until the server says so itself
    await rejoice(member, words.opens, [words.retestDone]);
  });
}

/** Sign that the share is destroyed, and destroy what is here. @param {Member} member */
async function destroy(member) {
  const { words, seat, own, store } = facts(member);
  const sure = await ask(
    member,
    words.destroySure,
    [words.destroyWhat, words.destroyNext],
    [
      ["no", words.back],
      ["yes", words.destroy],
    ],
  );
  if (sure !== "yes") return;
  await withKeyFile(member, words.destroyOpen, async (memory) => {
    const root = await examineCounted(member);
    working(member, words.destroying);
    const message = stateDestruction(memory, member.committee, root);
    own.made.destruction = message;
    await store.keep(own);
    await insist(member, () => sendMessage(seat, facts(member).state.attempt, "destruction", message)).catch((error) => {
      if (!(error instanceof Declined && error.code === "MESSAGE_EXISTS")) throw error; // it was signed before, here or elsewhere
    });
    facts(member).state.members[seat.number - 1].destroyed = true; // until the server says so itself
    await wipe(member);
  }, words.destroyRefused);
}

/** @param {Member} member */
async function wipe(member) {
  const { own, store } = facts(member);
  Object.assign(own, { file: null, made: {}, destroyed: true });
  [member.vault, member.proof] = [null, null];
  await store.keep(own);
}

/**
 * Open the key file from its medium for one act.
 * @param {Member} member
 * @param {string} title
 * @param {(memory: import("../protocol/memory.js").Memory) => Promise<void>} act
 * @param {string} [refused] what is said when it cannot be done
 */
async function withKeyFile(member, title, act, refused) {
  const { words } = member;
  try {
    await loadCommittee(member);
    const opened = await openFromMedium(member, { title, lead: words.openLead, back: true });
    if (!opened) return;
    checkBelongs(member, opened.memory);
    await act(opened.memory);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await refuse(member, error, refused);
  }
}
