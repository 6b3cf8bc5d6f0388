// Says that a form has unsaved changes, and asks before they are lost. data-guard="dirty" is a form that came back with errors.
// A form is asked for its attributes: a field called "action" stands in for the form's own property of that name.

const CONTROLS = "input, select, textarea";

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
  return form.getAttribute("data-guard") === "dirty" || [...form.querySelectorAll(CONTROLS)].some(isChanged);
}

function show(form) {
  for (const note of form.querySelectorAll("[data-unsaved]")) note.hidden = !isDirty(form);
}

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    const form = event.target.form;
    if (!form?.hasAttribute("data-guard")) return;
    form.removeAttribute("data-cancelled");
    show(form);
  });
}

window.addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("form[data-guard]")];
  const isSending = forms.some((form) => form.hasAttribute("data-sent"));
  if (!isSending && forms.some(isDirty)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const form = event.target.closest(".form-foot__cancel")?.closest("form[data-guard]");
  form?.setAttribute("data-cancelled", "");
});

// The page may come back from the browser's cache and be sent after all: then the form says what was kept.
function keyOf(form) {
  if (!form.querySelector("[name=_left]")) {
    const left = document.createElement("input");
    const letters = crypto.getRandomValues(new Uint8Array(16));
    left.type = "hidden";
    left.name = "_left";
    left.value = [...letters].map((one) => one.toString(16).padStart(2, "0")).join("");
    form.insertAdjacentElement("beforeend", left);
  }
  return form.querySelector("[name=_draft]")?.value || form.querySelector("[name=_left]").value;
}

function keep(form) {
  const data = new FormData(form);
  for (const one of form.querySelectorAll("[type=file], [type=password]")) data.delete(one.name);
  data.set("_leaving", keyOf(form));
  navigator.sendBeacon(form.getAttribute("action") || location.href, data);
}

function isDone(form) {
  return form.hasAttribute("data-sent") || form.hasAttribute("data-cancelled");
}

// Who looks as someone else types nothing of their own.
window.addEventListener("pagehide", () => {
  const forms = document.querySelector("[data-seen-as]") ? [] : document.querySelectorAll("form[data-guard]");
  for (const form of forms) if (!isDone(form) && isDirty(form)) keep(form);
});

document.querySelectorAll("form[data-guard]").forEach(show);
