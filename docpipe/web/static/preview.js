// The preview: marks and scrolls to a row, tells the grid which place was clicked, follows the rendering.
// showRow(segment), refresh() and mount(element, document) are for the grid; a click dispatches "docpipe:open-row" on the
// document with {document, segment}: whoever opens the row calls preventDefault(), else the link is followed.

const POLL = 1500;
const ACK = 200;
let timer = 0;
let fetching = null;
let wanted = "";

const panel = () => document.querySelector("[data-preview]");
const isAlone = (root) => root.classList.contains("alone");
const reduced = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
const channel = "BroadcastChannel" in window ? new BroadcastChannel("docpipe-preview") : null;

function placesOf(root, segment) {
  return [...root.querySelectorAll(`[data-row="${CSS.escape(segment)}"]`)];
}

function mark(root, places) {
  for (const old of root.querySelectorAll(".here")) {
    if (!places.includes(old)) {
      old.classList.remove("here");
      old.removeAttribute("aria-current");
    }
  }
  for (const place of places) {
    place.classList.add("here");
    place.setAttribute("aria-current", "true");
  }
}

const boxOf = (place) => (place.querySelector("rect") ?? place).getBoundingClientRect();

// The nearest of a row's places comes into view; what is in view already does not move.
function bring(root, places) {
  const scroller = isAlone(root) ? null : root.querySelector(".preview-pages");
  const frame = scroller ? scroller.getBoundingClientRect() : { top: 60, bottom: innerHeight, height: innerHeight };
  const boxes = places.map(boxOf).filter((b) => b.height > 0);
  if (!boxes.length || boxes.some((b) => b.top >= frame.top && b.bottom <= frame.bottom)) return;
  const middle = frame.top + frame.height / 2;
  const off = (b) => (b.top + b.bottom) / 2 - middle;
  const nearest = boxes.reduce((a, b) => (Math.abs(off(b)) < Math.abs(off(a)) ? b : a));
  const far = Math.abs(off(nearest)) > frame.height * 1.5;
  (scroller ?? window).scrollBy({ top: off(nearest), behavior: far || reduced() ? "auto" : "smooth" });
}

async function load(root, query) {
  fetching?.abort();
  fetching = new AbortController();
  root.setAttribute("aria-busy", "true");
  const asked = new URLSearchParams({ side: root.dataset.side, view: root.dataset.asked ?? "pages", ...query });
  try {
    const answer = await fetch(`/documents/${root.dataset.preview}/preview/panel?${asked}`, { signal: fetching.signal, redirect: "error" });
    if (!answer.ok) return false;
    const made = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview]");
    const before = root.querySelector(".preview-pages");
    const same = made.dataset.shown === root.dataset.shown && made.dataset.view === root.dataset.view && !("row" in query || "page" in query);
    const at = same && before ? before.scrollTop : null;
    const held = root.contains(document.activeElement);
    root.replaceWith(made);
    if (at !== null) made.querySelector(".preview-pages").scrollTop = at;
    if (held) made.querySelector(".preview-pages").focus({ preventScroll: true });
    watch(made);
    return true;
  } catch (error) {
    if (error.name !== "AbortError") root.dataset.failed = "true";
    return false;
  } finally {
    root.removeAttribute("aria-busy");
  }
}

/** Marks a row's place and scrolls to it; loads the pages that hold it where they are not shown. */
export async function showRow(segment) {
  if (!segment) return;
  wanted = segment;
  channel?.postMessage({ show: segment, document: panel()?.dataset.preview ?? "" });
  let root = panel();
  if (!root) return;
  let places = placesOf(root, segment);
  if (!places.length && !isAlone(root)) {
    if (root.dataset.missing === segment || !(await load(root, { row: segment })) || wanted !== segment) return;
    root = panel();
    places = placesOf(root, segment);
    if (!places.length) root.dataset.missing = segment;
  }
  mark(root, places);
  bring(root, places);
}

/** Asks anew what the preview shows: after rows were saved. The scroll position is kept. */
export async function refresh() {
  const root = panel();
  if (!root) return;
  if (isAlone(root)) return void location.reload();
  await load(root, {});
  if (wanted && panel()) mark(panel(), placesOf(panel(), wanted));
}

/** Puts the panel of a document into an element of the page. */
export async function mount(element, id, { side = "target", row = "" } = {}) {
  const root = document.createElement("section");
  Object.assign(root.dataset, { preview: id, side });
  root.className = "preview";
  root.append(Object.assign(document.createElement("p"), { textContent: "Loading the preview …" }));
  element.replaceChildren(root);
  if ((await load(root, row ? { row } : {})) && row) await showRow(row);
}

function watch(root) {
  clearTimeout(timer);
  if (root?.dataset.state !== "rendering") return;
  timer = setTimeout(async () => {
    const now = panel();
    if (!now) return;
    try {
      const answer = await fetch(`/api/v1/documents/${now.dataset.preview}/preview?places=false&side=${now.dataset.side}`);
      const found = answer.ok ? await answer.json() : null;
      if (found && found.state !== "rendering") return void (await done(now));
    } catch { /* the network is away: asked again below */ }
    watch(now);
  }, POLL);
}

async function done(root) {
  if (isAlone(root)) return void location.reload();
  if ((await load(root, wanted ? { row: wanted } : {})) && wanted) await showRow(wanted);
}

function openRow(id, segment, event) {
  const told = new CustomEvent("docpipe:open-row", { bubbles: true, cancelable: true, detail: { document: id, segment } });
  document.dispatchEvent(told);
  if (told.defaultPrevented) event?.preventDefault();
  return told.defaultPrevented;
}

// In a window of its own the click goes to the grid's window; when none answers, the link is followed here.
function askOther(root, link, event) {
  if (!channel) return;
  event.preventDefault();
  const go = setTimeout(() => { location.href = link.getAttribute("href"); }, ACK);
  const heard = ({ data }) => {
    if (data?.opened !== link.dataset.row) return;
    clearTimeout(go);
    channel.removeEventListener("message", heard);
  };
  channel.addEventListener("message", heard);
  channel.postMessage({ open: link.dataset.row, document: root.dataset.preview });
}

channel?.addEventListener("message", ({ data }) => {
  const root = panel();
  if (data?.open && (!root || !isAlone(root))) {
    if (openRow(data.document, data.open)) channel.postMessage({ opened: data.open });
  } else if (data?.show && root && isAlone(root) && root.dataset.preview === data.document) {
    const places = placesOf(root, data.show);
    if (!places.length) {
      const query = new URLSearchParams({ side: root.dataset.side, row: data.show });
      if (root.dataset.view === "pages") location.href = `/documents/${data.document}/preview?${query}#at-${data.show}`;
      return;
    }
    mark(root, places);
    bring(root, places);
  }
});

document.addEventListener("click", (event) => {
  const root = event.target.closest?.("[data-preview]");
  if (!root || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("[data-row], [data-preview-page], [data-preview-side]");
  if (!link) return;
  if (link.dataset.row) {
    mark(root, placesOf(root, link.dataset.row));
    if (isAlone(root)) askOther(root, link, event);
    else openRow(root.dataset.preview, link.dataset.row, event);
  } else if (!isAlone(root)) {
    event.preventDefault();
    if (link.dataset.previewSide) {
      root.dataset.side = link.dataset.previewSide;
      load(root, wanted ? { row: wanted } : {});
    } else load(root, { page: link.dataset.previewPage });
  }
});

document.addEventListener("submit", async (event) => {
  const root = event.target.closest?.("[data-preview]");
  if (!root || isAlone(root) || !event.target.matches("[data-preview-render]")) return;
  event.preventDefault();
  await fetch(`/api/v1/documents/${root.dataset.preview}/preview?side=${root.dataset.side}`, { method: "POST" });
  await refresh();
});

const first = panel();
if (first) {
  watch(first);
  if (isAlone(first) && first.dataset.row) showRow(first.dataset.row);
}
