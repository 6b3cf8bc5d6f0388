// Who looks as someone else can change nothing: what would change something is off, and says why.

function switchOff() {
  const words = document.querySelector("[data-seen-as] p")?.textContent.trim();
  if (!words) return;
  for (const button of document.querySelectorAll('main form[method="post"]:not([data-seen-as]) :is(button, [type="submit"])')) {
    if (button.type !== "submit") continue;
    button.disabled = true;
    button.title = words;
  }
}

switchOff();
document.addEventListener("htmx:afterSwap", switchOff);
