// Sending the ballot, and what is said until the box, or the server of this hall, has given a definite answer.
// Never here: other bytes for a second try, or a guess whether the ballot arrived.

import { button, primary, progressBar, trouble } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { Declined, Unreachable, post } from "../page/net.js";
import { Refused } from "../protocol/errors.js";
import { checkAnswer } from "../protocol/receipt.js";
import { showReceipt } from "./receipt.js";
import { spaced } from "./session.js";
import { askForSlip } from "./slip_step.js";
import { ABSENT, askBox } from "./standing.js";

/** @typedef {import("./session.js").Booth} Booth */
/** @typedef {{ title: "troubleTitle" | "usedTitle" | "doubtTitle" | "unsureTitle", lines: string[], buttons: HTMLElement[], settled: boolean }} Told */

/** Refusals that the same code would only meet again: a person helps. */
const FOR_STAFF = ["CREDENTIAL_VOID", "SITE_NOT_TAKING", "WRONG_PHASE"];
const TRIES = 20; // a minute or several of a crowd; then a person decides

/** Send the same bytes, however often. @param {Booth} booth */
export async function sendBallot(booth) {
  const { session, urls, words, manifest, siteKey } = booth;
  if (!session.body) return;
  booth.show(frame(booth, { name: "working" }, [progressBar(words.sending, 0).screen], []), { idle: false });
  const expected = { round: manifest.uuid, tracker: session.tracker, commit: session.commit };
  let answer;
  try {
    const raw = await sendInTurn(booth, session.body);
    answer = checkAnswer(raw, expected, { boxKey: manifest.boxKey, siteKey });
  } catch (error) {
    if (booth.session === session) await settle(booth, error, expected);
    return;
  }
  if (booth.session === session) showReceipt(booth, answer);
}

/**
 * A box to which more come at a time than it can look at says after how many seconds: it has not looked at this one.
 * @param {Booth} booth
 * @param {Uint8Array} body
 * @returns {Promise<Uint8Array>} Throws Unreachable, Declined
 */
async function sendInTurn(booth, body) {
  const { session, urls, words } = booth;
  for (let tries = 1; ; tries += 1) {
    try {
      return await post(urls.cast, body, "application/json");
    } catch (error) {
      if (!(error instanceof Unreachable) || !error.after || tries === TRIES || booth.session !== session) throw error;
      booth.show(frame(booth, { name: "working" }, [progressBar(words.queueing, 0).screen], []), { idle: false });
      await new Promise((done) => setTimeout(done, 1000 * error.after));
    }
  }
}

/**
 * A refusal after an attempt without an answer may hide that the attempt arrived: the box is asked about the slip.
 * @param {Booth} booth
 * @param {unknown} error
 * @param {import("../protocol/receipt.js").Expected} expected
 */
async function settle(booth, error, expected) {
  const { session } = booth;
  if (error instanceof Declined && session.unsure && session.question) {
    const standing = await askBox(booth, session.question, expected).catch(() => null);
    if (booth.session !== session) return;
    if (standing?.receipt) return showReceipt(booth, { receipt: standing.receipt, provisional: standing.state === "held" });
    if (standing && ABSENT.includes(standing.state)) session.unsure = false;
  }
  showTrouble(booth, error);
}

/** @param {Booth} booth @param {unknown} error */
function showTrouble(booth, error) {
  const { words, session } = booth;
  const { title, lines, buttons, settled } = tell(booth, error);
  session.unsure = !settled;
  // Undecided bytes are never wiped by silence: only the same bytes can find out whether they arrived.
  const screen = frame(booth, { name: "failed" }, [trouble(words[title], lines, buttons)], []);
  booth.show(screen, { idle: settled, state: settled ? "voting" : "stalled" });
}

/**
 * Say what happened, that nothing is lost, and what is next; `settled` if this ballot is certainly not in the box.
 * @param {Booth} booth
 * @param {unknown} error
 * @returns {Told}
 */
function tell(booth, error) {
  const { words, session } = booth;
  const retry = primary(words.retry, () => sendBallot(booth));
  const leave = button(words.leave, booth.home);
  if (error instanceof Declined && session.unsure) {
    const lines = [error.sentence, words.unsureDeclined(spaced(session.tracker)), words.unsureStay];
    return { title: "doubtTitle", lines, buttons: [leave, retry], settled: false };
  }
  if (error instanceof Declined) return tellRefusal(booth, error);
  if (error instanceof Refused) {
    const lines = [words.receiptWhat(error.code), words.unsureSafe, words.receiptNext];
    return { title: "doubtTitle", lines, buttons: [retry], settled: false };
  }
  const lines = [words.unsureWhat, words.unsureSafe, words.unsureNext];
  return { title: "unsureTitle", lines, buttons: [retry], settled: false };
}

/**
 * The one act that stands out is what helps: another slip or code, or the staff.
 * @param {Booth} booth
 * @param {Declined} error
 * @returns {Told}
 */
function tellRefusal(booth, { code, sentence }) {
  const { words } = booth;
  const again = () => askForSlip(booth);
  const buttons = [button(words.leave, booth.home), primary(words.again, again)];
  const usual = { title: /** @type {const} */ ("troubleTitle"), settled: true, buttons };
  if (code === "CREDENTIAL_NOT_LISTED") return { ...usual, lines: [words.slipForeign, words.slipForeignNext] };
  if (code === "ALREADY_CAST") return { ...usual, title: "usedTitle", lines: [sentence, words.usedSafe, words.usedNext] };
  if (!FOR_STAFF.includes(code)) return { ...usual, lines: [sentence, words.refusedSafe, words.refusedNext] };
  const what = code === "WRONG_PHASE" ? words.notTaking : sentence;
  const lines = [what, words.refusedSafe, words.brokenNext];
  return { ...usual, lines, buttons: [button(words.again, again), primary(words.leave, booth.home)] };
}
