// Single keys, unless something is being typed, or the person switched them off: "/" goes to the list's search, where there is
// none to the search for everything; "x" ticks the row that the focus is in.

const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function search() {
  const own = document.querySelector("[data-search]");
  const box = own ?? document.querySelector("[data-everywhere]");
  box?.focus();
  box?.select();
  if (!own) box?.click();
  return box;
}

function tick(event) {
  const box = event.target.closest("tr")?.querySelector(".tick input");
  box?.click();
  return box;
}

const KEYS = { "/": search, x: tick };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(TYPING)) return;
  if ("noShortcuts" in document.body.dataset) return;
  if (KEYS[event.key]?.(event)) event.preventDefault();
});
