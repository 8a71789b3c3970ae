// @ts-check
/**
 * The editor of one target: a contenteditable whose codes are chips. Plain typing and composing are the browser's own;
 * whatever touches a code, pastes, or would bring in markup goes through the list of atoms instead.
 */

import { atomsBefore, draw, fromWire, lengthOf, plain, pointAt, pointUnder, read, slice, splice, tidy, toWire } from "./grid-text.js";

/** @typedef {import("./grid-codes.js").Piece} Piece */
/** @typedef {import("./grid-codes.js").Code} Code */

const OWN_TYPE = "application/x-docpipe-wire";
const TOGETHER_MS = 900;

export class Editor {
  /** @param {{onchange: (wire: string) => void}} told */
  constructor(told) {
    this.told = told;
    /** @type {HTMLElement | null} */
    this.element = null;
    /** @type {Piece[]} */
    this.pieces = [];
    this.codes = /** @type {Map<string, Code>} */ (new Map());
    this.composing = false;
    this.keystrokes = 0;
    /** @type {{pieces: Piece[], caret: number}[]} */
    this.past = [];
    /** @type {{pieces: Piece[], caret: number}[]} */
    this.future = [];
    this.last = { at: 0, kind: "" };
    /** @type {[string, (event: any) => void][]} */
    this.handlers = [
      ["beforeinput", (e) => this.#before(e)], ["input", (e) => this.#after(e)],
      ["compositionstart", () => { this.composing = true; }], ["compositionend", () => this.#composed()],
      ["paste", (e) => this.#paste(e)], ["copy", (e) => this.#copy(e)], ["cut", (e) => this.#copy(e, true)],
      ["drop", (e) => this.#drop(e)], ["keydown", (e) => this.#arrow(e)],
    ];
  }

  /** Turns an element into the editor. @param {HTMLElement} element @param {string} wire @param {Code[]} codes @param {string} label */
  attach(element, wire, codes, label) {
    this.detach();
    this.element = element;
    this.codes = new Map(codes.map((c) => [c.code, c]));
    this.pieces = fromWire(wire);
    this.past = [];
    this.future = [];
    this.last = { at: 0, kind: "" };
    draw(element, this.pieces, this.codes);
    for (const [name, value] of Object.entries({ contenteditable: "true", role: "textbox", "aria-multiline": "true", "aria-label": label, spellcheck: "true", tabindex: "0" })) {
      element.setAttribute(name, value);
    }
    for (const [name, handler] of this.handlers) element.addEventListener(name, handler);
  }

  /** Gives the element back; what stands in it is the caller's to draw. */
  detach() {
    if (!this.element) return;
    if (this.composing) this.#composed();
    for (const [name, handler] of this.handlers) this.element.removeEventListener(name, handler);
    for (const name of ["contenteditable", "role", "aria-multiline", "aria-label", "spellcheck", "tabindex", "aria-describedby"]) this.element.removeAttribute(name);
    this.element = null;
  }

  get wire() {
    return toWire(this.pieces);
  }

  /** @param {number | "end" | "start"} where in atoms */
  focus(where = "end") {
    if (!this.element) return;
    this.element.focus({ preventScroll: true });
    this.#select(where === "end" ? lengthOf(this.pieces) : where === "start" ? 0 : where);
  }

  /** Another text in place of all; can be undone. @param {string} wire */
  replaceAll(wire) {
    const put = fromWire(wire);
    this.#put(0, lengthOf(this.pieces), put, "all");
  }

  /** @param {string} code a wire code, put at the caret */
  insertCode(code) {
    const [from, to] = this.#selection();
    this.#put(from, to, [{ code }], "code");
  }

  /** @param {string} text */
  insertText(text) {
    const [from, to] = this.#selection();
    this.#put(from, to, [{ text: plain(text) }], "paste");
  }

  /** @returns {boolean} whether there was something of this editor to take back */
  undo() {
    return this.#swap(this.past, this.future);
  }

  /** @returns {boolean} */
  redo() {
    return this.#swap(this.future, this.past);
  }

  // ------------------------------------------------------------ the list of atoms

  /** @returns {[number, number]} */
  #selection() {
    const chosen = getSelection();
    if (!this.element || !chosen?.rangeCount || !this.element.contains(chosen.anchorNode)) {
      const end = lengthOf(this.pieces);
      return [end, end];
    }
    const range = chosen.getRangeAt(0);
    return [atomsBefore(this.element, range.startContainer, range.startOffset), atomsBefore(this.element, range.endContainer, range.endOffset)];
  }

  /** @param {number} atoms */
  #select(atoms) {
    if (this.element) getSelection()?.collapse(...pointAt(this.element, atoms));
  }

  /** @param {number} from @param {number} to @param {Piece[]} put @param {string} kind */
  #put(from, to, put, kind) {
    if (!this.element) return;
    this.#remember(kind, from);
    this.pieces = splice(this.pieces, from, to, put);
    draw(this.element, this.pieces, this.codes);
    this.#select(from + lengthOf(put));
    this.told.onchange(this.wire);
  }

  /** @param {string} kind @param {number} caret before the change */
  #remember(kind, caret) {
    const now = performance.now();
    const together = ["type", "delete"].includes(kind) && kind === this.last.kind && now - this.last.at < TOGETHER_MS;
    if (!together) this.past.push({ pieces: this.pieces, caret });
    this.last = { at: now, kind };
    this.future = [];
  }

  /** @param {{pieces: Piece[], caret: number}[]} from @param {{pieces: Piece[], caret: number}[]} to */
  #swap(from, to) {
    const found = from.pop();
    if (!found || !this.element || this.composing) return false;
    to.push({ pieces: this.pieces, caret: this.#selection()[1] });
    this.pieces = found.pieces;
    this.last = { at: 0, kind: "" };
    draw(this.element, this.pieces, this.codes);
    this.#select(Math.min(found.caret, lengthOf(this.pieces)));
    this.told.onchange(this.wire);
    return true;
  }

  // ------------------------------------------------------------ events

  /** @param {InputEvent} event */
  #before(event) {
    const type = event.inputType;
    if (!this.element || this.composing || event.isComposing || type === "insertCompositionText") return;
    if (type.startsWith("history")) {
      event.preventDefault();
      if (type === "historyUndo") this.undo();
      else this.redo();
      return;
    }
    if (type.startsWith("format") || type === "insertParagraph" || type === "insertLineBreak") {
      event.preventDefault();
      return;
    }
    let [from, to] = this.#selection();
    const target = event.getTargetRanges?.()[0];
    if (target && type.startsWith("delete")) {
      from = atomsBefore(this.element, target.startContainer, target.startOffset);
      to = atomsBefore(this.element, target.endContainer, target.endOffset);
    }
    if (type.startsWith("delete")) {
      if (from === to && type.endsWith("Backward")) from = Math.max(0, from - 1);
      if (from === to && type.endsWith("Forward")) to = Math.min(lengthOf(this.pieces), to + 1);
      const inOneText = target && target.startContainer === target.endContainer && target.startContainer instanceof Text;
      if (inOneText && !this.#touchesCode(from, to)) return;
      event.preventDefault();
      this.#put(from, to, [], "delete");
      return;
    }
    const text = event.data ?? event.dataTransfer?.getData("text/plain") ?? "";
    const chosen = getSelection();
    const inText = chosen?.anchorNode instanceof Text && chosen.anchorNode === chosen.focusNode;
    if (type === "insertText" && inText && !this.#touchesCode(from, to)) return;
    event.preventDefault();
    if (target && type === "insertReplacementText") {
      from = atomsBefore(this.element, target.startContainer, target.startOffset);
      to = atomsBefore(this.element, target.endContainer, target.endOffset);
    }
    this.#put(from, to, [{ text: plain(text) }], type === "insertText" ? "type" : "paste");
  }

  /** Over a code the caret goes in one step, whatever the browser makes of it. @param {KeyboardEvent} event */
  #arrow(event) {
    if (!["ArrowLeft", "ArrowRight"].includes(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !this.element) return;
    const chosen = getSelection();
    if (!chosen?.focusNode || (!chosen.isCollapsed && !event.shiftKey)) return;
    const at = atomsBefore(this.element, chosen.focusNode, chosen.focusOffset);
    const forward = (event.key === "ArrowRight") !== (getComputedStyle(this.element).direction === "rtl");
    const [from, to] = forward ? [at, at + 1] : [at - 1, at];
    if (from < 0 || !this.#touchesCode(from, to)) return;
    event.preventDefault();
    const point = pointAt(this.element, forward ? to : from);
    if (event.shiftKey) chosen.extend(...point);
    else chosen.collapse(...point);
  }

  /** @param {number} from @param {number} to */
  #touchesCode(from, to) {
    return slice(this.pieces, from, to).some((p) => "code" in p);
  }

  /** @param {InputEvent} event */
  #after(event) {
    if (this.composing || event.isComposing) return;
    this.#take(event.inputType?.startsWith("delete") ? "delete" : "type");
  }

  #composed() {
    this.composing = false;
    this.#take("compose");
  }

  /** Takes over what the browser did by itself. @param {string} kind */
  #take(kind) {
    if (!this.element) return;
    const caret = this.#selection()[1];
    const now = read(this.element);
    if (toWire(now) !== this.wire) {
      this.#remember(kind, Math.max(0, caret - Math.max(0, lengthOf(now) - lengthOf(this.pieces))));
      this.pieces = now;
      if (!tidy(this.element)) this.#redraw(caret);
      this.told.onchange(this.wire);
    } else if (!tidy(this.element)) this.#redraw(caret);
  }

  /** @param {number} caret */
  #redraw(caret) {
    if (!this.element) return;
    draw(this.element, this.pieces, this.codes);
    this.#select(caret);
  }

  /** @param {ClipboardEvent} event */
  #paste(event) {
    event.preventDefault();
    this.#takeIn(event.clipboardData, this.#selection());
  }

  /** @param {DragEvent} event */
  #drop(event) {
    event.preventDefault();
    const point = pointUnder(event);
    if (!this.element || !point || !this.element.contains(point[0])) return;
    const at = atomsBefore(this.element, ...point);
    this.#takeIn(event.dataTransfer, [at, at]);
  }

  /** Codes come along only from a row of ours, and only those that this row has. @param {DataTransfer | null} data @param {[number, number]} at */
  #takeIn(data, at) {
    if (!data) return;
    const own = data.getData(OWN_TYPE);
    const put = own
      ? fromWire(own).filter((p) => "text" in p || this.codes.has(p.code))
      : [{ text: plain(data.getData("text/plain")) }];
    if (lengthOf(put)) this.#put(at[0], at[1], put, "paste");
  }

  /** @param {ClipboardEvent} event @param {boolean} [cut] */
  #copy(event, cut = false) {
    const [from, to] = this.#selection();
    if (from === to) return;
    event.preventDefault();
    const chosen = slice(this.pieces, from, to);
    event.clipboardData?.setData("text/plain", chosen.map((p) => ("text" in p ? p.text : "")).join(""));
    event.clipboardData?.setData(OWN_TYPE, toWire(chosen));
    if (cut) this.#put(from, to, [], "cut");
  }
}
