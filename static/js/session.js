// Says some minutes before the session ends that it will, so that what is being typed is not lost, and prolongs it when told to.
// The page's own numbers are only where to begin: another tab may have been used since, so the server is asked before anybody is.

const WARN_SECONDS = 5 * 60;

const note = document.querySelector("[data-session]");
const words = note?.querySelector("[data-session-words]");
const stay = note?.querySelector("[data-session-stay]");

function inMinutes(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

function say(text, canStay) {
  words.textContent = text;
  stay.hidden = !canStay;
  note.querySelector("[data-session-note]").hidden = text === "";
}

async function ask(options) {
  const answer = await fetch(note.dataset.session, { credentials: "same-origin", redirect: "error", ...options });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function show({ idle, end }) {
  const canStay = end > idle;
  if (idle > WARN_SECONDS) {
    say("", false);
    wait(idle - WARN_SECONDS);
    return;
  }
  const why = canStay ? "nothing was done here for a while." : "you signed in long ago. Save what you are typing.";
  say(`You will be signed out in ${inMinutes(idle)}: ${why}`, canStay);
  wait(Math.min(30, Math.max(5, idle)));
}

function ended() {
  say("You are signed out, or the dashboard cannot be reached. Copy what you typed before you leave this page.", false);
}

// A timer stands still while a computer sleeps; looking again every so often costs nothing.
function wait(seconds) {
  setTimeout(() => ask().then(show, ended), Math.min(seconds, 24 * 60 * 60) * 1000);
}

if (note) {
  stay.addEventListener("click", () => {
    const token = note.querySelector("input[name=csrf_token]").value;
    ask({ method: "POST", body: new URLSearchParams({ csrf_token: token }) }).then(show, ended);
  });
  wait(Math.max(5, Number(note.dataset.idle) - WARN_SECONDS));
}
