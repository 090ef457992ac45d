// The attendant's screen: the terminal's name, and a bank card held to the glass to learn what a millimetre is.
// Never here: a store, or anything of a round or a voter; the result is written behind the # of the address.

import { button, el, primary } from "../page/dom.js";
import { frame } from "../page/frame.js";
import { applyMillimetre, CARD_MM, fragmentOf, nameOf } from "./terminal.js";

/** @typedef {import("./session.js").Booth} Booth */

const USUAL_MM = 3.78;
const STEP = 0.02;

/** @param {Booth} booth */
export function setUp(booth) {
  const { words, terminal } = booth;
  let mm = terminal.mm || USUAL_MM;
  const said = el("p", { class: "hint", role: "status" });
  const name = /** @type {HTMLInputElement} */ (
    el("input", { type: "text", id: "terminal", autocomplete: "off", spellcheck: "false", maxlength: 12, value: terminal.name })
  );
  const card = el("div", { class: "card", "aria-hidden": true }, words.cardInside);
  const slider = /** @type {HTMLInputElement} */ (
    el("input", { type: "range", id: "mm", min: 2, max: 12, step: STEP, value: mm, autocomplete: "off" })
  );
  const draw = (/** @type {number} */ to) => {
    mm = to;
    slider.value = String(to);
    card.style.setProperty("--card", `${CARD_MM * to}px`);
  };
  slider.addEventListener("input", () => draw(Number(slider.value)));
  const save = () => {
    const wanted = nameOf(name.value);
    if (name.value.trim() && !wanted) {
      name.setAttribute("aria-invalid", "true");
      said.textContent = words.terminalBad;
      return name.focus();
    }
    location.replace(fragmentOf({ name: wanted, mm })); // no request, no entry in the history
    applyMillimetre({ name: wanted, mm });
    return location.reload();
  };
  const content = el(
    "div",
    { class: "column" },
    el("h1", {}, words.setUpTitle),
    el("p", {}, words.setUpLead),
    el("div", { class: "field" }, el("label", { for: "terminal" }, words.terminalLabel), name, said),
    el("label", { for: "mm" }, words.cardLabel),
    card,
    el("div", { class: "keys" }, button("−", () => draw(mm - STEP), { "aria-label": words.smaller }), slider,
      button("+", () => draw(mm + STEP), { "aria-label": words.larger })), // prettier-ignore
  );
  draw(mm);
  const buttons = [button(words.back, booth.home), primary(words.save, save)];
  booth.show(frame(booth, { name: "setup" }, [content], buttons), { state: "idle" });
}
