"use strict";
/* The emulator's console. It is told what has changed of what is looked at (docs/emulator-api.md) and patches rows by their
keys. Whatever comes from the emulator becomes text: no markup, no URL, no class is ever made from it. */
const $ = (q, at = document) => at.querySelector(q), $$ = (q, at = document) => [...at.querySelectorAll(q)];
const SVG = "http://www.w3.org/2000/svg", two = n => String(Math.floor(n)).padStart(2, "0"), num = n => n.toLocaleString("en-US");
const many = (n, word) => `${num(n)} ${word}${n === 1 ? "" : "s"}`;
const span = s => s < 3600 ? `${two(Math.max(0, s) / 60)}:${two(Math.max(0, s) % 60)}` : `${Math.floor(s / 3600)}:${two(s / 60 % 60)}:${two(s % 60)}`;
const nth = n => n + (["th", "st", "nd", "rd"][n % 100 > 10 && n % 100 < 14 ? 0 : n % 10] || "th");
const percent = x => `${+(100 * x).toFixed(2)} %`;

/* ---- Pieces ---- */
const text = (e, words) => { if (e && e.textContent !== String(words ?? "")) e.textContent = words ?? ""; };
const value = (name, words) => $$(`[data-v=${name}]`).forEach(e => text(e, words));
const put = (at, values) => { for (const name in values) text($(`[data-f=${name}]`, at), values[name]); };
const el = (tag, words, cls = "") => { const e = document.createElement(tag); if (words !== undefined) e.textContent = words; if (cls) e.className = cls; return e; };
const use = (svg, name, cls = "") => { $("use", svg).setAttribute("href", "#i-" + name); svg.setAttribute("class", "i " + cls); };
const icon = (name, cls) => { const s = document.createElementNS(SVG, "svg"); s.append(document.createElementNS(SVG, "use")); s.setAttribute("aria-hidden", "true"); use(s, name, cls); return s; };
const rect = (cls, a) => { const r = document.createElementNS(SVG, "rect"); r.setAttribute("class", cls); for (const k in a) r.setAttribute(k, a[k]); return r; };
const row = (...cells) => { const tr = el("tr"); cells.forEach(c => { const td = el("td"); td.append(...[c ?? ""].flat()); tr.append(td); }); return tr; };
const button = (words, name, does, cls = "") => { const b = el("button", words, cls); b.type = "button"; b.setAttribute("aria-label", name); b.onclick = does; return b; };
const say = words => { $("#say").textContent = ""; $("#say").textContent = words; };
const STATES = { Initialized: ["wait", ""], Active: ["active", "ok"], Ended: ["ended", "mut"] };
const TRIED = { due: ["queue", "mut"], "in flight": ["queue", "mut"], delivered: ["", ""], refused: ["no", "bad"], failed: ["no", "bad"], lost: ["warn", "warn"], "held back": ["warn", "warn"] };
const marked = (name, words, cls) => [...name ? [icon(name, cls)] : [], el("span", words, cls)];
const told = r => !r.over && r.told === null ? marked("queue", "under way", "mut") : r.told === null ? marked("no", "no answer", "bad") : r.told >= 500 ? marked("no", r.told, "bad") : r.told >= 400 ? marked("warn", r.told, "warn") : marked("", r.told, "");
const answered = k => marked(TRIED[k.state][0], k.status ?? k.state, TRIED[k.state][1]);

/* ---- The time: told now and then, counted here ---- */
let head = null, now = 0, heard = 0;
const clock = () => now + (performance.now() - heard) / 1000;
const wall = at => new Date(1000 * ((head?.epoch ?? 0) + at)), hms = at => wall(at).toISOString().slice(11, 19);

/* ---- What is looked at ---- */
const look = { conferences_status: "", conferences_find: "", conferences_limit: 100, requests_show: "all", requests_find: "", detail: "" };
const lists = Object.fromEntries(["conferences", "phones", "requests", "callbacks", "recordings"].map(n => [n, { rows: {}, order: [], total: 0, shown: new Map() }]));
let held = false, faults = null, detail = null, source = null, lostAt = 0, again = 0, hands = 0;
const wide = () => matchMedia("(min-width: 64rem)").matches, three = () => matchMedia("(min-width: 96rem)").matches;
function shown() {
  const { view, feed, side } = document.body.dataset;
  if (!wide()) return lists[view] ? [view] : view === "controls" ? ["faults"] : [];
  return ["conferences", "phones", ...three() ? ["requests", "callbacks"] : [feed], ...side === "recordings" ? [side] : side === "controls" ? ["faults"] : []];
}
function open() {
  source?.close(); clearTimeout(again);
  const query = new URLSearchParams({ show: shown().join(), callbacks_limit: 100, ...look });
  source = new EventSource("api/changes?" + query);
  for (const name of ["all", "changed"]) source.addEventListener(name, e => take(JSON.parse(e.data), name === "all"));
  source.onerror = lost;
}
function lost() {
  source.close(); lostAt ||= Date.now(); live(false);
  let left = 3; const count = () => { const since = Math.round((Date.now() - lostAt) / 1000); value("lost", `The emulator can’t be reached, for ${since} s now.`); value("asof", `What you see is as of ${head ? hms(now) : "never"}. Trying again in ${left} s.`); if (left-- > 0) again = setTimeout(count, 1000); else open(); };
  clearTimeout(again); count();
}
function live(is) {
  text($("#live"), is ? "Live" : "Not connected"); use($("#live-i"), is ? "active" : "no", is ? "ok" : "bad"); $("#lost").hidden = is;
  $$("main button, .top button").forEach(b => { if (b.matches(".phone .acts *, .phone .keys *, [data-forward], [data-dialog], .acts *, .c-re *, form *, .go")) b.setAttribute("aria-disabled", !is); });
}
function take(data, all) {
  now = data.now; heard = performance.now();
  if (lostAt || all) { lostAt = 0; live(true); }
  if (data.head) { head = data.head; tell(); }
  for (const name in lists) if (data[name]) { const l = lists[name], change = data[name]; if (change.order) l.order = change.order; l.total = change.total; for (const key in change.rows) l.rows[key] = change.rows[key]; for (const key in l.rows) if (!l.order.includes(key) && !l.shown.has(key)) delete l.rows[key]; render(name, Object.keys(change.rows)); }
  if (data.faults) { faults = data.faults; wrongs(); }
  if ("detail" in data) { detail = data.detail; details(); }
}

/* ---- The head ---- */
function tell() {
  const l = head.limit, bar = $("#meter .lvl"), used = l ? l.used : 0, calls = head.calls;
  value("host", location.host); value("used", l ? num(used) : "No limit"); value("of", l ? `of ${num(l.limit)} in this window${used >= l.limit ? ": full" : ""}` : ""); value("window", l ? `${l.per} s, ${l.window}` : "");
  value("refused", l ? l.refused ? `${num(l.refused)} refused, ${num(l.refused_last_minute)} last minute` : "0 refused" : "requests are never refused");
  bar.setAttribute("width", l ? 99.4 * used / l.limit + "%" : 0); bar.classList.toggle("full", !!l && used >= l.limit);
  $("#meter").setAttribute("aria-valuemax", l ? l.limit : 1); $("#meter").setAttribute("aria-valuenow", used); $("#meter").setAttribute("aria-valuetext", l ? `${used} of ${l.limit}` : "no limit");
  const most = Math.max(1, ...head.minute.map(s => s[1])), end = Math.floor(now); let sum = 0;
  $("#spark").replaceChildren(...head.minute.flatMap(([s, count, refused]) => { sum += count; const x = 100 * (59 - (end - s)) / 60, h = 26 * count / most, r = 26 * refused / most; return [rect("s", { x: x + "%", width: "1.3%", y: 28 - h, height: h }), ...refused ? [rect("r", { x: x + "%", width: "1.3%", y: 28 - h, height: r })] : []]; }));
  value("rate", sum ? `last minute: ${many(sum, "request")}` : "last minute: no request");
  const off = head.epoch + now - Date.now() / 1000, mins = Math.round(Math.abs(off) / 60); value("ahead", Math.abs(off) < 5 ? "as this machine’s" : `${Math.abs(off) < 90 ? Math.round(Math.abs(off)) + " s" : mins < 90 ? mins + " min" : (mins / 60).toFixed(1) + " h"} ${off > 0 ? "ahead of" : "behind"} this machine`);
  const wrong = Object.entries(head.faults), share = wrong.filter(([n]) => !n.startsWith("callbacks-")).reduce((sum, [, x]) => sum + x, 0);
  value("faultshare", wrong.length ? share ? `${percent(share)} of requests go wrong` : "Callbacks go wrong" : "No faults by chance"); use($("#bolt"), "bolt", wrong.length || head.scripted ? "warn" : "mut");
  value("faultlist", [...wrong.map(([n, x]) => `${n} ${percent(x)}`), ...head.scripted ? [`${head.scripted} scripted`] : []].join(", ") || "Everything goes well.");
  const all = head.conferences, total = all.Initialized + all.Active + all.Ended; let x = 0; value("c-all", num(total)); for (const s in all) value("c-" + s, num(all[s]));
  $("#mix").replaceChildren(...[["w", all.Initialized], ["a", all.Active], ["e", all.Ended]].map(([cls, n]) => { const w = 100 * n / (total || 1), r = rect(cls, { x: x + "%", y: 0, width: w + "%", height: 6 }); x += w; return r; }));
  value("ringing", calls.ringing ? `${num(calls.ringing)} ring${calls.ringing === 1 ? "s" : ""}` : ""); value("p-all", [["ringing", "ringing"], ["queued", "queued"], ["in-progress", "in a call"]].filter(([k]) => calls[k]).map(([k, words]) => `${num(calls[k])} ${words}`).join(", "));
  const bad = (head.callbacks.failed || 0) + (head.callbacks.refused || 0), done = Object.values(head.callbacks).reduce((a, b) => a + b, 0);
  value("r-all", head.requests ? num(head.requests) : ""); value("k-all", done ? `${num(done)}, ${num(bad)} not taken` : ""); value("k-bad", bad ? `${num(bad)} not taken` : "");
  value("url", head.url); value("auth", head.auth_id); if (document.activeElement !== $("#seed") && !$("#seed").value) $("#seed").value = head.seed;
  text($("#cx-curl"), `curl -u "$PLIVO_AUTH_ID:$PLIVO_AUTH_TOKEN" \\\n  --json '{"role": "agent", "from": "+14151234567", "to": "+14157654321"}' \\\n  ${head.url}/v1/Account/${head.auth_id}/MultiPartyCall/name_support-4812/Participant/`);
  text($("#cx-api"), `curl ${head.url}/_console/api/reset --json '{"seed": ${head.seed}}'`);
  if (!head.requests && !hands && !look.detail) side("connect", false);
}

/* ---- Lists ---- */
const FILL = {
  conferences(tr, c) {
    put(tr, { state: c.status, name: c.name, in: c.present || "", for: span((c.until ?? clock()) - c.since) }); use($(".c-st .i", tr), ...STATES[c.status]);
    const rec = $(".c-rec", tr); if (c.recorded !== rec.childNodes.length > 0) rec.replaceChildren(...c.recorded ? [icon("rec", "bad"), el("span", "recorded", "vh")] : []);
    $(".rowbtn", tr).setAttribute("aria-label", `${c.name}, ${c.status}`); pick(tr, "conference:" + c.uuid);
  },
  phones(li, p) {
    const c = p.call, s = p.state, rings = s === "ringing" && c.direction === "outbound", since = c ? Math.max(0, clock() - c.since) : 0;
    put(li, { number: p.number, role: c ? [c.role, c.direction === "inbound" ? "called in" : ""].filter(Boolean).join(", ") : "", doing: s === "ringing" ? rings ? `rings ${Math.floor(since)} of ${c.ring_timeout} s` : "calls in" : s === "in a call" ? `in a call ${span(since)}` : s, where: c?.conference ?? "" });
    li.classList.toggle("rings", rings); use($(".who .i", li), { ringing: "ring", queued: "queue", "in a call": "call", free: "free" }[s], rings ? "bell" : s === "in a call" ? "ok" : "mut");
    const acts = $(".acts", li), kind = rings ? "ring" : c && s !== "queued" ? "call" : "idle"; if (acts.dataset.kind === kind) { const sel = $("select", acts); if (sel && document.activeElement !== sel) sel.value = p.when_rung; return; }
    const had = acts.contains(document.activeElement), at = "phones/" + encodeURIComponent(p.number) + "/", act = (words, path, done, cls) => button(words, `${words}: ${p.number}`, () => post(at + path, {}, done), cls);
    acts.dataset.kind = kind; $(".keys", li)?.remove();
    if (kind === "ring") acts.replaceChildren(act("Answer", "answer", `${p.number} has answered.`, "go"), act("Reject", "hang-up", `${p.number} has rejected the call.`));
    else if (kind === "call") acts.replaceChildren(act("Hang up", "hang-up", `${p.number} has hung up.`), keysOf(li, p, at));
    else { const sel = el("select"); sel.setAttribute("aria-label", `When ${p.number} is rung`); [["answers", "answers"], ["busy", "is busy"], ["rejects", "rejects"], ["no answer", "gives up after 20 s"], ["never answers", "never answers"], ["fails", "doesn’t exist"]].forEach(([v, t]) => sel.append(new Option(t, v))); sel.value = p.when_rung; sel.onchange = () => post(at + "when-rung", { does: sel.value }, `${p.number}, when rung: ${sel.selectedOptions[0].text}.`); acts.replaceChildren(sel); }
    if (had) $("button, select", acts).focus();
  },
  requests(tr, r) {
    put(tr, { no: r.number, at: hms(r.at), op: r.operation, name: r.name ?? "all of them", nth: nth(r.nth), ms: r.ms, fault: r.fault });
    $(".c-ans .st", tr).replaceChildren(...told(r)); $(".c-ap", tr).replaceChildren(...r.applied ? [icon("ok", "ok"), el("span", "applied", "vh")] : []);
    $(".rowbtn", tr).setAttribute("aria-label", `Request ${r.number}, ${r.operation} ${r.name ?? "all of them"}`); pick(tr, "request:" + r.number);
  },
  callbacks(tr, k) {
    put(tr, { at: hms(k.at), event: k.event, name: k.subject, seq: k.sequence, ms: k.ms, tries: k.tries + (k.copy_of ? ", again" : "") }); $(".c-ans .st", tr).replaceChildren(...answered(k));
    $(".rowbtn", tr).setAttribute("aria-label", `Callback ${k.number}, ${k.event} of ${k.subject}`); pick(tr, "callback:" + k.number);
    const b = $(".c-re button", tr); b.setAttribute("aria-label", `Send ${k.event} of ${k.subject} again`); b.onclick = e => { e.stopPropagation(); resend(k.number, k.event, k.subject); };
  },
  recordings(tr, r) { put(tr, { phase: r.phase, of: (r.conference ?? r.call_uuid) + (r.member_id ? `, ${r.member_id}` : ""), format: r.format, at: hms(r.since), for: span((r.until ?? clock()) - r.since) }); },
};
const NONE = {
  conferences: () => look.conferences_find || look.conferences_status ? ["No conference fits", "What is sought is a part of a name or of a number, or how a UUID begins."] : ["No conference yet", "One is there as soon as somebody has joined it. Add one here, or let your program dial somebody."],
  phones: () => ["No phone yet", "A phone is here as soon as a request dials it, or somebody calls in."],
  requests: () => head?.requests ? ["No request fits", look.requests_find ? `Nothing here has “${look.requests_find}” in it.` : "Nothing has gone wrong so far."] : ["Waiting for the first request", `Point your program at ${location.origin}. Connect has what it needs.`],
  callbacks: () => ["No callback yet", "They are sent to the URLs that your requests give: status_callback_url, recording_callback_url, callback_url."],
  recordings: () => ["No recording yet", "Requests start them, or conferences that record themselves."],
};
function pick(tr, what) { const on = look.detail === what; tr.dataset.what = what; tr.classList.toggle("on", on); const b = $(".rowbtn", tr); on ? b.setAttribute("aria-current", "true") : b.removeAttribute("aria-current"); }
function keysOf(li, p, at) {
  const b = button("Keys", `Keys: ${p.number}`, () => {
    if ($(".keys", li)) { $(".keys", li).remove(); b.setAttribute("aria-expanded", "false"); return; }
    const keys = el("div", undefined, "keys"); keys.setAttribute("role", "group"); keys.setAttribute("aria-label", `Keys of ${p.number}`); keys.append(...[..."123456789*0#"].map(k => { const b = button(k, k, () => post(at + "press", { keys: k }, `${p.number} has pressed ${k}.`)); return b; }));
    li.append(keys); b.setAttribute("aria-expanded", "true"); $("button", keys).focus();
  }); b.setAttribute("aria-expanded", "false"); return b;
}
function render(name, changed = []) {
  const l = lists[name], at = $(`[data-list=${name}]`), feed = name === "requests" || name === "callbacks", busy = at.matches(":hover") || at.contains(document.activeElement);
  const still = feed && l.shown.size > 0 && (held || busy || at.closest(".scroll").scrollTop > 40), fresh = l.order.filter(key => !l.shown.has(key)).length;
  for (const key of changed) if (l.shown.has(key)) FILL[name](l.shown.get(key), l.rows[key]);
  const newer = $(`[data-newer=${name}]`); if (newer) { newer.hidden = !still || !fresh; text(newer, `${held ? "Held. " : ""}${num(fresh)}${fresh === l.order.length ? " or more" : ""} newer: show them`); }
  if (!still) {
    const rest = busy && name !== "recordings" ? [...l.shown.keys()].filter(key => l.order.includes(key) || l.shown.get(key).contains(document.activeElement)) : [], order = [...rest, ...l.order.filter(key => !rest.includes(key))];
    for (const [key, node] of l.shown) if (!order.includes(key)) { node.remove(); l.shown.delete(key); }
    let before = at.firstChild;
    for (const key of order) {
      let node = l.shown.get(key); if (!node) { node = $("#t-" + name).content.firstElementChild.cloneNode(true); l.shown.set(key, node); node.dataset.id = key; FILL[name](node, l.rows[key]); }
      if (node === before) before = before.nextSibling; else at.insertBefore(node, before);
    }
  }
  const none = $(`[data-none=${name}]`), foot = $(`[data-foot=${name}]`), empty = !l.shown.size, table = at.closest("table") || at; none.hidden = !empty; table.hidden = empty; if (empty) { const [title, words] = NONE[name](); text($("h3", none), title); text($("p", none), words); }
  if (foot) { foot.hidden = l.total <= l.order.length; text($("span", foot), `${num(l.order.length)} of ${num(l.total)}, ${name === "phones" ? "those that ring first" : "newest first"}`); const more = $("button", foot); if (more) more.hidden = look.conferences_limit >= 400; }
  rove(name);
}
function rove(name) { // one tab stop a list; a list without rows can itself be scrolled by keys
  const at = $(`[data-list=${name}]`), box = at.closest(".scroll"), stops = name === "phones" ? [...at.children] : $$(".rowbtn", at), held = stops.find(s => s.contains(document.activeElement)) ?? stops.find(s => s.dataset.stop) ?? stops[0];
  stops.forEach(s => { const here = s === held; if (here) s.dataset.stop = 1; else delete s.dataset.stop; if (name === "phones") $$("button, select", s).forEach(b => b.tabIndex = here ? 0 : -1); else s.tabIndex = here ? 0 : -1; });
  stops.length ? box.removeAttribute("tabindex") : box.tabIndex = 0;
}

/* ---- Details ---- */
const link = (words, what) => { const b = button(words, words, () => go(what), "link"); b.dataset.key = "link " + what + words; return b; };
const VIEWS = {
  conference(at, d) {
    put(at, { name: d.name, state: d.status, uuid: d.uuid, created: hms(d.created), livek: d.status === "Active" ? "Live since" : "Live", live: d.status === "Initialized" ? "not yet" : `${hms(d.since)}, for ${span((d.until ?? clock()) - d.since)}`, endk: d.until === null ? "Ends by itself" : "Ended", end: d.until === null ? hms(d.ends_by_itself) : `${hms(d.until)}: ${d.cause}` }); use($(".title .st .i", at), ...STATES[d.status]);
    for (const [key, off] of [["activate", d.status !== "Initialized"], ["end", d.status === "Ended"]]) { const b = $(`[data-key=${key}]`, at); b.setAttribute("aria-disabled", off); b.onclick = () => off ? say(`${d.name} is ${d.status}: that can’t be done.`) : post(`conferences/${d.uuid}/${key}`, {}, `${d.name} was ${key === "end" ? "ended" : "activated"}, by somebody else’s doing.`); }
    const is = p => [["mute", "muted", "mute"], ["hold", "on hold", "pause"], ["coach", "coaches", "coach"]].filter(([k]) => p[k]).map(([, words, name]) => { const s = el("span", undefined, "tag"); s.append(icon(name), words); return s; });
    $(".who tbody", at).replaceChildren(...d.participants.map(p => { const tr = row(p.member_id, el("span", p.number, "mono"), p.role, p.present ? is(p) : el("span", "left", "mut"), span((p.until ?? clock()) - p.since)); tr.lastChild.className = "n"; tr.classList.toggle("gone", !p.present); return tr; }));
    $("[data-f=recs]", at).replaceChildren(...d.recordings.map(r => { const li = el("li"); li.append(el("span", `${r.phase}, ${r.format}${r.member_id ? `, of ${r.member_id}` : ""}`), el("span", span((r.until ?? clock()) - r.since), "mut")); return li; }));
    $(".hist", at).replaceChildren(...d.history.map(h => { const li = el("li"); li.append(el("time", hms(h.at)), el("span", h.what), h.by ? link(`by request ${h.by}`, "request:" + h.by) : ""); return li; }));
  },
  request(at, d) {
    put(at, { title: `${d.operation} ${d.name ?? ""}`, no: `No. ${d.number}, ${nth(d.nth)} try`, decided: d.decided ?? "nothing", done: d.applied ? "yes, applied" : "no, nothing changed", why: d.why, curl: d.curl, req: `${d.method} ${d.target} HTTP/1.1\n${d.headers.map(h => h.join(": ")).join("\n")}${d.body ? "\n\n" + d.body : ""}` });
    $("[data-f=told]", at).replaceChildren(...told(d)); $("[data-f=why]", at).hidden = !d.why;
    $(".trail tbody", at).replaceChildren(...d.same.map(r => { const st = el("span", undefined, "st"); st.append(...told(r)); const tr = row(String(r.number), hms(r.at), r.number === d.number ? el("b", r.operation) : link(r.operation, "request:" + r.number), nth(r.nth), st); tr.children[3].className = "n"; tr.classList.toggle("on", r.number === d.number); return tr; })); $(".trail", at).closest(".blk").hidden = !d.same.length;
  },
  callback(at, d) {
    const last = d.attempts.at(-1), pairs = (dl, o) => dl.replaceChildren(...Object.entries(o).flatMap(([k, v]) => [el("dt", k), el("dd", v)]));
    put(at, { event: d.event, url: `${d.method} ${d.url}`, about: d.subject, state: [d.state, ...d.mishaps, ...d.copy_of ? [`once more of ${d.copy_of}`] : []].join(", ") }); $("[data-key=resend]", at).onclick = () => resend(d.number, d.event, d.subject);
    $(".tries tbody", at).replaceChildren(...d.attempts.map((t, i) => { const st = el("span", undefined, "st"); st.append(...answered({ state: t.status >= 200 && t.status < 300 ? "delivered" : "failed", status: t.status ?? t.failure })); const tr = row(nth(i + 1), hms(t.at), st, String(t.ms)); tr.lastChild.className = "n"; return tr; }));
    pairs($(".params", at), d.params); pairs($(".sig", at), last ? { ...last.signature, "text that is signed": last.signed } : { none: "it was not sent" });
  },
};
function details() {
  const body = $("#d-body"), key = body.contains(document.activeElement) ? document.activeElement.dataset.key ?? "title" : null, kind = look.detail.split(":")[0];
  if (!look.detail || !detail) { const d = el("div", undefined, "none"); d.append(el("h3", look.detail ? "It is kept no longer" : "Nothing chosen"), el("p", look.detail ? "The emulator has begun anew, or keeps only the latest." : "Choose a conference, a request or a callback: all that is known of it is shown here.")); body.replaceChildren(d); return; }
  const at = $("#d-" + kind).content.firstElementChild.cloneNode(true); VIEWS[kind](at, detail); body.replaceChildren(at); if (key) $$("[data-key]", body).find(e => e.dataset.key === key)?.focus({ preventScroll: true });
}
function go(what, focus = true) { hands++; if (location.hash !== "#" + what) location.hash = what; else chosen(); side("details", !wide()); if (focus) setTimeout(() => $("#d-body h3")?.focus({ preventScroll: true }), 300); }
function chosen() { const what = decodeURIComponent(location.hash.slice(1)); look.detail = /^(conference|request|callback):/.test(what) ? what : ""; detail = null; for (const name in lists) if (name !== "phones" && name !== "recordings") for (const tr of lists[name].shown.values()) pick(tr, tr.dataset.what); open(); }

/* ---- Controls ---- */
async function post(path, body, done) {
  if (lostAt) return say("Not connected. This works again when the emulator does.");
  try { const r = await fetch("api/" + path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }), data = await r.json(); hands++; if (!r.ok) throw new Error(data.error); say(typeof done === "function" ? done(data) : done); return data; } catch (error) { say(`Not done: ${error.message}`); return null; }
}
const resend = (number, event, subject) => post(`callbacks/${number}/resend`, {}, k => `${event} of ${subject} was sent again: ${k.status ?? k.state}${k.ms === null ? "" : ` after ${k.ms} ms`}.`);
const forward = s => post("clock", { advance: s }, `Clock put forward by ${s} s.`);
const COMMON = ["lost-response", "500", "503-applied", "reset-before", "429", "late", "callbacks-lost", "callbacks-twice"];
function wrongs() {
  const at = $("#f-rows"), all = $("#f-all").getAttribute("aria-expanded") === "true", listed = faults.faults.filter(f => all || f.share || COMMON.includes(f.fault));
  text($("#f-all"), all ? "Show the common ones" : `Show all ${faults.faults.length}`);
  if (!at.contains(document.activeElement) || at.children.length !== listed.length) at.replaceChildren(...listed.map(f => {
    const tr = $("#t-fault").content.firstElementChild.cloneNode(true), [on, share] = $$("input", tr); tr.dataset.id = f.fault; on.setAttribute("aria-label", `${f.fault}: ${f.means}`); share.setAttribute("aria-label", `Share of ${f.fault} in per cent`); on.checked = f.share > 0; share.value = f.share ? +(100 * f.share).toFixed(3) : 1; share.disabled = !on.checked;
    on.onchange = () => { share.disabled = !on.checked; send(f.fault, on.checked ? share.value : 0); }; share.onchange = () => send(f.fault, share.value); return tr; }));
  listed.forEach((f, i) => { put(at.children[i], { name: f.fault, what: f.means, hits: f.hits || "" }); });
  const line = (what, name, n, fault) => { const li = el("li"), s = el("span", `${n === null ? "each" : nth(n)} ${what}${name ? ` of ${name}` : ""}`); li.append(s, el("code", fault)); return li; };
  $("#s-rows").replaceChildren(...faults.script.map(l => line(l.operation, l.name, l.nth, l.fault)), ...faults.callbacks_script.map(l => line("callback " + l.event, l.subject, l.nth, l.fault)));
  for (const [id, names] of [["#s-op", faults.operations], ["#s-fault", faults.faults.map(f => f.fault).filter(n => !n.startsWith("callbacks-"))]]) if (!$(id).length) { $(id).append(...names.map(n => new Option(n))); $(id).value = id === "#s-op" ? "activate" : "lost-response"; }
}
function send(fault, share) { const shares = Object.fromEntries(faults.faults.filter(f => f.share).map(f => [f.fault, f.share])); shares[fault] = Number(share) / 100; if (!(shares[fault] > 0)) delete shares[fault]; post("faults", { shares }, `${fault}: ${shares[fault] ? percent(shares[fault]) : "off"}.`); }
const DIALOGS = {
  add() { const name = $("#a-name").value, count = Math.floor($("#a-count").value), names = count > 1 ? Array.from({ length: count }, (_, i) => `${name}-${String(i + 1).padStart(4, "0")}`) : [name]; post("conferences", { names, waiting: Number($("#a-waiting").value) }, `${many(names.length, "conference")} added.`); },
  call() { const from = $("#i-from").value, url = $("#i-url").value; post("calls", url ? { from, answer_url: url } : { from, answered: true }, `${from} calls in.`); },
  script() { const name = $("#s-name").value || null, n = $("#s-nth").value; post("script", { operation: $("#s-op").value, name, nth: n ? Number(n) : null, fault: $("#s-fault").value }, "The line is in the script."); },
};

/* ---- Where one is ---- */
const press = (q, is) => $$(q).forEach(b => b.setAttribute("aria-pressed", is(b)));
function side(which, look = true) { const was = shown().join(); document.body.dataset.side = which; press(".side .tabs button", b => b.dataset.side === which); ["details", "recordings", "controls", "connect"].forEach(s => $("#" + s).classList.toggle("off", s !== which)); if (look && !wide()) view(which); if (shown().join() !== was) open(); }
function view(which) { document.body.dataset.view = which; $$(".views button").forEach(b => { const here = b.dataset.view === (which === "details" ? from : which); here ? b.setAttribute("aria-current", "true") : b.removeAttribute("aria-current"); if (here) b.scrollIntoView({ block: "nearest", inline: "center" }); }); if (which !== "details") from = which; scrollTo(0, 0); }
let from = "conferences";
const seek = () => { clearTimeout(seek.timer); seek.timer = setTimeout(open, 200); };
const setHeld = is => { held = is; const b = $(".hold"); b.setAttribute("aria-pressed", is); text($("span", b), is ? "Go on" : "Hold"); $("use", b).setAttribute("href", is ? "#i-play" : "#i-pause"); if (!is) { render("requests"); render("callbacks"); } };
document.addEventListener("click", e => {
  const b = e.target.closest("button"), tr = e.target.closest("tr[data-what]"), d = b?.dataset ?? {};
  if (b?.getAttribute("aria-disabled") === "true" && lostAt) { e.preventDefault(); return say("Not connected. This works again when the emulator does."); }
  if (tr && !e.target.closest(".c-re")) { back = $(".rowbtn", tr); return go(tr.dataset.what, e.detail === 0 || !wide()); }
  if (!b) return;
  if (d.side) { hands++; side(d.side); const to = d.focus && $("#" + d.focus); to?.scrollIntoView({ block: "start" }); to?.focus(); }
  if (d.view) { view(d.view); if (["recordings", "controls", "connect"].includes(d.view)) side(d.view, false); open(); }
  if (d.feed) { document.body.dataset.feed = d.feed; press("[data-feed]", x => x.dataset.feed === d.feed); open(); }
  if (d.status !== undefined) { look.conferences_status = d.status; press("[data-status]", x => x === b); open(); }
  if (d.requests) { look.requests_show = d.requests; press("[data-requests]", x => x === b); open(); }
  if (d.more) { look.conferences_limit += 100; open(); }
  if (d.forward) forward(Number(d.forward));
  if (d.copy) navigator.clipboard.writeText($("#" + d.copy).textContent).then(() => say("Copied."), () => say("This browser doesn’t let a page copy."));
  if (d.newer) { setHeld(false); b.hidden = true; const l = lists[d.newer]; l.shown.forEach(n => n.remove()); l.shown.clear(); $(`[data-list=${d.newer}]`).closest(".scroll").scrollTop = 0; render(d.newer); $(`[data-list=${d.newer}] .rowbtn`)?.focus(); }
  if (d.dialog) { if (d.dialog === "script" && !faults) return; $("#" + d.dialog).returnValue = ""; $("#" + d.dialog).showModal(); }
  if (b.classList.contains("hold")) setHeld(!held);
  if (b.classList.contains("back")) home();
  if (b.id === "retry") { lostAt ||= Date.now(); open(); }
  if (b.id === "f-all") { b.setAttribute("aria-expanded", b.getAttribute("aria-expanded") !== "true"); wrongs(); }
  if (b.id === "yes") { sure(false); post("reset", { seed: Math.floor($("#seed").value) }, r => `Begun anew, seed ${r.seed}.`); }
  if (b.id === "keep") sure(false);
});
let back = null;
function home() { const row = back?.isConnected ? back : null; if (!wide()) view(from); (row ?? $("#" + from)).focus(); }
function sure(open) { $("#sure").hidden = !open; $("#reset").setAttribute("aria-expanded", open); if (open) { const all = head.conferences; value("sure", `Forget ${many(all.Initialized + all.Active + all.Ended, "conference")} and ${many(head.requests, "request")}?`); $("#keep").focus(); } else $("#reset").focus(); }
$("#reset-f").onsubmit = e => { e.preventDefault(); sure(true); };
$("#jump-f").onsubmit = e => { e.preventDefault(); forward(Number($("#jump").value)); };
for (const name in DIALOGS) $("#" + name).addEventListener("close", e => { if (e.target.returnValue === "ok") DIALOGS[name](); });
$$("[data-find]").forEach(input => input.oninput = () => { look[input.dataset.find] = input.value.trim(); seek(); });
document.addEventListener("keydown", e => {
  const b = e.target.closest(".rowbtn"), tr = e.target.closest("tr"), li = e.target.closest(".phone"), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  if (b && (step || e.key === "Home" || e.key === "End")) { const all = $$(".rowbtn", b.closest("tbody")), i = all.indexOf(b), to = all[step ? Math.min(all.length - 1, Math.max(0, i + step)) : e.key === "Home" ? 0 : all.length - 1]; to.focus(); rove(b.closest("tbody").dataset.list); return e.preventDefault(); }
  if (tr && $(".c-re button", tr) && e.key === "ArrowRight") return $(".c-re button", tr).focus(); if (tr && e.target.closest(".c-re") && e.key === "ArrowLeft") return $(".rowbtn", tr).focus();
  const next = li && step && e.target.tagName !== "SELECT" && !e.target.closest(".keys") && (step > 0 ? li.nextElementSibling : li.previousElementSibling); if (next) { $("button, select", next).tabIndex = 0; $("button, select", next).focus(); rove("phones"); return e.preventDefault(); }
  if (e.key === "Escape" && e.target.closest("#details")) return home();
  if (e.target.matches("input, select, textarea") || e.ctrlKey || e.metaKey || e.altKey || !$("#single").checked || $("dialog[open]")) return;
  const part = { 1: "conferences", 2: "phones", 3: "requests", 4: "callbacks", 5: "details" }[e.key];
  if (part) { if (part === "details") side(part); else if (!wide()) { view(part); open(); } else if (part === "requests" || part === "callbacks") $(`[data-feed=${part}]`).click(); ($(".rowbtn[tabindex='0'], .phone [tabindex='0'], #d-body h3", $("#" + part)) ?? $("#" + part)).focus(); }
  else if (e.key === "/") { ($("input[type=search]", e.target.closest(".panel") ?? document) ?? $("[data-find]")).focus(); e.preventDefault(); }
  else if (e.key === "h") setHeld(!held); else if (e.key === "?") $("#help").showModal(); else if (e.key === "a") $(".rings .go")?.click();
});
addEventListener("hashchange", chosen);
document.addEventListener("visibilitychange", () => document.hidden ? source?.close() : open());
for (const query of ["(min-width: 64rem)", "(min-width: 96rem)"]) matchMedia(query).addEventListener("change", open);
for (const name of ["requests", "callbacks", "phones", "conferences"]) { const at = $(`[data-list=${name}]`); at.addEventListener("mouseleave", () => render(name)); at.addEventListener("focusout", () => setTimeout(() => render(name), 0)); }
setInterval(() => {
  if (!head || document.hidden || lostAt) return;
  value("now", hms(clock())); value("nowlong", wall(clock()).toISOString().slice(0, 19).replace("T", " ") + " UTC");
  for (const name of ["conferences", "phones", "recordings"]) for (const [key, node] of lists[name].shown) if (lists[name].rows[key]) FILL[name](node, lists[name].rows[key]);
}, 1000);
side("details", false); chosen();
