"use strict";
/* The emulator's console. It is told what has changed of what is looked at (docs/emulator-api.md) and patches rows by their
keys. Whatever comes from the emulator becomes text: no markup, no URL, no class is ever made from it. */

/* ---- Pieces ---- */
const $ = (q, at = document) => at.querySelector(q), $$ = (q, at = document) => [...at.querySelectorAll(q)];
const clone = id => $("#" + id).content.firstElementChild.cloneNode(true);
const text = (e, words) => { if (e.textContent !== String(words ?? "")) e.textContent = words ?? ""; };
const values = words => { for (const name in words) $$(`[data-v=${name}]`).forEach(e => text(e, words[name])); };
function set(e, attributes) {
  for (const [name, is] of Object.entries(attributes)) is === null ? e.removeAttribute(name) : e.setAttribute(name, is);
  return e;
}
function el(tag, words, cls = "") {
  const e = set(document.createElement(tag), { class: cls });
  e.textContent = words;
  return e;
}
const rect = attributes => set(document.createElementNS("http://www.w3.org/2000/svg", "rect"), attributes);
function use(svg, name, cls = "") {
  set($("use", svg), { href: "#i-" + name });
  return set(svg, { class: "i " + cls });
}
const icon = (name, cls) => use(clone("t-icon"), name, cls);
const say = words => { text($("#say"), ""); text($("#say"), words); };
const press = (q, is) => $$(q).forEach(b => set(b, { "aria-pressed": is(b) }));
const wide = () => matchMedia("(min-width: 64rem)").matches, widest = () => matchMedia("(min-width: 96rem)").matches;

/* ---- Words ---- */
const num = n => n.toLocaleString("en-US"), many = (n, word) => `${num(n)} ${word}${n === 1 ? "" : "s"}`;
const nth = n => n + (["th", "st", "nd", "rd"][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] || "th");
const percent = x => `${+(100 * x).toFixed(2)} %`;
const two = n => String(Math.floor(n)).padStart(2, "0");
const hours = s => s < 3600 ? "" : Math.floor(s / 3600) + ":";
const long = s => `${hours(s)}${two(Math.max(0, s) / 60 % 60)}:${two(Math.max(0, s) % 60)}`;
const roughly = s => s < 90 ? `${Math.round(s)} s` : s < 5400 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;

/* ---- The time: told now and then, counted here ---- */
let head = null, now = 0, heard = 0;
const clock = () => now + (performance.now() - heard) / 1000;
const wall = at => new Date(1000 * ((head?.epoch ?? 0) + at)).toISOString(), hms = at => wall(at).slice(11, 19);
const lasted = one => long((one.until ?? clock()) - one.since);

/* ---- What is shown as what: data-f names a field, data-as one of these ---- */
const marked = (name, cls, words, label = cls) => [...name ? [icon(name, cls)] : [], el("span", words, label)];
const QUEUED = ["queue", "mut"], NO = ["no", "bad"], WARN = ["warn", "warn"], FINE = ["", ""];
const STATES = { Initialized: ["wait", ""], Active: ["active", "ok"], Ended: ["ended", "mut"] };
const TRIED = { due: QUEUED, "in flight": QUEUED, delivered: FINE, refused: NO, failed: NO, lost: WARN, "held back": WARN };
const IS = { mute: ["mute", "muted"], hold: ["pause", "on hold"], coach: ["coach", "coaches"] };
const AS = {
  hms, nth,
  lasted: (_, one) => lasted(one),
  some: n => n || "",
  whom: name => name ?? "all of them",
  of: (_, r) => (r.conference ?? r.call_uuid) + (r.member_id ? `, ${r.member_id}` : ""),
  recording: (_, r) => `${r.phase}, ${r.format}${r.member_id ? `, of ${r.member_id}` : ""}`,
  by: number => number ? `by request ${number}` : "",
  state: state => marked(...STATES[state], state, "lbl"),
  recorded: is => is ? marked("rec", "bad", "recorded", "vh") : [],
  applied: is => is ? marked("ok", "ok", "applied", "vh") : [],
  answered: (status, k) => marked(...TRIED[k.state], status ?? k.state),
  tries: (tries, k) => tries + (k.copy_of ? ", again" : ""),
  is(present, p) {
    if (!present) return [el("span", "left", "mut left")];
    return Object.keys(IS).filter(key => p[key]).map(key => {
      const tag = el("span", "", "tag");
      tag.append(icon(IS[key][0]), IS[key][1]);
      return tag;
    });
  },
  told(status, r) {
    if (status === null) return r.over ? marked(...NO, "no answer") : marked(...QUEUED, "under way");
    return marked(...status >= 500 ? NO : status >= 400 ? WARN : FINE, status);
  },
};
function fill(at, one) { // a clone of a template, as often as what it shows has changed
  for (const e of $$("[data-f]", at)) {
    const as = AS[e.dataset.as], is = as ? as(one[e.dataset.f], one) : one[e.dataset.f];
    Array.isArray(is) ? e.replaceChildren(...is) : text(e, is);
  }
  for (const e of [at, ...$$("[data-set]", at)]) {
    for (const pair of e.dataset.set?.split("; ") ?? []) {
      const [name, pattern] = pair.split("=");
      set(e, { [name]: pattern.replace(/{(\w+)}/g, (_, key) => AS.whom(one[key])) });
    }
  }
  for (const e of $$("[data-each]", at)) {
    e.replaceChildren(...one[e.dataset.each].map(each => fill(clone(e.dataset.of), each)));
  }
  if (at.dataset.what) pick(at);
  return at;
}
function pick(tr) {
  const on = look.detail === tr.dataset.what;
  tr.classList.toggle("on", on);
  set($(".rowbtn", tr), { "aria-current": on ? "true" : null });
}

/* ---- What is looked at ---- */
const look = { conferences_limit: 100, conferences_status: "", conferences_find: "" };
Object.assign(look, { requests_show: "all", requests_find: "", detail: "" });
const tables = ["conferences", "requests", "callbacks"], feeds = ["requests", "callbacks"];
const lists = {};
for (const name of [...tables, "phones", "recordings"]) lists[name] = { rows: {}, order: [], total: 0, shown: new Map() };
let source = null, again = 0, lost = false; // the stream
let faults = null, detail, held = false, from = "conferences", back = null, toTitle = false;

function parts() {
  const { view, feed, side } = document.body.dataset;
  if (!wide()) return [view === "controls" ? "faults" : view];
  return ["conferences", "phones", ...widest() ? feeds : [feed], side === "controls" ? "faults" : side];
}
function open() {
  source?.close();
  clearTimeout(again);
  const shown = parts().filter(part => lists[part] || part === "faults");
  source = new EventSource("api/changes?" + new URLSearchParams({ show: shown.join(), callbacks_limit: 100, ...look }));
  for (const name of ["all", "changed"]) source.addEventListener(name, e => take(JSON.parse(e.data), name === "all"));
  source.onerror = () => {
    source.close();
    again = setTimeout(open, 3000);
    const as = head ? hms(clock()) : "never";
    if (!lost) values({ asof: `What you see is as of ${as}. It is tried again every few seconds.` });
    live(false);
  };
}
const SENDS = ".phone button, [data-forward], [data-again], main [data-dialog], main form button";
function live(is) {
  lost = !is;
  text($("#live"), is ? "Live" : "Not connected");
  use($("#live-i"), is ? "active" : "no", is ? "ok" : "bad");
  $("#lost").hidden = is;
  $$(SENDS).forEach(b => set(b, { "aria-disabled": lost }));
}
function take(data, all) {
  now = data.now;
  heard = performance.now();
  if (data.head) tell(data.head);
  for (const name in lists) if (data[name]) list(name, data[name]);
  if (data.faults) wrongs(data.faults);
  if ("detail" in data) details(data.detail);
  if (lost || all) { live(true); tick(); }
}

/* ---- The head ---- */
const sum = numbers => Object.values(numbers).reduce((all, n) => all + n, 0);
const CALLS = { ringing: "ringing", queued: "queued", "in-progress": "in a call" };
function tell(data) {
  const first = !head;
  head = data;
  const total = sum(head.conferences), off = head.epoch + now - Date.now() / 1000;
  const sums = Object.entries(head.conferences).map(([state, n]) => ["c-" + state, num(n)]);
  values({ ...Object.fromEntries(sums), "c-all": num(total), host: location.host, url: head.url, auth: head.auth_id });
  values({
    ahead: Math.abs(off) < 5 ? "as this machine’s" : `${roughly(Math.abs(off))} ${off > 0 ? "ahead of" : "behind"} this machine`,
    ringing: head.calls.ringing ? `${num(head.calls.ringing)} ring${head.calls.ringing === 1 ? "s" : ""}` : "",
    "p-all": Object.keys(CALLS).filter(is => head.calls[is]).map(is => `${num(head.calls[is])} ${CALLS[is]}`).join(", "),
    "r-all": head.requests ? num(head.requests) : "",
    sure: `Forget ${many(total, "conference")} and ${many(head.requests, "request")}?`,
  });
  const bad = (head.callbacks.failed ?? 0) + (head.callbacks.refused ?? 0), taken = `${num(bad)} not taken`;
  values({ "k-bad": bad ? taken : "", "k-all": sum(head.callbacks) ? `${num(sum(head.callbacks))}, ${taken}` : "" });
  gauge(head.limit);
  chances(Object.entries(head.faults));
  draw(total);
  const account = `${head.url}/v1/Account/${head.auth_id}`;
  const agent = '{"role": "agent", "from": "+14151234567", "to": "+14157654321"}';
  text($("#cx-curl"), ['curl -u "$PLIVO_AUTH_ID:$PLIVO_AUTH_TOKEN"', `--json '${agent}'`,
    `${account}/MultiPartyCall/name_support-4812/Participant/`].join(" \\\n  "));
  text($("#cx-api"), `curl ${head.url}/_console/api/reset --json '{"seed": ${head.seed}}'`);
  if (first) $("#seed").value = head.seed;
  if (first && !head.requests && !look.detail) side("connect", false);
}
function gauge(limit) {
  if (!limit) return values({ used: "No limit", of: "", window: "", refused: "requests are never refused" });
  const { used, refused, refused_last_minute: lately } = limit, full = used >= limit.limit;
  values({
    used: num(used), of: `of ${num(limit.limit)} in this window${full ? ": full" : ""}`,
    window: `${limit.per} s, ${limit.window}`,
    refused: refused ? `${num(refused)} refused, ${num(lately)} last minute` : "0 refused",
  });
  set($("#meter"), { "aria-valuemax": limit.limit, "aria-valuenow": used, "aria-valuetext": `${used} of ${limit.limit}` });
  set($("#meter .lvl"), { width: 99.4 * used / limit.limit + "%", class: full ? "lvl full" : "lvl" });
}
function chances(wrong) {
  const share = wrong.reduce((all, [name, x]) => name.startsWith("callbacks-") ? all : all + x, 0);
  const named = wrong.map(([name, x]) => `${name} ${percent(x)}`);
  if (head.scripted) named.push(`${head.scripted} scripted`);
  values({
    faultshare: share ? `${percent(share)} of requests go wrong` : wrong.length ? "Callbacks go wrong" : "No faults by chance",
    faultlist: named.join(", ") || "Everything goes well.",
  });
  use($("#bolt"), "bolt", named.length ? "warn" : "mut");
}
function draw(total) { // the last minute's seconds, and the shares of the three states
  const most = Math.max(1, ...head.minute.map(([, count]) => count)), counted = head.minute.reduce((all, [, n]) => all + n, 0);
  values({ rate: `last minute: ${counted ? many(counted, "request") : "no request"}` });
  const bar = (at, count, cls) => {
    const x = 100 * (59 - Math.floor(now) + at) / 60 + "%", height = 26 * count / most;
    return rect({ class: cls, x, width: "1.3%", y: 28 - height, height });
  };
  $("#spark").replaceChildren(...head.minute.flatMap(([at, all, refused]) => [bar(at, all, "s"), bar(at, refused, "r")]));
  let x = 0;
  $("#mix").replaceChildren(...["Initialized", "Active", "Ended"].map(state => {
    const width = 100 * head.conferences[state] / (total || 1);
    const one = rect({ class: state, x: x + "%", width: width + "%", height: 6 });
    x += width;
    return one;
  }));
}

/* ---- Lists ---- */
const KINDS = { ringing: ["ring", "bell"], queued: ["queue", "mut"], "in a call": ["call", "ok"], free: ["free", "mut"] };
function phoneRow(li, p) {
  const { call, state } = p, since = call ? Math.max(0, clock() - call.since) : 0;
  const inbound = call?.direction === "inbound", rings = state === "ringing" && !inbound;
  const kind = rings ? "ring" : call && state !== "queued" ? "call" : "idle";
  const ringing = inbound ? "calls in" : `rings ${Math.floor(since)} of ${call?.ring_timeout} s`;
  const doing = { ringing, "in a call": `in a call ${long(since)}` };
  const role = [call?.role, inbound && "called in"].filter(Boolean).join(", ");
  fill(li, { number: p.number, where: call?.conference, role, doing: doing[state] ?? state });
  use($(".who .i", li), KINDS[state][0], KINDS[state][1]);
  li.classList.toggle("rings", rings);
  const select = $("select", li), had = li.contains(document.activeElement);
  if (document.activeElement !== select) select.value = p.when_rung;
  if (li.dataset.kind === kind) return;
  li.dataset.kind = kind;
  $(".keys", li)?.remove();
  $$(".acts", li).forEach(acts => { acts.hidden = acts.dataset.when !== kind; });
  if (had) first(li).focus();
}
const show = (name, node, one) => name === "phones" ? phoneRow(node, one) : fill(node, one);
const NONE = {
  conferences: () => look.conferences_find || look.conferences_status
    ? ["No conference fits", "What is sought is a part of a name or of a number, or how a UUID begins."]
    : ["No conference yet", "One is there as soon as somebody has joined it. Add one here, or let your program dial somebody."],
  phones: () => ["No phone yet", "A phone is here as soon as a request dials it, or somebody calls in."],
  requests: () => head?.requests
    ? ["No request fits", look.requests_find ? "Nothing here has that in it." : "Nothing has gone wrong so far."]
    : ["Waiting for the first request", `Point your program at ${location.origin}. Connect has what it needs.`],
  callbacks: () => ["No callback yet", "They are sent to the URLs that your requests give: status_callback_url and others."],
  recordings: () => ["No recording yet", "Requests start them, or conferences that record themselves."],
};
function list(name, change) {
  const l = lists[name];
  l.order = change.order ?? l.order;
  l.total = change.total;
  Object.assign(l.rows, change.rows);
  for (const key in l.rows) if (!l.order.includes(key) && !l.shown.has(key)) delete l.rows[key];
  for (const key in change.rows) if (l.shown.has(key)) show(name, l.shown.get(key), l.rows[key]);
  render(name);
}
function render(name) {
  const l = lists[name], at = $(`[data-list=${name}]`), busy = at.matches(":hover") || at.contains(document.activeElement);
  const still = feeds.includes(name) && l.shown.size > 0 && (held || busy || at.closest(".scroll").scrollTop > 40);
  if (!still) arrange(l, name, at, busy);
  const newer = $(`[data-newer=${name}]`), fresh = l.order.filter(key => !l.shown.has(key)).length;
  if (newer) {
    newer.hidden = !fresh;
    text(newer, `${held ? "Held. " : ""}${num(fresh)}${fresh === l.order.length ? " or more" : ""} newer: show them`);
  }
  const none = $(`[data-none=${name}]`), foot = $(`[data-foot=${name}]`), [title, words] = NONE[name]();
  none.hidden = l.shown.size > 0;
  (at.closest("table") ?? at).hidden = !none.hidden;
  fill(none, { title, words });
  if (foot) {
    foot.hidden = l.total <= l.order.length;
    const first = name === "phones" ? "those that ring first" : "newest first";
    text($("span", foot), `${num(l.order.length)} of ${num(l.total)}, ${first}`);
    $$("button", foot).forEach(more => { more.hidden = look.conferences_limit >= 400; });
  }
  rove(name);
}
function arrange(l, name, at, busy) { // rows stay where they are while somebody is among them
  const mine = key => l.shown.get(key).contains(document.activeElement);
  const rest = busy ? [...l.shown.keys()].filter(key => l.order.includes(key) || mine(key)) : [];
  const order = [...new Set([...rest, ...l.order])], drop = key => { l.shown.get(key).remove(); l.shown.delete(key); };
  [...l.shown.keys()].filter(key => !order.includes(key)).forEach(drop);
  let before = at.firstChild;
  for (const key of order) {
    let node = l.shown.get(key);
    if (!node) { l.shown.set(key, node = clone("t-" + name)); show(name, node, l.rows[key]); }
    if (node === before) before = before.nextSibling; else at.insertBefore(node, before);
  }
  const gone = rest.find(key => !l.order.includes(key)), number = gone && l.shown.get(gone).dataset.number;
  const heir = number && l.order.map(key => l.shown.get(key)).find(li => li.dataset.number === number);
  if (heir) { first(heir).focus(); drop(gone); } // a call is over: who was there is where its phone is now
}
const first = at => $$("button, select", at).find(b => b.checkVisibility());
function rove(name) { // one tab stop a list; a list without rows can itself be scrolled by keys
  const at = $(`[data-list=${name}]`), stops = name === "phones" ? [...at.children] : $$(".rowbtn", at);
  const stop = stops.find(s => s.contains(document.activeElement)) ?? stops.find(s => "stop" in s.dataset) ?? stops[0];
  for (const s of stops) {
    s.toggleAttribute("data-stop", s === stop);
    for (const b of name === "phones" ? $$("button, select", s) : [s]) b.tabIndex = s === stop ? 0 : -1;
  }
  set(at.closest(".scroll"), { tabindex: stops.length ? null : 0 });
}

/* ---- Details ---- */
const VIEWS = {
  conference(d) {
    const ended = d.until !== null, live = d.status === "Initialized" ? "not yet" : `${hms(d.since)}, for ${lasted(d)}`;
    const end = ended ? `${hms(d.until)}: ${d.cause}` : hms(d.ends_by_itself);
    return { ...d, live, end, endk: ended ? "Ended" : "Ends by itself", livek: d.status === "Active" ? "Live since" : "Live" };
  },
  request(d) {
    const head = [`${d.method} ${d.target} HTTP/1.1`, ...d.headers.map(pair => pair.join(": "))].join("\n");
    const no = `No. ${d.number}, ${nth(d.nth)} try`, done = d.applied ? "yes, applied" : "no, nothing changed";
    const title = `${d.operation} ${d.name ?? ""}`, req = d.body ? `${head}\n\n${d.body}` : head;
    return { ...d, no, done, decided: d.decided ?? "nothing", title, req };
  },
  callback(d) {
    const last = d.attempts.at(-1), pairs = o => Object.entries(o).map(([key, value]) => ({ key, value }));
    const attempts = d.attempts.map((t, i) => {
      const taken = t.status >= 200 && t.status < 300;
      return { ...t, number: i + 1, state: taken ? "delivered" : "failed", status: t.status ?? t.failure };
    });
    const signature = last ? { ...last.signature, "text that is signed": last.signed } : { none: "it was not sent" };
    const state = [d.state, ...d.mishaps, ...d.copy_of ? [`once more of ${d.copy_of}`] : []].join(", ");
    return { ...d, attempts, state, to: `${d.method} ${d.url}`, params: pairs(d.params), signature: pairs(signature) };
  },
};
function details(data) { // undefined: it isn't told yet; null: there is none
  detail = data;
  if (look.detail && detail === undefined) return;
  const body = $("#d-body"), had = body.contains(document.activeElement), [kind] = look.detail.split(":");
  const key = toTitle ? "title" : had ? document.activeElement.dataset.key ?? "title" : null;
  const at = clone(detail ? "d-" + kind : look.detail ? "d-gone" : "d-none");
  body.replaceChildren(detail ? fill(at, VIEWS[kind](detail)) : at);
  const can = { activate: detail?.status === "Initialized", end: detail?.status !== "Ended" };
  $$("[data-act]", at).forEach(b => set(b, { "aria-disabled": !can[b.dataset.act] }));
  toTitle = false;
  const to = key && ($$("[data-key]", at).find(e => e.dataset.key === key) ?? $("h3", at));
  if (to) to.focus({ preventScroll: true });
}
function go(what, focus) {
  toTitle = focus;
  side("details", !wide());
  if (location.hash === "#" + what) chosen(); else location.hash = what;
}
function chosen() {
  const what = decodeURIComponent(location.hash.slice(1));
  look.detail = /^(conference|request|callback):/.test(what) ? what : "";
  details(undefined);
  for (const name of tables) for (const tr of lists[name].shown.values()) pick(tr);
  open();
}

/* ---- Controls ---- */
const NOT_NOW = "Not connected. This works again when the emulator does.";
async function post(path, body, done) {
  try {
    const headers = { "Content-Type": "application/json" };
    const answer = await fetch("api/" + path, { method: "POST", headers, body: JSON.stringify(body) });
    const data = await answer.json();
    if (!answer.ok) throw new Error(data.error);
    say(typeof done === "function" ? done(data) : done);
  } catch (error) { say(lost ? NOT_NOW : `Not done: ${error.message}`); }
}
const forward = s => post("clock", { advance: s }, `Clock put forward by ${s} s.`);
const COMMON = ["lost-response", "500", "503-applied", "reset-before", "429", "late", "callbacks-lost", "callbacks-twice"];
function wrongs(data = faults) {
  faults = data;
  const means = words => words.replace(/`(\w+)`/g, (_, time) => faults.times[time] ?? time);
  const at = $("#f-rows"), all = $("#f-all").getAttribute("aria-expanded") === "true", names = faults.faults.map(f => f.fault);
  const listed = faults.faults.filter(f => all || f.share || COMMON.includes(f.fault));
  text($("#f-all"), all ? "Show the common ones" : `Show all ${names.length}`);
  if (!at.contains(document.activeElement) || at.children.length !== listed.length) at.replaceChildren(...listed.map(wrong));
  listed.forEach((f, i) => fill(at.children[i], { ...f, means: means(f.means) }));
  const callbacks = faults.callbacks_script.map(l => ({ ...l, operation: "callback " + l.event, name: l.subject }));
  $("#s-rows").replaceChildren(...[...faults.script, ...callbacks].map(({ operation, name, nth: n, fault }) => {
    const words = `${n === null ? "each" : nth(n)} ${operation}${name ? ` of ${name}` : ""}`;
    return fill(clone("t-line"), { words, fault });
  }));
  const choice = (id, words, usual) => {
    if ($(id).length) return;
    $(id).append(...words.map(word => new Option(word, word, word === usual, word === usual)));
  };
  choice("#s-op", faults.operations, "activate");
  choice("#s-fault", names.filter(name => !name.startsWith("callbacks-")), "lost-response");
}
function wrong(f) {
  const tr = clone("t-fault"), [on, share] = $$("input", tr);
  on.checked = f.share > 0;
  share.value = f.share ? +(100 * f.share).toFixed(3) : 1;
  share.disabled = !on.checked;
  on.onchange = share.onchange = () => {
    const is = on.checked ? Number(share.value) / 100 : 0;
    const others = faults.faults.filter(one => one.share && one.fault !== f.fault);
    const shares = Object.fromEntries([...others.map(one => [one.fault, one.share]), ...is > 0 ? [[f.fault, is]] : []]);
    share.disabled = !on.checked;
    post("faults", { shares }, `${f.fault}: ${is > 0 ? percent(is) : "off"}.`);
  };
  return tr;
}
const ASKED = { // what a dialog does when it is closed with its first button
  add() {
    const name = $("#a-name").value, count = Math.floor($("#a-count").value);
    const names = count > 1 ? Array.from({ length: count }, (_, i) => `${name}-${String(i + 1).padStart(4, "0")}`) : [name];
    post("conferences", { names, waiting: Number($("#a-waiting").value) }, `${many(names.length, "conference")} added.`);
  },
  call() {
    const from = $("#i-from").value, url = $("#i-url").value;
    post("calls", url ? { from, answer_url: url } : { from, answered: true }, `${from} calls in.`);
  },
  script() {
    const operation = $("#s-op").value, fault = $("#s-fault").value, name = $("#s-name").value || null;
    post("script", { operation, name, nth: Number($("#s-nth").value) || null, fault }, "The line is in the script.");
  },
  sure() { post("reset", { seed: Math.floor($("#seed").value) }, r => `Begun anew, seed ${r.seed}.`); },
};
function ask(name) {
  $("#" + name).returnValue = "";
  $("#" + name).showModal();
}

/* ---- Where one is ---- */
function side(which, also = true) { // also in a window that shows one part at a time
  const was = parts().join();
  document.body.dataset.side = which;
  press(".side .tabs button", b => b.dataset.side === which);
  $$(".side > .panel").forEach(panel => panel.classList.toggle("off", panel.id !== which));
  if (also && !wide()) view(which);
  if (parts().join() !== was) open();
}
function view(which) {
  document.body.dataset.view = which;
  if (which !== "details") from = which;
  $$(".views button").forEach(b => set(b, { "aria-current": b.dataset.view === from ? "true" : null }));
  $(".views [aria-current]").scrollIntoView({ block: "nearest", inline: "center" });
  scrollTo(0, 0);
}
function hold(is) {
  held = is;
  set($(".hold"), { "aria-pressed": is });
  text($(".hold span"), is ? "Go on" : "Hold");
  use($(".hold .i"), is ? "play" : "pause");
  if (!is) feeds.forEach(render);
}
function home() {
  if (!wide()) view(from);
  (back?.isConnected ? back : $("#" + from)).focus();
}
function keypad(b) {
  const li = b.closest(".phone"), there = $(".keys", li);
  set(b, { "aria-expanded": !there });
  if (there) return there.remove();
  li.append(fill(clone("t-keys"), { number: li.dataset.number }));
  $(".keys button", li).focus();
}
function phone(b, path, body, done) {
  const number = b.closest(".phone").dataset.number;
  post(`phones/${encodeURIComponent(number)}/${path}`, body, `${number}${done}`);
}
const DOES = { // by what a button has as data-…
  side(b, which) {
    side(which);
    $("#" + b.dataset.focus)?.scrollIntoView({ block: "start" });
    $("#" + b.dataset.focus)?.focus();
  },
  view(b, which) { view(which); if ($(`.side [data-side=${which}]`)) side(which, false); open(); },
  feed(b, which) { document.body.dataset.feed = which; press("[data-feed]", x => x === b); open(); },
  status(b, which) { look.conferences_status = which; press("[data-status]", x => x === b); open(); },
  requests(b, which) { look.requests_show = which; press("[data-requests]", x => x === b); open(); },
  more() { look.conferences_limit += 100; open(); },
  newer(b, name) {
    hold(false);
    lists[name].shown.forEach(node => node.remove());
    lists[name].shown.clear();
    $(`[data-list=${name}]`).closest(".scroll").scrollTop = 0;
    render(name);
    $(`[data-list=${name}] .rowbtn`)?.focus();
  },
  hold() { hold(!held); },
  back: home,
  go(b, what) { go(what, true); },
  retry: open,
  dialog(b, name) { ask(name); },
  forward(b, seconds) { forward(Number(seconds)); },
  copy(b, id) {
    const copied = navigator.clipboard.writeText($("#" + id).textContent);
    copied.then(() => say("Copied."), () => say("This browser doesn’t let a page copy."));
  },
  allFaults(b) { set(b, { "aria-expanded": b.getAttribute("aria-expanded") !== "true" }); wrongs(); },
  phone(b, path) { phone(b, path, {}, b.dataset.done); },
  keypad,
  press(b, keys) { phone(b, "press", { keys }, ` has pressed ${keys}.`); },
  act(b, what) {
    const done = `${detail.name} was ${what === "end" ? "ended" : "activated"}, by somebody else’s doing.`;
    post(`conferences/${detail.uuid}/${what}`, {}, done);
  },
  again(b, number) {
    const after = k => k.ms === null ? "" : ` after ${k.ms} ms`;
    post(`callbacks/${number}/resend`, {}, k => `${k.event} of ${k.subject} was sent again: ${k.status ?? k.state}${after(k)}.`);
  },
};
document.addEventListener("click", e => {
  const b = e.target.closest("button"), tr = e.target.closest("tr[data-what]"), does = b && Object.keys(b.dataset).find(name => DOES[name]);
  if (b?.getAttribute("aria-disabled") === "true") {
    e.preventDefault();
    return say(lost ? NOT_NOW : `${detail.name} is ${detail.status}: that can’t be done.`);
  }
  if (does) return DOES[does](b, b.dataset[does]);
  if (!tr) return;
  if (tr.closest("[data-list]")) back = $(".rowbtn", tr);
  go(tr.dataset.what, e.detail === 0 || !wide());
});
for (const name in ASKED) $("#" + name).addEventListener("close", e => { if (e.target.returnValue === "ok") ASKED[name](); });
$("#reset-f").onsubmit = e => { e.preventDefault(); ask("sure"); };
$("#jump-f").onsubmit = e => { e.preventDefault(); forward(Number($("#jump").value)); };
document.addEventListener("change", e => {
  if (!e.target.closest(".phone")) return;
  phone(e.target, "when-rung", { does: e.target.value }, `, when rung: ${e.target.selectedOptions[0].text}.`);
});
document.addEventListener("input", e => {
  if (!e.target.dataset.find) return;
  look[e.target.dataset.find] = e.target.value.trim();
  clearTimeout(again);
  again = setTimeout(open, 200);
});

/* ---- Keys ---- */
function among(e) { // in a list: whether the key led elsewhere
  const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[e.key];
  const b = e.target.closest(".rowbtn"), tr = e.target.closest("tr");
  if (e.key === "ArrowRight" && b) return $(".c-re button", tr);
  if (e.key === "ArrowLeft" && e.target.closest(".c-re")) return $(".rowbtn", tr);
  const li = e.target.matches("select") || e.target.closest(".keys") ? null : e.target.closest(".phone");
  if (!step || !(b || li)) return null;
  const all = b ? $$(".rowbtn", b.closest("tbody")) : [...li.parentNode.children], i = all.indexOf(b ?? li);
  const to = all[Math.min(all.length - 1, Math.max(0, i + step))];
  return b ? to : first(to);
}
function part(name) {
  if (name === "details") side(name);
  else if (!wide()) DOES.view(null, name);
  else if (feeds.includes(name)) $(`[data-feed=${name}]`).click();
  const stops = $$(".rowbtn[tabindex='0'], .phone [tabindex='0'], #d-body h3", $("#" + name));
  (stops.find(stop => stop.checkVisibility()) ?? $("#" + name)).focus();
}
document.addEventListener("keydown", e => {
  const to = among(e), number = { 1: "conferences", 2: "phones", 3: "requests", 4: "callbacks", 5: "details" }[e.key];
  if (to) {
    to.focus();
    if (to.closest("[data-list]")) rove(to.closest("[data-list]").dataset.list);
    return e.preventDefault();
  }
  if (e.key === "Escape" && e.target.closest("#details")) return home();
  const pad = e.key === "Escape" && e.target.closest(".keys"), opener = pad && $("[data-keypad]", pad.closest(".phone"));
  if (pad) { keypad(opener); opener.focus(); }
  const elsewhere = e.target.matches("input, select") || $("dialog[open]");
  if (elsewhere || e.ctrlKey || e.metaKey || e.altKey || !$("#single").checked) return;
  if (number) part(number);
  if (e.key === "/") {
    ($("input[type=search]", e.target.closest(".panel") ?? document) ?? $("[data-find]")).focus();
    e.preventDefault();
  }
  if (e.key === "h") hold(!held);
  if (e.key === "?") ask("help");
  if (e.key === "a") $(".rings .go")?.click();
});

/* ---- It begins, and goes on ---- */
function tick() {
  if (!head || document.hidden || lost) return;
  values({ now: hms(clock()), nowlong: wall(clock()).slice(0, 19).replace("T", " ") + " UTC" });
  for (const name of ["conferences", "phones", "recordings"]) {
    for (const [key, node] of lists[name].shown) show(name, node, lists[name].rows[key]);
  }
}
setInterval(tick, 1000);
addEventListener("hashchange", chosen);
document.addEventListener("visibilitychange", () => document.hidden ? source?.close() : open());
for (const query of ["(min-width: 64rem)", "(min-width: 96rem)"]) matchMedia(query).addEventListener("change", open);
for (const name of [...tables, "phones"]) {
  const at = $(`[data-list=${name}]`);
  at.addEventListener("mouseleave", () => render(name));
  at.addEventListener("focusout", () => setTimeout(render, 0, name));
}
chosen();
side("details", look.detail !== "");
