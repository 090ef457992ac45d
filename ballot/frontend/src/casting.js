// The last step: the slip, which casts; proofs and signature; sending; the receipt, which is checked and then wiped.
// Never here: a code that stays in a field, or other bytes for a second try.

import { castSteps, padded, tracker } from "./ballot.js";
import { deriveCredential, readSlip } from "./credential.js";
import { button, el, primary, progressBar, trouble } from "./dom.js";
import { Refused } from "./errors.js";
import { frame } from "./frame.js";
import { Declined, post } from "./net.js";
import { breath, pace } from "./pace.js";
import { qrCode } from "./qr.js";
import { checkReceipt } from "./receipt.js";
import { showCommit } from "./sealing.js";
import { spaced } from "./session.js";
import { slipField } from "./slip_field.js";

/** @typedef {import("./session.js").Booth} Booth */

/** @param {Booth} booth */
export function askForSlip(booth) {
  const { words } = booth;
  const { field, input, ready } = slipField(words, (typed) => castWith(booth, typed));
  const content = el(
    "div",
    { class: "column" },
    el("h1", { class: "shout" }, words.notYet),
    el("p", { class: "lead" }, words.slipLead),
    field,
    el("p", {}, words.slipNote),
  );
  const back = button(words.back, () => {
    input.value = "";
    showCommit(booth);
  });
  booth.show(frame(booth, { name: "slip-wanted" }, [content], [back, ready]));
  input.focus();
}

/** @param {Booth} booth @param {string} typed a code whose check digits are right */
async function castWith(booth, typed) {
  const { session, election, words } = booth;
  if (!session.draft) return;
  const { screen, advance } = progressBar(words.proving, election.questions.length);
  booth.show(frame(booth, { name: "working" }, [screen], []), { idle: false });
  await breath();
  const stopped = () => booth.session !== session;
  const credential = deriveCredential(readSlip(typed), election.uuid);
  const raw = await pace(castSteps(election, session.draft, credential), advance, stopped);
  if (!raw || stopped()) return;
  session.body = padded(raw, election);
  session.tracker = tracker(raw);
  await send(booth);
}

/** Send the same bytes, however often. @param {Booth} booth */
async function send(booth) {
  const { session, urls, words, manifest } = booth;
  if (!session.body) return;
  booth.show(frame(booth, { name: "working" }, [progressBar(words.sending, 0).screen], []), { idle: false });
  try {
    const answer = await post(urls.cast, session.body, "application/json");
    const expected = { round: manifest.uuid, tracker: session.tracker, commit: session.commit };
    checkReceipt(answer, expected, manifest.boxKey);
  } catch (error) {
    if (booth.session === session) showTrouble(booth, error);
    return;
  }
  if (booth.session === session) showReceipt(booth);
}

/** @param {Booth} booth @param {unknown} error */
function showTrouble(booth, error) {
  const { words, session } = booth;
  const { title, lines, buttons, settled } = tell(booth, error);
  session.unsure ||= !settled;
  // Undecided bytes are never wiped by silence: only the same bytes can find out whether they arrived.
  const screen = frame(booth, { name: "failed" }, [trouble(words[title], lines, buttons)], []);
  booth.show(screen, { idle: settled });
}

/**
 * Say what happened, that nothing is lost, and what is next; `settled` if this ballot is certainly not in the box.
 * @param {Booth} booth
 * @param {unknown} error
 * @returns {{ title: "troubleTitle" | "unsureTitle", lines: string[], buttons: HTMLElement[], settled: boolean }}
 */
function tell(booth, error) {
  const { words, session } = booth;
  const retry = primary(words.retry, () => send(booth));
  const leave = button(words.leave, booth.home);
  if (error instanceof Declined && session.unsure) {
    const lines = [error.sentence, words.unsureDeclined(spaced(session.tracker)), words.unsureStay];
    return { title: "unsureTitle", lines, buttons: [leave, retry], settled: false };
  }
  if (error instanceof Declined) {
    const again = primary(words.again, () => askForSlip(booth));
    const lines = [error.sentence, words.refusedSafe, words.refusedNext];
    return { title: "troubleTitle", lines, buttons: [leave, again], settled: true };
  }
  const lines =
    error instanceof Refused
      ? [words.receiptWhat(error.code), words.unsureSafe, words.receiptNext]
      : [words.unsureWhat, words.unsureSafe, words.unsureNext];
  return { title: "unsureTitle", lines, buttons: [retry], settled: false };
}

/** @param {Booth} booth */
function showReceipt(booth) {
  const { session, words, receiptSeconds } = booth;
  session.draft = session.body = null;
  session.marks.fill(null);
  const closing = el("p", { class: "small" }, words.closing(receiptSeconds));
  const content = el(
    "div",
    { class: "column" },
    el("div", { class: "tick", "aria-hidden": true }),
    el("h1", {}, words.castTitle),
    el("p", { class: "lead" }, words.tracker),
    el("p", { class: "code tracker" }, ...spaced(session.tracker).split(" ").map((group) => el("span", {}, group))),
    qrCode(session.tracker, words.tracker),
    el("p", {}, words.castNote),
    closing,
  );
  booth.show(frame(booth, { name: "receipt" }, [content], [primary(words.done, booth.home)]), { idle: false });
  countDown(booth, closing);
}

/** @param {Booth} booth @param {HTMLElement} closing */
function countDown(booth, closing) {
  const { session, words } = booth;
  let left = booth.receiptSeconds;
  const timer = setInterval(() => {
    left -= 1;
    closing.textContent = words.closing(left);
    if (booth.session !== session) clearInterval(timer);
    else if (left <= 0) {
      clearInterval(timer);
      booth.home();
    }
  }, 1000);
}
