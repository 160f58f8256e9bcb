// Asks for the page again every two seconds and puts what changed in its place; sends the forms as JSON.
"use strict";

const PARTS = ["phones", "cards", "faults", "latency", "pushes"];
const EVERY_MS = 2000;
let tag = null;
let saying = 0;

const live = document.getElementById("live");
const say = document.getElementById("say");

function tell(words, wrong) {
  clearTimeout(saying);
  say.textContent = words;
  say.classList.toggle("wrong", Boolean(wrong));
  say.hidden = false;
  saying = setTimeout(() => { say.hidden = true; }, 3000);
}

function show(alive, words) {
  live.classList.toggle("dead", !alive);
  live.lastElementChild.textContent = words;
}

function replaceParts(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  for (const id of PARTS) {
    const here = document.getElementById(id);
    const there = fresh.getElementById(id);
    if (here && there && here.innerHTML !== there.innerHTML) {
      here.replaceChildren(...there.childNodes);
    }
  }
}

async function look() {
  try {
    const answer = await fetch(location.href, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store" });
    if (answer.status === 200) {
      tag = answer.headers.get("ETag");
      replaceParts(await answer.text());
    }
    show(true, "实时");
  } catch {
    show(false, "替身没有回答，正在重试");
  }
}

async function call(method, path, body, said) {
  try {
    const sent = body ? { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {};
    const answer = await fetch(`/_standin/${path}`, { method, ...sent });
    const told = await answer.json();
    tell(answer.ok ? said : told.problem || "没有成功", !answer.ok);
  } catch {
    tell("替身没有回答", true);
  }
  await look();
}

function fieldsOf(form) {
  const body = {};
  for (const field of form.elements) {
    if (!field.name || (field.type === "radio" && !field.checked)) continue;
    if (field.type === "checkbox") body[field.name] = field.checked;
    else if ("number" in field.dataset) body[field.name] = field.value === "" ? null : Number(field.value);
    else body[field.name] = field.value;
  }
  return body;
}

function answersOf(body) {
  const answers = {};
  for (const [name, word] of Object.entries(body)) {
    if (name.startsWith("answer ") && word) answers[name.slice(7)] = word;
  }
  return answers;
}

function bodyFor(path, form) {
  const fields = fieldsOf(form);
  if (path === "popup") return { name: fields.name, silent: fields.silent, answers: answersOf(fields) };
  if (path === "change") {
    const off = Object.entries(answersOf(fields)).filter(([, word]) => word === "reject").map(([id]) => id);
    return { name: fields.name, template_ids: off };
  }
  return fields;
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const by = event.submitter && event.submitter.dataset.call ? event.submitter : event.target;
  call("POST", by.dataset.call, bodyFor(by.dataset.call, event.target), by.dataset.say);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-delete]");
  if (button) call("DELETE", button.dataset.delete, null, button.dataset.say);
});

setInterval(() => { if (!document.hidden) look(); }, EVERY_MS);
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
look();
