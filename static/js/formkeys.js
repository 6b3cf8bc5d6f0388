// Ctrl+Enter and Ctrl+S press the first button of the form in which one is, or of the only one that guards what is typed; Ctrl+Enter
// goes on to the next record where the form offers that. "e" goes to the form's first field.

const FIELDS = ":is(input:not([type=hidden], [hidden], .tomselected), textarea, select)";

function formOf(target) {
  const form = target.closest("form");
  if (form?.hasAttribute("data-guard")) return form;
  const guarded = document.querySelectorAll("form[data-guard]");
  return !form && guarded.length === 1 ? guarded[0] : null;
}

function isSave(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return false;
  return event.key === "Enter" || event.key.toLowerCase() === "s";
}

function buttonOf(form, key) {
  const next = key === "Enter" ? form?.querySelector("[data-save-next]") : null;
  return next ?? form?.querySelector("button[type=submit]");
}

document.addEventListener("keydown", (event) => {
  if (!isSave(event) || event.defaultPrevented || document.querySelector("dialog:modal")) return;
  const form = formOf(event.target);
  const button = buttonOf(form, event.key);
  if (!button) return;
  event.preventDefault();
  form.requestSubmit(button);
});

document.addEventListener("shortcut", (event) => {
  if (event.detail !== "e" || event.defaultPrevented || event.target.closest("tr")) return;
  const field = document.querySelector(`form[data-guard] ${FIELDS}`);
  if (!field) return;
  event.preventDefault();
  field.focus();
});
