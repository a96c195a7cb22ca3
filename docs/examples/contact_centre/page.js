"use strict";

const $ = (id) => document.getElementById(id);

async function ask(method, path, body) {
  const options = { method, headers: { "Content-Type": "application/json" } };
  if (body !== undefined) options.body = JSON.stringify(body);
  const answer = await fetch(`/desk/conferences${path}`, options);
  const told = answer.status === 204 ? {} : await answer.json();
  if (!answer.ok) throw new Error(told.detail || answer.statusText);
  return told;
}

async function members(name, role, what) {
  const { participants } = await ask("GET", `/${encodeURIComponent(name)}`);
  for (const one of participants.filter((one) => one.role === role))
    await ask("POST", `/${encodeURIComponent(name)}/members/${one.member_id}/${what}`);
}

const ACTIONS = {
  Initialized: {
    Take: async (path) => {
      const { live, tried } = await ask("POST", `${path}/agents`, { agents: [$("agent").value] });
      return live ? "You are live." : `Nobody answered: ${tried.join(", ")}.`;
    },
  },
  Active: {
    Coach: async (path) => `Supervisor: ${(await ask("POST", `${path}/supervisors`, { supervisor: $("supervisor").value })).outcome}.`,
    Hold: (path, name) => members(name, "customer", "hold"),
    "Go on": (path, name) => members(name, "customer", "unhold"),
    Record: (path) => ask("POST", `${path}/recording`),
    "Stop recording": (path) => ask("DELETE", `${path}/recording`),
    End: (path) => ask("DELETE", path),
  },
};

async function act(label, name, button) {
  button.disabled = true;
  $("said").textContent = `${label} …`;
  try {
    const action = ACTIONS[button.dataset.state][label];
    const said = await action(`/${encodeURIComponent(name)}`, name);
    $("said").textContent = typeof said === "string" ? said : `${label}: done.`;
  } catch (error) {
    $("said").textContent = error.message;
  }
  button.disabled = false;
  await show();
}

function row(call) {
  const line = document.createElement("tr");
  const since = call.start_time || call.creation_time || "";
  for (const text of [call.friendly_name, call.status === "Initialized" ? "waits" : "live", since.slice(11, 19)])
    line.append(Object.assign(document.createElement("td"), { textContent: text }));
  const cell = document.createElement("td");
  for (const label of Object.keys(ACTIONS[call.status] || {})) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.dataset.state = call.status;
    button.addEventListener("click", () => act(label, call.friendly_name, button));
    cell.append(button);
  }
  line.append(cell);
  return line;
}

let shown = "";

async function show() {
  try {
    const calls = await ask("GET", "");
    const now = JSON.stringify(calls.map((call) => [call.friendly_name, call.status]));
    if (now !== shown) $("callers").replaceChildren(...calls.map(row)); // else a button would be lost under a finger
    shown = now;
  } catch (error) {
    $("said").textContent = error.message;
  }
}

show();
setInterval(show, 2000);
