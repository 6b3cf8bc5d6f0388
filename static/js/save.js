// Ctrl+Enter in a form saves it, and goes on to the next record where the form offers that.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
  const form = event.target.closest?.("form[data-guard]");
  const button = form?.querySelector("[data-save-next]") ?? form?.querySelector("button[name=_save]");
  if (!button) return;
  event.preventDefault();
  button.click();
});
