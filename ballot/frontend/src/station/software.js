// The hashes of the pages' own files, as the sealed manifest names them.
// Never here: a hash from anywhere else.

/**
 * @param {import("../protocol/manifest.js").Manifest} manifest
 * @param {string} name of a built file
 * @returns {string | undefined} what `integrity` takes; undefined where the manifest names no such file
 */
export function sha384Of(manifest, name) {
  const software = /** @type {Record<string, string>} */ (/** @type {any} */ (manifest).software ?? {});
  return Object.hasOwn(software, name) ? software[name] : undefined;
}
