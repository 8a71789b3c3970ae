// @ts-check
/** Two people, one row: both texts side by side with what differs, and the choice between them. */

import { h, timeOf } from "./grid-dom.js";
import { wordDiff } from "./grid-diff.js";

/** @typedef {import("./grid-row.js").Row} Row */
/** @typedef {import("./grid-row.js").RowData} RowData */

/**
 * @param {Row} row @param {RowData} now as it stands on the server
 * @param {{mine: () => void, theirs: () => void, edit: () => void}} choose
 */
export function showConflict(row, now, choose) {
  const lang = row.target.lang;
  const dir = row.target.dir;
  const changes = wordDiff(now.target, row.wire, lang);
  const side = (/** @type {string} */ title, /** @type {string} */ skip, /** @type {(Node | string)[]} */ ...who) =>
    h("div", { class: "side" },
      h("h4", {}, title), h("p", { class: "soft" }, ...who),
      h("p", { class: "text diff", lang, dir }, ...changes.filter(([op]) => op !== skip).map(([op, text]) => (op === "keep" ? text : h("mark", { class: "differs" }, text)))));
  const button = (/** @type {string} */ text, /** @type {() => void} */ does, /** @type {string} */ kind) =>
    h("button", { type: "button", class: kind, onclick: does }, text);
  row.tell("alarm",
    h("strong", {}, `${now.saved_by || "Somebody"} changed this row while you had it open. Nothing is lost: choose.`),
    h("div", { class: "sides" },
      side(`Theirs (revision ${now.revision})`, "insert", now.saved_by, ", ", timeOf(now.saved_at)),
      side("Yours (not saved)", "delete", "typed on revision ", String(row.base))),
    h("div", { class: "actions" },
      button("Keep mine", choose.mine, ""),
      button("Take theirs", choose.theirs, "second"),
      button("Edit mine further", choose.edit, "second")));
}
