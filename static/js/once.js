// A second click on a button does not send its form twice. data-repeatable: a form whose answer is a file leaves the page as it is.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || "repeatable" in form.dataset) return;
  if ("sent" in form.dataset) event.preventDefault();
  form.dataset.sent = "";
});

// The page may come back as it was left, from the browser's cache: its forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
