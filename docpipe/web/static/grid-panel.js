// @ts-check
/** What stands beside the active row: findings first, then memory, terms, comments, differences, history and why. */

import { byId, h, timeOf } from "./grid-dom.js";
import { faultText } from "./grid-codes.js";
import { diffElement, wordDiff } from "./grid-diff.js";
import { call, rowPath } from "./grid-net.js";
import { drawText } from "./grid-row.js";

/** @typedef {import("./grid-row.js").Row} Row */
/** @typedef {import("./grid-row.js").Finding} Finding */
/** @typedef {{insert: (wire: string) => void, fix: (f: Finding) => void, dismiss: (f: Finding) => void, alike: (f: Finding) => void, comment: () => void, resolve: (id: string) => void, restore: (revision: number) => void, back: () => void}} PanelDoes */

/** What a second look said, in one line. @param {{state: string, risk: number, reasons: string[], model: string}} look */
const lookText = (look) => `${{ fine: "no error named", errors: "errors named: see the findings", unread: "no usable answer" }[look.state] ?? look.state}; risk ${look.risk}${look.reasons.length ? ` (${look.reasons.join("; ")})` : ""}; ${look.model}`;

export class Panel {
  /** @param {PanelDoes} does @param {{edit: boolean, dismiss: boolean, comment: boolean}} can */
  constructor(does, can) {
    this.does = does;
    this.can = can;
    this.element = byId("panel");
    /** @type {Row | null} */
    this.row = null;
    this.chosen = 0;
    this.home = /** @type {HTMLElement} */ (this.element.parentElement);
    this.narrow = matchMedia("(max-width: 62rem)");
    this.narrow.addEventListener("change", () => this.place());
  }

  /** @param {string} name @returns {HTMLElement} */
  part(name) {
    return /** @type {HTMLElement} */ (this.element.querySelector(`[data-part="${name}"] > .content`));
  }

  /** On small screens the panel stands below its row. */
  place() {
    document.getElementById("panel-row")?.remove();
    if (this.narrow.matches && this.row) {
      const line = h("tr", { id: "panel-row" }, h("td", { colspan: "5" }, this.element));
      this.row.element.after(line);
    } else if (this.element.parentElement !== this.home) this.home.append(this.element);
  }

  /** Findings are there at once, the rest when it has come. @param {Row} row */
  show(row) {
    const other = this.row !== row;
    this.row = row;
    this.element.hidden = false;
    if (other) {
      this.chosen = 0;
      this.place();
      for (const name of ["memory", "terms", "comments", "back", "differences", "history"]) this.part(name).replaceChildren(h("p", { class: "soft" }, "…"));
    }
    byId("panel-title").replaceChildren(`Row ${row.number}`);
    byId("panel-place").textContent = row.data.heading;
    this.findings();
    this.why();
    if (other) void this.evidence(row);
    if (row.details) this.rest();
  }

  /** Of a draft: what carries the row, as the server draws it. @param {Row} row */
  async evidence(row) {
    const place = /** @type {HTMLElement | null} */ (this.element.querySelector('[data-part="evidence"] > .content'));
    if (!place) return;
    place.replaceChildren(h("p", { class: "soft" }, "…"));
    const answer = await fetch(`/documents/${row.data.document}/rows/${row.data.segment}/evidence?part=1`);
    if (this.row !== row) return;
    if (!answer.ok) place.replaceChildren(h("p", { class: "soft" }, "The evidence cannot be shown now."));
    else place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.childNodes);
  }

  /** @param {Row} row @returns {Promise<void>} */
  async load(row) {
    const told = await call("GET", rowPath(row));
    row.details = told;
    if (this.row === row) this.rest();
  }

  findings() {
    const row = this.row;
    if (!row) return;
    const broken = row.faults;
    const past = row.data.findings.filter((f) => f.disposition !== "open");
    this.part("findings").replaceChildren(
      ...(broken.length ? [h("p", { class: "note alarm codes-wrong" }, h("strong", {}, "Codes: "), broken.map(faultText).join("; "), ".")] : []),
      ...(row.open.length ? [h("ul", { class: "finding-list" }, ...row.open.map((f) => this.#finding(f)))] : broken.length ? [] : [h("p", { class: "soft" }, "No open finding.")]),
      ...(past.length ? [h("details", {}, h("summary", {}, `${past.length} dismissed or mended`), h("ul", {}, ...past.map((f) =>
        h("li", {}, `${f.title}: ${f.disposition}`, f.dismissed_by ? ` by ${f.dismissed_by}: “${f.reason}”` : "")))) ] : []),
    );
    this.#count("findings", row.open.length + (broken.length ? 1 : 0));
  }

  /** @param {Finding} f */
  #finding(f) {
    const button = (/** @type {string} */ text, /** @type {() => void} */ does, /** @type {string} */ keys = "") =>
      h("button", { type: "button", class: "second small", onclick: does, "aria-keyshortcuts": keys || null }, text);
    return h("li", { class: `finding sev-${f.severity}` },
      h("p", {}, h("span", { class: `sev sev-${f.severity}` }, h("span", { class: "shape", "aria-hidden": "true" }, this.row?.setting.words.severity[f.severity] ?? ""), ` ${f.severity}`), " ",
        h("strong", {}, f.title), " ", h("a", { href: `/help/checks#${encodeURIComponent(f.check)}`, class: "soft" }, f.check)),
      h("p", {}, f.message),
      f.suggestion ? h("p", { class: "suggestion" }, "Suggestion: ", h("span", { lang: this.row?.target.lang, dir: this.row?.target.dir }, f.suggestion)) : null,
      h("div", { class: "actions" },
        f.suggestion && this.can.edit ? button("Apply", () => this.does.fix(f), "Alt+X") : null,
        this.can.dismiss ? button("Dismiss…", () => this.does.dismiss(f), "Alt+D") : null,
        this.can.dismiss ? button("Dismiss all alike…", () => this.does.alike(f)) : null));
  }

  rest() {
    const row = this.row;
    if (!row?.details) return;
    this.memory();
    this.terms();
    this.comments();
    this.back();
    this.history();
    this.differences();
    this.why();
  }

  memory() {
    const row = /** @type {Row} */ (this.row);
    const matches = row.details.matches ?? [];
    const lang = { lang: row.target.lang, dir: row.target.dir };
    this.part("memory").replaceChildren(matches.length ? h("ol", { class: "matches" }, ...matches.map((/** @type {any} */ m, /** @type {number} */ n) => {
      const text = h("p", { class: "text", ...lang });
      drawText(text, m.target, row.data.codes, row.setting.marks.target);
      return h("li", { class: n === this.chosen ? "match chosen" : "match", "aria-current": n === this.chosen ? "true" : null },
        h("p", {}, h("strong", {}, m.percent === null ? m.kind : `${m.percent} %`), ` ${row.setting.words.origin[m.kind] ?? m.kind}`,
          m.approved_by ? `, approved: ${m.approved_by}` : m.origin ? `, ${m.origin}` : "", m.at ? ", " : "", timeOf(m.at)),
        text,
        m.diff.some((/** @type {any} */ d) => d[0] !== "keep") ? h("div", { class: "soft" }, "Its source and this one:", diffElement(m.diff, { lang: row.source.lang, dir: row.source.dir })) : null,
        this.can.edit ? h("button", { type: "button", class: "second small", onclick: () => this.does.insert(m.target), "aria-keyshortcuts": n < 5 ? `Control+${n + 1}` : null }, n < 5 ? `Insert (Ctrl+${n + 1})` : "Insert") : null);
    })) : h("p", { class: "soft" }, "No match."));
    this.#count("memory", matches.length);
  }

  /** @param {number} step */
  choose(step) {
    const all = this.row?.details?.matches ?? [];
    if (!all.length) return;
    this.chosen = (this.chosen + step + all.length) % all.length;
    this.memory();
    this.element.querySelector(".match.chosen")?.scrollIntoView({ block: "nearest" });
  }

  /** @param {number} n @returns {string | null} */
  match(n) {
    return this.row?.details?.matches?.[n]?.target ?? null;
  }

  terms() {
    const row = /** @type {Row} */ (this.row);
    const terms = row.details.terms ?? [];
    const list = (/** @type {string} */ name, /** @type {string[]} */ words) => (words.length ? h("span", { class: `term-${name}` }, `${name}: `, h("span", { lang: row.target.lang, dir: row.target.dir }, words.join(", "))) : null);
    this.part("terms").replaceChildren(terms.length ? h("ul", { class: "terms" }, ...terms.map((/** @type {any} */ t) =>
      h("li", {}, h("strong", { lang: row.source.lang, dir: row.source.dir }, t.source), " ",
        t.do_not_translate ? h("span", {}, "do not translate ") : null, list("preferred", t.preferred), " ", list("allowed", t.allowed), " ", list("forbidden", t.forbidden),
        t.note ? h("span", { class: "soft" }, ` ${t.note}`) : null))) : h("p", { class: "soft" }, "No term of the termbase."));
    this.#count("terms", terms.length);
  }

  comments() {
    const row = /** @type {Row} */ (this.row);
    const all = row.details.comments ?? [];
    this.part("comments").replaceChildren(
      ...all.map((/** @type {any} */ c) => h("div", { class: c.question && !c.resolved_at ? "comment question" : "comment" },
        h("p", {}, h("strong", {}, c.user), " ", timeOf(c.at), c.question ? (c.resolved_at ? ` question, answered: ${c.resolved_by}` : " open question: the document cannot be signed before it is resolved") : ""),
        h("p", {}, c.text),
        c.question && !c.resolved_at && this.can.comment ? h("button", { type: "button", class: "second small", onclick: () => this.does.resolve(c.id) }, "Resolve") : null)),
      this.can.comment ? h("button", { type: "button", class: "second small", onclick: () => this.does.comment(), "aria-keyshortcuts": "Alt+C" }, "Comment or ask… (Alt+C)") : "");
    this.#count("comments", all.length);
  }

  /** The target in the source language: as a model says it, when a person asks. */
  back() {
    const row = /** @type {Row} */ (this.row);
    const back = row.details.back_translation;
    this.part("back").replaceChildren(...(back?.text
      ? [h("p", { class: "text", lang: row.source.lang, dir: row.source.dir }, back.text), h("p", { class: "soft" }, `By ${back.model}, which did not see the source.`)]
      : !back?.possible ? [h("p", { class: "soft" }, "There is no target, or no language model to ask.")]
        : this.can.comment ? [h("p", { class: "soft" }, "The language model says the target in the source language, without seeing the source. This is paid for."),
          h("button", { type: "button", class: "second small", onclick: () => this.does.back() }, "Translate back")]
          : [h("p", { class: "soft" }, "Nobody has asked for it.")]));
  }

  history() {
    const row = /** @type {Row} */ (this.row);
    const all = [...(row.details.history ?? [])].reverse();
    this.part("history").replaceChildren(h("ol", { class: "revisions" }, ...all.map((/** @type {any} */ r) =>
      h("li", {}, h("p", {}, h("strong", {}, `Revision ${r.revision}`), ` ${row.setting.words.status[r.status]?.[0] ?? r.status}, `, r.actor || "docpipe", ", ", timeOf(r.at), ` (${row.setting.words.origin[r.origin.kind] ?? r.origin.kind})`),
        r.diff.length ? diffElement(r.diff, { lang: row.target.lang, dir: row.target.dir }) : null,
        this.can.edit && r.target && r.target !== row.data.target ? h("button", { type: "button", class: "second small", onclick: () => this.does.restore(r.revision) }, "Restore this text") : null))));
    this.#count("history", all.length);
  }

  /** Machine text against mine, and what was decided on last against now. */
  differences() {
    const row = /** @type {Row} */ (this.row);
    const all = row.details.history ?? [];
    const of = { lang: row.target.lang, dir: row.target.dir };
    const machine = all.findLast((/** @type {any} */ r) => r.target && !["human", "none"].includes(r.origin.kind));
    const decided = all.findLast((/** @type {any} */ r) => r.status === "approved" && r.target !== row.wire);
    const shown = /** @type {Node[]} */ ([]);
    for (const [what, old] of [["Machine text and now", machine], ["Last approved text and now", decided]]) {
      if (old && old.target !== row.wire) shown.push(h("h4", {}, String(what)), diffElement(wordDiff(old.target, row.wire, row.target.lang), of));
    }
    if (row.dirty) shown.push(h("h4", {}, "Saved text and what you typed"), diffElement(wordDiff(row.data.target, row.wire, row.target.lang), of));
    this.part("differences").replaceChildren(...(shown.length ? shown : [h("p", { class: "soft" }, "The text is as the machine gave it.")]));
  }

  why() {
    const { data } = /** @type {Row} */ (this.row);
    const facts = [["Origin", this.row?.setting.words.origin[data.origin.kind] ?? data.origin.kind], ["Match", data.origin.percent === null ? "" : `${data.origin.percent} %`],
      ["Model", data.origin.model], ["Prompt", data.origin.prompt], ["Detail", data.origin.model || data.origin.percent !== null ? "" : data.origin.detail],
      ["Date", timeOf(data.origin.at)], ["Last change", this.row?.lastChange() ?? ""], ["Revision", String(data.revision)],
      ...(this.row?.details?.second_look ? [["Second look", lookText(this.row.details.second_look)]] : []),
      ["Gate", { eyes: "needs a person's eyes", sampled: "in the sample: must be seen", none: "needs no eyes" }[data.route] ?? data.route],
      ["Seen", data.displayed ? "yes" : "not yet"], ["Link", h("a", { href: `/documents/${data.document}/rows/${data.segment}` }, `row ${data.number}`)]];
    this.part("why").replaceChildren(h("dl", { class: "facts" }, ...facts.filter(([, v]) => v !== "").flatMap(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])));
  }

  /** @param {string} part @param {number} count */
  #count(part, count) {
    const place = this.element.querySelector(`[data-part="${part}"] > summary .count`);
    if (place) place.textContent = count ? String(count) : "";
  }

  /** @param {string} part */
  unfold(part) {
    const fold = /** @type {HTMLDetailsElement | null} */ (this.element.querySelector(`[data-part="${part}"]`));
    if (!fold) return;
    fold.open = true;
    fold.querySelector("summary")?.scrollIntoView({ block: "nearest" });
    fold.querySelector("summary")?.focus();
  }

}
