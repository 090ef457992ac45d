// Encrypting, the commit code, and *Kiểm tra máy*, which opens the ballot for good and never casts it.
// Never here: a slip, or a draft that could be cast after it was opened.

import { commitCode, encryptSteps, openForTest, shownCommit } from "./ballot.js";
import { askForSlip } from "./casting.js";
import { button, el, primary, progressBar, trouble } from "./dom.js";
import { frame } from "./frame.js";
import { Declined, post } from "./net.js";
import { breath, pace } from "./pace.js";
import { review } from "./reviewing.js";
import { choicesOf } from "./session.js";
import { who } from "./row.js";

/** @typedef {import("./session.js").Booth} Booth */

/** @param {Booth} booth */
export async function encryptBallot(booth) {
  const { session, words, election } = booth;
  const { screen, advance } = progressBar(words.encrypting, election.questions.length);
  booth.show(frame(booth, { name: "working" }, [screen], []), { idle: false });
  await breath();
  const stopped = () => booth.session !== session;
  const draft = await pace(encryptSteps(election, choicesOf(booth)), advance, stopped);
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
function commitLines({ session, words }) {
  const groups = shownCommit(session.commit).split("-");
  return [
    el("p", { class: "code" }, ...groups.map((group) => el("span", {}, group))),
    el("p", { class: "small" }, `${words.commitFull}: `, el("code", {}, session.commit)),
  ];
}

/** From here on the draft is only good for the test. @param {Booth} booth */
function openBallot(booth) {
  const { session } = booth;
  if (!session.draft) return;
  const opened = openForTest(session.draft);
  session.draft = null;
  sendOpened(booth, opened);
}

/** @param {Booth} booth @param {Uint8Array} opened */
async function sendOpened(booth, opened) {
  const { session, urls, words } = booth;
  booth.show(frame(booth, { name: "working" }, [progressBar(words.testing, 1).screen], []), { idle: false });
  try {
    await post(urls.test, opened, "application/json");
  } catch (error) {
    if (booth.session === session) showTestTrouble(booth, opened, error);
    return;
  }
  if (booth.session === session) showOpened(booth);
}

/** @param {Booth} booth @param {Uint8Array} opened @param {unknown} error */
function showTestTrouble(booth, opened, error) {
  const { words } = booth;
  const what = error instanceof Declined ? error.sentence : words.unsureWhat;
  const buttons = [
    button(words.testedAgain, () => review(booth)),
    primary(words.retry, () => sendOpened(booth, opened)),
  ];
  const screen = trouble(words.troubleTitle, [what, words.testSafe, words.testNext], buttons);
  booth.show(frame(booth, { name: "failed" }, [screen], []));
}

/** @param {Booth} booth */
function showOpened(booth) {
  const { words, officials, session, manifest } = booth;
  const lines = officials.map((official) => {
    const level = session.marks[official.number - 1];
    const choice = level === null ? words.leftBlank : manifest.levels[level];
    return el(
      "div",
      { class: "line" },
      el("span", { class: "number" }, String(official.number)),
      who(official),
      el("span", { class: "choice" }, choice),
    );
  });
  const head = el("div", { class: "head" }, el("h1", {}, words.testedTitle), el("p", {}, words.testedLead));
  const list = el("div", { class: "list", tabindex: 0 }, el("div", { class: "lines" }, ...lines));
  booth.show(
    frame(booth, { name: "review tested" }, [head, ...commitLines(booth), list], [
      button(words.leave, booth.home),
      primary(words.testedAgain, () => review(booth)),
    ]),
  );
}
