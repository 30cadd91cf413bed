/* The chat box of iduo: <script src="https://…/chat.js" defer></script> puts it on a page. It keeps its secret, the visitor's name and what
   was not sent yet in the page's own storage, and nothing else; it loads nothing more and follows nobody. */
(() => {
  "use strict";
  if (window.iduoChat) return;
  const base = new URL(document.currentScript.src).origin;
  const STORE = "iduo-chat", KEPT_MS = 12 * 3600e3, LONGEST = 2000;
  const WAITS = [500, 1000, 2000, 4000, 8000];

  // ---- what is remembered between reloads ----
  const load = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE) || "null");
      return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
    } catch { return null; }
  };
  let memory = load() || {};
  const keep = (values) => {
    memory = { ...memory, ...values, at: Date.now() };
    try { localStorage.setItem(STORE, JSON.stringify(memory)); } catch { /* private mode: it lasts as long as the page */ }
  };
  const forget = () => {
    memory = {};
    try { localStorage.removeItem(STORE); } catch { /* as above */ }
  };
  const secret = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const uuid = () => crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

  // ---- the box ----
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const make = (tag, values = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(values)) {
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (name === "text") made.textContent = value;
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false && value != null) made.setAttribute(name, value);
    }
    made.append(...children.filter(Boolean));
    return made;
  };
  const style = make("style", { text: `
:host{all:initial;position:fixed;right:16px;bottom:16px;z-index:2147483000;font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
--back:#fff;--text:#1b1f24;--soft:#59636e;--line:#d1d9e0;--mine:#dff0ea;--theirs:#f3f5f7;--accent:#0b6e4f;--on:#fff;--bad:#a40e26}
@media (prefers-color-scheme:dark){:host{--back:#161b22;--text:#e6edf3;--soft:#a3adb8;--line:#3d444d;--mine:#12402f;--theirs:#232a33;--accent:#3fb68b;--on:#06251a;--bad:#ff9a9a}}
*{box-sizing:border-box;font:inherit}
button{cursor:pointer;border:0;border-radius:8px;padding:10px 16px;background:var(--accent);color:var(--on);font-weight:600;min-height:44px}
button.quiet{background:none;color:var(--text);border:1px solid var(--line)}
button.icon{background:none;color:var(--text);padding:0;width:44px;font-size:20px}
button:disabled{opacity:.55;cursor:default}
:is(button,input,textarea,.log):focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.open{border-radius:999px;box-shadow:0 2px 10px #0005;padding:12px 20px}
.badge{display:inline-block;min-width:22px;margin-left:8px;border-radius:11px;background:var(--on);color:var(--accent);text-align:center}
.box{display:flex;flex-direction:column;width:min(380px,calc(100vw - 32px));height:min(580px,calc(100vh - 32px));background:var(--back);color:var(--text);
border:1px solid var(--line);border-radius:14px;box-shadow:0 6px 30px #0006;overflow:hidden}
header{display:flex;align-items:center;gap:4px;padding:6px 6px 6px 16px;border-bottom:1px solid var(--line)}
h2{flex:1;margin:0;font-size:17px;font-weight:600}
.status{margin:0;padding:8px 16px;color:var(--soft);border-bottom:1px solid var(--line);font-size:15px}
.status.bad{color:var(--bad)}
.log{flex:1;overflow-y:auto;padding:12px 16px;display:flex;flex-direction:column;gap:8px;overscroll-behavior:contain}
.line{max-width:85%;padding:8px 12px;border-radius:12px;background:var(--theirs);white-space:pre-wrap;overflow-wrap:anywhere}
.line.visitor{align-self:flex-end;background:var(--mine)}
.line.system{align-self:center;background:none;color:var(--soft);font-size:14px;padding:2px 8px;text-align:center}
.line small{display:block;color:var(--soft);font-size:13px}
form{display:flex;flex-direction:column;gap:10px;padding:14px 16px;overflow-y:auto}
form.write{flex-direction:row;align-items:flex-end;padding:10px;border-top:1px solid var(--line)}
label{display:flex;flex-direction:column;gap:4px;font-weight:600;font-size:15px}
label span{font-weight:400;color:var(--soft)}
input,textarea{width:100%;padding:10px;border:1px solid var(--soft);border-radius:8px;background:var(--back);color:var(--text);min-height:44px}
textarea{resize:none}
.write textarea{flex:1;max-height:120px}
.error{margin:0;color:var(--bad)}
p{margin:0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
[hidden]{display:none!important}
@media (max-width:480px){:host{right:0;bottom:0}.open{margin:0 16px 16px 0}.box{width:100vw;height:100dvh;border:0;border-radius:0}}
@media (prefers-reduced-motion:no-preference){.box{animation:up .15s ease-out}@keyframes up{from{transform:translateY(12px);opacity:0}}}
` });
  const badge = make("span", { class: "badge", hidden: true });
  const opener = make("button", { class: "open", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => show(true) }, "Chat", badge);
  const title = make("h2", { id: "title", text: "Chat con iduo" });
  const status = make("p", { class: "status", role: "status" });
  const log = make("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": "Conversación", tabindex: "0" });
  const foot = make("div");
  const leaver = make("button", { class: "icon", type: "button", "aria-label": "Terminar la conversación", title: "Terminar la conversación", text: "⏹", onclick: askToLeave });
  const closer = make("button", { class: "icon", type: "button", "aria-label": "Minimizar el chat", title: "Minimizar", text: "–", onclick: () => show(false) });
  const box = make("div", { class: "box", role: "dialog", "aria-labelledby": "title", hidden: true, onkeydown: (event) => { if (event.key === "Escape") show(false); } },
    make("header", {}, title, leaver, closer), status, log, foot);
  root.append(style, opener, box);

  let standing = null, unread = 0, shown = 0;
  const lines = new Map(); // by seq, or by key until the server has numbered it

  function show(yes) {
    box.hidden = !yes;
    opener.hidden = yes;
    opener.setAttribute("aria-expanded", String(yes));
    if (yes) {
      unread = 0;
      badge.hidden = true;
      if (!foot.firstChild) begin();
      (foot.querySelector("textarea,input,button") || closer).focus();
      log.scrollTop = log.scrollHeight;
    } else opener.focus();
  }
  function say(words, bad = false) {
    status.textContent = words;
    status.classList.toggle("bad", bad);
    status.hidden = !words;
  }
  const put = (...what) => foot.replaceChildren(...what);
  const field = (name, words, hint, values = {}, tag = "input") =>
    make("label", {}, make("b", { text: words }), hint && make("span", { text: hint }), make(tag, { name, ...values }));
  const error = () => make("p", { class: "error", role: "alert", hidden: true });
  const complain = (form, words) => {
    const place = form.querySelector(".error");
    place.textContent = words;
    place.hidden = !words;
  };

  // ---- before a talk: is somebody there? ----
  async function begin() {
    leaver.hidden = true;
    log.hidden = true;
    if (memory.token) return connect();
    say("Un momento…");
    try {
      const answer = await fetch(base + "/chat/hours", { cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const hours = await answer.json();
      if (hours.open) greet(hours);
      else letter(closed(hours));
    } catch {
      say("No nos podemos conectar. Revise su conexión y pruebe de nuevo.", true);
      put(make("form", { onsubmit: (event) => { event.preventDefault(); begin(); } }, make("button", { text: "Probar de nuevo" })));
    }
  }
  const closed = (hours) => {
    if (!hours.opens_at) return "En este momento no hay nadie. Déjenos un mensaje y le respondemos.";
    const when = new Intl.DateTimeFormat("es-AR", { weekday: "long", day: "numeric", month: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "America/Argentina/Buenos_Aires" });
    return `El chat está cerrado. Abre el ${when.format(new Date(hours.opens_at))}. Déjenos un mensaje y le respondemos.`;
  };
  function greet(hours) {
    say(hours.waiting === 0 ? "Le atiende una persona." : hours.waiting === 1 ? "Le atiende una persona. Hay 1 esperando." : `Le atiende una persona. Hay ${hours.waiting} esperando.`);
    const form = make("form", {
      novalidate: true, onsubmit: (event) => {
        event.preventDefault();
        const name = form.name_.value.trim();
        if (!name) { complain(form, "Escriba su nombre."); return form.name_.focus(); }
        keep({ token: secret(), name, company: form.company.value.trim(), unsent: [], seen: 0 });
        connect();
      },
    }, field("name_", "Su nombre", "", { autocomplete: "name", maxlength: 120, required: true }),
      field("company", "Número de empresa", "Si ya es cliente", { inputmode: "numeric", maxlength: 40, autocomplete: "off" }), error(), make("button", { text: "Empezar" }));
    put(form);
    if (!box.hidden) form.name_.focus();
  }

  // ---- a message instead: it becomes a ticket ----
  function letter(words) {
    say(words);
    log.hidden = !lines.size;
    const key = uuid();
    const form = make("form", {
      novalidate: true, onsubmit: async (event) => {
        event.preventDefault();
        const button = form.querySelector("button");
        const values = Object.fromEntries(new FormData(form));
        if (!values.name.trim()) { complain(form, "Escriba su nombre."); return form.elements.name.focus(); }
        if (!values.text.trim()) { complain(form, "Escriba su mensaje."); return form.elements.text.focus(); }
        if (!values.phone.trim() && !values.email.trim()) { complain(form, "Escriba un teléfono o un mail para que le respondamos."); return form.elements.phone.focus(); }
        button.disabled = true;
        complain(form, "");
        try {
          const answer = await fetch(base + "/chat/message", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...values, key, token: memory.token || "" }) });
          const told = await answer.json();
          if (answer.ok) return thanks(told);
          complain(form, told.sentence || "No se pudo enviar. Pruebe de nuevo.");
          const wrong = form.elements[told.field];
          if (wrong) wrong.focus();
        } catch { complain(form, "No se pudo enviar: no hay conexión. Lo que escribió sigue acá."); }
        button.disabled = false;
      },
    }, field("name", "Nombre y apellido", "", { autocomplete: "name", maxlength: 120, value: memory.name }),
      field("company", "Número de empresa", "Si ya es cliente", { inputmode: "numeric", maxlength: 40, value: memory.company }),
      field("phone", "Teléfono", "Con código de área", { type: "tel", autocomplete: "tel", maxlength: 60 }),
      field("email", "Mail", "", { type: "email", autocomplete: "email", maxlength: 254 }),
      field("text", "Mensaje", "", { rows: 4, maxlength: 3900 }, "textarea"), error(), make("button", { text: "Enviar el mensaje" }));
    put(form);
    if (!box.hidden) form.elements.name.focus();
  }
  function thanks(told) {
    line?.close();
    forget();
    say("Recibimos su mensaje.");
    log.hidden = true;
    const number = make("p", { tabindex: "-1" });
    number.append("Se van a comunicar con usted a la brevedad. Anote el número de ticket: ", make("b", { text: told.number }), ".");
    put(make("form", { onsubmit: (event) => { event.preventDefault(); restart(); } }, number, make("button", { class: "quiet", text: "Volver al principio" })));
    number.focus();
  }

  // ---- the talk ----
  let line = null, tries = 0, timer = 0, over = false;
  function connect() {
    clearTimeout(timer);
    over = false;
    if (line && line.readyState <= 1) return;
    log.hidden = false;
    if (!foot.querySelector(".write")) put(writer());
    if (!standing) say("Conectando…");
    const made = line = new WebSocket(base.replace(/^http/, "ws") + "/chat/ws");
    made.onopen = () => send({ t: "hello", token: memory.token, name: memory.name, company: memory.company || "", page: location.pathname.slice(0, 300), after: shown });
    made.onmessage = (event) => { if (made === line) heard(JSON.parse(event.data)); };
    made.onclose = (event) => {
      if (made !== line || over) return;
      line = null;
      if (event.code === 4003) return refusedForGood(event.reason);
      say("Sin conexión. Reintentamos solos; lo que escriba se envía cuando vuelva.", true);
      timer = setTimeout(connect, WAITS[Math.min(tries++, WAITS.length - 1)] * (.75 + Math.random() / 2));
    };
  }
  const send = (what) => line && line.readyState === 1 && line.send(JSON.stringify(what));
  setInterval(() => send({ t: "ping" }), 20000);
  addEventListener("online", () => { if (memory.token && !line) { tries = 0; connect(); } });

  function heard(told) {
    if (told.t === "state") {
      tries = 0;
      standing = told;
      stand();
      if (told.hello) for (const one of memory.unsent || []) { // asked again with its key it is the same line
        add({ side: "visitor", at: null, ...one });
        send({ t: "say", ...one });
      }
    } else if (told.t === "lines") told.lines.forEach(add);
    else if (told.t === "said") keep({ unsent: (memory.unsent || []).filter((one) => one.key !== told.key) });
    else if (told.t === "refused") refused(told);
    else if (told.t === "away") say("Un momento: estamos reconectando. Lo que escriba se envía cuando vuelva.", true);
  }
  function stand() {
    leaver.hidden = standing.state === "ended";
    if (standing.state === "waiting") {
      const before = standing.place - 1;
      say(before === 0 ? "Usted es quien sigue." : before === 1 ? "Hay 1 persona antes que usted." : `Hay ${before} personas antes que usted.`);
    } else if (standing.state === "attended") say(`Le atiende ${standing.by}.`);
    if (standing.state === "ended") finish();
    else if (standing.offered) offer();
    else if (!foot.querySelector(".write")) put(writer());
  }
  function offer() {
    if (foot.querySelector(".offer")) return;
    const typed = foot.querySelector("textarea")?.value || "";
    const write = writer();
    write.querySelector("textarea").value = typed;
    put(make("form", { class: "offer", onsubmit: (event) => { event.preventDefault(); letter("Déjenos un mensaje y le respondemos."); } },
      make("p", { text: "Estamos demorando. Puede seguir esperando o dejarnos un mensaje." }), make("button", { class: "quiet", text: "Dejar un mensaje" })), write);
  }
  function finish() {
    over = true;
    line?.close();
    line = null;
    say("La conversación terminó.");
    put(make("form", { onsubmit: (event) => { event.preventDefault(); restart(); } }, make("button", { class: "quiet", text: "Empezar otra conversación" })));
    forget();
  }
  function restart() {
    forget();
    lines.clear();
    log.replaceChildren();
    standing = null;
    shown = 0;
    put();
    begin();
  }
  function refused(told) {
    const key = told.key;
    if (key) {
      const one = (memory.unsent || []).find((kept) => kept.key === key);
      keep({ unsent: (memory.unsent || []).filter((kept) => kept.key !== key) });
      lines.get(key)?.remove();
      lines.delete(key);
      const area = foot.querySelector(".write textarea");
      if (area && one && !area.value) area.value = one.text;
    }
    say(told.sentence, true);
    if (!standing) refusedForGood(told.sentence);
  }
  function refusedForGood(words) {
    over = true;
    line?.close();
    line = null;
    const name = memory.name, company = memory.company;
    forget();
    memory = { name, company };
    letter(words || "Déjenos un mensaje y le respondemos.");
  }

  function writer() {
    const area = make("textarea", { rows: 1, maxlength: LONGEST, "aria-label": "Su mensaje", placeholder: "Escriba su mensaje",
      oninput: () => { area.style.height = "auto"; area.style.height = Math.min(area.scrollHeight + 2, 120) + "px"; },
      onkeydown: (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); form.requestSubmit(); } } });
    const form = make("form", { class: "write", onsubmit: (event) => {
      event.preventDefault();
      const text = area.value.trim();
      if (!text) return area.focus();
      const one = { key: uuid(), text };
      keep({ unsent: [...(memory.unsent || []), one] });
      add({ side: "visitor", key: one.key, text, at: null });
      send({ t: "say", ...one });
      area.value = "";
      area.style.height = "auto";
      area.focus();
    } }, area, make("button", { "aria-label": "Enviar", text: "Enviar" }));
    return form;
  }
  function add(one) {
    if (one.seq && one.seq <= shown) return;
    if (one.seq) shown = one.seq;
    let made = one.key && lines.get(one.key);
    const late = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    if (!made) {
      made = make("div", { class: "line " + one.side });
      const who = one.side === "visitor" ? "Usted" : one.name;
      if (one.side !== "system") made.append(make("span", { class: "hidden", text: who + ": " }));
      made.append(make("span", { text: one.text }), make("small"));
      if (one.key) lines.set(one.key, made);
    }
    made.querySelector("small").textContent = one.side === "system" ? "" : one.at ? clock(one.at) : "Enviando…";
    if (one.seq) { // numbered ones stand in their order, the others after them
      made.dataset.seq = one.seq;
      const next = [...log.children].find((other) => other !== made && (!other.dataset.seq || +other.dataset.seq > one.seq));
      if (made.parentNode !== log || next !== made.nextSibling) log.insertBefore(made, next || null);
    } else log.append(made);
    if (late || one.side === "visitor") log.scrollTop = log.scrollHeight;
    if (one.seq && one.side === "operator" && (box.hidden || document.hidden) && one.seq > (memory.seen || 0)) {
      unread++;
      badge.textContent = unread;
      badge.hidden = false;
      opener.setAttribute("aria-label", unread === 1 ? "Chat, 1 mensaje nuevo" : `Chat, ${unread} mensajes nuevos`);
    }
    if (one.seq && !box.hidden) keep({ seen: one.seq });
  }
  const clock = (at) => new Intl.DateTimeFormat("es-AR", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
  function askToLeave() {
    const before = [...foot.childNodes];
    const form = make("form", { onsubmit: (event) => { event.preventDefault(); send({ t: "leave" }); } },
      make("p", { text: "¿Terminar la conversación?" }), make("button", { text: "Terminar" }),
      make("button", { class: "quiet", type: "button", text: "Seguir", onclick: () => { put(...before); foot.querySelector("textarea")?.focus(); } }));
    put(form);
    form.querySelector("button").focus();
  }

  window.iduoChat = { open: () => show(true) };
  const start = () => {
    document.body.append(host);
    if (memory.token) { begin(); } // a talk that goes on: it is heard even while the box is small
  };
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
