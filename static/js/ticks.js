// Tick boxes: each tick is kept on the server at once. The box in the head ticks the page, Shift ticks a range. Without this file
// they are boxes like any other, and the buttons below send them.

const FAILED = "Your selection could not be saved. Reload the page, then try again.";

// The box that was changed last, and whether Shift was held when the pointer or the space bar went down.
let last = null;
let isRange = false;
// What is being sent: a promise of whether it was kept.
let sending = null;

function boxesOf(form) {
  return [...form.elements].filter((one) => one.name === "tick");
}

// As the page came, or was last kept: `defaultChecked`.
function changedOf(form) {
  return boxesOf(form).filter((box) => box.checked !== box.defaultChecked);
}

function show(form) {
  const boxes = boxesOf(form);
  const number = boxes.filter((box) => box.checked).length;
  const label = form.closest("[data-listing]").querySelector("[data-tick-all]");
  if (!label) return;
  const all = label.querySelector("input");
  label.hidden = false;
  all.checked = number === boxes.length;
  all.indeterminate = number > 0 && number < boxes.length;
}

function say(form, words) {
  form.querySelector("[data-ticks-words]").textContent = words;
  form.toggleAttribute("data-ticked", words !== "");
  for (const one of form.querySelectorAll("[data-ticks-some]")) one.hidden = words === "";
}

function leadTo(form, url) {
  const link = form.querySelector("[data-ticks-show]");
  if (!link) return;
  link.href = url;
  link.hidden = url === "";
}

// Only what changed is sent: the rest of the page may have been ticked in another tab.
function bodyOf(form, boxes) {
  const body = new FormData();
  body.set("csrf_token", form.elements.csrf_token.value);
  for (const box of boxes) {
    body.append("shown", box.value);
    if (box.checked) body.append("tick", box.value);
  }
  return body;
}

async function answerTo(form, boxes) {
  const how = { method: "POST", headers: { Accept: "application/json" }, credentials: "same-origin" };
  try {
    const answer = await fetch(form.getAttribute("action"), { ...how, body: bodyOf(form, boxes) });
    return answer.redirected ? { problem: FAILED } : await answer.json();
  } catch {
    return { problem: FAILED };
  }
}

async function keep(form) {
  const boxes = changedOf(form);
  const sent = boxes.map((box) => box.checked);
  const said = await answerTo(form, boxes);
  boxes.forEach((box, place) => {
    const kept = said.problem ? box.defaultChecked : said.ticked.includes(box.value);
    // Whoever changed it again meanwhile is not contradicted.
    if (box.checked === sent[place]) box.checked = kept;
    box.defaultChecked = kept;
  });
  say(form, said.problem ?? said.words);
  if (!said.problem) leadTo(form, said.show_url);
  show(form);
  return !said.problem;
}

async function keepAll(form) {
  let isKept = true;
  while (isKept && changedOf(form).length > 0) isKept = await keep(form);
  return isKept;
}

// One after the other: the last of two ticks must not be overtaken by the first.
function send(form) {
  sending ??= keepAll(form).finally(() => {
    sending = null;
  });
  return sending;
}

function tickRange(boxes, from, to) {
  const [first, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b);
  if (first < 0) return;
  for (const box of boxes.slice(first, end + 1)) box.checked = to.checked;
}

for (const type of ["pointerdown", "keydown"]) {
  document.addEventListener(type, (event) => {
    isRange = event.shiftKey;
  });
}

document.addEventListener("change", (event) => {
  const box = event.target;
  const form = box.form;
  if (!form?.hasAttribute("data-ticks")) return;
  const boxes = boxesOf(form);
  if (box.name !== "tick") for (const one of boxes) one.checked = box.checked;
  else if (isRange && last) tickRange(boxes, last, box);
  last = box.name === "tick" ? box : null;
  show(form);
  send(form);
});

// Ahead of what notes that a form was sent: an action has to find the last tick kept.
document.addEventListener(
  "submit",
  async (event) => {
    const { target: form, submitter } = event;
    if (!form.hasAttribute("data-ticks") || (sending === null && changedOf(form).length === 0)) return;
    event.preventDefault();
    if (await send(form)) form.requestSubmit(submitter);
  },
  { capture: true },
);

function begin(root) {
  for (const form of root.querySelectorAll("[data-ticks]")) {
    // The ticks are sent one by one: with an action goes nothing of the page.
    for (const one of form.elements) if (one.name === "shown") one.disabled = true;
    show(form);
  }
}

begin(document);
document.addEventListener("htmx:load", (event) => begin(event.detail.elt));
// The browser may bring a page back with its boxes as they were left.
window.addEventListener("pageshow", () => begin(document));
