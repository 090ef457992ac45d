// Requests: without cookies, without a referrer, never kept by a browser, never followed elsewhere.
// Never here: a secret in an address, or a retry that nobody asked for.

const PATIENCE_MS = 20_000;
/** @type {RequestInit} */
const DISCREET = {
  cache: "no-store",
  credentials: "omit",
  redirect: "error",
  referrerPolicy: "no-referrer",
};

/**
 * No answer came, or none yet: the other side may have got the request or not. `sentence` says why, where it said so;
 * `after` are the seconds after which it asks for the same again, or 0.
 */
export class Unreachable extends Error {
  /** @param {string} [sentence] @param {number} [after] */
  constructor(sentence = "", after = 0) {
    super();
    this.sentence = sentence;
    this.after = after;
  }
}

/** The other side answered, and said no; `sentence` is for people. */
export class Declined extends Error {
  /** @param {number} status @param {string} code @param {string} sentence */
  constructor(status, code, sentence) {
    super(code);
    this.status = status;
    this.code = code;
    this.sentence = sentence;
  }
}

/** @param {string} url @param {{ integrity?: string, headers?: Record<string, string> }} [options] @returns {Promise<Uint8Array>} Throws Unreachable, Declined */
export function fetchBytes(url, options = {}) {
  return exchange(url, { method: "GET", ...options });
}

/**
 * Send `body` and return the bytes of a 2xx answer. Throws Unreachable (also for 5xx: it may work later), Declined.
 * @param {string} url
 * @param {Uint8Array} body
 * @param {string} type
 * @returns {Promise<Uint8Array>}
 */
export function post(url, body, type) {
  return exchange(url, { method: "POST", body: /** @type {BodyInit} */ (body), headers: { "Content-Type": type } });
}

/** @param {string} url @param {RequestInit} request @returns {Promise<Uint8Array>} */
async function exchange(url, request) {
  let response, raw;
  try {
    response = await fetch(url, { ...DISCREET, ...request, signal: AbortSignal.timeout(PATIENCE_MS) });
    raw = new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new Unreachable(); // the browser's own message may hold the address
  }
  if (response.ok) return raw;
  if (response.status >= 500 || response.status === 408 || response.status === 429) {
    throw new Unreachable(declined(response.status, raw).sentence, secondsIn(response.headers.get("Retry-After")));
  }
  throw declined(response.status, raw);
}

/** @param {string | null} header @returns {number} */
function secondsIn(header) {
  return header !== null && /^[1-9][0-9]?$/.test(header) ? Number(header) : 0;
}

/** @param {number} status @param {Uint8Array} raw @returns {Declined} */
function declined(status, raw) {
  try {
    const { code, sentence } = JSON.parse(new TextDecoder().decode(raw));
    return new Declined(status, String(code).slice(0, 60), String(sentence).slice(0, 400));
  } catch {
    return new Declined(status, `HTTP_${status}`, `HTTP ${status}`);
  }
}
