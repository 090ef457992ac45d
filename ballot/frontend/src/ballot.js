// A ballot in the making: encrypt, show a commit code, then either open for a test or prove and sign for casting.
// Never here: a page, a network, or a choice that outlives the call. Twins: booth.py, padding.py, spoiled.py.
//
//     draft = encrypt(election, choices)         // needs no slip; commitCode(election, draft) can be challenged
//     raw = cast(election, draft, credential)    // the same ciphertexts, now proved and signed; or openForTest(draft)
//
// Both come also in steps (`encryptSteps`, `castSteps`), one official each, so that a page can show progress.

import { canonical, canonicalText, sha256Compact, sha256Hex, utf8 } from "./encoding.js";
import { toDigits } from "./credential.js";
import { checkChoices } from "./election.js";
import { demand } from "./errors.js";
import { encodePoints, G, gPow, IDENTITY, product, randBelow, randomScalar, sum } from "./group.js";
import { ballotSignaturePrefix, proofJson, proveAll, schnorrSign } from "./proofs.js";

/** @typedef {import("./election.js").Election} Election */
/** @typedef {import("./credential.js").Credential} Credential */
/** @typedef {import("./group.js").RandBelow} RandBelow */
/** @typedef {{ alpha: string, beta: string }} Ciphertext in hex */
/**
 * Encrypted choices before a slip was presented. Secret until opened for a test.
 * @typedef {object} Draft
 * @property {number[][]} choices
 * @property {bigint[][]} randomness
 * @property {Ciphertext[][]} ciphertexts
 * @property {Ciphertext[]} totals for each question the product of its ciphertexts
 */

const COMMIT_LABEL = "phieu-tin-nhiem/v1/commit-code|";
const COMMIT_DIGITS = 20;
const LONGEST = "9".repeat(76); // no scalar has more digits
const POINT = "0".repeat(64);
const HASH = "0".repeat(43);

/**
 * Encrypt one row of 0/1 per question with fresh chance for each ciphertext. Throws BAD_CHOICE. SPEC 5.1, step 1.
 * @param {Election} election
 * @param {number[][]} choices
 * @param {RandBelow} [random]
 * @returns {Draft}
 */
export function encrypt(election, choices, random = randBelow) {
  return finish(encryptSteps(election, choices, random));
}

/**
 * @param {Election} election
 * @param {number[][]} choices
 * @param {RandBelow} [random]
 * @returns {Generator<number, Draft>} yields how many questions are done
 */
export function* encryptSteps(election, choices, random = randBelow) {
  checkChoices(election, choices);
  const randomness = choices.map((row) => row.map(() => randomScalar(random)));
  /** @type {Ciphertext[][]} */ const ciphertexts = [];
  /** @type {Ciphertext[]} */ const totals = [];
  for (const [i, row] of choices.entries()) {
    const pairs = row.map((mark, k) => encryptMark(election, mark, randomness[i][k]));
    const total = [0, 1].map((side) => product(pairs.map((pair) => pair[side])));
    const texts = encodePoints([...pairs.flat(), ...total]);
    const named = texts.flatMap((alpha, n) => (n % 2 ? [] : [{ alpha, beta: texts[n + 1] }]));
    totals.push(/** @type {Ciphertext} */ (named.pop()));
    ciphertexts.push(named);
    yield i + 1;
  }
  return { choices: choices.map((row) => [...row]), randomness, ciphertexts, totals };
}

/** @param {Election} election @param {number} mark @param {bigint} r */
function encryptMark(election, mark, r) {
  return [gPow(r), election.key.pow(r).add(mark ? G : IDENTITY)];
}

/** Fix the ciphertexts before the terminal knows whether it is tested. @param {Election} election @param {Draft} draft */
export function commitCode(election, draft) {
  const body = draft.ciphertexts.map((row) => row.map(named).join(",")).join("|");
  return sha256Hex(utf8(`${COMMIT_LABEL}${election.fingerprint}|${body}`));
}

/** @param {string} commit 64 hex digits @returns {string} its first 100 bits in base 32, five groups of four */
export function shownCommit(commit) {
  const digits = toDigits(BigInt(`0x${commit.slice(0, 25)}`), COMMIT_DIGITS);
  return /** @type {RegExpMatchArray} */ (digits.match(/.{4}/g)).join("-");
}

/**
 * Open a draft for *Kiểm tra máy*: canonical JSON, the rows of one entry of spoiled.json. It can never be cast afterwards.
 * @param {Draft} draft
 * @returns {Uint8Array}
 */
export function openForTest(draft) {
  const rows = draft.ciphertexts.map((row, i) =>
    row.map((pair, k) => ({ ...pair, value: draft.choices[i][k], randomness: draft.randomness[i][k].toString() })),
  );
  return canonical(rows);
}

/**
 * Prove and sign the drafted ciphertexts; returns the canonical bytes of the ballot. SPEC 5.1, steps 3 to 5.
 * @param {Election} election
 * @param {Draft} draft
 * @param {Credential} credential
 * @param {RandBelow} [random]
 * @returns {Uint8Array}
 */
export function cast(election, draft, credential, random = randBelow) {
  return finish(castSteps(election, draft, credential, random));
}

/**
 * @param {Election} election
 * @param {Draft} draft
 * @param {Credential} credential
 * @param {RandBelow} [random]
 * @returns {Generator<number, Uint8Array>} yields how many questions are done
 */
export function* castSteps(election, draft, credential, random = randBelow) {
  const context = `${election.fingerprint}|${credential.public}`;
  const answers = [];
  for (const i of draft.choices.keys()) {
    answers.push(proveAnswer(election, draft, i, context, random));
    yield i + 1;
  }
  const body = {
    election_uuid: election.uuid,
    election_hash: election.fingerprint,
    credential: credential.public,
    answers,
  };
  const hash = sha256Compact(canonical(body));
  const proof = proofJson(schnorrSign(ballotSignaturePrefix(hash), credential.secret, random));
  return canonical({ ...body, signature: { hash, proof } });
}

/** @param {Election} election @param {Draft} draft @param {number} i @param {string} context @param {RandBelow} random */
function proveAnswer(election, draft, i, context, random) {
  const [choices, marks, randoms] = [draft.ciphertexts[i], draft.choices[i], draft.randomness[i]];
  const claims = choices.map((pair, k) => {
    return { tag: `prove|${context}|${named(pair)}|`, messages: [0, 1], value: marks[k], randomness: randoms[k] };
  });
  const everything = `${context}|${choices.map(named).join(",")}`; // S for the sum, S0 for single choices: SPEC 3.5
  const value = marks.reduce((a, b) => a + b, 0);
  const tag = `prove|${everything}|${named(draft.totals[i])}|`;
  const proofs = proveAll(election.key, [...claims, { tag, messages: [0, 1], value, randomness: sum(randoms) }], random);
  const texts = proofs.map((list) => list.map(proofJson));
  return { choices, individual_proofs: texts.slice(0, -1), overall_proof: texts[texts.length - 1] };
}

/** @param {Ciphertext} pair @returns {string} */
function named(pair) {
  return `${pair.alpha},${pair.beta}`;
}

/** The 43 characters a voter looks up. @param {Uint8Array} raw @returns {string} */
export function tracker(raw) {
  return sha256Compact(raw);
}

/** @template T @param {Generator<number, T>} steps @returns {T} */
function finish(steps) {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

// --- padding: the length of a request tells nothing ------------------------------------------------------------------

/** @param {Election} election @returns {number} bytes of a ballot in which every scalar has its most digits */
export function paddedLength(election) {
  const proof = { challenge: LONGEST, response: LONGEST };
  const answers = election.questions.map(({ answers: { length } }) => ({
    choices: Array(length).fill({ alpha: POINT, beta: POINT }),
    individual_proofs: Array(length).fill([proof, proof]),
    overall_proof: [proof, proof],
  }));
  const body = { election_uuid: election.uuid, election_hash: HASH, credential: POINT, answers };
  return canonicalText({ ...body, signature: { hash: HASH, proof } }).length; // ASCII throughout
}

/** Append spaces up to the constant length. @param {Uint8Array} raw @param {Election} election @returns {Uint8Array} */
export function padded(raw, election) {
  const length = paddedLength(election);
  demand(raw.length <= length, "TOO_LARGE", "ballot");
  const body = new Uint8Array(length).fill(0x20);
  body.set(raw);
  return body;
}
