// Before a form with typed text is sent, looks whether the dashboard can be reached. The browser's own answer to a lost
// connection is a page in the form's place; here the form stays, and so does what was typed. Nothing is stored on the computer.

const WAIT = 10_000;

async function isReached() {
  if (!navigator.onLine) return false;
  const icon = document.querySelector("link[rel=icon]").href;
  try {
    return (await fetch(icon, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(WAIT) })).ok;
  } catch {
    return false;
  }
}

function show(form, isLost) {
  for (const note of form.querySelectorAll("[data-unreached]")) note.hidden = !isLost;
}

async function send(form, button) {
  form.setAttribute("data-reaching", "");
  const reached = await isReached();
  show(form, !reached);
  if (reached) {
    form.setAttribute("data-reached", "");
    form.requestSubmit(button);
    form.removeAttribute("data-reached");
  }
  form.removeAttribute("data-reaching");
}

// Ahead of what notes that a form was sent.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    // By attributes: a field may be called like a property of the form.
    if (!form.hasAttribute("data-guard") || form.hasAttribute("data-reached")) return;
    event.preventDefault();
    if (!form.hasAttribute("data-reaching")) send(form, event.submitter);
  },
  { capture: true },
);
