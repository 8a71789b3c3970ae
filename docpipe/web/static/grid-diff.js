// @ts-check
/** Word-level difference of two texts: codes whole; words as the language parts them, single characters in Chinese or Japanese. */

import { h } from "./grid-dom.js";

const CODE = /(<\\*\/?\d{1,6}\/?>)/;
const MOST = 4_000_000;

/** @param {string} text @param {string} language @returns {string[]} */
export function tokens(text, language) {
  const spaceless = /^(zh|ja|th|lo|km|my|bo)\b/.test(language);
  const words = new Intl.Segmenter(language || "en", { granularity: spaceless ? "grapheme" : "word" });
  return text.split(CODE).flatMap((part, n) => (n % 2 ? [part] : [...words.segment(part)].map((s) => s.segment)));
}

/**
 * @param {string} old @param {string} now @param {string} [language]
 * @returns {["keep" | "delete" | "insert", string][]} a deletion before the insertion that takes its place
 */
export function wordDiff(old, now, language = "en") {
  if (old === now) return old ? [["keep", old]] : [];
  const a = tokens(old, language);
  const b = tokens(now, language);
  let head = 0;
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  /** @type {["keep" | "delete" | "insert", string][]} */
  const steps = [["keep", a.slice(0, head).join("")]];
  steps.push(...middle(a.slice(head, a.length - tail), b.slice(head, b.length - tail)));
  steps.push(["keep", a.slice(a.length - tail).join("")]);
  return joined(steps);
}

/** @param {string[]} a @param {string[]} b @returns {["keep" | "delete" | "insert", string][]} */
function middle(a, b) {
  if (!a.length || !b.length || a.length * b.length > MOST) return [["delete", a.join("")], ["insert", b.join("")]];
  const wide = b.length + 1;
  const table = new Uint16Array((a.length + 1) * wide);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      table[i * wide + j] = a[i] === b[j] ? table[(i + 1) * wide + j + 1] + 1 : Math.max(table[(i + 1) * wide + j], table[i * wide + j + 1]);
    }
  }
  /** @type {["keep" | "delete" | "insert", string][]} */
  const out = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      out.push(["keep", a[i]]);
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && table[(i + 1) * wide + j] >= table[i * wide + j + 1])) {
      out.push(["delete", a[i]]);
      i += 1;
    } else {
      out.push(["insert", b[j]]);
      j += 1;
    }
  }
  return out;
}

/** @param {["keep" | "delete" | "insert", string][]} steps @returns {["keep" | "delete" | "insert", string][]} */
function joined(steps) {
  /** @type {["keep" | "delete" | "insert", string][]} */
  const out = [];
  let gone = "";
  let come = "";
  const flush = () => {
    if (gone) out.push(["delete", gone]);
    if (come) out.push(["insert", come]);
    gone = come = "";
  };
  steps.forEach(([op, text], n) => {
    if (!text) return;
    const between = op === "keep" && !text.trim() && (gone || come) && steps.slice(n + 1).some(([o, t]) => o !== "keep" && t);
    const nextChanges = steps[n + 1] && steps[n + 1][0] !== "keep";
    if (op === "delete") gone += text;
    else if (op === "insert") come += text;
    else if (between && nextChanges) {
      gone += text;
      come += text;
    } else {
      flush();
      const last = out.at(-1);
      if (last && last[0] === "keep") last[1] += text;
      else out.push(["keep", text]);
    }
  });
  flush();
  return out;
}

/**
 * Shows a difference: deletions struck through and in brackets for those who see no line, insertions underlined.
 * @param {readonly (readonly [string, string])[]} changes @param {{lang?: string, dir?: string}} [of]
 */
export function diffElement(changes, of = {}) {
  return h("p", { class: "diff text", lang: of.lang, dir: of.dir },
    ...changes.map(([op, text]) => (op === "keep" ? text : h(op === "delete" ? "del" : "ins", {}, text))));
}
