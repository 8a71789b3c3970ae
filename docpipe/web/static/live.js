// Parts of a page that are fetched again every few seconds: says politely what changed, keeps the focus where it was.
const status = document.getElementById("status");
let focused = "";

document.addEventListener("htmx:beforeRequest", (event) => event.target.setAttribute("aria-busy", "true"));

document.addEventListener("htmx:beforeSwap", (event) => {
  // 286 ends the asking; what came with it is shown all the same.
  if (event.detail.xhr.status === 286) event.detail.shouldSwap = true;
  const at = document.activeElement;
  focused = at && at.id && event.detail.target.contains(at) ? at.id : "";
});

document.addEventListener("htmx:afterSettle", (event) => {
  const live = event.detail.target;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const said = live.querySelector("[data-said]")?.dataset.said;
  if (said && live.dataset.told !== said) {
    live.dataset.told = said;
    if (status) status.textContent = said;
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  const over = event.detail.xhr?.status === 286;
  event.target.removeAttribute("aria-busy");
  // The rest of the page (what is next, what can be downloaded) belongs to the state that has ended.
  // Nobody who is typing is interrupted by it.
  const typing = document.activeElement?.matches("input, textarea, select");
  if (over && !typing) window.location.reload();
});
