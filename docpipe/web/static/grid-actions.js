// @ts-check
/** What the keys and buttons of the grid do: decide, move, insert, undo. Each name in the keyboard map is a method here. */

import { ask, byId, h, say } from "./grid-dom.js";
import { readCode } from "./grid-codes.js";
import { call, Failed, rowPath } from "./grid-net.js";
import { showConflict } from "./grid-conflict.js";
import { fromWire, lengthOf } from "./grid-text.js";

/** @typedef {import("./grid-row.js").Row} Row */
/** @typedef {import("./grid-row.js").Finding} Finding */
/** @typedef {import("./grid.js").Grid} Grid */
/** @typedef {{row: Row, kind: "edit" | "approve" | "other", revision: number, before: number}} Done */

export class Actions {
  /** @param {Grid} grid */
  constructor(grid) {
    this.grid = grid;
    /** @type {Done[]} */
    this.past = [];
    /** @type {Done[]} */
    this.future = [];
  }

  get row() { return this.grid.active; }

  /** @param {Row} row @param {"edit" | "approve" | "other"} kind @param {number} before revision */
  remember(row, kind, before) {
    this.past.push({ row, kind, revision: row.data.revision, before });
    this.future = [];
  }

  /** Does it for the row, in turn, and takes in the answer. @param {Row} row @param {string} path @param {() => any} body @param {"edit" | "approve" | "other"} kind @param {(answer: any) => void} then */
  change(row, path, body, kind, then) {
    row.chain = row.chain.then(() => this.grid.saver.guarded(row, async () => {
      const before = row.data.revision;
      const answer = await call("POST", rowPath(row, path), body());
      this.grid.take(row, answer);
      if (row.data.revision !== before) this.remember(row, kind, before);
      then(answer);
    }));
    return row.chain;
  }

  // ------------------------------------------------------------ decide

  approve() {
    const { row, grid } = this;
    if (!row) return;
    if (!grid.can.approve) return say("Your roles do not let you approve rows.");
    if (!grid.ready) return say(`${row.name} has only just appeared: look at it, then press again.`);
    if (row.data.status === "approved" && !row.dirty) return void grid.move.moveOn(row);
    if (row.hindrance) {
      row.tell("alarm", row.hindrance);
      return say(`${row.name} cannot be approved. ${row.hindrance}`);
    }
    const wire = row.wire;
    const typed = row.dirty;
    grid.saver.settle(row);
    row.tell("info");
    row.drawStatus(typed ? "saving and approving" : "approving");
    row.element.removeAttribute("data-needs");
    const there = grid.move.moveOn(row, true);
    row.chain = row.chain.then(() => grid.saver.guarded(row, () => this.#approved(row, wire, typed, there)));
    void row.chain.then((good) => { if (!good) row.element.toggleAttribute("data-needs", row.needs); });
  }

  /** @param {Row} row @param {string} wire @param {boolean} typed @param {boolean} there whether the next row is open already */
  async #approved(row, wire, typed, there) {
    const before = row.data.revision;
    const body = { revision: row.base, ...(typed ? { target: wire } : {}) };
    try {
      const answer = await call("POST", rowPath(row, `/approve${this.grid.query}`), body);
      this.grid.saver.done(row, answer.row, wire);
      this.grid.progress(answer.progress);
      this.remember(row, "approve", before);
      say(`${row.name} approved, ${answer.progress.needing_review} left.`, this.#undoButton());
      if (!there) await this.grid.move.goTo(row, answer.next);
    } catch (error) {
      if (!(error instanceof Failed) || error.kind !== "refused") throw error;
      const now = await call("GET", rowPath(row));
      if (now.target !== wire) throw error;
      this.grid.saver.done(row, now, wire);
      if (now.revision !== before) this.remember(row, "edit", before);
      if (error.code !== "review.four_eyes") {
        row.tell("alarm", `${typed ? "Saved, but not approved" : "Not approved"}: ${error.message}`);
        return say(`${row.name} is not approved: ${error.message}`, h("a", { href: `#row-${row.segment}`, class: "button second" }, `Show ${row.name.toLowerCase()}`));
      }
      row.tell("info", "Saved. You edited this text, so another person approves it.");
      say(`${row.name} is saved; you edited it, so another person approves it.`);
      if (!there) await this.grid.move.goTo(row, (await call("GET", `/api/v1/documents/${row.document}/next${this.grid.query ? `${this.grid.query}&` : "?"}after=${row.segment}`)).next);
    }
  }

  unapprove() {
    const { row } = this;
    if (!row || row.data.status !== "approved") return say("The row is not approved.");
    return this.change(row, "/unapprove", () => ({ revision: row.data.revision }), "other", () => say(`The approval of row ${row.number} is taken back.`, this.#undoButton()));
  }

  async reject() {
    const { row, grid } = this;
    if (!row) return;
    if (!grid.can.reject) return say("Your roles do not let you send rows back.");
    const reason = await ask({ title: `Send row ${row.number} back`, label: "What is wrong? Whoever works on the row reads this.", button: "Send back" });
    if (reason) await this.change(row, "/reject", () => ({ revision: row.base, reason }), "other", () => { say(`Row ${row.number} is sent back.`, this.#undoButton()); grid.move.moveOn(row); });
  }

  async save() {
    const { row, grid } = this;
    if (!row) return;
    if (!row.dirty && !row.data.needs_person) return say("Nothing to save in this row.");
    await grid.saver.save(row);
  }

  // ------------------------------------------------------------ move

  next() { this.grid.move.step(1); }
  previous() { this.grid.move.step(-1); }
  first() { void this.grid.move.edge("first"); }
  last() { void this.grid.move.edge("last"); }

  async goto() {
    const said = await ask({ title: "Go to a row", label: `Number of the row (1 to ${this.grid.total})`, button: "Go" });
    const number = Number.parseInt(said ?? "", 10);
    if (number >= 1) await this.grid.move.toNumber(number);
  }

  search() {
    const field = /** @type {HTMLInputElement} */ (byId("f-q"));
    const fold = /** @type {HTMLDetailsElement | null} */ (field.closest("details"));
    if (fold) fold.open = true;
    field.focus();
    field.select();
  }

  nextFinding() {
    const { grid } = this;
    const rows = grid.list;
    const at = this.row ? rows.indexOf(this.row) : -1;
    const found = [...rows.slice(at + 1), ...rows.slice(0, at)].find((r) => r.open.length);
    if (found) grid.activate(found);
    else say("No other row on this page has an open finding.");
  }

  // ------------------------------------------------------------ findings

  /** @param {Finding} [given] */
  async dismiss(given) {
    const { row, grid } = this;
    const finding = given ?? row?.open[0];
    if (!row || !finding) return say("The row has no open finding.");
    if (!grid.can.dismiss) return say("Your roles do not let you dismiss findings.");
    const reason = await ask({ title: `Dismiss: ${finding.title}`, label: "Why is this no fault? The reason is kept in the records.", button: "Dismiss", lines: [finding.message] });
    if (reason) await this.#dismissed(row, [finding.id], reason);
  }

  /** @param {Finding} finding */
  async dismissAlike(finding) {
    const { row } = this;
    if (!row) return;
    await this.grid.saver.guarded(row, async () => {
      const alike = await call("GET", `/api/v1/documents/${row.document}/findings/${finding.id}/alike`);
      const ids = [...new Set([finding.id, ...alike.ids])];
      const shown = (alike.sample ?? []).map((/** @type {any} */ s) => h("span", { class: "soft" }, `${this.grid.rows.get(s.segment)?.name ?? "On another page"}: ${s.message ?? ""}`));
      const reason = await ask({ title: `Dismiss ${ids.length} findings alike`, label: "One reason for all of them. Each dismissal is recorded.", button: `Dismiss ${ids.length}`, lines: [`${finding.title}. Among them:`, ...shown] });
      if (reason) await this.#dismissed(row, ids, reason);
    });
  }

  /** @param {Row} row @param {string[]} ids @param {string} reason */
  async #dismissed(row, ids, reason) {
    await this.grid.saver.guarded(row, async () => {
      const answer = await call("POST", `/api/v1/documents/${row.document}/findings/dismiss`, { ids, reason });
      await this.grid.refresh(row.document, ids);
      say(`${ids.length} ${ids.length === 1 ? "finding" : "findings"} dismissed.`, ...(answer.undo ? [this.#undoBulk(answer.undo)] : []));
    });
  }

  /** @param {Finding} [given] */
  async fix(given) {
    const { row, grid } = this;
    const finding = given ?? row?.open.find((f) => f.suggestion);
    if (!row || !finding?.suggestion) return say("No finding of the row has a suggestion.");
    if (!grid.editing) return say("The row cannot be edited.");
    if (row.dirty && !(await grid.saver.save(row))) return;
    row.chain = row.chain.then(() => grid.saver.guarded(row, async () => {
      const before = row.data.revision;
      const answer = await call("POST", `/api/v1/documents/${row.document}/findings/${finding.id}/fix`, { revision: before });
      row.wire = answer.row.target;
      grid.take(row, answer);
      row.base = row.data.revision;
      grid.redraw(row);
      this.remember(row, "edit", before);
      say(`The suggestion is in row ${row.number}.`, this.#undoButton());
    }));
    await row.chain;
  }

  /** The row's saved target, said in the source language by the model. */
  async translateBack() {
    const { row, grid } = this;
    if (!row) return;
    say(`Row ${row.number}: the model is asked …`);
    await grid.saver.guarded(row, async () => {
      const told = await call("POST", rowPath(row, "/back-translation"));
      if (row.details) row.details.back_translation = { possible: true, ...told };
      if (grid.active === row) grid.panel.back();
      say(`Row ${row.number} is translated back.`);
    });
  }

  // ------------------------------------------------------------ memory and codes

  matchDown() { this.grid.panel.choose(1); }
  matchUp() { this.grid.panel.choose(-1); }
  match1() { this.insert(this.grid.panel.match(0)); }
  match2() { this.insert(this.grid.panel.match(1)); }
  match3() { this.insert(this.grid.panel.match(2)); }
  match4() { this.insert(this.grid.panel.match(3)); }
  match5() { this.insert(this.grid.panel.match(4)); }
  insertMatch() { this.insert(this.grid.panel.match(this.grid.panel.chosen)); }

  /** @param {string | null} wire */
  insert(wire) {
    const { grid } = this;
    if (wire === null) return say("There is no such match.");
    if (!grid.editing) return say("The row cannot be edited.");
    grid.editor.replaceAll(wire);
    grid.editor.focus();
    say("The match is in the row; Ctrl+Z takes it back.");
  }

  nextCode() {
    const { row, grid } = this;
    if (!row || !grid.editing) return;
    const [missing] = row.faults.filter((f) => f.kind === "missing");
    if (!missing) return say("No code is missing.");
    grid.editor.insertCode(missing.code);
    say(`Code ${readCode(missing.code).number} inserted.`);
  }

  allCodes() {
    const { row, grid } = this;
    if (!row || !grid.editing) return;
    const missing = row.faults.filter((f) => f.kind === "missing");
    if (!missing.length) return say("No code is missing.");
    if (grid.editor.element !== document.activeElement) grid.editor.focus("end");
    for (const fault of missing) grid.editor.insertCode(fault.code);
    say(`${missing.length} codes inserted.`);
  }

  // ------------------------------------------------------------ undo

  #undoButton() {
    return h("button", { type: "button", class: "second small", onclick: () => void this.undoLast() }, "Undo");
  }

  /** @param {string} token */
  #undoBulk(token) {
    return h("button", { type: "button", class: "second small", onclick: async () => {
      await call("POST", `/api/v1/undo/${token}`, {});
      await this.grid.reload();
      say("Taken back.");
    } }, "Undo");
  }

  undo() {
    if (this.grid.editing && this.row?.dirty && this.grid.editor.undo()) return;
    void this.undoLast();
  }

  redo() {
    if (this.grid.editing && this.grid.editor.redo()) return;
    void this.redoLast();
  }

  async undoLast() {
    const last = this.past.pop();
    if (!last) return say("You have done nothing on this page that could be undone.");
    const row = this.grid.same(last.row);
    await row.chain;
    await this.grid.saver.guarded(row, async () => {
      const now = row.data.revision;
      const answer = now === last.revision
        ? await call("POST", rowPath(row, "/undo"), { revision: now })
        : await call("POST", rowPath(row, "/restore"), { to_revision: last.before, revision: now });
      this.grid.take(row, answer);
      this.future.push(last);
      if (this.grid.rows.has(row.segment)) this.grid.activate(row);
      say(`Undone in row ${row.number}.`);
    });
  }

  async redoLast() {
    const last = this.future.pop();
    if (!last) return say("There is nothing to do again.");
    const row = this.grid.same(last.row);
    await this.grid.saver.guarded(row, async () => {
      const rest = this.future;
      const before = row.data.revision;
      const answer = last.kind === "approve"
        ? await call("POST", rowPath(row, "/approve"), { revision: before })
        : await call("POST", rowPath(row, "/restore"), { to_revision: last.revision, revision: before });
      this.grid.take(row, answer);
      this.remember(row, last.kind, before);
      this.future = rest;
      if (this.grid.rows.has(row.segment)) this.grid.activate(row);
      say(`Done again in row ${row.number}.`);
    });
  }

  /** @param {number} revision */
  restore(revision) {
    const { row } = this;
    if (row) void this.change(row, "/restore", () => ({ to_revision: revision, revision: row.data.revision }), "edit", () => say(`The text of revision ${revision} is back in row ${row.number}, as a new revision.`, this.#undoButton()));
  }

  /** Somebody else changed the row. @param {Row} row @param {any} now */
  stale(row, now) {
    if (!now) return void call("GET", rowPath(row)).then((found) => this.stale(row, found));
    if (row.wire === now.target || !row.dirty) {
      row.update(now);
      return row.tell("warn", `${now.saved_by || "Somebody"} changed this row; what you see now is the present text.`);
    }
    const mine = row.wire;
    const settled = () => {
      row.data = now;
      row.base = now.revision;
      row.tell("info");
    };
    showConflict(row, now, {
      mine: () => { settled(); row.wire = mine; void this.grid.saver.save(row); },
      theirs: () => { settled(); row.wire = now.target; this.grid.saver.forget(row); this.grid.saver.changed(row); row.update(now); this.grid.redraw(row); },
      edit: () => { settled(); row.wire = mine; this.grid.saver.changed(row); row.drawCells(); this.grid.activate(row); this.grid.editor.focus(); },
    });
  }

  // ------------------------------------------------------------ panels

  async comment() {
    const { row, grid } = this;
    if (!row) return;
    let question = false;
    const tick = { label: "It is a question: the document cannot be signed before somebody resolves it", set: (/** @type {boolean} */ on) => { question = on; } };
    const text = await ask({ title: `Comment on row ${row.number}`, label: "Comment", button: "Send", tick });
    if (!text) return;
    await grid.saver.guarded(row, async () => {
      await call("POST", rowPath(row, "/comments"), { text, question });
      await grid.reopen(row);
      say("The comment is written.");
    });
  }

  /** @param {string} id */
  async resolve(id) {
    const { row, grid } = this;
    if (!row) return;
    await grid.saver.guarded(row, async () => {
      await call("POST", `/api/v1/comments/${id}/resolve`, {});
      await grid.reopen(row);
      say("The question is resolved.");
    });
  }

  history() { this.grid.panel.unfold("history"); }
  preview() { void this.grid.move.togglePreview(); }

  escape() {
    const { row, grid } = this;
    if (row && grid.editor.element === document.activeElement) row.element.focus({ preventScroll: true });
    else if (row && grid.editing) grid.editor.focus(lengthOf(grid.editor.pieces));
  }

  keys() {
    /** @type {HTMLDialogElement} */ (byId("keys")).showModal();
  }
}
