// Which officials stand together on a page: as many as the window holds, at most nine, broken at blocks and forms.
// Never here: an element, or a mark.

/** @typedef {import("../protocol/manifest.js").Official} Official */
/** @typedef {import("../protocol/manifest.js").Block} Block */
/** @typedef {{ blocks: Block[] }} Page blocks, or parts of a block, of one form, with at least one official each */
/** @typedef {{ row: (official: Official) => number, heading: number }} Measures in pixels, as the voter's letters make them */

const MOST_ROWS = 9;
const ROW_PX = 84;
const HEADING_PX = 38;
/** @type {Measures} */ const USUAL = { row: () => ROW_PX, heading: HEADING_PX };

/**
 * Put blocks on pages: whole ones of one form together while they fit, one too long for a page in parts of nearly
 * equal length.
 * @param {Block[]} blocks
 * @param {number} height pixels for rows
 * @param {Measures} [measures]
 * @returns {Page[]}
 */
export function paginate(blocks, height, measures = USUAL) {
  /** @type {Page[]} */ const pages = [];
  for (const block of blocks) {
    const last = pages[pages.length - 1];
    if (last && last.blocks[0].form === block.form && fits([...last.blocks, block], height, measures)) last.blocks.push(block);
    else pages.push(...parts(block, height, measures).map((part) => ({ blocks: [part] })));
  }
  return pages;
}

/**
 * Whether titles stand above rows: several do; one alone stands in the band, unless its form has that place.
 * @param {Block[]} blocks of one page
 */
export function headed(blocks) {
  return blocks.length > 1 || (blocks[0].form !== "" && blocks[0].form !== blocks[0].title);
}

function fits(
  /** @type {Block[]} */ blocks,
  /** @type {number} */ height,
  /** @type {Measures} */ { row, heading },
) {
  const officials = blocks.flatMap((block) => block.officials);
  const headings = headed(blocks) ? blocks.length * heading : 0;
  return officials.length <= MOST_ROWS && officials.reduce((total, each) => total + row(each), headings) <= height;
}

/** As few parts as fit; single rows at the worst. @param {Block} block @param {number} height @param {Measures} measures @returns {Block[]} */
function parts(block, height, measures) {
  const all = block.officials.length;
  for (let count = Math.ceil(all / MOST_ROWS); count < all; count++) {
    const cut = split(block, count);
    if (cut.every((part) => fits([part], height, measures))) return cut;
  }
  return split(block, all);
}

/** @param {Block} block @param {number} count @returns {Block[]} */
function split(block, count) {
  const edge = (/** @type {number} */ k) => Math.round((k * block.officials.length) / count);
  return Array.from({ length: count }, (_, i) => {
    return { ...block, officials: block.officials.slice(edge(i), edge(i + 1)) };
  });
}
