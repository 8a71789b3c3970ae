// @ts-check
/** Calls of the JSON API, and what became of them in words that the rows act on. */

/** @typedef {"signed-out" | "stale" | "refused" | "offline" | "server"} FailKind */

export class Failed extends Error {
  /** @param {FailKind} kind @param {string} message @param {any} [error] the error object of the answer */
  constructor(kind, message, error = {}) {
    super(message);
    this.kind = kind;
    this.error = error;
    this.code = String(error.code ?? "");
  }

  /** Whether trying again may help. */
  get passing() {
    return this.kind === "offline" || this.kind === "server";
  }
}

/**
 * @param {string} method @param {string} path @param {any} [body] @param {{keepalive?: boolean}} [more]
 * @returns {Promise<any>} the JSON of the answer; throws `Failed`
 */
export async function call(method, path, body, more = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { accept: "application/json", ...(body === undefined ? {} : { "content-type": "application/json" }) },
      body: body === undefined ? undefined : JSON.stringify(body),
      keepalive: more.keepalive ?? false,
      credentials: "same-origin",
      redirect: "manual",
    });
  } catch {
    throw new Failed("offline", "The server cannot be reached.");
  }
  if (answer.type === "opaqueredirect") throw new Failed("signed-out", "Your session has ended.");
  if (answer.status === 204) return {};
  /** @type {any} */
  let said = {};
  try {
    said = await answer.json();
  } catch {
    if (answer.ok) throw new Failed("server", "The server's answer cannot be read.");
  }
  if (answer.ok) return said;
  const error = { ...(said.error ?? {}), ...(said.error?.details ?? {}) };
  const message = [error.message, error.fix].filter(Boolean).join(" ") || `The server refused this (${answer.status}).`;
  if (answer.status === 401) throw new Failed("signed-out", "Your session has ended.", error);
  if (answer.status === 409) throw new Failed("stale", message, error);
  if (answer.status === 429 || answer.status >= 500) throw new Failed("server", error.message || "The server could not do this just now.", error);
  throw new Failed("refused", message, error);
}

/** @param {{document: string, segment: string}} row @param {string} [rest] */
export function rowPath(row, rest = "") {
  return `/api/v1/documents/${encodeURIComponent(row.document)}/rows/${encodeURIComponent(row.segment)}${rest}`;
}
