// Slips as a PDF, drawn in this browser: 80 mm, A6 and A4, or eight on an A4 sheet; a bundle loaded only when asked for.
// Never here: a request, a date of making, or a file name; what is drawn is what stands on the printed page.

import { jsPDF } from "jspdf";
import { drawLabel, drawSlip, slipHeight } from "./station/drawing.js";

/** @typedef {ReturnType<typeof import("./station/slip.js").slipTexts>} Texts */

const FONT = "Tinos";
const PER_SHEET = 8;
const SHEET = { columns: 2, width: 105, height: 74.25 };
const STILL = "D:20000101000000+00'00'"; // no time of the making

/**
 * @param {{ texts: Texts, codes: string[], paper: string, fonts: { regular: Uint8Array, bold: Uint8Array } }} of
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function slipPdf({ texts, codes, paper, fonts }) {
  const doc = emptyPdf(fonts);
  if (paper === "a4" && codes.length > 1) drawSheets(doc, texts, codes);
  else codes.forEach((code) => drawPage(doc, texts, code, paper));
  return new Uint8Array(doc.output("arraybuffer"));
}

/** @param {{ regular: Uint8Array, bold: Uint8Array }} fonts */
function emptyPdf(fonts) {
  const doc = new jsPDF({ unit: "mm", compress: true });
  doc.deletePage(1);
  doc.setCreationDate(STILL);
  doc.setFileId("0".repeat(32));
  for (const [style, raw] of [["normal", fonts.regular], ["bold", fonts.bold]]) {
    doc.addFileToVFS(`${FONT}-${style}.ttf`, binary(/** @type {Uint8Array} */ (raw)));
    doc.addFont(`${FONT}-${style}.ttf`, FONT, /** @type {string} */ (style));
  }
  return doc;
}

/** jsPDF takes a font as a text of bytes. @param {Uint8Array} raw @returns {string} */
function binary(raw) {
  let text = "";
  for (let i = 0; i < raw.length; i += 8192) text += String.fromCharCode(...raw.subarray(i, i + 8192));
  return text;
}

/** @param {jsPDF} doc @param {Texts} texts @param {string} code @param {string} paper */
function drawPage(doc, texts, code, paper) {
  if (paper === "80mm") {
    const height = slipHeight(doc, texts, 72) + 8;
    doc.addPage([80, Math.max(130, height)], "portrait");
    return drawSlip(doc, texts, code, { x: 4, y: 4, width: 72 });
  }
  doc.addPage(paper, "portrait");
  const [x, width] = paper === "a6" ? [10, 85] : [60, 90];
  drawSlip(doc, texts, code, { x, y: paper === "a6" ? 6 : 8, width });
  if (paper === "a4") cutLine(doc, 0, 148.5, 210, 148.5);
}

/** @param {jsPDF} doc @param {Texts} texts @param {string[]} codes */
function drawSheets(doc, texts, codes) {
  codes.forEach((code, i) => {
    if (i % PER_SHEET === 0) doc.addPage("a4", "portrait");
    const place = i % PER_SHEET;
    const [x, y] = [(place % SHEET.columns) * SHEET.width, Math.floor(place / SHEET.columns) * SHEET.height];
    drawLabel(doc, texts, code, { x, y, width: SHEET.width, height: SHEET.height });
    cutLine(doc, x + SHEET.width, y, x + SHEET.width, y + SHEET.height);
    cutLine(doc, x, y + SHEET.height, x + SHEET.width, y + SHEET.height);
  });
}

/** @param {jsPDF} doc @param {number} x1 @param {number} y1 @param {number} x2 @param {number} y2 */
function cutLine(doc, x1, y1, x2, y2) {
  doc.setDrawColor(110).setLineWidth(0.2).setLineDashPattern([2, 1.5], 0);
  doc.line(x1, y1, x2, y2);
}
