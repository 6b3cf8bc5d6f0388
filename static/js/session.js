// Says some minutes before the session ends that it will, so that what is being typed is not lost, and prolongs it when told to.
// The page's own numbers are only where to begin: another tab may have been used since, so the server is asked before anybody is.

const WARN_SECONDS = 5 * 60;
// How long until the server is asked again that did not answer, and how long at most after many times.
const ASK_AGAIN = 10;
const ASK_AGAIN_AT_MOST = 5 * 60;

const note = document.querySelector("[data-session]");
const words = note?.querySelector("[data-session-words]");
const stay = note?.querySelector("[data-session-stay]");

function inMinutes(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

let timer;
// Seconds until the next try, while there is no answer.
let pause = 0;

function say(text, canStay) {
  // Only what is new is written: a screen reader says it again each time.
  if (words.textContent !== text) words.textContent = text;
  stay.hidden = !canStay;
  note.querySelector("[data-session-note]").hidden = text === "";
}

async function ask(options) {
  const answer = await fetch(note.dataset.session, { credentials: "same-origin", redirect: "manual", ...options });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

function show({ idle, end }) {
  pause = 0;
  const canStay = end > idle;
  if (idle > WARN_SECONDS) {
    say("", false);
    wait(idle - WARN_SECONDS);
    return;
  }
  const why = canStay ? "you have not done anything here for a while." : "you signed in long ago. Save what you typed.";
  say(`You will be signed out in ${inMinutes(idle)}: ${why}`, canStay);
  wait(Math.min(30, Math.max(5, idle)));
}

function ended() {
  say("You are signed out, or the dashboard cannot be reached. Copy what you typed before you leave this page.", false);
  pause = Math.min(pause === 0 ? ASK_AGAIN : pause * 2, ASK_AGAIN_AT_MOST);
  wait(pause);
}

function askNow() {
  if (pause > 0 && document.visibilityState === "visible") wait(0);
}

// A timer stands still while a computer sleeps; looking again every so often costs nothing.
function wait(seconds) {
  clearTimeout(timer);
  timer = setTimeout(() => ask().then(show, ended), Math.min(seconds, 24 * 60 * 60) * 1000);
}

if (note) {
  stay.addEventListener("click", () => {
    const token = note.querySelector("input[name=csrf_token]").value;
    ask({ method: "POST", body: new URLSearchParams({ csrf_token: token }) }).then(show, ended);
  });
  // Back from the tab where one signed in again, and back on the network.
  document.addEventListener("visibilitychange", askNow);
  window.addEventListener("focus", askNow);
  window.addEventListener("online", askNow);
  wait(Math.max(5, Number(note.dataset.idle) - WARN_SECONDS));
}
