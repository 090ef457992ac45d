// *Thẻ của tôi đã bỏ phiếu chưa?*: who holds a slip asks the box, and hears recorded, not recorded, or void;
// a hall's own server also answers that it holds the ballot, or that the box has refused it.
// Never here: another answer, a recorded or held state whose receipt was not checked, or a ballot.

import { button, el, primary, progressBar, trouble } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { Declined, post } from "../page/net.js";
import { breath } from "../page/pace.js";
import { deriveCredential, readSlip } from "../protocol/credential.js";
import { canonical, utf8 } from "../protocol/encoding.js";
import { demand, Refused } from "../protocol/errors.js";
import { proveStanding } from "../protocol/holding.js";
import { checkAnswer, checkReceipt } from "../protocol/receipt.js";
import { countDown, receiptLines } from "./receipt.js";
import { slipField, typeAnywhere } from "../page/slip_field.js";

/** @typedef {import("./session.js").Booth} Booth */
/** @typedef {import("../protocol/receipt.js").Expected} Expected */
/** @typedef {import("../protocol/receipt.js").Receipt} Receipt */
/** @typedef {{ state: "recorded" | "held" | "refused" | "absent" | "void", receipt: Receipt | null }} Standing */

export const ABSENT = ["absent", "void"];

/** What only a slip's holder can ask. @param {import("../protocol/manifest.js").Manifest} manifest @param {import("../protocol/credential.js").Credential} credential */
export function questionOf(manifest, credential) {
  return canonical({ credential: credential.public, proof: proveStanding(manifest.hash, credential) });
}

/**
 * Ask, and believe *recorded* only with a receipt that the box's key has signed. Throws Unreachable, Declined, Refused.
 * @param {Booth} booth
 * @param {Uint8Array} question
 * @param {Expected} expected
 * @returns {Promise<Standing>}
 */
export async function askBox({ urls, manifest, siteKey }, question, expected) {
  const answer = readAnswer(await post(urls.standing, question, "application/json"));
  const known = ["recorded", ...ABSENT, ...(siteKey ? ["held", "refused"] : [])];
  demand(known.includes(answer.state), "WRONG_SHAPE", "standing.state");
  if (answer.state === "held") {
    const raw = utf8(JSON.stringify({ held: answer.held ?? null }));
    const { receipt } = checkAnswer(raw, expected, { boxKey: manifest.boxKey, siteKey });
    return { state: "held", receipt };
  }
  if (answer.state !== "recorded") return { state: answer.state, receipt: null };
  const receipt = checkReceipt(utf8(JSON.stringify(answer.receipt ?? null)), expected, manifest.boxKey);
  return { state: "recorded", receipt };
}

/** @param {Uint8Array} raw @returns {any} */
function readAnswer(raw) {
  try {
    return Object(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(raw)));
  } catch {
    throw new Refused("NOT_JSON", "standing");
  }
}

// --- the screens -----------------------------------------------------------------------------------------------------

/** @param {Booth} booth */
export function askAboutSlip(booth) {
  const { words, scanner } = booth;
  const { field, input, ready, receive } = slipField(words, words.standingAsk, (typed) => lookUp(booth, typed));
  const content = el(
    "div",
    { class: "column" },
    el("h1", {}, words.standingTitle),
    el("p", { class: "lead" }, words.standingLead),
    field,
  );
  booth.show(frame(booth, { name: "standing" }, [content], [button(words.back, booth.home), ready]), { focus: input });
  scanner.waitFor(receive);
  typeAnywhere(input);
}

/** @param {Booth} booth @param {string} typed */
async function lookUp(booth, typed) {
  const { session, words, manifest } = booth;
  booth.show(frame(booth, { name: "working" }, [progressBar(words.standingAsking, 0).screen], []), { idle: false });
  await breath();
  const question = questionOf(manifest, deriveCredential(readSlip(typed), manifest.uuid));
  try {
    const standing = await askBox(booth, question, { round: manifest.uuid });
    if (booth.session === session) showStanding(booth, standing);
  } catch (error) {
    if (booth.session === session) showTrouble(booth, error);
  }
}

/** @param {Booth} booth @param {Standing} standing */
function showStanding(booth, { state, receipt }) {
  const { words } = booth;
  const [title, lead] = words.standingAnswers[state];
  const closing = el("p", { class: "small", role: "timer" });
  const clock = countDown(booth, closing);
  const content = el(
    "div",
    { class: "column standing-answer" },
    el("h1", {}, title),
    el("p", { class: "lead" }, lead),
    ...(receipt ? receiptLines(booth, receipt, state === "held") : []),
    closing,
  );
  const buttons = [button(words.longer, () => clock.add(30)), primary(words.done, booth.home)];
  booth.show(frame(booth, { name: "receipt answer" }, [content], buttons), { idle: false });
}

/** @param {Booth} booth @param {unknown} error */
function showTrouble(booth, error) {
  const { words } = booth;
  const foreign = error instanceof Declined && error.code === "CREDENTIAL_NOT_LISTED";
  const what = foreign ? words.slipForeign : error instanceof Declined ? error.sentence : words.standingUnheard;
  const buttons = [button(words.leave, booth.home), primary(words.again, () => askAboutSlip(booth))];
  const screen = trouble(words.standingTroubleTitle, [what, words.standingSafe, words.brokenNext], buttons);
  booth.show(frame(booth, { name: "failed" }, [screen], []));
}
