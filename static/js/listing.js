// A list fetches its next state as a whole page and takes its own part. When the answer has no such part (an error, the sign-in
// page), the browser goes there itself, so that nothing is swallowed.

function hasPart(text, id) {
  return new DOMParser().parseFromString(text, "text/html").getElementById(id) !== null;
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, target, pathInfo } = event.detail;
  // Beside a form that somebody fills in, what cannot be had stays as it is.
  if (target.dataset.part) event.detail.shouldSwap = hasPart(xhr.responseText, target.dataset.part);
  if (!target.matches("[data-listing], [data-polled]")) return;
  event.detail.shouldSwap = hasPart(xhr.responseText, target.id);
  if (!event.detail.shouldSwap) location.assign(pathInfo.finalRequestPath);
});

document.addEventListener("htmx:sendError", (event) => {
  // What asks by itself every few seconds will ask again, and a form's part at the next tick.
  if (event.detail.target.matches("[data-polled], [data-part]")) return;
  location.assign(event.detail.pathInfo.finalRequestPath);
});
