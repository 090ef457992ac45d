// Encrypting and the commit code, which fixes the ballot before the machine knows whether it is tested or cast.
// Never here: a slip, or a draft that could be cast after it was opened (testing.js).

import { button, el, primary, progressBar } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { breath } from "../page/pace.js";
import { commitCode, shownCommit } from "../protocol/ballot.js";
import { review } from "./reviewing.js";
import { choicesOf } from "./session.js";
import { askForSlip } from "./slip_step.js";
import { openBallot } from "./testing.js";
import { makeDraft } from "./work.js";

/** @typedef {import("./session.js").Booth} Booth */

/** @param {Booth} booth */
export async function encryptBallot(booth) {
  const { session, words, election, pool } = booth;
  const { screen, advance } = progressBar(words.encrypting, election.questions.length);
  booth.show(frame(booth, { name: "working" }, [screen], []), { idle: false });
  await breath();
  const stopped = () => booth.session !== session;
  const draft = await makeDraft(election, choicesOf(booth), (tasks) => pool.run(tasks, advance, stopped));
  if (!draft || stopped()) return;
  session.draft = draft;
  session.commit = commitCode(election, draft);
  showCommit(booth);
}

/** @param {Booth} booth */
export function showCommit(booth) {
  const { words } = booth;
  const content = el(
    "div",
    { class: "column" },
    el("h1", {}, words.commitTitle),
    el("p", { class: "lead" }, words.commitLead),
    ...commitLines(booth),
    el("p", {}, words.commitWhat),
    el("p", {}, words.commitTest),
  );
  booth.show(
    frame(booth, { name: "commit" }, [content], [
      button(words.back, () => review(booth)),
      button(words.test, () => openBallot(booth)),
      primary(words.cast, () => askForSlip(booth)),
    ]),
  );
}

/** @param {Booth} booth */
export function commitLines({ session, words }) {
  const groups = shownCommit(session.commit).split("-");
  return [
    el("p", { class: "code" }, ...groups.map((group) => el("span", {}, group))),
    el("p", { class: "small" }, `${words.commitFull}: `, el("code", {}, session.commit)),
  ];
}
