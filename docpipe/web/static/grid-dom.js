// @ts-check
/** Small things for building and finding elements; every text goes in as text, never as markup. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `on…` are handlers, `false`/`null` are left out, `true` is an empty attribute
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(.../** @type {(Node | string)[]} */ (children.filter((c) => c !== null && c !== undefined && c !== false && c !== "")));
  return element;
}

/** @param {string} id @returns {HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`#${id} is not on the page`);
  return found;
}

/** Says something to everybody, screen readers included. @param {string} text @param {Node[]} more buttons behind it */
export function say(text, ...more) {
  const line = byId("status");
  line.replaceChildren(text, ...more.flatMap((m) => [" ", m]));
}

/** @param {string | null | undefined} iso @returns {string} such as 14:03 in UTC */
export function clock(iso) {
  return iso ? new Date(iso).toISOString().slice(11, 16) : "";
}

/** @param {string | null | undefined} iso @returns {HTMLElement | string} */
export function timeOf(iso) {
  if (!iso) return "";
  const at = new Date(iso).toISOString();
  return h("time", { datetime: at }, `${at.slice(0, 10)} ${at.slice(11, 16)} UTC`);
}

/** Two frames later: what was put on the page has been painted. @returns {Promise<void>} */
export function painted() {
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())));
}

/** A question in a dialog of the page: a text is asked for. @returns {Promise<string | null>} null when given up */
export function ask(/** @type {{title: string, label: string, button: string, lines?: (Node | string)[], tick?: {label: string, set: (on: boolean) => void}}} */ asked) {
  return new Promise((done) => {
    const before = document.activeElement;
    const field = /** @type {HTMLTextAreaElement} */ (h("textarea", { id: "ask-text", required: true, rows: 3 }));
    const tick = /** @type {HTMLInputElement} */ (h("input", { type: "checkbox", id: "ask-tick" }));
    const dialog = /** @type {HTMLDialogElement} */ (h("dialog", { class: "ask", "aria-labelledby": "ask-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "ask-title" }, asked.title),
        ...(asked.lines ?? []).map((line) => h("p", {}, line)),
        h("label", { for: "ask-text" }, asked.label), field,
        asked.tick ? h("p", {}, tick, " ", h("label", { for: "ask-tick" }, asked.tick.label)) : null,
        h("div", { class: "actions" },
          h("button", { type: "submit", value: "yes" }, asked.button),
          h("button", { type: "submit", value: "no", class: "second", formnovalidate: true }, "Cancel")))));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && field.value.trim()) {
        event.preventDefault();
        event.stopPropagation();
        dialog.close("yes");
      }
    });
    dialog.addEventListener("close", () => {
      const said = dialog.returnValue === "yes" ? field.value.trim() : null;
      asked.tick?.set(tick.checked);
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      done(said || null);
    });
    document.body.append(dialog);
    dialog.showModal();
    field.focus();
  });
}
