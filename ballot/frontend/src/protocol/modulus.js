// Reasons to refuse an issuer's RSA modulus: what anybody could factor at a glance. Nobody sees from outside that one is
// good. Never here: a private key. Twin: tally/protocol/issuer_key.py; SPEC 3.9.

import { demand } from "./errors.js";

const SMALL = 2 ** 16;
const BASES = [2n, 3n, 5n, 7n, 11n, 13n, 17n, 19n];

/** @type {Set<bigint>} */ const sound = new Set(); // a key is looked at once a visit

/** Throws BAD_ISSUER_KEY. @param {bigint} n odd, of the agreed size @param {string} where */
export function checkModulus(n, where) {
  if (sound.has(n)) return;
  const factored = smallPrimes().some((p) => n % BigInt(p) === 0n) || isPower(n) || isPrime(n);
  demand(!factored, "BAD_ISSUER_KEY", where);
  sound.add(n);
}

/** @param {bigint} a @param {bigint} b @returns {bigint} */
export function gcd(a, b) {
  while (b) [a, b] = [b, a % b];
  return a;
}

/** @returns {number[]} the primes below 2^16 */
function smallPrimes() {
  const composite = new Uint8Array(SMALL);
  const primes = [];
  for (let p = 2; p < SMALL; p++) {
    if (composite[p]) continue;
    primes.push(p);
    for (let multiple = p * p; multiple < SMALL; multiple += p) composite[multiple] = 1;
  }
  return primes;
}

/** A prime root of n is at least 2^16, so no exponent above 1/16 of its length need be tried. @param {bigint} n @returns {boolean} */
function isPower(n) {
  const most = n.toString(2).length / 16;
  return smallPrimes().filter((k) => k <= most).some((k) => root(n, BigInt(k)) ** BigInt(k) === n); // prettier-ignore
}

/** The whole part of the k-th root, by Newton's method from above. @param {bigint} n @param {bigint} k @returns {bigint} */
function root(n, k) {
  let x = 1n << (BigInt(n.toString(2).length) / k + 1n);
  for (;;) {
    const next = ((k - 1n) * x + n / x ** (k - 1n)) / k;
    if (next >= x) return x;
    x = next;
  }
}

/** Miller and Rabin: a prime always passes. @param {bigint} n odd @returns {boolean} */
function isPrime(n) {
  let [odd, twos] = [n - 1n, 0];
  while (!(odd & 1n)) [odd, twos] = [odd >> 1n, twos + 1];
  return BASES.every((base) => {
    let x = power(base, odd, n);
    if (x === 1n || x === n - 1n) return true;
    for (let i = 1; i < twos; i++) if ((x = (x * x) % n) === n - 1n) return true;
    return false;
  });
}

/** @param {bigint} base @param {bigint} exponent @param {bigint} n @returns {bigint} */
function power(base, exponent, n) {
  return [...exponent.toString(2)].reduce((x, bit) => (((x * x) % n) * (bit === "1" ? base : 1n)) % n, 1n);
}
