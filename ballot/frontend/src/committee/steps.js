// What is due next for this member, as a table: the first line whose condition holds.
// Never here: doing it.

/** @typedef {import("./screen.js").Member} Member */
/** @typedef {{ member: Member, state: import("./routes.js").State, own: import("./store.js").Own }} Facts */

const OVER = ["tallied", "certified"];
export const MEDIA = 2;

/** @type {[step: string, due: (facts: Facts) => boolean][]} */
const ALWAYS = [
  ["unknown", ({ member }) => member.unknown],
  ["meet", ({ member, own }) => own.met !== member.manifest?.hash],
  ["over", ({ state }) => OVER.includes(state.phase)],
  ["closed", ({ state }) => state.phase === "closed"],
  ["rest", ({ state }) => state.phase !== "issuing"],
  ["ended", ({ state }) => state.ended !== null],
  ["anew", ({ state, own }) => own.file !== null && own.attempt !== state.attempt],
  [
    "passphrase",
    (facts) => facts.own.file === null && !isSent(facts, "certificate") && !isSent(facts, "key") && !facts.state.committee,
  ],
  ["bring", ({ own }) => own.file === null],
  ["rest", (facts) => isSent(facts, "opening") && facts.own.proven], // the server's word alone opens no box
  ["unlock", ({ member, state, own }) => member.vault === null && !(state.committee && own.saved >= MEDIA)],
];

/** @type {[step: string, due: (facts: Facts) => boolean][]} */
const CEREMONY = [
  ["certificate", (facts) => !isSent(facts, "certificate")],
  ["wait", (facts) => !allSent(facts, "certificate")],
  ["commitment", (facts) => !isSent(facts, "commitment")],
  ["wait", (facts) => !allSent(facts, "commitment")],
  ["reveal", (facts) => !isSent(facts, "reveal")],
  ["wait", (facts) => !allSent(facts, "reveal")],
  ["receive", ({ member }) => member.vault?.memory.share === null],
  ["words", (facts) => !facts.own.agreed && !isSent(facts, "key")],
];

/** @type {[step: string, due: (facts: Facts) => boolean][]} */
const KEY = [
  ["receive", ({ member }) => member.vault?.memory.share === null],
  ["key", (facts) => !isSent(facts, "key")],
  ["wait", ({ state }) => !state.committee],
  ["committee", ({ member }) => member.committee === null],
  ["save", ({ own }) => own.saved < MEDIA],
  ["readBack", ({ member }) => member.proof === null],
  ["nonce", (facts) => !isSent(facts, "nonce")],
  ["wait", ({ state }) => state.called === null],
  ["missed", ({ state, member }) => !state.called?.some(({ owner }) => owner === member.seat?.number)],
  ["opening", (facts) => !isSent(facts, "opening")],
];

/** @param {Member} member @returns {string} */
export function dueStep(member) {
  const { state, own } = member;
  if (!state || !own) throw new TypeError("nothing is known yet");
  const facts = { member, state, own };
  const finished = state.committee && member.vault?.memory.share !== null && isSent(facts, "key");
  const table = [...ALWAYS, ...(state.size === 1 || finished ? [] : CEREMONY), ...KEY];
  const [step] = table.find(([, due]) => due(facts)) ?? ["rest"];
  return step;
}

/** @param {Facts} facts @param {string} kind */
function isSent({ member, state }, kind) {
  return state.members[(member.seat?.number ?? 0) - 1]?.sent.includes(kind) ?? false;
}

/** @param {Facts} facts @param {string} kind */
function allSent({ state }, kind) {
  return state.members.every(({ sent }) => sent.includes(kind));
}

const ORDER = ["certificate", "commitment", "reveal", "key", "nonce", "opening"];

/** @param {import("./routes.js").State} state @returns {string} the kind of message that all are waiting for, or empty */
export function awaited(state) {
  const kinds = state.size === 1 ? ORDER.slice(3) : ORDER;
  return kinds.find((kind) => !state.members.every(({ sent }) => sent.includes(kind))) ?? "";
}
