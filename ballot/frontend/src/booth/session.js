// What one voter has done so far: marks, lines left blank on purpose, the draft, the bytes on their way.
// Never here: anything that outlives the voter; a new session replaces the old one and nothing is stored.

/**
 * @typedef {object} Session
 * @property {(number | null)[]} marks for each official the place of the level, null for none
 * @property {Set<number>} deliberate places left blank on purpose
 * @property {number} first place of the first official on the page being shown
 * @property {boolean} single one person at a time
 * @property {boolean} headset the voter wears one: names, levels and marks may be read aloud
 * @property {boolean} begun the voter has left the start screen
 * @property {boolean} stored the slip came from this browser's own store (a voter's own device)
 * @property {import("../protocol/ballot.js").Draft | null} draft
 * @property {string} commit 64 hex digits
 * @property {Uint8Array | null} body the padded request, sent again byte for byte
 * @property {Uint8Array | null} question asks the box about this credential; made with the body, for a definite answer
 * @property {string} tracker
 * @property {boolean} unsure an attempt to send was never answered: the ballot may be in the box
 */
/**
 * @typedef {object} Booth
 * @property {import("../protocol/manifest.js").Manifest} manifest
 * @property {import("../protocol/election.js").Election} election
 * @property {import("../protocol/manifest.js").Official[]} officials
 * @property {import("./words.js").Words} words
 * @property {{ cast: string, test: string, standing: string, fleet: string, board: string }} urls
 * @property {string} siteKey the key of the server of this hall, whose receipts are provisional; empty where the box answers
 * @property {{ receipt: number, pause: number }} times seconds of the receipt; milliseconds for which a fresh mark is shown
 * @property {import("./terminal.js").Terminal} terminal
 * @property {import("./pool.js").Pool} pool
 * @property {import("./speech.js").Speaker} speaker
 * @property {import("./scanner.js").Scanner} scanner
 * @property {import("./presence.js").Presence} presence
 * @property {Session} session
 * @property {(screen: HTMLElement, options?: Showing) => void} show
 * @property {() => void} home wipes the session and shows the start
 * @property {boolean} own this is a voter's own device, which may keep the slip (own_slip.js)
 */
/**
 * @typedef {object} Showing
 * @property {boolean} [idle] whether silence is watched; default true
 * @property {"idle" | "voting" | "stalled"} [state] what the attendants' board is told; default voting
 * @property {HTMLElement} [focus] default: the heading
 */

/** @param {number} officials @returns {Session} */
export function freshSession(officials) {
  return {
    marks: Array(officials).fill(null),
    deliberate: new Set(),
    first: 0,
    single: false,
    headset: false,
    begun: false,
    stored: false,
    draft: null,
    commit: "",
    body: null,
    question: null,
    tracker: "",
    unsure: false,
  };
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

/** What a mark is called. @param {Booth} booth @param {number | null} level @returns {string} */
export function levelName({ manifest, words }, level) {
  return level === null ? words.leftBlank : manifest.levels[level];
}

/** @param {string} text @returns {string} groups of four apart, for reading aloud */
export function spaced(text) {
  return (text.match(/.{1,4}/g) ?? []).join(" ");
}
