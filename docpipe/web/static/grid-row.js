// @ts-check
/** A row: what the server last said of it, what stands in it now, and its cells drawn as the server draws them. */

import { chip, faults, faultText, parse } from "./grid-codes.js";
import { clock, h, timeOf } from "./grid-dom.js";
import { expression } from "./grid-marks.js";

/**
 * @typedef {import("./grid-codes.js").Code} Code
 * @typedef {{id: string, check: string, title: string, severity: string, message: string, source_span: [number, number] | null, target_span: [number, number] | null, suggestion: string, disposition: string, dismissed_by: string, reason: string}} Finding
 * @typedef {{kind: string, detail: string, percent: number | null, model: string, prompt: string, at: string | null}} Origin
 * @typedef {{document: string, segment: string, position: number, number: number, kind: string, heading: string, source: string, source_plain: string, target: string, status: string, origin: Origin, revision: number, editor: string, approver: string, needs_person: string, route: string, displayed: boolean, changed_since: boolean, saved_at: string | null, saved_by: string, codes: Code[], missing_codes: string[], findings: Finding[], open_comments: number, open_questions: number, draft: null | {target: string, revision: number, at: string}}} RowData
 * @typedef {{status: Record<string, [string, string]>, severity: Record<string, string>, origin: Record<string, string>}} Words
 * @typedef {{words: Words, marks: {source: string, target: string}, user: string}} Setting
 */

/** @param {string} text @param {string} pattern @returns {(Node | string)[]} numbers and negations in elements of their own */
function marked(text, pattern) {
  /** @type {(Node | string)[]} */
  const out = [];
  let at = 0;
  for (const found of text.matchAll(expression(pattern))) {
    if (!found[0]) continue;
    if (found.index > at) out.push(text.slice(at, found.index));
    out.push(h("span", { class: found[1] ? "neg" : "num" }, found[0]));
    at = found.index + found[0].length;
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}

/** @param {Element} element @param {string} wire @param {Code[]} codes @param {string} pattern */
export function drawText(element, wire, codes, pattern) {
  const known = new Map(codes.map((c) => [c.code, c]));
  element.replaceChildren(...parse(wire).flatMap((p) => ("text" in p ? marked(p.text, pattern) : [chip(p.code, known.get(p.code))])));
}

/** @param {RowData} row @returns {string} the status as the page names it */
export function statusName(row) {
  return row.status === "edited" && row.needs_person ? "sent-back" : row.status;
}

export class Row {
  /** @param {HTMLTableRowElement} element @param {RowData} data @param {Setting} setting */
  constructor(element, data, setting) {
    this.element = element;
    this.setting = setting;
    this.data = data;
    /** What stands in the row now, saved or not. */
    this.wire = data.target;
    /** Revision that the text in the row was made from. */
    this.base = data.revision;
    /** Changes one after the other. @type {Promise<unknown>} */
    this.chain = Promise.resolve();
    this.savedAt = "";
    /** @type {any} match, terms, history, comments; fetched when the row is opened */
    this.details = null;
  }

  get document() { return this.data.document; }
  get segment() { return this.data.segment; }
  get number() { return this.data.number; }
  get source() { return /** @type {HTMLElement} */ (this.element.querySelector(".c-source .text")); }
  get target() { return /** @type {HTMLElement} */ (this.element.querySelector(".c-target .text")); }
  get note() { return /** @type {HTMLElement} */ (this.element.querySelector(".row-note")); }
  get dirty() { return this.wire !== this.data.target; }
  get open() { return this.data.findings.filter((f) => f.disposition === "open"); }
  get faults() { return faults(parse(this.wire), this.data.codes); }
  get name() { return `Row ${this.data.number}`; }

  /** Whether a person must look at it: as the server's `eyes` filter says. */
  get needs() {
    const { status, route, displayed } = this.data;
    return status !== "approved" && (route === "eyes" || (route === "sampled" && !displayed));
  }

  /** Whether this person can do something about it: what one edited oneself waits for another. */
  get needsMe() {
    return this.needs && !(this.data.editor === this.setting.user && this.data.status === "edited" && !this.data.needs_person && !this.dirty);
  }

  /** Why it cannot be approved as it stands, in words; "" if it can. */
  get hindrance() {
    const broken = this.faults;
    if (!this.wire.trim()) return "The row has no translation yet.";
    if (broken.length) return `The codes are not in order: ${broken.slice(0, 3).map(faultText).join("; ")}.`;
    if (!this.dirty && (this.data.needs_person || this.data.status === "new" || this.data.origin.kind === "pseudo")) return "The row needs a person's translation first.";
    const critical = this.open.filter((f) => f.severity === "critical");
    if (critical.length && !this.dirty) return `The row has an open critical finding: ${critical[0].title}.`;
    return "";
  }

  /** Takes over what the server says now. @param {RowData} data @param {{keepText?: boolean}} [how] */
  update(data, { keepText = false } = {}) {
    this.data = data;
    if (!keepText) {
      this.wire = data.target;
      this.base = data.revision;
    }
    this.drawCells();
  }

  drawCells() {
    const { data, element } = this;
    element.dataset.revision = String(data.revision);
    element.dataset.status = statusName(data);
    element.toggleAttribute("data-needs", this.needs);
    if (!this.target.isContentEditable) drawText(this.target, this.wire, data.codes, this.setting.marks.target);
    this.drawStatus();
    element.querySelector(".c-find")?.replaceChildren(...this.#findings());
    this.showUnsaved();
  }

  /** @param {string} [busy] what is under way */
  drawStatus(busy = "") {
    const cell = /** @type {HTMLElement} */ (this.element.querySelector(".c-status"));
    cell.toggleAttribute("aria-busy", Boolean(busy));
    if (busy) cell.replaceChildren(h("span", { class: "st busy" }, h("span", { class: "shape", "aria-hidden": "true" }, "…"), " ", busy));
    else cell.replaceChildren(...this.#status());
  }

  #status() {
    const { data } = this;
    const [word, shape] = this.setting.words.status[statusName(data)] ?? [data.status, "○"];
    const who = data.status === "approved" ? data.approver : data.status === "edited" ? data.editor : "";
    const origin = this.setting.words.origin[data.origin.kind] ?? data.origin.kind;
    return [
      h("span", { class: `st st-${statusName(data)}` }, h("span", { class: "shape", "aria-hidden": "true" }, shape), " ", word),
      who ? h("span", { class: "who" }, `by ${who}`) : "",
      data.origin.kind === "human" ? "" : h("span", { class: "origin" }, data.origin.percent === null ? origin : `${origin} ${data.origin.percent} %`),
      data.changed_since ? h("span", { class: "round" }, "changed since the last round") : "",
      data.route === "none" && data.status !== "approved" ? h("span", { class: "round" }, "needs no eyes") : "",
      data.route === "sampled" && !data.displayed ? h("span", { class: "round" }, "sample: must be seen") : "",
      this.savedAt ? h("span", { class: "saved" }, `saved at ${clock(this.savedAt)}`) : "",
    ].filter((x) => x !== "");
  }

  #findings() {
    const { data } = this;
    const talk = [[data.open_questions, "open question"], [data.open_comments - data.open_questions, "comment"]];
    return [
      ...(data.needs_person ? [h("span", { class: "why" }, data.needs_person)] : []),
      ...this.open.map((f) => h("span", { class: "find" },
        h("span", { class: `sev sev-${f.severity}` }, h("span", { class: "shape", "aria-hidden": "true" }, this.setting.words.severity[f.severity]), " ", f.severity),
        " ", f.title)),
      ...talk.filter(([n]) => Number(n) > 0).map(([n, what]) => h("span", { class: "talk" }, `${n} ${what}${n === 1 ? "" : "s"}`)),
    ];
  }

  /** Only the row that was touched says that it is not saved. */
  showUnsaved() {
    this.element.classList.toggle("unsaved", this.dirty);
    const mark = /** @type {HTMLElement} */ (this.element.querySelector(".unsaved-mark"));
    mark.textContent = this.dirty ? "not saved" : "";
  }

  /** Says something in the row, with buttons. @param {"info" | "warn" | "alarm"} kind @param {(Node | string)[]} parts none: takes it away */
  tell(kind, ...parts) {
    this.note.className = `row-note ${parts.length ? kind : "none"}`;
    if (kind === "alarm" && parts.length) this.note.setAttribute("role", "alert");
    else this.note.removeAttribute("role");
    this.note.replaceChildren(...parts);
  }

  /** When and by whom. @returns {Node} */
  lastChange() {
    return h("span", {}, `${this.data.saved_by || "docpipe"}, `, timeOf(this.data.saved_at));
  }
}
