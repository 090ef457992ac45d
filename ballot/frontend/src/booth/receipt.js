// The receipt: that the ballot is in the box, or only that this hall's server holds it; nothing of what it says.
// Never here: a choice, a receipt whose signature was not checked, or a provisional one that looks like the other.

import { button, el, primary } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { qrCode } from "../page/qr.js";
import { download } from "../page/saving.js";
import { utf8 } from "../protocol/encoding.js";
import { eraseSlip } from "./own_slip.js";
import { spaced } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */

const LONGER_S = 30;

/** @param {Booth} booth @param {import("../protocol/receipt.js").Answer} answer */
export function showReceipt(booth, { receipt, provisional }) {
  const { session, words } = booth;
  session.draft = session.body = session.question = null;
  session.marks.fill(null);
  session.unsure = false;
  const closing = el("p", { class: "small", role: "timer" });
  const clock = countDown(booth, closing);
  const content = el(
    "div",
    { class: "column" },
    el("div", { class: provisional ? "tick held" : "tick", "aria-hidden": true }),
    provisional && el("p", { class: "provisional" }, words.heldMark),
    el("h1", {}, provisional ? words.heldTitle : words.castTitle),
    ...receiptLines(booth, receipt, provisional),
    provisional && el("p", {}, words.heldNote),
    closing,
  );
  if (session.stored) eraseSlip(booth.manifest.uuid);
  const longer = button(words.longer, () => clock.add(LONGER_S));
  const name = `bien-nhan-${receipt.commit.slice(0, 8)}.json`;
  const save = button(words.receiptFile, () => download(utf8(JSON.stringify(receipt)), name));
  const buttons = [longer, ...(booth.own && !provisional ? [save] : []), primary(words.done, booth.home)];
  booth.show(frame(booth, { name: "receipt" }, [content], buttons), { idle: false });
}

/**
 * The tracker to read, and a code to photograph: the whole receipt, which proves what the box signed (SPEC 5.12, 5.21);
 * of a provisional one the tracker alone, for the box's receipt follows.
 * @param {Booth} booth
 * @param {import("../protocol/receipt.js").Receipt} receipt
 * @param {boolean} provisional
 */
export function receiptLines({ words }, receipt, provisional) {
  const { tracker } = receipt;
  return [
    el("p", { class: "lead" }, words.tracker),
    el("p", { class: "code tracker" }, ...spaced(tracker).split(" ").map((group) => el("span", {}, group))),
    provisional ? qrCode(tracker, words.tracker) : qrCode(JSON.stringify(receipt), words.signed, { dense: true }),
    !provisional && el("p", {}, words.signed),
  ];
}

/** @param {Booth} booth @param {HTMLElement} closing */
export function countDown(booth, closing) {
  const { session, words } = booth;
  let left = booth.times.receipt;
  const tell = () => (closing.textContent = words.closing(left));
  tell();
  const timer = setInterval(() => {
    left -= 1;
    tell();
    if (booth.session !== session) clearInterval(timer);
    else if (left <= 0) {
      clearInterval(timer);
      booth.home();
    }
  }, 1000);
  return {
    add: (/** @type {number} */ seconds) => {
      left += seconds;
      tell();
    },
  };
}
