// How a text of HTML looks, as it is typed, in the field's own place. The frame is a sandbox: the server's answer runs and loads nothing.

const SANDBOX = "allow-popups allow-popups-to-escape-sandbox";

function frameFor(area, name) {
  const frame = document.createElement("iframe");
  frame.name = `preview-${area.id}`;
  frame.title = name;
  frame.className = "markup__frame";
  frame.setAttribute("sandbox", SANDBOX);
  return frame;
}

function hidden(name, value) {
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = name;
  input.value = value;
  return input;
}

// A form of its own: what is only looked at is not saved, nor counted as sent.
function send(area, url, target) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = url;
  form.target = target;
  form.hidden = true;
  form.append(hidden("csrf_token", area.form.querySelector("[name=csrf_token]").value), hidden("text", area.value));
  document.body.append(form);
  form.submit();
  form.remove();
}

function button(words) {
  const one = document.createElement("button");
  one.type = "button";
  one.className = "button button--quiet button--small";
  one.textContent = words;
  return one;
}

function enhance(bar) {
  const area = document.getElementById(bar.dataset.markup);
  if (!area?.form) return;
  const views = [["Source", ""], ...[...bar.querySelectorAll("[data-view]")].map((link) => [link.textContent, link.href])];
  let frame = null;

  const buttons = views.map(([words, url]) => {
    const one = button(words);
    one.addEventListener("click", () => {
      frame?.remove();
      frame = url ? frameFor(area, `${words} of ${area.labels[0]?.textContent ?? ""}`) : null;
      area.hidden = Boolean(url);
      for (const other of buttons) other.setAttribute("aria-pressed", String(other === one));
      if (!url) return;
      area.after(frame);
      send(area, url, frame.name);
    });
    one.setAttribute("aria-pressed", String(!url));
    return one;
  });
  for (const link of bar.querySelectorAll("[data-view]")) link.remove();
  bar.querySelector(".hint").after(...buttons);
}

document.querySelectorAll("[data-markup]").forEach(enhance);
