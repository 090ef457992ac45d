// Refusals of the computing modules: one class, a stable code that is the same as in tally/protocol/errors.py.
// Never here: a sentence for people (words.js has those), a choice of the voter, or a secret.

/** Something was looked at and found wrong. `where` names the field, `code` never changes. */
export class Refused extends Error {
  /**
   * @param {string} code
   * @param {string} where
   * @param {string} [detail]
   */
  constructor(code, where, detail = "") {
    super(`${code}: ${where}${detail ? ` (${detail})` : ""}`);
    this.name = "Refused";
    this.code = code;
    this.where = where;
  }
}

/**
 * Throw unless `condition` holds.
 * @param {unknown} condition
 * @param {string} code
 * @param {string} where
 * @param {string} [detail]
 * @returns {asserts condition}
 */
export function demand(condition, code, where, detail) {
  if (!condition) throw new Refused(code, where, detail);
}
