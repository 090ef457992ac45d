// One working window: two of them would take each other's permissions away, or answer for one member in two ways.
// Never here: what the work is.
//
// Web Locks where the browser has them, which is on https and on loopback alone; else a lease in the store, renewed
// while its window lives. A window that was frozen finds on waking that the lease is another's, and stops.

const RENEW_MS = 1_500;
const LEASE_MS = 6_000;

/**
 * Wait until no other window works, however long. `waiting` is called when there is one.
 * @param {string} name of the work
 * @param {{ update: (name: string, change: (value: any) => unknown) => Promise<any> }} store
 * @param {() => void} waiting
 * @param {() => void} lost called if this window lost its turn
 * @returns {Promise<void>}
 */
export async function takeTurn(name, store, waiting, lost) {
  return navigator.locks ? takeLock(name, waiting) : takeLease(store, waiting, lost);
}

/**
 * Held until the window goes; the browser lets the next one in by itself.
 * @param {string} name
 * @param {() => void} waiting
 * @returns {Promise<void>}
 */
function takeLock(name, waiting) {
  return new Promise((resolve, reject) => {
    const hold = () => new Promise(() => resolve());
    const first = (/** @type {Lock | null} */ lock) => {
      if (lock) return hold();
      waiting();
      return navigator.locks.request(name, hold);
    };
    navigator.locks.request(name, { ifAvailable: true }, first).catch(reject);
  });
}

/** @param {{ update: Function }} store @param {() => void} waiting @param {() => void} lost */
async function takeLease(store, waiting, lost) {
  const owner = crypto.getRandomValues(new Uint32Array(4)).join("-");
  const claim = async () => (await store.update("lease", (/** @type {any} */ held) => claimed(held, owner))).owner === owner;
  for (let told = false; !(await claim()); told = true) {
    if (!told) waiting();
    await new Promise((resolve) => setTimeout(resolve, RENEW_MS));
  }
  const timer = setInterval(async () => {
    if (await claim()) return;
    clearInterval(timer);
    lost();
  }, RENEW_MS);
  addEventListener("pagehide", () => {
    clearInterval(timer);
    store.update("lease", (/** @type {any} */ held) => (held?.owner === owner ? null : held));
  });
}

/** @param {{ owner: string, until: number } | null | undefined} held @param {string} owner */
function claimed(held, owner) {
  const free = !held || held.owner === owner || held.until < Date.now() || held.until > Date.now() + 2 * LEASE_MS;
  return free ? { owner, until: Date.now() + LEASE_MS } : held;
}
