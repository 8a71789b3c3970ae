// @ts-check
/** Pages and filters without leaving: the server's page is fetched and its rows take the place of the present ones. */

import { byId, h } from "./grid-dom.js";

/** @typedef {import("./grid-row.js").RowData} RowData */
/** @typedef {{page: number, pages: number, per: string, matching: number, query: string, rows: RowData[], progress: any}} PageData */

const PARTS = ["grid-body", "grid-count", "grid-pages", "grid-active-filters"];

/** @param {ParentNode} root @returns {any} what the server put into the page for us */
export function dataOf(root) {
  const found = /** @type {HTMLTemplateElement | null} */ (root.querySelector("#grid-data"));
  return JSON.parse(found?.content.textContent ?? "{}");
}

/** @param {string} address @param {{push?: boolean}} [how] @returns {Promise<PageData | null>} null when the browser goes there itself */
export async function swapTo(address, { push = true } = {}) {
  const body = byId("grid-body");
  body.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { credentials: "same-origin", headers: { accept: "text/html" } });
    const text = await answer.text();
    const found = new DOMParser().parseFromString(text, "text/html");
    if (!answer.ok || !found.getElementById("grid-body")) {
      location.assign(address);
      return null;
    }
    for (const id of PARTS) {
      const there = found.getElementById(id);
      const here = document.getElementById(id);
      if (there && here) here.replaceChildren(...[...there.childNodes].map((n) => document.adoptNode(n)));
    }
    if (push) history.pushState(null, "", answer.url.includes("#") ? answer.url : answer.url + new URL(address, location.href).hash);
    return dataOf(found);
  } finally {
    body.removeAttribute("aria-busy");
  }
}

/** The address of the filter form: only what says something. @param {HTMLFormElement} form */
export function addressOf(form) {
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string" && value && !(name === "in" && value === "both")) given.append(name, value);
  }
  if (!given.has("q")) given.delete("in");
  const query = given.toString();
  return form.action.split("?")[0] + (query ? `?${query}` : "");
}

/** Sets the form to what an address says, after going back. @param {HTMLFormElement} form */
export function fillForm(form) {
  const given = new URLSearchParams(location.search);
  for (const field of form.elements) {
    if (field instanceof HTMLSelectElement) {
      const chosen = given.getAll(field.name);
      for (const option of field.options) option.selected = chosen.includes(option.value);
      if (!field.multiple && field.selectedIndex < 0) field.selectedIndex = 0;
    } else if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = given.getAll(field.name).includes(field.value);
    else if (field instanceof HTMLInputElement && field.type !== "hidden") field.value = given.get(field.name) ?? "";
  }
}

/** @param {any} progress */
export function drawProgress(progress) {
  const put = (/** @type {string} */ name, /** @type {string} */ text) => {
    const place = document.querySelector(`[data-progress="${name}"]`);
    if (place) place.textContent = text;
  };
  const spaced = (/** @type {number} */ n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const bar = /** @type {HTMLProgressElement | null} */ (document.querySelector("[data-progress=bar]"));
  if (bar) {
    bar.value = progress.approved_words;
    bar.max = progress.words || 1;
  }
  put("words", `${spaced(progress.approved_words)} of ${spaced(progress.words)}`);
  put("rows", `${spaced(progress.approved)} of ${spaced(progress.rows)}`);
  put("needing", spaced(progress.needing_review));
  for (const name of ["critical", "major", "minor"]) put(name, spaced(progress.open_findings[name] ?? 0));
  put("questions", spaced(progress.open_questions));
  document.querySelector(".time-left")?.toggleAttribute("hidden", progress.seconds_left === null);
  put("left", progress.seconds_left === null ? "–" : span(progress.seconds_left));
}

/** @param {number} seconds in the two units that matter */
function span(seconds) {
  for (const [size, big, small, each] of /** @type {[number, string, string, number][]} */ ([[86400, "d", "h", 3600], [3600, "h", "min", 60], [60, "min", "s", 1]])) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${big} ${Math.floor((seconds % size) / each)} ${small}`;
  }
  return `${seconds} s`;
}

/** Who else is here, asked for now and then; also tells when the session has ended. */
export class Presence {
  /** @param {string} document @param {() => {segment: string, editing: boolean}} where @param {(others: {user: string, printed_name: string, segment: string, editing: boolean}[]) => void} show */
  constructor(document, where, show) {
    this.path = `/documents/${encodeURIComponent(document)}/present`;
    this.where = where;
    this.show = show;
    setInterval(() => void this.ask(), 8000);
    void this.ask();
  }

  async ask() {
    if (document.visibilityState !== "visible") return;
    try {
      const answer = await fetch(this.path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(this.where()), redirect: "manual" });
      if (answer.ok) this.show((await answer.json()).others);
    } catch { /* the next time will tell */ }
  }
}

/** @param {{user: string, printed_name: string, segment: string, editing: boolean}[]} others */
export function drawPresence(others) {
  document.querySelectorAll(".c-n .who-here").forEach((n) => n.remove());
  for (const other of others) {
    const cell = document.querySelector(`#row-${CSS.escape(other.segment)} .c-n`);
    cell?.append(h("span", { class: "who-here", title: `${other.printed_name} is ${other.editing ? "editing" : "reading"} this row` }, `${other.editing ? "✎" : "◉"} ${other.user}`));
  }
  const place = document.getElementById("present");
  if (place) place.textContent = others.length ? `Also here: ${[...new Set(others.map((o) => o.printed_name))].join(", ")}` : "";
}
