// The six words that everybody reads aloud: alike on all screens, or somebody stands between the members.
// Never here: a key that is published before the member has said that they are alike.

import { button, el, primary } from "../page/dom.js";
import { fingerprint } from "../protocol/fingerprint.js";
import { revealed } from "./ceremony.js";
import { insist } from "./line.js";
import { accuse } from "./routes.js";
import { answered, ask, framed, lead } from "./screen.js";
import { facts } from "./vault.js";
import { endSentence } from "./waiting.js";

/** @param {import("./screen.js").Member} member */
export async function compareWords(member) {
  const { words, own, seat, store, state } = facts(member);
  const { transcript, coefexps } = revealed(member);
  const said = fingerprint(transcript, coefexps);
  for (;;) {
    const choice = await answered(member, (/** @type {(value: string) => void} */ resolve) => {
      const list = el("ol", { class: "six" }, ...said.map((/** @type {string} */ word) => el("li", {}, word)));
      const why = member.lastEnd && el("p", { class: "why" }, words.anewWhy(endSentence(member, member.lastEnd)));
      const text = [el("h1", { class: "title" }, words.wordsTitle), lead(words.wordsLead), list, el("p", {}, words.wordsNote)];
      const content = el("div", { class: "column wide" }, why, ...text);
      const buttons = [button(words.wordsDiffer, () => resolve("differ")), primary(words.wordsAlike, () => resolve("alike"))];
      return framed(member, "comparing", [content], buttons, "words");
    });
    if (choice === undefined) return;
    if (choice === "alike") {
      own.agreed = true;
      return store.keep(own);
    }
    const sure = await ask(
      member,
      words.wordsDifferSure,
      [words.wordsDifferWhat],
      [
        ["differ", words.wordsDifferYes],
        ["back", words.wordsDifferNo],
      ],
    );
    if (sure === undefined) return;
    if (sure !== "differ") continue;
    await insist(member, () => accuse(seat, own.attempt, 0, "WORDS_DIFFER"));
    state.ended = { code: "WORDS_DIFFER", accused: 0, accuser: seat.number }; // until the server says so itself
    return;
  }
}
