// The theme, and how wide the navigation is: at once, and without leaving a form that is being filled in. Without this file the page
// is loaded anew.

const html = document.documentElement;

function draw(name, value) {
  if (name === "narrow") {
    document.body.toggleAttribute("data-narrow", value === "1");
    return;
  }
  if (value === "system") delete html.dataset.theme;
  else html.dataset.theme = value;
  document.querySelector("meta[name=color-scheme]").content = value === "system" ? "light dark" : value;
  for (const one of document.querySelectorAll("[data-look] [name=theme]")) one.ariaPressed = String(one.value === value);
}

async function keep(form, button) {
  const how = { method: "POST", headers: { Accept: "application/json" }, credentials: "same-origin", redirect: "manual" };
  try {
    return (await fetch(form.getAttribute("action"), { ...how, body: new FormData(form, button) })).ok;
  } catch {
    return false;
  }
}

// Ahead of what notes that a form was sent: this one may be sent again.
document.addEventListener(
  "submit",
  async (event) => {
    const { target: form, submitter } = event;
    if (!form.hasAttribute("data-look") || !submitter || "plain" in form.dataset) return;
    event.preventDefault();
    if (await keep(form, submitter)) {
      draw(submitter.name, submitter.value);
      return;
    }
    form.dataset.plain = "";
    form.requestSubmit(submitter);
  },
  { capture: true },
);
