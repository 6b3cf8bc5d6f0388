// Says that a form has unsaved changes, and asks before they are lost. data-guard="dirty" is a form that came back with errors.

function isSelectChanged(select) {
  const options = [...select.options];
  const first = options.some((option) => option.defaultSelected) ? null : options[0];
  return !select.multiple && options.some((option) => option.selected !== (option.defaultSelected || option === first));
}

function isChanged(control) {
  if (!control.name || control.type === "hidden") return false;
  if (control instanceof HTMLSelectElement) return isSelectChanged(control);
  if (control.type === "checkbox" || control.type === "radio") return control.checked !== control.defaultChecked;
  if (control.type === "file") return control.files.length > 0;
  return "defaultValue" in control && control.value !== control.defaultValue;
}

function isDirty(form) {
  return form.dataset.guard === "dirty" || [...form.elements].some(isChanged);
}

function show(form) {
  for (const note of form.querySelectorAll("[data-unsaved]")) note.hidden = !isDirty(form);
}

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.form;
    if (form?.matches("[data-guard]")) show(form);
  });
}

window.addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("form[data-guard]")];
  const isSending = forms.some((form) => "sent" in form.dataset);
  if (!isSending && forms.some(isDirty)) event.preventDefault();
});

document.querySelectorAll("form[data-guard]").forEach(show);
