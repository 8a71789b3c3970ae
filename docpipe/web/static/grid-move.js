// @ts-check
/** From row to row: on the page, over its ends, to a row that the server names, and along with the preview. */

import { byId, say } from "./grid-dom.js";
import { call } from "./grid-net.js";
import { swapTo } from "./grid-page.js";

/** @typedef {import("./grid-row.js").Row} Row */

export class Move {
  /** @param {import("./grid.js").Grid} grid */
  constructor(grid) {
    this.grid = grid;
  }

  /** @param {1 | -1} by */
  step(by) {
    const rows = this.grid.list;
    const at = this.grid.active ? rows.indexOf(this.grid.active) : by > 0 ? -1 : rows.length;
    const found = rows[at + by];
    if (found) this.grid.activate(found);
    else if (by > 0 && this.grid.setting.page < this.grid.setting.pages) void this.toPage(this.grid.setting.page + 1, "first");
    else if (by < 0 && this.grid.setting.page > 1) void this.toPage(this.grid.setting.page - 1, "last");
    else say(by > 0 ? "This is the last row." : "This is the first row.");
  }

  /** To the next row of this page that needs this person. @param {Row} row @param {boolean} [quiet] @returns {boolean} whether there is one */
  moveOn(row, quiet = false) {
    const rows = this.grid.list;
    const found = rows.slice(rows.indexOf(row) + 1).find((r) => r.needsMe);
    if (found) this.grid.activate(found, { save: false });
    else if (!quiet) {
      void call("GET", `/api/v1/documents/${row.document}/next${this.grid.query ? `${this.grid.query}&` : "?"}after=${row.segment}`).then((n) => this.goTo(row, n.next), () => {});
    }
    return Boolean(found);
  }

  /** To a row that the server named, on whatever page it is. @param {Row} from @param {string | null} segment */
  async goTo(from, segment) {
    const here = segment ? this.grid.rows.get(segment) : null;
    if (!segment) return say(`${from.name} is done: no other row under this filter needs review.`);
    if (here && !here.needsMe) {
      const other = this.grid.list.find((r) => r.needsMe);
      if (other) return this.grid.activate(other, { save: false });
      return say(`${from.name} is done. What is left under this filter waits for another person.`);
    }
    if (here) return this.grid.activate(here, { save: false });
    const address = `/documents/${from.document}/rows/${segment}${this.grid.query}`;
    if (this.grid.setting.document) await this.open(address, segment);
    else location.assign(address);
  }

  /** Fetches a page and opens a row of it. @param {string} address @param {string | "first" | "last"} which */
  async open(address, which) {
    this.grid.leave();
    const data = await swapTo(address);
    if (!data) return;
    this.grid.take_page(data);
    const row = which === "first" ? this.grid.list[0] : which === "last" ? this.grid.list.at(-1) : this.grid.rows.get(which);
    if (row) this.grid.activate(row);
    else scrollTo({ top: 0 });
  }

  /** @param {number} page @param {"first" | "last"} which */
  async toPage(page, which) {
    const given = new URLSearchParams(this.grid.setting.query);
    if (this.grid.setting.per !== "100") given.set("per", this.grid.setting.per);
    given.set("page", String(page));
    await this.open(`${location.pathname}?${given}`, which);
  }

  /** @param {"first" | "last"} which */
  async edge(which) {
    const page = which === "first" ? 1 : this.grid.setting.pages;
    if (page !== this.grid.setting.page) return this.toPage(page, which);
    const row = which === "first" ? this.grid.list[0] : this.grid.list.at(-1);
    if (row) this.grid.activate(row);
  }

  /** @param {number} number 1-based, in the document */
  async toNumber(number) {
    const here = this.grid.list.find((r) => r.number === number);
    if (here) return this.grid.activate(here);
    await this.open(`${location.pathname}/number/${number}${this.grid.query}`, "first").catch(() => {});
    const found = this.grid.list.find((r) => r.number === number);
    if (found) this.grid.activate(found);
    else say(`There is no row ${number} under this filter.`);
  }

  // ------------------------------------------------------------ preview

  async togglePreview() {
    const pane = byId("preview-pane");
    pane.hidden = !pane.hidden;
    document.body.classList.toggle("with-preview", !pane.hidden);
    if (pane.hidden || !this.grid.active) return;
    const preview = await import("./preview.js");
    await preview.mount(pane, this.grid.active.document);
    await preview.showRow(this.grid.active.segment);
  }

  /** @param {Row} row */
  async showInPreview(row) {
    if (byId("preview-pane").hidden) return;
    const preview = await import("./preview.js");
    await preview.showRow(row.segment);
  }
}
