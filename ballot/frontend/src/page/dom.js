// The small helper that builds pages: elements, their text, their listeners.
// Never here: markup from a string, an inline style or handler; the page's policy forbids them and so does this file.

/** @typedef {Node | string | false | null | undefined} Child */

/**
 * Make an element. Properties: `class`, `on` (listeners by event name), any other attribute; false leaves one out.
 * @param {string} tag
 * @param {Record<string, any>} [properties]
 * @param {...Child} children strings become text, never markup
 * @returns {HTMLElement}
 */
export function el(tag, { on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (/^(?:on|style$)/.test(name)) throw new TypeError(`no inline ${name}`);
    if (value !== false && value !== undefined) element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [event, listener] of Object.entries(on)) element.addEventListener(event, listener);
  element.append(...children.filter(isShown));
  return element;
}

/** @param {Child} child @returns {child is Node | string} */
function isShown(child) {
  return child !== false && child !== null && child !== undefined;
}

/**
 * Make a button; a press begins and ends inside it, and a second press while it works does nothing.
 * @param {string} text
 * @param {() => unknown} press
 * @param {Record<string, any>} [attributes]
 */
export function button(text, press, attributes = {}) {
  return el("button", { type: "button", ...attributes, on: { click: press } }, text);
}

/** The one act of a page that stands out. @param {string} text @param {() => unknown} press @param {Record<string, any>} [attributes] */
export function primary(text, press, attributes = {}) {
  return button(text, press, { class: "primary", ...attributes });
}

/** @param {...Child} children @returns {HTMLElement} */
export function footer(...children) {
  return el("footer", {}, ...children);
}

/**
 * Show a question over the page; the focus stays in it until an answer. Escape answers with `escape`.
 * @param {HTMLElement} content
 * @param {() => void} escape
 * @param {string} [name] a class for its looks
 * @returns {() => void} closes it
 */
export function ask(content, escape, name = "") {
  const heading = content.querySelector("h1");
  heading?.setAttribute("id", "asked");
  const dialog = /** @type {HTMLDialogElement} */ (el("dialog", { class: name, "aria-labelledby": "asked" }, content));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    escape();
  });
  document.body.append(dialog);
  dialog.showModal();
  return () => dialog.remove();
}

/** A bar for work of `total` steps, or of nobody knows how many: it moves then. @param {string} title @param {number} total */
export function progressBar(title, total) {
  const steps = total ? { max: total, value: 0 } : {};
  const bar = /** @type {HTMLProgressElement} */ (el("progress", { ...steps, "aria-label": title }));
  const screen = el("section", { class: "wait" }, el("h1", {}, title), bar);
  return { screen, advance: (/** @type {number} */ done) => (bar.value = done) };
}

/**
 * Three lines for what went wrong: what happened, that nothing is lost, what to do next.
 * @param {string} title
 * @param {string[]} lines
 * @param {HTMLElement[]} buttons
 */
export function trouble(title, lines, buttons) {
  const paragraphs = lines.map((line) => el("p", {}, line));
  return el("section", { class: "trouble", role: "alert" }, el("h1", {}, title), ...paragraphs, footer(...buttons));
}
