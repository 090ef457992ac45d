// The receipt: that the ballot is in the box, or only that this hall's server holds it; nothing of what it says.
// Never here: a choice, a receipt whose signature was not checked, or a provisional one that looks like the other.

import { button, el, primary } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { qrCode } from "../page/qr.js";
import { eraseSlip } from "./own_slip.js";
import { spaced } from "./session.js";

/** @typedef {import("./session.js").Booth} Booth */

const LONGER_S = 30;

/** @param {Booth} booth @param {{ provisional?: boolean }} [answer] */
export function showReceipt(booth, { provisional = false } = {}) {
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
    ...trackerLines(booth, session.tracker),
    el("p", {}, provisional ? words.heldNote : words.castNote),
    closing,
  );
  if (session.stored) eraseSlip(booth.manifest.uuid);
  const longer = button(words.longer, () => clock.add(LONGER_S));
  booth.show(frame(booth, { name: "receipt" }, [content], [longer, primary(words.done, booth.home)]), { idle: false });
}

/** @param {Booth} booth @param {string} tracker */
export function trackerLines({ words }, tracker) {
  return [
    el("p", { class: "lead" }, words.tracker),
    el("p", { class: "code tracker" }, ...spaced(tracker).split(" ").map((group) => el("span", {}, group))),
    qrCode(tracker, words.tracker),
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
