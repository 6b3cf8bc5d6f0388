// The filter form: the value's control follows the operator, rows and groups come and go without a reload, Escape closes
// the sheet. Without this file every button asks the server for the same.

const DAY = /^(\d{4}-\d\d-\d\d)?$/;
let made = 0;

function toggle(control, isAsked) {
  if (!control) return;
  control.hidden = !isAsked;
  const input = control.matches("textarea, select") ? control : control.querySelector("[name]");
  input.disabled = !isAsked;
}

// Typed text takes an input of its own where the field has a select or a picker.
function update(operator) {
  const row = operator.closest("[data-filter]");
  const value = row.querySelector("[data-filter-value]");
  const { control = "", hint } = operator.selectedOptions[0].dataset;
  value.hidden = control === "none";
  const plain = value.querySelector("[data-plain]");
  if (plain) {
    toggle(plain, control === "text");
    toggle(value.querySelector("[data-control]"), control !== "text");
  } else {
    const period = value.querySelector("[data-period]");
    toggle(period, control === "period");
    if (period) toggle(value.querySelector("[data-control]"), control !== "period");
    const input = value.querySelector("input");
    const isDay = control === "date" && DAY.test(input?.value);
    if (input && input.type !== (isDay ? "date" : "text")) input.type = isDay ? "date" : "text";
  }
  tell(value, hint);
}

// A date's control, and a picker, say by themselves what they take.
function tell(value, hint) {
  const words = value.querySelector("[data-filter-hint]");
  if (!words) return;
  words.dataset.usual ??= words.textContent;
  words.textContent = hint ?? words.dataset.usual;
  const asked = value.querySelector("input:enabled, select:enabled, textarea:enabled");
  words.hidden = !words.textContent || asked?.type === "date" || asked?.matches("[data-picker], .ts-wrapper *, [data-period]");
}

function updateAll(root) {
  root.querySelectorAll("[data-filter-operator]").forEach(update);
}

// Every field has a row in the form as it comes from the server. Copies are kept from before the pickers change them, which
// is why this file comes before theirs.
const blanks = new WeakMap();

function keepBlanks(form) {
  if (blanks.has(form)) return;
  const rows = [...form.querySelectorAll(":scope > [data-filter]")].reverse();
  blanks.set(form, new Map(rows.map((row) => [row.dataset.filter, row.cloneNode(true)])));
}

// A row of the field in the group of this path, with nothing filled in.
function newRow(form, name, path) {
  made += 1;
  const row = blanks.get(form).get(name).cloneNode(true);
  const id = `${form.closest("[data-listing]").id}-add${path}-${name}-new${made}`;
  row.querySelectorAll(".error, .filters__remove").forEach((element) => element.remove());
  row.querySelector("[data-filter-operator]").id = `${id}-op`;
  row.querySelector("[data-control] [name]").id = id;
  row.querySelectorAll("label").forEach((label, place) => {
    label.htmlFor = place ? id : `${id}-op`;
  });
  for (const control of row.querySelectorAll("[name]")) {
    control.name = control.name.replace(/^add[\d_]*/, `add${path}`);
    for (const attribute of ["value", "aria-invalid", "aria-describedby", "data-picked-label"]) control.removeAttribute(attribute);
    if (control.matches("textarea")) control.textContent = "";
    control.querySelectorAll("[selected]").forEach((option) => option.removeAttribute("selected"));
    if (control.matches("select")) control.selectedIndex = 0;
  }
  row.append(removeButton(row.querySelector("legend").textContent));
  return row;
}

function removeButton(label) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "filters__remove", title: "Remove condition", textContent: "×" });
  button.setAttribute("aria-label", `Remove condition: ${label}`);
  button.dataset.remove = "";
  return button;
}

function show(element) {
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: element } }));
  element.querySelector("[data-filter-operator]").focus();
}

function addRow(form, button, path) {
  const row = newRow(form, button.parentElement.querySelector("select").value, path);
  const inGroup = button.closest("[data-group]");
  const before = inGroup ? inGroup.querySelector(":scope > [data-group], :scope > .filters__more") : form.querySelector("[data-group], .filters__foot");
  before.before(row);
  show(row);
}

// A group begins with a row of the field that the select shows; the next ones are added in it.
function addGroup(form, button, path) {
  made += 1;
  const inGroup = button.closest("[data-group]");
  const around = inGroup ?? form;
  const numbers = [...form.querySelectorAll("[data-group]")].map((one) => Number(one.dataset.group.split("_").pop()));
  const inner = [path, Math.max(0, ...numbers) + 1].filter(String).join("_");
  const group = document.createElement("fieldset");
  group.className = "filters__group";
  group.dataset.group = inner;
  const legend = document.createElement("legend");
  const isAny = inner.split("_").length % 2 === 1;
  legend.textContent = isAny ? "Any of these" : "All of these";
  const more = button.parentElement.cloneNode(true);
  const select = more.querySelector("select");
  select.value = button.parentElement.querySelector("select").value;
  select.name = `more${inner}`;
  select.id = `${form.closest("[data-listing]").id}-more${inner}`;
  more.querySelector("label").htmlFor = select.id;
  const [row, nested] = more.querySelectorAll("button");
  row.value = `row:${inner}`;
  nested.value = `group:${inner}`;
  nested.textContent = `Add group (${isAny ? "all" : "any"} of)`;
  if (inner.split("_").length >= 5) nested.remove();
  group.append(legend, newRow(form, select.value, inner), more);
  (inGroup ? around.querySelector(":scope > .filters__more") : form.querySelector(".filters__foot")).before(group);
  show(group);
}

function remove(form, button) {
  const row = button.closest("[data-filter]");
  const group = row.closest("[data-group]");
  row.remove();
  if (group && !group.querySelector("[data-filter]")) group.remove();
  form.querySelector("[data-filter-operator], .button--primary").focus();
}

function build(event) {
  const button = event.target.closest("[data-filter-form] button");
  const [act, path] = (button?.value ?? "").split(":");
  if (!button || !(act === "row" || act === "group" || act === "remove" || "remove" in button.dataset)) return;
  event.preventDefault();
  if (act === "row") addRow(button.form, button, path);
  else if (act === "group") addGroup(button.form, button, path);
  else remove(button.form, button);
}

document.addEventListener("click", build);

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-filter-operator]")) update(event.target);
});

// Enter applies, as in an input; Shift and Enter begin a line, as does a pasted column.
document.addEventListener("keydown", (event) => {
  const isEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing && !event.defaultPrevented;
  if (!isEnter || !event.target.matches("[data-filter-form] textarea")) return;
  event.preventDefault();
  event.target.form.requestSubmit(event.target.form.querySelector(".enter-button"));
});

document.addEventListener("keydown", (event) => {
  const sheet = event.key === "Escape" && !event.defaultPrevented && event.target.closest("details[data-sheet][open]");
  if (!sheet || event.target.matches("[aria-expanded='true']")) return;
  sheet.open = false;
  const own = sheet.querySelector("summary");
  // Where the fields have a button, the sheet is opened from there and has none.
  (own.checkVisibility() ? own : sheet.parentElement.querySelector(".add-filter > summary")).focus();
});

function begin(root) {
  root.querySelectorAll("[data-filter-form]").forEach(keepBlanks);
  updateAll(root);
}

begin(document);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
