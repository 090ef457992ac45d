// Many points read at once: each is decoded strictly, and that all are in the subgroup is tested for all together.
// Never here: a point that leaves untested; whoever reads calls `settle` before it computes. SPEC 3.1.
//
// A test of one point is a power of 253 bits. Instead every point goes into each of 128 sums or not, as fair coins fall:
//
//     S_j = Π P_i^{b_ij}      b_ij in {0, 1}, 16 bytes of crypto.getRandomValues for each point      S_j^q = 1 for all j
//
// Let T_i be the part of P_i outside the subgroup, of order 1, 2, 4 or 8. If some T_i ≠ 1, then whatever the other coins
// are, at most one value of b_ij gives a sum without such a part: it passes a test with probability ≤ 1/2 and all 128
// with ≤ 2^-128. (One combination with long coefficients would not do: the cofactor is 8, so a part of order 2 vanishes
// under every even coefficient.) The coins are drawn after the point is fixed. Eight sums share 256 buckets, so that a
// point costs 16 additions, 20 times less than its own test.

import { ed25519 } from "@noble/curves/ed25519.js";
import { fromHex } from "./encoding.js";
import { demand } from "./errors.js";
import { IDENTITY } from "./group.js";

/** @typedef {import("./group.js").Point} Point */
/** @typedef {ReturnType<typeof makeMembers>} Members */

const SUMS = 128;
const BYTES = SUMS / 8;
const FEW = 256; // fewer than this are tested one by one
const NOT_NEUTRAL = { identity: false };

/** @returns {{ read: (text: any, where: string, options?: { identity?: boolean }) => Point, settle: () => void }} */
export function makeMembers() {
  /** @type {{ point: Point, where: string }[]} */ let read = [];
  let sums = makeSums();
  return {
    /** Decode one point; throws BAD_POINT, IDENTITY_POINT. What it returns may be used only after `settle`. */
    read(text, where, { identity } = NOT_NEUTRAL) {
      const point = decodeUntested(text, where);
      const neutral = point.is0();
      demand(identity || !neutral, "IDENTITY_POINT", where);
      if (!neutral) {
        read.push({ point, where });
        sums.add(point);
      }
      return point;
    },
    /** Test all that were read since the last time; throws BAD_POINT naming the first that is outside. */
    settle() {
      if (read.length < FEW || !sums.areInside()) {
        for (const { point, where } of read) demand(point.isTorsionFree(), "BAD_POINT", where);
      }
      [read, sums] = [[], makeSums()];
    },
  };
}

/** Canonical and on the curve. @param {any} text @param {string} where @returns {Point} */
function decodeUntested(text, where) {
  const raw = fromHex(text, where, 32, "BAD_POINT").reverse();
  try {
    return ed25519.Point.fromBytes(raw, false); // false: RFC 8032; y < p, and no sign where x = 0
  } catch {
    demand(false, "BAD_POINT", where);
  }
}

/** The 128 sums, eight in each row of buckets: a bucket's number says into which of the eight its points go. */
function makeSums() {
  const coins = new Uint8Array(BYTES);
  const rows = Array.from({ length: BYTES }, () => /** @type {Point[]} */ (Array(256).fill(IDENTITY)));
  return {
    /** @param {Point} point */
    add(point) {
      crypto.getRandomValues(coins);
      coins.forEach((byte, j) => {
        if (byte) rows[j][byte] = rows[j][byte].add(point);
      });
    },
    /** @returns {boolean} */
    areInside() {
      const bits = Array.from({ length: 8 }, (_, bit) => 1 << bit);
      return rows.every((row) => bits.every((mask) => sumWith(row, mask).isTorsionFree()));
    },
  };
}

/** @param {Point[]} row @param {number} mask @returns {Point} the sum of the buckets whose number has this bit */
function sumWith(row, mask) {
  return row.reduce((total, bucket, number) => (number & mask ? total.add(bucket) : total), IDENTITY);
}
