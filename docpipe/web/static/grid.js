// @ts-check
/** The review grid: one active row, one handler for keys and one for clicks; everything else is in the modules beside it. */

import { Actions } from "./grid-actions.js";
import { byId, h, painted, say } from "./grid-dom.js";
import { Editor } from "./grid-editor.js";
import { Effort } from "./grid-effort.js";
import { Marks } from "./grid-marks.js";
import { call, rowPath } from "./grid-net.js";
import { addressOf, dataOf, drawPresence, drawProgress, fillForm, Presence, swapTo } from "./grid-page.js";
import { Move } from "./grid-move.js";
import { Panel } from "./grid-panel.js";
import { drawText, Row } from "./grid-row.js";
import { Saver } from "./grid-save.js";
import { atomsBefore, pointUnder } from "./grid-text.js";

/** @typedef {import("./grid-row.js").RowData} RowData */

export class Grid {
  constructor() {
    const data = dataOf(document);
    this.setting = data;
    this.can = data.can;
    this.total = data.total;
    this.element = byId("grid");
    this.form = /** @type {HTMLFormElement} */ (byId("filter"));
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    /** @type {Row | null} */
    this.active = null;
    this.ready = false;
    this.marks = new Marks(data.marks);
    this.effort = new Effort();
    this.actions = new Actions(this);
    this.move = new Move(this);
    this.saver = new Saver({
      user: data.user,
      onsaved: (row, answer, before) => {
        if (row.data.revision !== before) this.actions.remember(row, "edit", row.data.revision - 1);
        if (answer.progress) this.progress(answer.progress);
        if (row === this.active) void this.reopen(row);
        say(`${row.name} saved at ${row.savedAt.slice(11, 16)}.`);
      },
      onstale: (row, now) => this.actions.stale(row, now),
    });
    this.editor = new Editor({ onchange: (wire) => this.#typed(wire) });
    this.panel = new Panel({
      insert: (wire) => this.actions.insert(wire), fix: (f) => this.actions.fix(f), dismiss: (f) => void this.actions.dismiss(f),
      alike: (f) => void this.actions.dismissAlike(f), comment: () => void this.actions.comment(), resolve: (id) => void this.actions.resolve(id),
      restore: (n) => this.actions.restore(n), back: () => void this.actions.translateBack(),
    }, { edit: this.can.edit, dismiss: this.can.dismiss, comment: this.can.comment });
    this.bar = byId("row-bar");
    this.keys = new Map(data.keys.map((/** @type {[string, string]} */ k) => k));
    this.#listen();
    this.take_page(data);
  }

  /** The rows in their order on the page. @returns {Row[]} */
  get list() { return [...this.rows.values()]; }
  get editing() { return Boolean(this.active && this.editor.element === this.active.target); }
  /** The filter as the query of an address, with its question mark. */
  get query() { return this.setting.query ? `?${this.setting.query}` : ""; }

  /** Rows that have come with a page; those with unsaved text keep it. @param {any} data */
  take_page(data) {
    const before = this.rows;
    Object.assign(this.setting, { page: data.page, pages: data.pages, query: data.query, per: data.per });
    this.rows = new Map(data.rows.map((/** @type {RowData} */ one) => {
      const element = /** @type {HTMLTableRowElement} */ (byId(`row-${one.segment}`));
      const known = before.get(one.segment);
      if (known && (known.dirty || this.saver.retries.has(known))) {
        known.element = element;
        known.data = one;
        known.drawCells();
        return [one.segment, known];
      }
      return [one.segment, new Row(element, one, this.setting)];
    }));
    for (const row of this.rows.values()) {
      this.#restore(row);
      const link = row.element.querySelector(".c-n a");
      link?.setAttribute("tabindex", "-1");
    }
    const first = this.list[0]?.element.querySelector(".c-n a");
    first?.removeAttribute("tabindex");
    this.effort.look(this.rows.values());
    if (data.progress) drawProgress(data.progress);
  }

  /** What was typed and not saved comes back into the row, with a note. @param {Row} row */
  #restore(row) {
    if (row.dirty || !this.can.edit) return;
    const kept = this.saver.kept(row);
    if (!kept) {
      this.saver.forget(row);
      return;
    }
    row.wire = kept.target;
    row.base = kept.revision;
    row.drawCells();
    row.tell("warn", `Restored: what you typed at ${kept.at.slice(11, 16)} UTC and had not saved. It is saved when you leave the row. `,
      h("button", { type: "button", class: "second small", onclick: () => this.#discard(row) }, "Discard it"));
  }

  /** @param {Row} row */
  #discard(row) {
    row.wire = row.data.target;
    row.base = row.data.revision;
    this.saver.changed(row);
    row.tell("info");
    this.redraw(row);
    row.element.focus({ preventScroll: true });
  }

  // ------------------------------------------------------------ the active row

  /** @param {Row} row @param {{caret?: number | "start" | "end", save?: boolean, scroll?: boolean}} [how] */
  activate(row, { caret = "end", save = true, scroll = true } = {}) {
    if (row === this.active) {
      if (this.editing && document.activeElement !== this.editor.element) this.editor.focus(caret);
      return;
    }
    this.leave(save);
    this.active = row;
    this.ready = false;
    row.element.classList.add("active");
    row.element.setAttribute("aria-current", "true");
    row.element.querySelector(".c-n a")?.removeAttribute("tabindex");
    row.target.after(this.bar);
    this.bar.hidden = false;
    if (this.can.edit) this.editor.attach(row.target, row.wire, row.data.codes, `Target of row ${row.number}`);
    this.panel.show(row);
    this.#refreshBar();
    this.effort.enter(row);
    this.#mark();
    if (scroll) row.element.scrollIntoView({ block: "nearest" });
    if (this.editing) this.editor.focus(caret);
    else row.element.focus({ preventScroll: true });
    history.replaceState(null, "", `#row-${row.segment}`);
    void painted().then(() => {
      if (this.active !== row) return;
      this.ready = true;
      row.element.dataset.ready = "yes";
      this.#refreshBar();
    });
    void this.panel.load(row).then(() => this.#present(row), () => {});
    void this.move.showInPreview(row);
  }

  /** The row may have been changed since the page came: who has not typed yet sees the present text. @param {Row} row */
  #present(row) {
    if (row.details.revision !== row.data.revision && !row.dirty && !this.saver.retries.has(row)) {
      const other = row.details.target !== row.wire;
      row.update(row.details);
      if (row === this.active) {
        if (other) this.redraw(row);
        else this.panel.show(row);
      }
      if (other) row.tell("warn", `${row.data.saved_by || "Somebody"} changed this row since you loaded the page: this is the present text.`);
    }
    if (row !== this.active) return;
    this.#refreshBar();
    this.#mark();
  }

  /** @param {boolean} [save] whether changed text becomes a revision */
  leave(save = true) {
    const row = this.active;
    if (!row) return;
    this.editor.detach();
    this.active = null;
    row.element.classList.remove("active");
    row.element.removeAttribute("aria-current");
    delete row.element.dataset.ready;
    drawText(row.target, row.wire, row.data.codes, this.setting.marks.target);
    this.marks.clear();
    this.effort.enter(null);
    if (save && row.dirty && !this.saver.retries.has(row) && !row.note.querySelector(".sides")) void this.saver.save(row);
  }

  /** @param {string} wire */
  #typed(wire) {
    const row = this.active;
    if (!row) return;
    row.wire = wire;
    this.effort.key();
    this.saver.changed(row);
    this.panel.findings();
    this.#refreshBar();
    this.#mark();
  }

  #refreshBar() {
    const row = this.active;
    if (!row) return;
    const approve = /** @type {HTMLButtonElement | null} */ (this.bar.querySelector("[data-does=approve]"));
    const why = row.hindrance || (this.ready ? "" : "…");
    if (approve) approve.disabled = Boolean(why) || !this.can.approve;
    byId("row-bar-why").textContent = row.hindrance;
    const missing = row.faults.filter((f) => f.kind === "missing").length;
    const codes = /** @type {HTMLElement | null} */ (this.bar.querySelector("[data-does=allCodes]"));
    if (codes) {
      codes.hidden = !missing || !this.editing;
      codes.textContent = missing === 1 ? "Insert the missing code" : `Insert ${missing} missing codes`;
    }
    const back = /** @type {HTMLElement | null} */ (this.bar.querySelector("[data-does=unapprove]"));
    if (back) back.hidden = row.data.status !== "approved" || row.dirty;
    for (const chip of row.target.querySelectorAll(".chip")) {
      chip.classList.toggle("wrong", row.faults.some((f) => f.kind !== "missing" && f.code === /** @type {HTMLElement} */ (chip).dataset.code));
    }
  }

  #mark() {
    const row = this.active;
    if (!row) return;
    const terms = row.details?.terms ?? [];
    this.marks.show({
      source: row.source, target: row.target, data: row.data, typed: row.dirty,
      forbidden: terms.flatMap((/** @type {any} */ t) => t.forbidden), terms: terms.map((/** @type {any} */ t) => t.span),
    });
  }

  /** Draws a row anew, the editor too. @param {Row} row */
  redraw(row) {
    row.drawCells();
    if (row === this.active && this.editing) {
      this.editor.attach(row.target, row.wire, row.data.codes, `Target of row ${row.number}`);
      this.editor.focus();
    }
    if (row === this.active) {
      this.panel.show(row);
      this.#refreshBar();
      this.#mark();
    }
  }

  /** An answer of the server about a row. @param {Row} row @param {any} answer */
  take(row, answer) {
    const changed = answer.row.target !== row.wire;
    row.savedAt = answer.row.saved_at ?? "";
    row.update(answer.row, { keepText: row.dirty });
    if (answer.progress) this.progress(answer.progress);
    if (row === this.active) {
      if (changed && !row.dirty) this.redraw(row);
      void this.reopen(row);
    }
  }

  /** Asks for everything of a row again. @param {Row} row */
  async reopen(row) {
    await this.panel.load(row).catch(() => {});
    if (!row.details) return;
    const typed = row.dirty;
    const other = row.details.target !== row.wire;
    row.update(row.details, { keepText: typed });
    if (row === this.active) {
      if (!typed && other) this.redraw(row);
      this.panel.show(row);
      this.#refreshBar();
      this.#mark();
    }
  }

  /** The row as it is on the page now. @param {Row} row */
  same(row) { return this.rows.get(row.segment) ?? row; }

  /** @param {any} progress */
  progress(progress) { drawProgress(progress); }

  /** Rows of whom findings were changed. @param {string} document @param {string[]} ids */
  async refresh(document, ids) {
    const touched = this.list.filter((r) => r.document === document && r.data.findings.some((f) => ids.includes(f.id)));
    await Promise.all(touched.map(async (row) => {
      const now = await call("GET", rowPath(row));
      row.details = now;
      row.update(now, { keepText: row.dirty || row === this.active });
      if (row === this.active) this.redraw(row);
    }));
    this.progress((await call("GET", `/api/v1/documents/${document}/progress`)));
  }

  /** The page as it is now on the server. */
  async reload() {
    const segment = this.active?.segment;
    this.leave();
    const data = await swapTo(location.href, { push: false });
    if (data) this.take_page(data);
    const row = segment ? this.rows.get(segment) : null;
    if (row) this.activate(row);
  }

  // ------------------------------------------------------------ events

  #listen() {
    this.element.addEventListener("keydown", (event) => this.#key(event));
    // With the focus nowhere, the two chords that choose a row lead into the grid.
    document.addEventListener("keydown", (event) => { if (event.target === document.body && /^Alt\+Arrow(Up|Down)$/.test(Grid.chord(event))) this.#key(event); });
    this.bar.addEventListener("mousedown", (event) => event.preventDefault());
    this.element.addEventListener("click", (event) => this.#click(event));
    document.addEventListener("click", (event) => {
      const does = event.target instanceof Element && event.target.closest("[data-does]");
      if (does && !this.element.contains(does)) this.run(/** @type {HTMLElement} */ (does).dataset.does ?? "");
      const link = event.target instanceof Element && event.target.closest("a[href^='#row-']");
      const row = link && this.rows.get((link.getAttribute("href") ?? "").slice(5));
      if (row) { event.preventDefault(); this.activate(row); }
    });
    this.form.addEventListener("submit", (event) => { event.preventDefault(); void this.#filter(addressOf(this.form)); });
    this.form.addEventListener("change", (event) => { if (!(event.target instanceof HTMLInputElement && event.target.type === "search")) this.form.requestSubmit(); });
    byId("grid-pages").addEventListener("click", (event) => {
      const link = event.target instanceof Element && event.target.closest("a");
      if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); void this.move.open(link.href, "first"); }
    });
    addEventListener("popstate", () => { fillForm(this.form); void this.#filter(location.href, false); });
    document.addEventListener("docpipe:open-row", (event) => {
      const row = this.rows.get(/** @type {CustomEvent} */ (event).detail?.segment);
      event.preventDefault();
      if (row) this.activate(row);
      else void this.move.open(`/documents/${/** @type {CustomEvent} */ (event).detail.document}/rows/${/** @type {CustomEvent} */ (event).detail.segment}`, /** @type {CustomEvent} */ (event).detail.segment);
    });
  }

  /** @param {string} address @param {boolean} [push] */
  async #filter(address, push = true) {
    this.leave();
    const data = await swapTo(address, { push });
    if (!data) return;
    this.take_page(data);
    say(`${data.matching} ${data.matching === 1 ? "row" : "rows"}.`);
  }

  /** The name of a chord as the keyboard map writes it. @param {KeyboardEvent} event */
  static chord(event) {
    const letter = /^[a-z0-9]$/i.test(event.key) ? event.key.toUpperCase() : /^(Key|Digit)/.test(event.code) && (event.altKey || event.ctrlKey) ? event.code.replace(/^(Key|Digit)/, "") : event.key;
    const shift = event.shiftKey && event.key !== "?";
    return [(event.ctrlKey || event.metaKey) && "Ctrl", event.altKey && "Alt", shift && "Shift", letter].filter(Boolean).join("+");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.getModifierState("AltGraph")) return;
    const chord = Grid.chord(event);
    const action = this.keys.get(chord);
    if (!action) return;
    const typing = event.target instanceof Element && event.target.closest("[contenteditable=true], input, textarea, select");
    if (chord === "?" && (typing || localStorage.getItem("docpipe:single-keys") === "off")) return;
    event.preventDefault();
    if (event.repeat && ["approve", "unapprove", "undo", "redo"].includes(action) && !(typing && ["undo", "redo"].includes(action))) return;
    this.run(action);
  }

  /** @param {string} action a name in the keyboard map */
  run(action) {
    const does = /** @type {any} */ (this.actions)[action];
    if (typeof does !== "function") throw new Error(`The keyboard map names ${action}, which nothing does.`);
    void does.call(this.actions);
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const at = event.target instanceof Element ? event.target : null;
    const does = at?.closest("[data-does]");
    if (does) return this.run(/** @type {HTMLElement} */ (does).dataset.does ?? "");
    if (at?.closest("a, button, #panel, summary, dialog")) return;
    const row = this.rows.get(/** @type {HTMLElement | null} */ (at?.closest("tr[data-segment]"))?.dataset.segment ?? "");
    if (!row || row === this.active) return;
    if (getSelection()?.toString() && !at?.closest(".c-target")) return;
    const point = at?.closest(".c-target .text") ? pointUnder(event) : null;
    const caret = point ? atomsBefore(row.target, ...point) : "end";
    this.activate(row, { caret, scroll: false });
  }

  start() {
    const wanted = location.hash.startsWith("#row-") ? this.rows.get(location.hash.slice(5)) : null;
    if (wanted) {
      this.activate(wanted);
      // the browser moves the focus to the row that the address names once the page has loaded
      const back = () => void painted().then(() => { if (this.active === wanted && document.activeElement === wanted.element) this.activate(wanted); });
      if (document.readyState === "complete") back();
      else addEventListener("load", back, { once: true });
    }
    const singles = /** @type {HTMLInputElement | null} */ (document.getElementById("single-keys"));
    if (singles) {
      singles.checked = localStorage.getItem("docpipe:single-keys") !== "off";
      singles.addEventListener("change", () => localStorage.setItem("docpipe:single-keys", singles.checked ? "on" : "off"));
    }
    if (this.setting.document) new Presence(this.setting.document, () => ({ segment: this.active?.segment ?? "", editing: Boolean(this.active?.dirty) }), drawPresence);
    document.documentElement.dataset.grid = "ready";
  }
}

if (document.getElementById("grid-data")) new Grid().start();
