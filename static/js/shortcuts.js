// Single keys, unless something is being typed, a dialog is open, or the person switched them off. What a key does is said by other
// files, which listen for "shortcut" events: one that does something prevents the event's default.

const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable], [data-cell-form]";

function isForUs(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
  if (event.key.length !== 1 || event.target.closest(TYPING)) return false;
  return !document.querySelector("dialog:modal") && !("noShortcuts" in document.body.dataset);
}

document.addEventListener("keydown", (event) => {
  if (!isForUs(event)) return;
  const shortcut = new CustomEvent("shortcut", { bubbles: true, cancelable: true, detail: event.key });
  if (!event.target.dispatchEvent(shortcut)) event.preventDefault();
});
