// How large the letters are and how strong the contrast is, for one voter.
// Never here: a choice that the next voter finds, or a size in pixels (booth.css has those).

export const SIZES = /** @type {const} */ (["1", "2", "3"]);
export const CONTRASTS = /** @type {const} */ (["normal", "more"]);

const { dataset } = document.documentElement;

/** @returns {{ size: string, contrast: string }} */
export function appearance() {
  return { size: dataset.size ?? SIZES[0], contrast: dataset.contrast ?? CONTRASTS[0] };
}

/** @param {{ size?: string, contrast?: string }} wanted */
export function setAppearance({ size, contrast }) {
  if (size) dataset.size = size;
  if (contrast) dataset.contrast = contrast;
}

/** As every voter finds it. */
export function resetAppearance() {
  setAppearance({ size: SIZES[0], contrast: CONTRASTS[0] });
}
