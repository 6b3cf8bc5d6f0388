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
    if (!form?.matches("[data-guard]")) return;
    delete form.dataset.cancelled;
    show(form);
  });
}

window.addEventListener("beforeunload", (event) => {
  const forms = [...document.querySelectorAll("form[data-guard]")];
  const isSending = forms.some((form) => "sent" in form.dataset);
  if (!isSending && forms.some(isDirty)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  const form = event.target.closest(".form-foot__cancel")?.closest("form[data-guard]");
  if (form) form.dataset.cancelled = "";
});

// The page may come back from the browser's cache and be sent after all: then the form says what was kept.
function keyOf(form) {
  if (!form.elements._left) {
    const left = document.createElement("input");
    const letters = crypto.getRandomValues(new Uint8Array(16));
    left.type = "hidden";
    left.name = "_left";
    left.value = [...letters].map((one) => one.toString(16).padStart(2, "0")).join("");
    form.append(left);
  }
  return form.elements._draft?.value || form.elements._left.value;
}

function keep(form) {
  const data = new FormData(form);
  for (const control of form.elements) if (["file", "password"].includes(control.type)) data.delete(control.name);
  data.set("_leaving", keyOf(form));
  navigator.sendBeacon(form.action, data);
}

// Who looks as someone else types nothing of their own.
window.addEventListener("pagehide", () => {
  const forms = document.querySelector("[data-seen-as]") ? [] : document.querySelectorAll("form[data-guard]");
  for (const form of forms) if (!("sent" in form.dataset || "cancelled" in form.dataset) && isDirty(form)) keep(form);
});

document.querySelectorAll("form[data-guard]").forEach(show);
