// @ts-check
/** Codes of a text: wire text taken apart and put together, what is wrong with a target's codes, and chips that show them. */

import { h } from "./grid-dom.js";

/**
 * @typedef {{code: string, label: string, kind: "open" | "close" | "point", native_hint: string, deletable?: boolean, cloneable?: boolean, isolated?: boolean}} Code
 * @typedef {{text: string} | {code: string}} Piece
 * @typedef {{kind: "missing" | "extra" | "duplicate" | "crossed" | "unclosed" | "malformed", code: string}} Fault
 */

const TAG = /<(\\*)(\/?)(\d{1,6})(\/?)>/g;

/** @param {string} code @returns {{number: string, kind: "open" | "close" | "point" | "malformed"}} */
export function readCode(code) {
  const number = code.replace(/\D/g, "");
  if (code.startsWith("</")) return { number, kind: code.endsWith("/>") ? "malformed" : "close" };
  return { number, kind: code.endsWith("/>") ? "point" : "open" };
}

/** @param {string} wire @returns {Piece[]} texts unescaped, codes as they stand */
export function parse(wire) {
  /** @type {Piece[]} */
  const pieces = [];
  let at = 0;
  /** @param {string} text */
  const add = (text) => {
    const last = pieces.at(-1);
    if (!text) return;
    if (last && "text" in last) last.text += text;
    else pieces.push({ text });
  };
  for (const found of wire.matchAll(TAG)) {
    add(wire.slice(at, found.index));
    at = found.index + found[0].length;
    const [whole, slashes, lead, number, trail] = found;
    if (slashes) add(`<${slashes.slice(1)}${lead}${number}${trail}>`);
    else pieces.push({ code: whole });
  }
  add(wire.slice(at));
  return pieces;
}

/** @param {string} text @returns {string} with what looks like a tag marked as text */
export function escapeText(text) {
  return text.replace(TAG, (found) => `<\\${found.slice(1)}`);
}

/** @param {Piece[]} pieces @returns {string} */
export function toWire(pieces) {
  return pieces.map((p) => ("text" in p ? escapeText(p.text) : p.code)).join("");
}

/** @param {Piece[]} pieces @param {Code[]} codes of the source @returns {Fault[]} the same as the server finds */
export function faults(pieces, codes) {
  /** @type {Fault[]} */
  const found = [];
  const known = new Map(codes.map((c) => [c.code, c]));
  /** @type {Map<string, number>} */
  const seen = new Map();
  /** @type {string[]} */
  const stack = [];
  for (const piece of pieces) {
    if ("text" in piece) continue;
    const { number, kind } = readCode(piece.code);
    const rules = known.get(piece.code);
    if (kind === "malformed" || !rules) {
      found.push({ kind: kind === "malformed" ? "malformed" : "extra", code: piece.code });
      continue;
    }
    seen.set(piece.code, (seen.get(piece.code) ?? 0) + 1);
    if (rules.isolated) continue;
    if (kind === "open") stack.push(number);
    if (kind === "close") {
      const top = stack.lastIndexOf(number);
      if (top >= 0 && top === stack.length - 1) stack.pop();
      else if (stack.includes(number)) {
        found.push({ kind: "crossed", code: piece.code });
        stack.splice(stack.indexOf(number), 1);
      } else found.push({ kind: "unclosed", code: piece.code });
    }
  }
  for (const number of stack) found.push({ kind: "unclosed", code: `<${number}>` });
  for (const [code, rules] of known) {
    const count = seen.get(code) ?? 0;
    if (count === 0 && !rules.deletable) found.push({ kind: "missing", code });
    else if (count > 1 && !rules.cloneable) found.push({ kind: "duplicate", code });
  }
  return found;
}

const WORDS = { missing: "is missing", extra: "does not belong here", duplicate: "stands more than once", crossed: "crosses another code", unclosed: "has no matching start or end", malformed: "is no code of this row" };

/** @param {Fault} fault @returns {string} in words */
export function faultText(fault) {
  const { number, kind } = readCode(fault.code);
  const part = { open: " (start)", close: " (end)", point: "", malformed: "" }[kind];
  return `code ${number}${part} ${WORDS[fault.kind]}`;
}

/** Looks alike that must not be said as code kinds. */
const KINDS = /** @type {Record<string, string>} */ ({ b: "bold", i: "italic", u: "underline", sup: "superscript", sub: "subscript", link: "link", style: "format", field: "field", object: "object", tab: "tab", br: "line break", note: "note mark" });

/** Codes of drafts: what they stand for is shown in their place. */
const VALUES = /** @type {Record<string, string>} */ ({ fact: "value", arm: "group", ref: "reference", display: "source table" });

/** @param {Code | undefined} code @param {string} wire @returns {string} what a person is told about a chip */
export function codeName(code, wire) {
  const { number, kind } = readCode(wire);
  if (code && code.label in VALUES) return `${VALUES[code.label]} ${number}: ${code.native_hint}`;
  const what = code ? (KINDS[code.label] ?? code.label) : "not of this row";
  return `code ${number}${{ open: " start", close: " end", point: "", malformed: "" }[kind]}: ${what}`;
}

/** @param {string} wire @param {Code | undefined} code @param {string} [fault] @returns {HTMLElement} */
export function chip(wire, code, fault = "") {
  const { number, kind } = readCode(wire);
  const shown = kind === "malformed" ? "point" : kind;
  const value = code !== undefined && code.label in VALUES;
  return h("span", {
    class: `chip ${shown}${code ? "" : " unknown"}${value ? " value" : ""}${fault ? " wrong" : ""}`,
    "data-code": wire, "data-n": value ? code.native_hint : number, role: "img", "aria-label": codeName(code, wire), title: codeName(code, wire),
  });
}
