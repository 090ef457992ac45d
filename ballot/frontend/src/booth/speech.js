// Reading aloud through a headset, with a voice that is on this machine.
// Never here: a voice that sends what it reads to somebody's server, or a word when the voter has no headset on.

/**
 * @typedef {object} Speaker
 * @property {() => boolean} able whether this machine has a voice of its own in the page's language
 * @property {(text: string) => void} read stops what was being read
 * @property {() => void} hush
 */

/** @param {string} locale as in words.locale @returns {Speaker} */
export function makeSpeaker(locale) {
  const synthesis = globalThis.speechSynthesis;
  const language = locale.slice(0, 2).toLowerCase();
  const voice = () =>
    // A remote voice would carry the names and the marks out of the booth.
    (synthesis?.getVoices() ?? []).find((each) => each.localService && each.lang.toLowerCase().startsWith(language));
  const hush = () => synthesis?.cancel();
  synthesis?.getVoices(); // some browsers begin to look only now
  return {
    able: () => voice() !== undefined,
    hush,
    read: (text) => {
      const found = voice();
      if (!found) return;
      hush();
      const said = new SpeechSynthesisUtterance(text);
      Object.assign(said, { voice: found, lang: found.lang, rate: 0.9 });
      synthesis.speak(said);
    },
  };
}
