// @ts-check
/** Review effort: active time, keystrokes and which rows were on the screen, sent every few seconds and when the page is left. */

import { call } from "./grid-net.js";

/** @typedef {import("./grid-row.js").Row} Row */

const EVERY_MS = 5000;
const IDLE_MS = 30000;
const SEEN_MS = 1500;

export class Effort {
  constructor() {
    /** @type {Row | null} */
    this.row = null;
    /** @type {Map<Row, {active_ms: number, keystrokes: number, shown: boolean}>} */
    this.marks = new Map();
    this.lastActive = performance.now();
    this.lastTick = performance.now();
    for (const name of ["keydown", "pointermove", "pointerdown", "wheel", "scroll"]) {
      addEventListener(name, () => { this.lastActive = performance.now(); }, { passive: true, capture: true });
    }
    /** @type {Map<Element, number>} */
    this.timers = new Map();
    this.watch = new IntersectionObserver((entries) => entries.forEach((e) => this.#crossed(e)), { threshold: 0.9 });
    /** @type {Map<Element, Row>} */
    this.rows = new Map();
    setInterval(() => this.tick(), 1000);
    setInterval(() => void this.send(), EVERY_MS);
    addEventListener("pagehide", () => void this.send(true));
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") void this.send(true); });
  }

  /** Rows of a page that has come. @param {Iterable<Row>} rows */
  look(rows) {
    this.watch.disconnect();
    this.timers.forEach((timer) => clearTimeout(timer));
    this.timers.clear();
    this.rows = new Map([...rows].map((row) => [row.element, row]));
    for (const element of this.rows.keys()) this.watch.observe(element);
  }

  /** @param {IntersectionObserverEntry} entry a row that stays in view for a moment was displayed */
  #crossed(entry) {
    clearTimeout(this.timers.get(entry.target));
    const row = this.rows.get(entry.target);
    if (!entry.isIntersecting || !row || row.data.displayed) return;
    this.timers.set(entry.target, window.setTimeout(() => { if (this.#here()) this.#shown(row); }, SEEN_MS));
  }

  /** @param {Row} row */
  #shown(row) {
    this.#of(row).shown = true;
    row.data.displayed = true;
  }

  #here() {
    return document.visibilityState === "visible" && performance.now() - this.lastActive < IDLE_MS;
  }

  /** @param {Row} row */
  #of(row) {
    let found = this.marks.get(row);
    if (!found) this.marks.set(row, (found = { active_ms: 0, keystrokes: 0, shown: false }));
    return found;
  }

  /** The row that has the focus now. @param {Row | null} row */
  enter(row) {
    this.tick();
    this.row = row;
    if (row) this.#of(row).shown = true;
  }

  key() {
    if (this.row) this.#of(this.row).keystrokes += 1;
  }

  tick() {
    const now = performance.now();
    const passed = Math.min(now - this.lastTick, 2000);
    this.lastTick = now;
    if (this.row && this.#here()) this.#of(this.row).active_ms += Math.round(passed);
  }

  /** @param {boolean} [leaving] */
  async send(leaving = false) {
    if (leaving) this.tick();
    const marks = [...this.marks].filter(([, m]) => m.shown || m.active_ms || m.keystrokes);
    this.marks.clear();
    /** @type {Map<string, any[]>} */
    const byDocument = new Map();
    for (const [row, mark] of marks) {
      const list = byDocument.get(row.document) ?? [];
      list.push({ segment: row.segment, ...mark });
      byDocument.set(row.document, list);
    }
    for (const [document, rows] of byDocument) {
      try {
        await call("POST", `/api/v1/documents/${encodeURIComponent(document)}/seen`, { rows }, { keepalive: leaving });
      } catch {
        for (const [row, mark] of marks.filter(([r]) => r.document === document)) {
          const again = this.#of(row);
          again.active_ms += mark.active_ms;
          again.keystrokes += mark.keystrokes;
          again.shown ||= mark.shown;
        }
      }
    }
  }
}
