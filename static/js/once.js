// A second click on a button does not send its form twice. data-repeatable: a form whose answer is a file leaves the page as it is.
// A form is asked for its attributes: a field called "method" or "dataset" stands in for the form's own property of that name.

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method")?.toLowerCase() !== "post" || form.hasAttribute("data-repeatable")) return;
  if (form.hasAttribute("data-sent")) event.preventDefault();
  form.setAttribute("data-sent", "");
});

// The page may come back as it was left, from the browser's cache: its forms may be sent again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) form.removeAttribute("data-sent");
});
