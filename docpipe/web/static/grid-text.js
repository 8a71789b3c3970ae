// @ts-check
/** The editor's text as a list of atoms: one UTF-16 unit or one whole code each; and its counterpart in the DOM. */

import { chip, parse, toWire } from "./grid-codes.js";

/** @typedef {import("./grid-codes.js").Piece} Piece */
/** @typedef {import("./grid-codes.js").Code} Code */

/** @param {Piece[]} pieces @returns {number} in atoms */
export function lengthOf(pieces) {
  return pieces.reduce((sum, p) => sum + ("text" in p ? p.text.length : 1), 0);
}

/** @param {Piece[]} pieces @param {number} from @param {number} to @returns {Piece[]} */
export function slice(pieces, from, to) {
  /** @type {Piece[]} */
  const out = [];
  let at = 0;
  for (const piece of pieces) {
    const size = "text" in piece ? piece.text.length : 1;
    const start = Math.max(from - at, 0);
    const end = Math.min(to - at, size);
    if (start < end) out.push("text" in piece ? { text: piece.text.slice(start, end) } : piece);
    at += size;
  }
  return out;
}

/** @param {Piece[]} pieces @returns {Piece[]} neighbouring texts joined, empty ones dropped */
export function merged(pieces) {
  /** @type {Piece[]} */
  const out = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if ("text" in piece && !piece.text) continue;
    if ("text" in piece && last && "text" in last) out[out.length - 1] = { text: last.text + piece.text };
    else out.push(piece);
  }
  return out;
}

/** @param {Piece[]} pieces @param {number} from @param {number} to @param {Piece[]} put @returns {Piece[]} */
export function splice(pieces, from, to, put) {
  return merged([...slice(pieces, 0, from), ...put, ...slice(pieces, to, lengthOf(pieces))]);
}

/** What may be pasted or dropped: one line of plain text. @param {string} text */
export function plain(text) {
  return text.replace(/\r\n?|[\n\u2028\u2029\t\v\f]/g, " ").replace(/[\u0000-\u001f\u007f]/g, "");
}

/** @param {Element} element @returns {Piece[]} what stands in an editor or a row's text */
export function read(element) {
  /** @type {Piece[]} */
  const out = [];
  const walk = (/** @type {Node} */ node) => {
    for (const child of node.childNodes) {
      if (child instanceof Text) out.push({ text: child.data.replace(/[\n\r]/g, " ") });
      else if (child instanceof HTMLElement && child.dataset.code) out.push({ code: child.dataset.code });
      else if (child instanceof HTMLBRElement) continue;
      else walk(child);
    }
  };
  walk(element);
  return merged(out);
}

/** Whether the editor's element holds texts and chips alone, as `draw` makes it. @param {Element} element */
export function tidy(element) {
  const nodes = [...element.childNodes];
  return nodes.every((n, i) => (n instanceof Text && n.data !== "" && !/[\n\r]/.test(n.data) && !(nodes[i - 1] instanceof Text))
    || (n instanceof HTMLElement && n.dataset.code)
    || (n instanceof HTMLBRElement && i === nodes.length - 1))
    && (nodes.at(-1) instanceof HTMLBRElement) === needsEnd(read(element));
}

/** A code at the very end (or nothing at all) needs a break behind it, or browsers show no caret there. @param {Piece[]} pieces */
function needsEnd(pieces) {
  const last = pieces.at(-1);
  return !last || !("text" in last) || last.text.endsWith(" ");
}

/** @param {HTMLElement} element @param {Piece[]} pieces @param {Map<string, Code>} codes */
export function draw(element, pieces, codes) {
  element.replaceChildren(...pieces.map((p) => {
    if ("text" in p) return document.createTextNode(p.text);
    const made = chip(p.code, codes.get(p.code));
    made.contentEditable = "false";
    return made;
  }));
  if (needsEnd(pieces)) element.append(document.createElement("br"));
}

/** @param {HTMLElement} element @param {Node} container @param {number} offset @returns {number} atoms before a point of the DOM */
export function atomsBefore(element, container, offset) {
  let count = 0;
  let done = false;
  const walk = (/** @type {Node} */ node) => {
    if (done) return;
    if (node === container && !(node instanceof Text)) {
      [...node.childNodes].slice(0, offset).forEach(walk);
      done = true;
    } else if (node instanceof Text) {
      count += node === container ? Math.min(offset, node.data.length) : node.data.length;
      done = node === container;
    } else if (node instanceof HTMLElement && node.dataset.code) {
      if (node.contains(container)) done = true;
      count += 1;
    } else node.childNodes.forEach((child) => { if (!done) walk(child); });
  };
  if (!element.contains(container)) return lengthOf(read(element));
  walk(element);
  return count;
}

/** @param {HTMLElement} element drawn @param {number} atoms @returns {[Node, number]} the point in the DOM, in a text where one is there */
export function pointAt(element, atoms) {
  let left = atoms;
  const nodes = [...element.childNodes];
  for (let i = 0; i < nodes.length; i += 1) {
    const node = nodes[i];
    if (node instanceof Text) {
      if (left <= node.data.length) return [node, left];
      left -= node.data.length;
    } else if (node instanceof HTMLElement && node.dataset.code) {
      if (left === 0) return [element, i];
      left -= 1;
    }
  }
  const last = nodes.at(-1);
  return [element, last instanceof HTMLBRElement ? nodes.length - 1 : nodes.length];
}

/** The point of the text under the mouse, in whichever way the browser tells it. @param {MouseEvent} event @returns {[Node, number] | null} */
export function pointUnder(event) {
  const page = /** @type {any} */ (document);
  const place = page.caretPositionFromPoint?.(event.clientX, event.clientY);
  if (place) return [place.offsetNode, place.offset];
  const range = page.caretRangeFromPoint?.(event.clientX, event.clientY);
  return range ? [range.startContainer, range.startOffset] : null;
}

/** @param {string} wire @returns {Piece[]} */
export function fromWire(wire) {
  return merged(parse(wire));
}

export { toWire };
