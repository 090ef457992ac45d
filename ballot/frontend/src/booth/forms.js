// Which form (loại phiếu) a person stands on, for screens on which persons of several forms stand together.
// Never here: an element, or a mark.

/** @typedef {import("../protocol/manifest.js").Official} Official */
/** @typedef {{ blocks: import("../protocol/manifest.js").Block[] }} Blocks */

/** @param {Blocks} manifest @returns {string[]} the names of its forms in ballot order; none where its only form has no name */
export function formsOf({ blocks }) {
  return [...new Set(blocks.map(({ form }) => form))].filter(Boolean);
}

/**
 * Put officials under their forms, in ballot order; a form of which nobody is among them is left out.
 * @param {Blocks} manifest
 * @param {Official[]} officials
 * @returns {[string, Official[]][]}
 */
export function byForm({ blocks }, officials) {
  const form = new Map(blocks.flatMap((block) => block.officials.map(({ number }) => [number, block.form])));
  const names = [...new Set(officials.map(({ number }) => form.get(number) ?? ""))];
  return names.map((name) => [name, officials.filter(({ number }) => form.get(number) === name)]);
}
