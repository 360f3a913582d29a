"use strict";
const byId = (id) => document.getElementById(id);
let current = null;
let shown = "";
let view = "html";
let opened = null;

async function call(method, path) {
  const answer = await fetch(path, { method });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

function row(mail) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  if (mail.id === current) button.setAttribute("aria-current", "true");
  const subject = document.createElement("strong");
  subject.textContent = mail.subject || "(no subject)";
  const line = document.createElement("span");
  line.textContent = `${mail.to.join(", ")} · ${new Date(mail.received_at).toLocaleString()}`;
  button.append(subject, line);
  button.addEventListener("click", () => open(mail.id));
  item.append(button);
  return item;
}

async function refresh() {
  const wanted = byId("search").value.trim();
  try {
    const { mails } = await call("GET", `/api/mails?to=${encodeURIComponent(wanted)}`);
    const key = JSON.stringify([current, mails.map((mail) => mail.id)]);
    byId("offline").hidden = true;
    byId("empty").hidden = mails.length > 0;
    // Redrawing an unchanged list would take the focus away.
    if (key !== shown) {
      shown = key;
      byId("list").replaceChildren(...mails.map(row));
    }
  } catch {
    byId("offline").hidden = false;
  }
}

function draw() {
  if (!opened) return;
  const isHtml = view === "html" && opened.has_html;
  byId("html").hidden = !isHtml;
  byId("text").hidden = isHtml;
  byId("text").textContent = view === "headers" ? opened.headers.map(([name, value]) => `${name}: ${value}`).join("\n") : opened.text || "";
  for (const name of ["html", "text", "headers"]) byId(`tab-${name}`).setAttribute("aria-selected", String(name === view));
}

async function open(id) {
  opened = await call("GET", `/api/mails/${id}`);
  current = id;
  byId("subject").textContent = opened.subject || "(no subject)";
  byId("meta").textContent = `${opened.from} → ${opened.to.join(", ")} · ${new Date(opened.received_at).toLocaleString()}`;
  byId("html").src = opened.has_html ? `/api/mails/${id}/html` : "about:blank";
  byId("source").href = `/api/mails/${id}/source`;
  byId("tab-html").hidden = !opened.has_html;
  if (!opened.has_html && view === "html") view = "text";
  byId("reader").hidden = false;
  draw();
  await refresh();
}

for (const name of ["html", "text", "headers"]) {
  byId(`tab-${name}`).addEventListener("click", () => { view = name; draw(); });
}
byId("search").addEventListener("input", refresh);
byId("clear").addEventListener("click", async () => {
  await call("DELETE", "/api/mails");
  byId("reader").hidden = true;
  current = null;
  await refresh();
});
byId("delete").addEventListener("click", async () => {
  if (current) await call("DELETE", `/api/mails/${current}`);
  byId("reader").hidden = true;
  current = null;
  await refresh();
});
refresh();
setInterval(refresh, 2000);
