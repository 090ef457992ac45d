// The button *Đọc to*, where the voter wears a headset and the machine has a voice.
// Never here: what is read, or a button that would do nothing.

import { button } from "../page/dom.js";

/**
 * @param {import("./session.js").Booth} booth
 * @param {() => string} text
 * @returns {HTMLElement | null}
 */
export function readButton({ session, speaker, words }, text) {
  if (!session.headset || !speaker.able()) return null;
  return button(words.readAloud, () => speaker.read(text()));
}
