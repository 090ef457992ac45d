// Which officials stand together on a page: as many as the window holds, at most nine, broken at blocks.
// Never here: an element, or a mark.

/** @typedef {import("./manifest.js").Official} Official */
/** @typedef {import("./manifest.js").Block} Block */
/** @typedef {{ blocks: Block[] }} Page blocks, or parts of a block, with at least one official each */

export const MOST_ROWS = 9;
export const ROW_PX = 84;
export const HEADING_PX = 38;

/**
 * Put blocks on pages: whole ones together while they fit, one too long for a page in parts of nearly equal length.
 * @param {Block[]} blocks
 * @param {number} height pixels for rows
 * @returns {Page[]}
 */
export function paginate(blocks, height) {
  const most = Math.max(1, Math.min(MOST_ROWS, Math.floor(height / ROW_PX)));
  /** @type {Page[]} */ const pages = [];
  for (const block of blocks) {
    const last = pages[pages.length - 1];
    if (last && fits([...last.blocks, block], most, height)) last.blocks.push(block);
    else pages.push(...parts(block, most).map((part) => ({ blocks: [part] })));
  }
  return pages;
}

/** @param {Block[]} blocks @param {number} most @param {number} height @returns {boolean} */
function fits(blocks, most, height) {
  const rows = blocks.reduce((total, block) => total + block.officials.length, 0);
  return rows <= most && rows * ROW_PX + blocks.length * HEADING_PX <= height;
}

/** @param {Block} block @param {number} most @returns {Block[]} */
function parts(block, most) {
  const count = Math.ceil(block.officials.length / most);
  return Array.from({ length: count }, (_, i) => {
    const edge = (/** @type {number} */ k) => Math.round((k * block.officials.length) / count);
    return { title: block.title, officials: block.officials.slice(edge(i), edge(i + 1)) };
  });
}
