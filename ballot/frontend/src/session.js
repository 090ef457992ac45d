// What one voter has done so far: marks, lines left blank on purpose, the draft, the bytes on their way.
// Never here: anything that outlives the voter; a new session replaces the old one and nothing is stored.

/**
 * @typedef {object} Session
 * @property {(number | null)[]} marks for each official the place of the level, null for none
 * @property {Set<number>} deliberate places left blank on purpose
 * @property {number} first place of the first official on the page being shown
 * @property {import("./ballot.js").Draft | null} draft
 * @property {string} commit 64 hex digits
 * @property {Uint8Array | null} body the padded request, sent again byte for byte
 * @property {string} tracker
 * @property {boolean} unsure an attempt to send was never answered: the ballot may be in the box
 */
/**
 * @typedef {object} Booth
 * @property {import("./manifest.js").Manifest} manifest
 * @property {import("./election.js").Election} election
 * @property {import("./manifest.js").Official[]} officials
 * @property {import("./words.js").Words} words
 * @property {{ cast: string, test: string }} urls
 * @property {number} receiptSeconds
 * @property {Session} session
 * @property {(screen: HTMLElement, options?: { idle?: boolean }) => void} show
 * @property {() => void} home wipes the session and shows the start
 */

/** @param {number} officials @returns {Session} */
export function freshSession(officials) {
  const marks = Array(officials).fill(null);
  return { marks, deliberate: new Set(), first: 0, draft: null, commit: "", body: null, tracker: "", unsure: false };
}

/** Set or clear a mark. @param {Session} session @param {number} place @param {number | null} level */
export function mark(session, place, level) {
  session.marks[place] = level;
  session.deliberate.delete(place);
}

/** @param {Session} session @returns {number} */
export function countMarked(session) {
  return session.marks.filter((level) => level !== null).length;
}

/** @param {Booth} booth @returns {number[][]} one row of 0/1 per official */
export function choicesOf({ session, manifest }) {
  return session.marks.map((level) => manifest.levels.map((_, place) => Number(place === level)));
}

/** @param {string} text @returns {string} groups of four apart, for reading aloud */
export function spaced(text) {
  return (text.match(/.{1,4}/g) ?? []).join(" ");
}
