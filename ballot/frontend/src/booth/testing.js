// *Kiểm tra máy*: the encryption is opened for good, told to the box, and handed to whoever wants to compare.
// Never here: a slip, or an opened draft that could still be cast.

import { button, el, primary, progressBar, trouble } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { Declined, post } from "../page/net.js";
import { qrCode } from "../page/qr.js";
import { download } from "../page/saving.js";
import { openForTest } from "../protocol/ballot.js";
import { openedFile, openedFrames, openedName } from "../protocol/opened.js";
import { byForm } from "./forms.js";
import { review } from "./reviewing.js";
import { who } from "./row.js";
import { commitLines } from "./sealing.js";
import { levelName } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */
/** @typedef {{ entry: Uint8Array, file: Uint8Array, frames: string[] }} Opened */

const FRAME_MS = 1200;

/** From here on the draft is only good for the test. @param {Booth} booth */
export function openBallot(booth) {
  const { session, election, terminal } = booth;
  const { draft } = session;
  if (!draft) return;
  session.draft = null;
  const entry = openForTest(draft, terminal.name);
  const file = openedFile(election, draft, terminal.name);
  sendOpened(booth, { entry, file, frames: openedFrames(election, draft) });
}

/** @param {Booth} booth @param {Opened} opened */
async function sendOpened(booth, opened) {
  const { session, urls, words } = booth;
  booth.show(frame(booth, { name: "working" }, [progressBar(words.testing, 0).screen], []), { idle: false });
  try {
    await post(urls.test, opened.entry, "application/json");
  } catch (error) {
    if (booth.session === session) showTestTrouble(booth, opened, error);
    return;
  }
  if (booth.session === session) showOpened(booth, opened);
}

/** @param {Booth} booth @param {Opened} opened @param {unknown} error */
function showTestTrouble(booth, opened, error) {
  const { words } = booth;
  const what = error instanceof Declined ? error.sentence : words.unsureWhat;
  const buttons = [
    button(words.testedAgain, () => review(booth)),
    primary(words.retry, () => sendOpened(booth, opened)),
  ];
  const screen = trouble(words.testTroubleTitle, [what, words.testSafe, words.testNext], buttons);
  booth.show(frame(booth, { name: "failed" }, [screen], []));
}

/** @param {Booth} booth @param {Opened} opened */
function showOpened(booth, opened) {
  const { words, officials, session, urls, manifest } = booth;
  const line = (/** @type {import("../protocol/manifest.js").Official} */ official) =>
    el(
      "div",
      { class: "line" },
      el("span", { class: "number" }, String(official.number)),
      who(official),
      el("span", { class: "choice" }, levelName(booth, session.marks[official.number - 1])),
    );
  const parts = byForm(manifest, officials).flatMap(([form, of]) => [
    form && el("h2", { class: "form" }, form),
    el("div", { class: "lines" }, ...of.map(line)),
  ]);
  const how = el(
    "details",
    {},
    el("summary", {}, words.testedHow),
    el("ol", {}, ...words.testedSteps(session.commit.slice(0, 8), urls.board).map((step) => el("li", {}, step))),
  );
  how.addEventListener("toggle", () => how.scrollIntoView({ block: "nearest" }));
  const left = el("div", { class: "proof" }, ...commitLines(booth), player(booth, opened.frames), how);
  const title = el("div", { class: "head" }, el("h1", {}, words.testedTitle), el("p", {}, words.testedLead));
  const right = el("div", { class: "list", tabindex: 0, role: "region", "aria-label": words.reviewTitle }, ...parts);
  booth.show(
    frame(booth, { name: "review tested" }, [title, el("div", { class: "two" }, left, right)], [
      button(words.leave, booth.home),
      button(words.testedFile, () => download(opened.file, openedName(session.commit))),
      primary(words.testedAgain, () => review(booth)),
    ]),
  );
}

/** Codes one after the other, for a camera; it may be halted and turned by hand. @param {Booth} booth @param {string[]} frames */
function player({ words }, frames) {
  const codes = frames.map((text, i) => qrCode(text, words.frameOf(i + 1, frames.length), { dense: true }));
  let [at, timer] = [0, 0];
  const picture = el("div", { class: "frames" });
  const count = el("span", { class: "count" }, "");
  const turn = (/** @type {number} */ to) => {
    at = (to + frames.length) % frames.length;
    picture.replaceChildren(codes[at]);
    count.textContent = words.frameOf(at + 1, frames.length);
  };
  const halt = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = words.framesPlay;
  };
  const play = button(words.framesPlay, () => {
    if (timer) return halt();
    timer = window.setInterval(() => (picture.isConnected ? turn(at + 1) : halt()), FRAME_MS);
    play.textContent = words.framesHalt;
    return turn(at + 1);
  });
  const step = (/** @type {number} */ by) => () => {
    halt();
    turn(at + by);
  };
  turn(0);
  const [back, onward] = [button("‹", step(-1)), button("›", step(1))];
  back.setAttribute("aria-label", words.framesBack);
  onward.setAttribute("aria-label", words.framesNext);
  return el("div", { class: "player" }, picture, el("div", { class: "keys" }, back, play, onward, count));
}
