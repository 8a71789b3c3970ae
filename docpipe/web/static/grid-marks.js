// @ts-check
/** Marks inside texts without touching them: numbers and negations while typing, places of findings, forbidden terms. */

/** @typedef {import("./grid-row.js").RowData} RowData */

const NAMES = ["grid-num", "grid-neg", "grid-place", "grid-critical", "grid-forbidden", "grid-term"];

/** @type {Map<string, RegExp>} */
const compiled = new Map();

/** @param {string} pattern @returns {RegExp} */
export function expression(pattern) {
  let found = compiled.get(pattern);
  if (!found) compiled.set(pattern, (found = new RegExp(pattern, "giu")));
  found.lastIndex = 0;
  return found;
}

/** Texts inside an element with the offset at which each begins in the row's plain text. @param {Element} element @param {(code: string) => number} lengthOfCode */
function texts(element, lengthOfCode) {
  /** @type {{node: Text, at: number}[]} */
  const out = [];
  let at = 0;
  const walk = (/** @type {Node} */ node) => {
    for (const child of node.childNodes) {
      if (child instanceof Text) {
        out.push({ node: child, at });
        at += child.data.length;
      } else if (child instanceof HTMLElement && child.dataset.code) at += lengthOfCode(child.dataset.code);
      else walk(child);
    }
  };
  walk(element);
  return out;
}

/** Code points before a UTF-16 offset are what the server counts. @param {string} text @param {number} points */
function units(text, points) {
  let at = 0;
  for (const char of text) {
    if (points <= 0) break;
    points -= 1;
    at += char.length;
  }
  return at;
}

/** @param {Element} element @param {(code: string) => number} lengthOfCode @param {[number, number]} span in code points @returns {Range[]} */
function ranges(element, lengthOfCode, span) {
  const parts = texts(element, lengthOfCode);
  const whole = parts.map((p) => p.node.data).join("");
  const wide = whole.length !== [...whole].length;
  const [from, to] = wide ? [units(whole, span[0]), units(whole, span[1])] : span;
  return parts.flatMap(({ node, at }) => {
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, node.data.length);
    if (start >= end) return [];
    const range = new Range();
    range.setStart(node, start);
    range.setEnd(node, end);
    return [range];
  });
}

export class Marks {
  /** @param {{source: string, target: string}} patterns */
  constructor(patterns) {
    this.patterns = patterns;
    this.able = "highlights" in CSS && typeof Highlight === "function";
  }

  clear() {
    if (this.able) NAMES.forEach((name) => CSS.highlights.delete(name));
  }

  /**
   * @param {{source: Element, target: Element, data: RowData, typed: boolean, forbidden: string[], terms: [number, number][]}} row
   * `typed`: the target is being edited, its marks are not in the text and the places of its findings may have moved
   */
  show(row) {
    if (!this.able) return;
    /** @type {Record<string, Range[]>} */
    const found = Object.fromEntries(NAMES.map((name) => [name, []]));
    const spaces = new Map(row.data.codes.map((c) => [c.code, c.native_hint && !c.native_hint.trim() ? c.native_hint.length : 0]));
    const size = (/** @type {string} */ code) => spaces.get(code) ?? 0;
    for (const { node } of texts(row.target, size)) {
      if (node.parentElement?.closest(".num, .neg")) continue;
      for (const match of node.data.matchAll(expression(this.patterns.target))) {
        const range = new Range();
        range.setStart(node, match.index);
        range.setEnd(node, match.index + match[0].length);
        found[match[1] ? "grid-neg" : "grid-num"].push(range);
      }
    }
    for (const finding of row.data.findings.filter((f) => f.disposition === "open")) {
      const name = finding.severity === "critical" ? "grid-critical" : "grid-place";
      if (finding.source_span) found[name].push(...ranges(row.source, size, finding.source_span));
      if (finding.target_span && !row.typed) found[name].push(...ranges(row.target, size, finding.target_span));
    }
    for (const span of row.terms) found["grid-term"].push(...ranges(row.source, size, span));
    const parts = texts(row.target, size);
    for (const word of row.forbidden) {
      for (const { node } of parts) {
        for (let at = node.data.toLowerCase().indexOf(word.toLowerCase()); at >= 0 && word; at = node.data.toLowerCase().indexOf(word.toLowerCase(), at + word.length)) {
          const range = new Range();
          range.setStart(node, at);
          range.setEnd(node, Math.min(at + word.length, node.data.length));
          found["grid-forbidden"].push(range);
        }
      }
    }
    for (const name of NAMES) CSS.highlights.set(name, new Highlight(...found[name]));
  }
}
