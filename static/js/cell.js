// Changes one cell of a list in its place: Enter or F2 in a cell, or a double click, fetches its field. Enter saves, Escape leaves
// the cell as it was, Tab saves and goes on to the next. Without this file “Edit this page” does the same for all of them.

const SIGNED_OUT = "You are signed out. Sign in in another tab, then save again.";
const UNREACHED = "The dashboard cannot be reached. Nothing was saved. Try again in a moment.";
const BUSY = "The dashboard could not answer. Nothing was saved. Try again in a moment.";
const OTHERS = "Someone else is signed in in this browser now. Nothing was saved. Load the page again.";
const REFUSED = "This cannot be changed any more. Load the page again.";

// The cell that is open, what stood in it, and who opened it.
let open = null;
let before = "";
let opener = 0;

function isTyped() {
  return Boolean(open?.querySelector("[data-typed]"));
}

function isSending() {
  return Boolean(open?.querySelector("[data-sending]"));
}

// ---- what the server says

async function answerTo(url, options) {
  try {
    const answer = await fetch(url, {
      headers: { Accept: "application/json" },
      credentials: "same-origin",
      redirect: "manual",
      ...options,
    });
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
      return { isSaved: answer.ok, ...(await answer.json()) };
    }
    const isStale = answer.status === 400;
    return { isStale, problem: answer.type === "opaqueredirect" ? SIGNED_OUT : answer.status < 500 ? REFUSED : BUSY };
  } catch {
    return { problem: UNREACHED };
  }
}

function addressOf(cell) {
  const url = new URL(cell.closest("[data-cells]").dataset.cells, location.href);
  url.searchParams.set("id", cell.closest("[data-row]").dataset.row);
  url.searchParams.set("field", cell.dataset.cell);
  return url.href;
}

function noteOf(cell) {
  return cell.closest("[data-listing]").querySelector("[data-cell-note]");
}

function say(cell, words) {
  noteOf(cell).textContent = words;
}

// ---- a cell that is open

function draw(cell, html) {
  cell.innerHTML = html;
  cell.dataset.editing = "";
  // The pickers' script waits for this.
  document.dispatchEvent(new CustomEvent("htmx:load", { detail: { elt: cell } }));
  const asked = cell.querySelector("[aria-invalid='true'], [type=radio]");
  const field = document.getElementById(cell.querySelector("label")?.htmlFor);
  const first = asked ?? field ?? cell.querySelector("[data-cell-cancel]");
  first.focus();
  if (first.matches("textarea")) first.setSelectionRange(first.value.length, first.value.length);
  else if (first.matches("[type=text], [type=email]")) first.select();
}

function close(cell, html) {
  open = null;
  delete cell.dataset.editing;
  cell.innerHTML = html;
  cell.focus();
}

async function begin(cell) {
  if (open === cell || "loading" in cell.dataset || (isTyped() && !(await save()))) return;
  if (open) close(open, before);
  cell.dataset.loading = "";
  const { html, problem, whose } = await answerTo(addressOf(cell), {});
  delete cell.dataset.loading;
  // Meanwhile the list may have gone, or another cell been opened.
  if (open || !cell.isConnected) return;
  if (problem) {
    say(cell, problem);
    return;
  }
  [open, before, opener] = [cell, cell.innerHTML, whose];
  // The way back from the field is this cell.
  cell.focus();
  draw(cell, html);
}

// The whole row is drawn anew: other cells follow from this one, and somebody else may have changed them.
function show(row, { cells, note, outside }) {
  for (const other of row.parentElement.querySelectorAll("[data-marked]")) other.removeAttribute("data-marked");
  [...row.children]
    .filter((one) => !one.matches(".tick"))
    .slice(0, cells.length)
    .forEach((one, place) => {
      if (cells[place] !== null) one.innerHTML = cells[place];
    });
  row.toggleAttribute("data-outside", outside !== "");
  row.toggleAttribute("data-marked", note !== "");
  if (outside) {
    const words = Object.assign(document.createElement("span"), { className: "outside", textContent: outside });
    row.querySelector("th").append(words);
  }
  noteOf(row).innerHTML = note;
}

function sendTo(form) {
  return answerTo(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
}

// Who signed in again in another tab has another token by now. Nothing is saved in the name of somebody else who did.
async function sent(form) {
  const answer = await sendTo(form);
  if (!answer.isStale) return answer;
  const { html, problem, whose } = await answerTo(form.action, {});
  if (problem || whose !== opener) return { problem: problem ?? OTHERS };
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[name=csrf_token]");
  form.querySelector("[name=csrf_token]").value = fresh.value;
  return sendTo(form);
}

// Returns whether the cell is closed.
async function save() {
  const cell = open;
  const form = cell.querySelector("form");
  if (isSending()) return false;
  form.dataset.sending = "";
  const answer = await sent(form);
  delete form.dataset.sending;
  if (answer.isSaved) {
    close(cell, "");
    show(cell.closest("[data-row]"), answer);
    return true;
  }
  say(cell, answer.problem ?? "");
  if (answer.html) {
    draw(cell, answer.html);
    open.querySelector("form").dataset.typed = "";
  }
  return false;
}

async function goOn(isBack) {
  const cell = open;
  const all = [...cell.closest("[data-cells]").querySelectorAll("[data-cell]")];
  const next = all[all.indexOf(cell) + (isBack ? -1 : 1)];
  if (isTyped()) {
    if (!(await save())) return;
  } else {
    close(cell, before);
  }
  if (next) await begin(next);
}

// ---- keys, clicks, and what is sent

function isField(target) {
  return target.matches("[data-cell-form] :is(input, select, textarea)") && !target.form?.querySelector("[type=radio]");
}

document.addEventListener("keydown", (event) => {
  const { target, key, shiftKey } = event;
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const cell = target.closest("[data-cell]");
  if (!cell) return;
  if (cell === open) {
    if (key === "Escape" && !isSending()) close(cell, before);
    else if (key === "Tab" && isField(target)) goOn(shiftKey);
    else if (key === "Enter" && !shiftKey && target.matches("textarea")) target.form.requestSubmit();
    else return;
  } else if (key === "F2" || (key === "Enter" && target === cell)) {
    begin(cell);
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("dblclick", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (cell && !event.target.closest("a, button")) begin(cell);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-cell-cancel]") && !isSending()) close(open, before);
});

// Ahead of what notes that a form was sent.
document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.hasAttribute("data-cell-form")) return;
    event.preventDefault();
    save();
  },
  { capture: true },
);

document.addEventListener("htmx:load", () => {
  if (open && !open.isConnected) open = null;
});
