// Says every half minute that a record's form is still open, and shows who else has it open; says when it was left.

const EVERY = 30_000;

function formAt() {
  return document.querySelector("form[data-guard]");
}

function body(values = {}) {
  const data = new FormData();
  for (const name of ["csrf_token", "_version", "_seen"]) data.set(name, formAt()?.querySelector(`[name=${name}]`)?.value ?? "");
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

// What was typed stays until the browser has asked whether to leave it.
function wayToIt() {
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Load this version";
  return link;
}

async function ping(note) {
  try {
    const answer = await fetch(note.dataset.presence, { method: "POST", body: body(), credentials: "same-origin" });
    if (answer.status !== 200 || answer.redirected) return;
    const { note: words, saved } = await answer.json();
    // Only what is new is written: a screen reader says it again each time.
    if (note.dataset.said === `${saved} ${words}`) return;
    note.dataset.said = `${saved} ${words}`;
    note.replaceChildren(...(saved ? [`${saved} `, wayToIt(), " "] : []), words);
    note.hidden = !saved && !words;
  } catch {
    // The next one may get through; the form itself says so when it cannot be sent.
  }
}

function watch(note) {
  ping(note);
  setInterval(() => ping(note), EVERY);
  window.addEventListener("pagehide", () => navigator.sendBeacon(note.dataset.presence, body({ leave: "1" })));
  window.addEventListener("pageshow", (event) => event.persisted && ping(note));
}

// Who looks as someone else is at no form.
if (!document.querySelector("[data-seen-as]")) document.querySelectorAll("[data-presence]").forEach(watch);
