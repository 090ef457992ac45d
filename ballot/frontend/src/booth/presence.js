// What the attendants' board hears of this terminal: its name, idle, voting or stalled, and whether somebody is called.
// Never here: a choice, a slip, a time, or a trouble of the line that a voter would notice.

import { canonical } from "../protocol/encoding.js";
import { button } from "../page/dom.js";
import { post } from "../page/net.js";

const EVERY_MS = 5000;

/** @typedef {"idle" | "voting" | "stalled"} State */
/**
 * @typedef {object} Presence
 * @property {(state: State) => void} tell
 * @property {(called: boolean) => void} call the voter's own call
 * @property {() => HTMLElement | null} face the button in the frame; null where nobody would hear it
 */

/**
 * Send on every change and every five seconds, if the terminal has a name and the page an address to send to.
 * @param {{ name: string, url: string, words: import("./words.js").Words }} options
 * @returns {Presence}
 */
export function makePresence({ name, url, words }) {
  const heard = Boolean(name && url);
  /** @type {State} */ let state = "idle";
  let [called, delivered, busy] = [false, false, false];
  /** @type {HTMLElement | null} */ let shown = null;

  const body = () => canonical({ terminal: name, state, call: called || state === "stalled" });
  const label = () => {
    if (!shown) return;
    shown.setAttribute("aria-pressed", String(called));
    shown.textContent = !called ? words.call : delivered ? words.calledHeard : words.calling;
  };
  const send = async () => {
    if (!heard || busy) return;
    busy = true;
    const sent = body();
    try {
      await post(url, sent, "application/json");
      delivered = called;
    } catch {
      delivered = false; // the voter cannot help it; the next beat tries again
    }
    busy = false;
    label();
    if (String(sent) !== String(body())) send();
  };
  const call = (/** @type {boolean} */ wanted) => {
    if (called === wanted) return;
    [called, delivered] = [wanted, false];
    label();
    send();
  };
  if (heard) setInterval(send, EVERY_MS);
  return {
    call,
    tell: (now) => {
      if (now === state) return;
      state = now;
      send();
    },
    face: () => {
      shown = heard ? button("", () => call(!called), { class: "call" }) : null;
      label();
      return shown;
    },
  };
}
