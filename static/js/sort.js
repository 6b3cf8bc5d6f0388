// Shift and a click on a table's head sort by a second column, whose address stands beside the link. Without this file, and on a
// telephone, the form under "Sort" does the same.

document.addEventListener(
  "click",
  (event) => {
    const then = event.shiftKey && event.target.closest?.("thead a")?.parentElement.querySelector("[data-then]");
    if (!then) return;
    event.preventDefault();
    event.stopPropagation();
    then.click();
  },
  true,
);
