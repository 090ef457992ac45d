// The group: the prime-order subgroup of Ed25519 over @noble/curves, and chance from the operating system.
// Never here: a protocol, another group, or a source of chance that can be foretold. Twin: tally/protocol/group.py.
//
// Limits: BigInt is not constant time; a terminal is trusted with the choice of the one person in front of it anyway.

import { ed25519 } from "@noble/curves/ed25519.js";
import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { bytesToHex, toInteger, fromHex } from "./encoding.js";
import { demand } from "./errors.js";

const Curve = ed25519.Point;
/** @typedef {InstanceType<typeof Curve>} Point */
/** @typedef {(below: bigint) => bigint} RandBelow a uniform integer in [0, below) */
/** @typedef {{ pow: (exponent: bigint) => Point, point: Point }} FixedBase */

export const NAME = "Ed25519";
export const Q = 2n ** 252n + 27742317777372353535851937790883648493n;
export const IDENTITY = Curve.ZERO;
export const G = Curve.BASE;
const WINDOW = 8;

/**
 * Read 64 hex digits, the RFC 8032 string *reversed*: canonical, on the curve, in the subgroup.
 * Throws BAD_POINT, and IDENTITY_POINT unless `identity`. SPEC 3.1.
 * @param {any} text
 * @param {string} where
 * @param {{ identity?: boolean }} [options]
 * @returns {Point}
 */
export function decodePoint(text, where, { identity = false } = {}) {
  const raw = fromHex(text, where, 32, "BAD_POINT").reverse();
  let point;
  try {
    point = Curve.fromBytes(raw, false); // false: RFC 8032, not the lenient ZIP 215
  } catch {
    demand(false, "BAD_POINT", where);
  }
  demand(encodePoint(point) === text, "BAD_POINT", where);
  demand(identity || !point.is0(), "IDENTITY_POINT", where);
  demand(point.isTorsionFree(), "BAD_POINT", where); // fromBytes accepts points of order 8
  return point;
}

/** @param {Point} point @returns {string} the 64 hex digits, most significant first */
export function encodePoint(point) {
  return bytesToHex(point.toBytes().reverse());
}

/** Encode many points with one inversion. @param {Point[]} points @returns {string[]} */
export function encodePoints(points) {
  return normalizeZ(Curve, points).map(encodePoint);
}

/**
 * Prepare a table for powers of `point`, about 40 ms; then every power costs a quarter.
 * @param {Point} point
 * @returns {FixedBase}
 */
export function fixedBase(point) {
  const table = Curve.fromAffine(point.toAffine()).precompute(WINDOW, false);
  return { point, pow: (exponent) => power(table, exponent) };
}

/** Return base to the exponent; noble refuses exponent 0, which is answered here. @param {Point} base @param {bigint} exponent */
export function power(base, exponent) {
  const reduced = mod(exponent);
  return reduced === 0n ? IDENTITY : base.multiply(reduced);
}

/** The same for public data only: faster, and the time tells the exponent. @param {Point} base @param {bigint} exponent */
export function publicPower(base, exponent) {
  const reduced = mod(exponent);
  return reduced === 0n ? IDENTITY : base.multiplyUnsafe(reduced);
}

/** @param {bigint} exponent @returns {Point} g to the exponent */
export function gPow(exponent) {
  return power(G, exponent);
}

/** @param {Point[]} points @returns {Point} their product (written multiplicatively); the identity for none */
export function product(points) {
  return points.reduce((total, point) => total.add(point), IDENTITY);
}

// --- scalars -------------------------------------------------------------------------------------------------------

/** @param {bigint} value @returns {bigint} the representative in [0, q) */
export function mod(value) {
  const rest = value % Q;
  return rest < 0n ? rest + Q : rest;
}

/** @param {bigint[]} values @returns {bigint} */
export function sum(values) {
  return mod(values.reduce((total, value) => total + value, 0n));
}

/**
 * Read an exponent: ASCII decimal digits, no leading zero, below q. Throws BAD_SCALAR. SPEC 3.2.
 * @param {any} text
 * @param {string} where
 * @returns {bigint}
 */
export function decodeScalar(text, where) {
  demand(typeof text === "string" && /^(?:0|[1-9][0-9]{0,75})$/.test(text), "BAD_SCALAR", where);
  const value = BigInt(text);
  demand(value < Q, "BAD_SCALAR", where);
  return value;
}

/**
 * Draw a uniform integer in [0, below) by rejection from the operating system's generator.
 * @type {RandBelow}
 */
export function randBelow(below) {
  const bits = (below - 1n).toString(2).length;
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  const mask = 0xff >> (8 * bytes.length - bits);
  for (;;) {
    crypto.getRandomValues(bytes);
    bytes[0] &= mask;
    const value = toInteger(bytes);
    if (value < below) return value;
  }
}

/** @param {RandBelow} [random] @returns {bigint} a uniform exponent in [1, q) */
export function randomScalar(random = randBelow) {
  return 1n + random(Q - 1n);
}
