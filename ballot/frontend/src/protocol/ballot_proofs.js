// The zero-knowledge proofs of a cast ballot, as everybody checks them: each choice is 0 or 1, and so is each sum.
// Never here: the making (proofs.js). Twin: check_proofs of tally/protocol/ballot.py; SPEC 3.4, 3.5.
//
//     A_i = g^{r_i} α^{c_i}        B_i = y^{r_i} (β / g^i)^{c_i} = y^{r_i} g^{−i·c_i} β^{c_i}        i = 0, 1
//     c_0 + c_1 = H(tag; A_0, B_0, A_1, B_1)

import { encodePoints, G, mod, product } from "./group.js";
import { demand } from "./errors.js";
import { challenge } from "./proofs.js";
import { fewPowers, fixedPower } from "./public_powers.js";

/** @typedef {import("./cast_ballot.js").CastBallot} CastBallot */
/** @typedef {import("./cast_ballot.js").Ciphertext} Ciphertext */
/** @typedef {import("./group.js").Point} Point */
/** @typedef {import("./proofs.js").Proof} Proof */
/** @typedef {{ g: import("./public_powers.js").PublicPower, y: import("./public_powers.js").PublicPower, fingerprint: string }} Prepared */
/** @typedef {{ tag: string, alpha: Point, beta: Point, proofs: Proof[], where: string }} Claim */

/** @type {import("./public_powers.js").PublicPower | undefined} */ let ofG;

/** Make the tables of g and of the election's key, once for all ballots. @param {import("./election.js").Election} election @returns {Prepared} */
export function prepareProofs({ key, fingerprint }) {
  ofG ??= fixedPower(G);
  return { g: ofG, y: fixedPower(key.point), fingerprint };
}

/**
 * Check every proof of a ballot whose shape was checked. Throws BAD_PROOF. SPEC 5.2, step 7.
 * @param {CastBallot} ballot
 * @param {Prepared} prepared
 * @param {string} where
 */
export function checkBallotProofs({ answers, credential }, prepared, where) {
  const context = `${prepared.fingerprint}|${credential}`;
  const sums = answers.map(({ choices }) => [product(choices.map((c) => c.alpha)), product(choices.map((c) => c.beta))]);
  const names = encodePoints(sums.flat());
  answers.forEach(({ choices, individual, overall }, i) => {
    const place = `${where}.answers[${i}]`;
    const claims = choices.map((choice, k) => {
      const tag = `prove|${context}|${choice.text}|`; // S0, not S: SPEC 3.5
      return { tag, ...choice, proofs: individual[k], where: `${place}.individual_proofs[${k}]` };
    });
    const everything = `${context}|${choices.map(({ text }) => text).join(",")}`;
    const tag = `prove|${everything}|${names[2 * i]},${names[2 * i + 1]}|`;
    const [alpha, beta] = sums[i];
    checkClaims([...claims, { tag, alpha, beta, proofs: overall, where: `${place}.overall_proof` }], prepared);
  });
}

/** The commitments of several claims are encoded with one inversion. @param {Claim[]} claims @param {Prepared} prepared */
function checkClaims(claims, prepared) {
  const texts = encodePoints(claims.flatMap((claim) => commitments(claim, prepared)));
  claims.forEach(({ tag, proofs, where }, i) => {
    const whole = mod(proofs[0].challenge + proofs[1].challenge);
    demand(challenge(tag, texts.slice(4 * i, 4 * i + 4)) === whole, "BAD_PROOF", where);
  });
}

/** @param {Claim} claim @param {Prepared} prepared @returns {Point[]} A_0, B_0, A_1, B_1 */
function commitments({ alpha, beta, proofs }, { g, y }) {
  const [ofAlpha, ofBeta] = [fewPowers(alpha), fewPowers(beta)];
  return proofs.flatMap(({ challenge: c, response: r }, message) => {
    const b = y(r).add(ofBeta(c));
    return [g(r).add(ofAlpha(c)), message ? b.add(g(mod(-c))) : b];
  });
}
