// A scanner at the USB port types a code in one burst and ends it with Enter, wherever the focus is.
// Never here: a code that is kept; a burst that no screen waits for is swallowed, so that it marks and presses nothing.

const GAP_MS = 80; // fingers are slower, scanners faster
const LEAST = 12; // more than the digits of one page

/**
 * @typedef {object} Scanner
 * @property {(receive: ((text: string) => void) | null) => void} waitFor who gets the next bursts; null for nobody
 * @property {(pause: number, act: () => void) => void} unlessBurst acts after a moment if the key was no part of a burst
 */

/**
 * Listen to the whole document. `early` is called for a burst that nobody waits for.
 * @param {() => void} early
 * @returns {Scanner}
 */
export function listenForScanner(early) {
  /** @type {((text: string) => void) | null} */ let receiver = null;
  let [buffer, last, keys] = ["", 0, 0];

  /** @param {KeyboardEvent} event */
  const hear = (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    const fast = event.timeStamp - last < GAP_MS;
    last = event.timeStamp;
    keys += 1;
    if (!fast) buffer = "";
    if (event.key.length === 1) buffer += event.key;
    if (event.key !== "Enter" || buffer.length < LEAST) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const text = buffer;
    buffer = "";
    if (receiver) receiver(text);
    else early();
  };
  document.addEventListener("keydown", hear, { capture: true });
  return {
    waitFor: (receive) => (receiver = receive),
    unlessBurst: (pause, act) => {
      const own = keys;
      if (pause === 0) return act();
      if (buffer.length > 1) return undefined; // in the middle of one
      return void setTimeout(() => keys === own && act(), GAP_MS);
    },
  };
}
