// The last step: the slip, and presenting it is casting; proofs and signature are made for the ciphertexts of the commit code.
// Never here: a code that stays in a field, or a way to cast a draft that was opened.

import { button, el, progressBar } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { breath } from "../page/pace.js";
import { slipField, typeAnywhere } from "../page/slip_field.js";
import { tracker } from "../protocol/ballot.js";
import { deriveCredential, readSlip } from "../protocol/credential.js";
import { padded } from "../protocol/padding.js";
import { sendBallot } from "./casting.js";
import { storedSlip } from "./own_slip.js";
import { showCommit } from "./sealing.js";
import { questionOf } from "./standing.js";
import { makeBallot } from "./work.js";

/** @typedef {import("./session.js").Booth} Booth */

/** @param {Booth} booth */
export function askForSlip(booth) {
  const { words, scanner } = booth;
  const { field, input, ready, receive, leave } = slipField(words, words.cast, (typed) => castWith(booth, typed));
  const content = el(
    "div",
    { class: "column" },
    el("h1", { class: "shout" }, words.notYet),
    el("p", { class: "lead" }, words.slipLead),
    field,
    el("p", {}, words.slipNote),
  );
  const back = button(words.back, () => {
    leave();
    showCommit(booth);
  });
  booth.show(frame(booth, { name: "slip-wanted" }, [content], [back, ready]), { focus: input });
  scanner.waitFor(receive);
  typeAnywhere(input);
  if (booth.own) offerStored(booth, field, receive);
}

/** On one's own device the slip may be in this browser. @param {Booth} booth @param {HTMLElement} field @param {(text: string) => void} receive */
async function offerStored({ manifest, words, session }, field, receive) {
  const code = await storedSlip(manifest.uuid);
  const use = () => {
    session.stored = true;
    receive(/** @type {string} */ (code));
  };
  if (code) field.append(button(words.slipStored, use));
}

/** @param {Booth} booth @param {string} typed a code whose check digits are right */
async function castWith(booth, typed) {
  const { session, election, words, manifest, pool } = booth;
  if (!session.draft) return;
  const { screen, advance } = progressBar(words.proving, election.questions.length);
  booth.show(frame(booth, { name: "working" }, [screen], []), { idle: false });
  await breath();
  const stopped = () => booth.session !== session;
  const credential = deriveCredential(readSlip(typed), election.uuid);
  const raw = await makeBallot(election, session.draft, credential, (tasks) => pool.run(tasks, advance, stopped));
  if (!raw || stopped()) return;
  session.body = padded(raw, election);
  session.tracker = tracker(raw);
  session.question = questionOf(manifest, credential);
  await sendBallot(booth);
}
