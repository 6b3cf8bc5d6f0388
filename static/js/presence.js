// Says every half minute that a record's form is still open, and shows who else has it open; says when it was left.

const EVERY = 30_000;

function body(values = {}) {
  const data = new FormData();
  data.set("csrf_token", document.querySelector("form[data-guard] input[name=csrf_token]")?.value ?? "");
  for (const [name, value] of Object.entries(values)) data.set(name, value);
  return data;
}

async function ping(note) {
  try {
    const answer = await fetch(note.dataset.presence, { method: "POST", body: body(), credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const words = (await answer.json()).note;
    // Only what is new is written: a screen reader says it again each time.
    if (note.textContent !== words) note.textContent = words;
    note.hidden = words === "";
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

// Who looks as somebody else is at no form.
if (!document.querySelector("[data-seen-as]")) document.querySelectorAll("[data-presence]").forEach(watch);
