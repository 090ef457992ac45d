// The QR frames of one opened ballot as they come: in any order, some twice, perhaps those of another ballot.
// Never here: whether they are right (protocol/opened.js says that), a screen, or a store.

const FRAME = /^PTN1:([0-9]{1,4})\/([0-9]{1,4}):([0-9A-F]{16}):/;

/** @typedef {"kept" | "another" | "not a frame"} Heard */

/** Collect frames of one test ballot; a frame of another one starts over. */
export function collecting() {
  /** @type {Map<number, string>} */ const frames = new Map();
  let [ballot, total] = ["", 0];
  const clear = () => {
    frames.clear();
    [ballot, total] = ["", 0];
  };
  return {
    clear,
    /** @param {string} text @returns {Heard} */
    hear(text) {
      const plain = text.trim().toUpperCase();
      const match = FRAME.exec(plain);
      if (!match) return "not a frame";
      const [, place, of, commit] = match;
      const another = ballot !== "" && (ballot !== commit || total !== Number(of));
      if (another) clear();
      [ballot, total] = [commit, Number(of)];
      frames.set(Number(place), plain);
      return another ? "another" : "kept";
    },
    texts: () => [...frames.values()],
    state() {
      const missing = Array.from({ length: total }, (_, i) => i + 1).filter((place) => !frames.has(place));
      return { have: frames.size, total, missing, complete: total > 0 && missing.length === 0 };
    },
  };
}
