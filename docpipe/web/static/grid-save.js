// @ts-check
/**
 * Nothing typed is lost: each change goes to the browser's store at once, to the server as a draft within a second,
 * and becomes a revision when the row is left. Whatever fails is said in the row and tried again.
 */

import { byId, clock, h, say } from "./grid-dom.js";
import { call, Failed, rowPath } from "./grid-net.js";

/** @typedef {import("./grid-row.js").Row} Row */

const PAUSE_MS = 700;
const LONGEST_MS = 1400;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;

export class Saver {
  /** @param {{user: string, onsaved: (row: Row, answer: any, before: number) => void, onstale: (row: Row, now: any) => void}} told */
  constructor(told) {
    this.told = told;
    /** @type {Map<Row, {timer: number, since: number}>} */
    this.waiting = new Map();
    /** @type {Map<Row, {what: () => Promise<void>, wait: number, timer: number}>} */
    this.retries = new Map();
    this.signedOut = false;
    addEventListener("online", () => this.tryAgain());
    addEventListener("focus", () => { if (this.signedOut) this.tryAgain(); });
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") this.flush(); });
    addEventListener("beforeunload", (event) => { if (this.retries.size) event.preventDefault(); });
  }

  /** @param {Row} row */
  key(row) {
    return `docpipe:draft:${this.told.user}:${row.document}:${row.segment}`;
  }

  /** A row's text was changed. @param {Row} row */
  changed(row) {
    row.showUnsaved();
    if (row.dirty) this.keep(row);
    else this.forget(row);
    const now = Date.now();
    const before = this.waiting.get(row);
    if (before) clearTimeout(before.timer);
    const since = before?.since ?? now;
    const timer = window.setTimeout(() => void this.draft(row), Math.max(0, Math.min(PAUSE_MS, since + LONGEST_MS - now)));
    this.waiting.set(row, { timer, since });
  }

  /** In this browser. @param {Row} row */
  keep(row) {
    try {
      localStorage.setItem(this.key(row), JSON.stringify({ target: row.wire, revision: row.base, at: new Date().toISOString() }));
    } catch {
      say("This browser keeps no drafts (its store is full or switched off): save with Ctrl+S.");
    }
  }

  /** @param {Row} row */
  forget(row) {
    try {
      if (localStorage.getItem(this.key(row)) !== null) localStorage.removeItem(this.key(row));
    } catch { /* switched off: nothing was kept */ }
  }

  /** What this browser or the server kept and the row lacks. @param {Row} row @returns {null | {target: string, revision: number, at: string}} */
  kept(row) {
    let own = null;
    try {
      own = JSON.parse(localStorage.getItem(this.key(row)) ?? "null");
    } catch { /* nothing that can be read */ }
    const found = [own, row.data.draft].filter((d) => d && typeof d.target === "string" && d.target !== row.data.target);
    return found.sort((a, b) => String(b.at).localeCompare(String(a.at)))[0] ?? null;
  }

  /** Sends the draft now. @param {Row} row @param {boolean} [leaving] */
  async draft(row, leaving = false) {
    const waiting = this.waiting.get(row);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    this.waiting.delete(row);
    try {
      if (row.dirty) await call("PUT", rowPath(row, "/draft"), { target: row.wire, revision: row.base }, { keepalive: leaving });
      else await call("DELETE", rowPath(row, "/draft"), undefined, { keepalive: leaving });
    } catch (error) {
      if (!leaving && error instanceof Failed && (error.passing || error.kind === "signed-out")) this.failed(row, error, () => this.redraft(row));
    }
  }

  /** @param {Row} row */
  async redraft(row) {
    if (!row.dirty) return;
    await call("PUT", rowPath(row, "/draft"), { target: row.wire, revision: row.base });
    row.tell("info", `Kept at ${clock(new Date().toISOString())}; it is saved when you leave the row.`);
  }

  /** The page is left. */
  flush() {
    for (const row of [...this.waiting.keys()]) void this.draft(row, true);
  }

  /** No draft of the row shall be sent any more: what is under way saves it. @param {Row} row */
  settle(row) {
    clearTimeout(this.waiting.get(row)?.timer);
    this.waiting.delete(row);
  }

  /** Saves a revision. @param {Row} row @param {string} [reason] @returns {Promise<boolean>} whether it is saved */
  save(row, reason = "") {
    if (!row.dirty && !row.data.needs_person) return Promise.resolve(true);
    const wire = row.wire;
    this.settle(row);
    const post = async () => {
      const before = row.data.revision;
      const answer = await call("POST", rowPath(row), { target: wire, revision: row.base, reason });
      this.done(row, answer.row, wire);
      this.told.onsaved(row, answer, before);
    };
    const run = () => this.guarded(row, post);
    const result = row.chain.then(run);
    row.chain = result;
    return result;
  }

  /** A text was stored: only what was typed since is still unsaved. @param {Row} row @param {any} data @param {string} wire */
  done(row, data, wire) {
    const typedOn = row.wire !== wire;
    row.savedAt = data.saved_at ?? new Date().toISOString();
    if (typedOn) row.base = data.revision;
    row.update(data, { keepText: typedOn });
    if (!typedOn) this.forget(row);
    this.clearRetry(row);
    row.tell("info");
  }

  /** Does it and takes care of every failure. @param {Row} row @param {() => Promise<void>} what @returns {Promise<boolean>} */
  async guarded(row, what) {
    try {
      await what();
      return true;
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      this.failed(row, error, what);
      return false;
    }
  }

  /** @param {Row} row @param {Failed} error @param {() => Promise<void>} what */
  failed(row, error, what) {
    if (row.dirty) this.keep(row);
    row.drawStatus();
    row.showUnsaved();
    if (error.kind === "stale") {
      this.told.onstale(row, error.error.row ?? null);
      say(`${row.name} was changed by somebody else: both texts are kept. Choose in the row.`, this.#goTo(row));
    } else if (error.kind === "signed-out") {
      this.signedOut = true;
      this.#queue(row, what, 0);
      row.tell("alarm", "Your session has ended. Your text is kept here. ", this.#signIn(), " ", this.#again(row));
      say("Your session has ended; nothing is lost.", this.#signIn(), this.#again(row));
    } else if (error.passing) {
      const wait = Math.min((this.retries.get(row)?.wait ?? FIRST_WAIT_MS / 2) * 2, LONGEST_WAIT_MS);
      this.#queue(row, what, wait);
      row.tell("alarm", `Not saved: ${error.message} Your text is kept here; trying again in ${Math.round(wait / 1000)} s. `, this.#again(row));
      say(`${row.name} is not saved yet: ${error.message}`, this.#goTo(row));
    } else {
      row.tell("alarm", error.message);
      say(`${row.name}: ${error.message}`, this.#goTo(row));
    }
  }

  /** @param {Row} row @param {() => Promise<void>} what @param {number} wait 0: only when asked */
  #queue(row, what, wait) {
    clearTimeout(this.retries.get(row)?.timer);
    const timer = wait ? window.setTimeout(() => void this.retry(row), wait) : 0;
    this.retries.set(row, { what, wait: wait || FIRST_WAIT_MS, timer });
  }

  /** @param {Row} row */
  clearRetry(row) {
    clearTimeout(this.retries.get(row)?.timer);
    this.retries.delete(row);
  }

  /** @param {Row} row */
  async retry(row) {
    const waiting = this.retries.get(row);
    if (!waiting) return;
    clearTimeout(waiting.timer);
    if (await this.guarded(row, () => this.#as(waiting.what))) {
      this.clearRetry(row);
      this.signedOut = false;
      if (row.note.classList.contains("alarm")) row.tell("info");
      if (!this.retries.size) say(`${row.name} is saved; everything is saved again.`);
    }
  }

  /** Only for the person who typed it: another may have signed in since. @param {() => Promise<void>} what */
  async #as(what) {
    const me = await call("GET", "/documents/me");
    if (me.user !== this.told.user) throw new Failed("refused", `You are signed in as ${me.user}: this was typed by ${this.told.user} and stays a draft of theirs.`);
    await what();
  }

  tryAgain() {
    for (const row of [...this.retries.keys()]) void this.retry(row);
  }

  #signIn() {
    return h("a", { href: "/sign-in?next=/documents/signed-in", target: "_blank", class: "button second" }, "Sign in again (new tab)");
  }

  /** @param {Row} row */
  #again(row) {
    return h("button", { type: "button", class: "second", onclick: () => { this.tryAgain(); row.target.focus(); } }, "Try again");
  }

  /** @param {Row} row */
  #goTo(row) {
    return h("a", { href: `#row-${row.segment}`, class: "button second" }, `Show ${row.name.toLowerCase()}`);
  }

  /** Whether anything waits to be stored. */
  get busy() {
    return this.retries.size > 0 || byId("grid").querySelector(".unsaved") !== null;
  }
}
