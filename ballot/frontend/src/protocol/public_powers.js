// Many powers of public points: tables for bases that stay, and one table for the two powers that each ciphertext needs.
// Never here: a secret exponent, for time tells all of them; or a point that was not decoded strictly.
//
// A base is cut into four, P, P^(2^64), P^(2^128), P^(2^192): 192 doublings once, and each power then takes 64 instead
// of 252, for the four quarters of the exponent run beside each other (Straus). Digits are odd and signed, five bits wide.

import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { IDENTITY } from "./group.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {(exponent: bigint) => Point} PublicPower `exponent` in [0, q) */

const ROW = 8; // bits of an exponent that one row of a fixed table serves
const QUARTER = 64n;
const WIDTH = 5;
const ODD = 2 ** (WIDTH - 2); // odd multiples kept of each quarter: 1, 3, … 15

/** Make a table for a base that stays: some 8000 additions once, then 32 a power. @param {Point} base @returns {PublicPower} */
export function fixedPower(base) {
  const rows = Array.from({ length: Math.ceil(253 / ROW) }, () => {
    const row = [IDENTITY];
    for (let i = 1; i < 1 << ROW; i++) row.push(row[i - 1].add(base));
    base = row[row.length - 1].add(base);
    return row;
  });
  const table = rows.map((row) => [IDENTITY, ...normalizeZ(ed25519.Point, row.slice(1))]);
  const mask = BigInt((1 << ROW) - 1);
  return (exponent) => {
    let total = IDENTITY;
    for (let i = 0; exponent > 0n; i++, exponent >>= BigInt(ROW)) {
      const digit = Number(exponent & mask);
      if (digit) total = total.add(table[i][digit]);
    }
    return total;
  };
}

/** Prepare a base for a few powers. @param {Point} base @returns {PublicPower} */
export function fewPowers(base) {
  const tables = [0, 1, 2, 3].map((quarter) => {
    if (quarter) for (let i = 0; i < Number(QUARTER); i++) base = base.double();
    return oddMultiples(base);
  });
  return (exponent) => {
    const digits = [0n, 1n, 2n, 3n].map((n) => signedDigits((exponent >> (n * QUARTER)) & ((1n << QUARTER) - 1n)));
    let total = IDENTITY;
    for (let i = Number(QUARTER); i >= 0; i--) {
      if (total !== IDENTITY) total = total.double();
      tables.forEach((table, n) => {
        const digit = digits[n][i];
        if (digit > 0) total = total.add(table[digit >> 1]);
        else if (digit < 0) total = total.subtract(table[-digit >> 1]);
      });
    }
    return total;
  };
}

/** @param {Point} base @returns {Point[]} base to the 1, 3, 5, … */
function oddMultiples(base) {
  const [table, twice] = [[base], base.double()];
  while (table.length < ODD) table.push(table[table.length - 1].add(twice));
  return table;
}

/** Write a number below 2^64 in digits that are 0 or odd, |digit| < 16, few of them not 0. @param {bigint} value @returns {Int8Array} least first */
function signedDigits(value) {
  const digits = new Int8Array(Number(QUARTER) + 1);
  for (let i = 0; value > 0n; i++, value >>= 1n) {
    if (!(value & 1n)) continue;
    const low = Number(value & 31n);
    digits[i] = low < 16 ? low : low - 32;
    value -= BigInt(digits[i]);
  }
  return digits;
}
