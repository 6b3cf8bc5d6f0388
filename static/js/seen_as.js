// Who looks as someone else can change nothing: what would change something is off, and says why.

const CHANGING = /\/(new|delete|import)\/$/;

function switchOff() {
  const words = document.querySelector("[data-seen-as] p")?.textContent.trim();
  if (!words) return;
  for (const button of document.querySelectorAll('main form[method="post"]:not([data-seen-as]) :is(button, [type="submit"])')) {
    if (button.type !== "submit") continue;
    button.disabled = true;
    button.title = words;
  }
  for (const link of document.querySelectorAll("main a[href]")) if (CHANGING.test(link.pathname)) switchOffLink(link, words);
}

// Still reached by the keyboard, so that it is heard why.
function switchOffLink(link, words) {
  link.removeAttribute("href");
  link.setAttribute("role", "link");
  link.setAttribute("aria-disabled", "true");
  link.tabIndex = 0;
  link.title = words;
}

switchOff();
document.addEventListener("htmx:afterSwap", switchOff);
