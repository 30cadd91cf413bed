/* The chat box of iduo: <script src="https://…/chat.js" defer></script> puts it on a page. It keeps its secret, the visitor's name and what
   was not sent yet in the page's own storage, and nothing else; it loads nothing more and follows nobody. */
(() => {
  "use strict";
  if (window.iduoChat) return;
  const script = document.currentScript || document.querySelector('script[src*="/chat.js"]');
  if (!script) return;
  const base = new URL(script.src, location.href).origin;
  const STORE = "iduo-chat", KEPT_MS = 12 * 3600e3, LONGEST = 2000;
  const patience = () => window.AbortSignal?.timeout?.(15000); // of what is asked without a line
  const WAITS = [700, 1500, 3000, 6000, 10000], PING_MS = 15000, PATIENCE_MS = 10000;
  const PHONE = matchMedia("(max-width:480px)");

  // ---- what is remembered between reloads; other tabs of the page remember the same ----
  const load = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(STORE) || "null");
      return kept && Date.now() - kept.at < KEPT_MS ? kept : null;
    } catch { return null; }
  };
  let memory = load() || {};
  const stored = () => { // of this talk; another tab may have begun the next one
    const kept = load();
    return kept && memory.token && kept.token !== memory.token ? null : kept;
  };
  const isOurs = () => !load() || !!stored();
  const keep = (edit) => {
    const ours = isOurs();
    memory = { ...memory, ...stored() };
    memory.unsent = memory.unsent || [];
    edit(memory);
    memory.at = Date.now();
    try { if (ours) localStorage.setItem(STORE, JSON.stringify(memory)); } catch { /* private mode: it lasts as long as the page */ }
  };
  const forget = () => {
    const ours = isOurs();
    memory = {};
    try { if (ours) localStorage.removeItem(STORE); } catch { /* as above */ }
  };
  const unsent = () => memory.unsent || [];
  const sent = (key) => keep((all) => { all.unsent = all.unsent.filter((one) => one.key !== key); });
  const secret = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  const uuid = () => crypto.randomUUID ? crypto.randomUUID() : "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (c) =>
    (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16));

  // ---- the box: whatever anybody wrote is text, never markup ----
  const host = document.createElement("iduo-chat");
  host.lang = "es-AR";
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
  const draw = (way) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", "svg"), path = document.createElementNS(made.namespaceURI, "path");
    made.setAttribute("viewBox", "0 0 24 24");
    made.setAttribute("aria-hidden", "true");
    path.setAttribute("d", way);
    made.append(path);
    return made;
  };
  const css = `
:host{all:initial!important;direction:ltr!important;display:block!important;position:static!important;color-scheme:light dark;
--back:#fff;--text:#1b1f24;--soft:#59636e;--line:#d1d9e0;--mine:#dff0ea;--theirs:#f3f5f7;--accent:#0b6e4f;--on:#fff;--bad:#a40e26;--head:#0b6e4f}
@media (prefers-color-scheme:dark){:host{--back:#161b22;--text:#e6edf3;--soft:#adb7c2;--line:#3d444d;--mine:#12402f;--theirs:#232a33;--accent:#3fb68b;--on:#06251a;--bad:#ff9a9a;--head:#12402f}}
@media print{:host{display:none!important}}
*{box-sizing:border-box;font:inherit;letter-spacing:normal}
.open,.box,.hidden{font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;z-index:2147483000;-webkit-text-size-adjust:100%}
button{cursor:pointer;border:1px solid transparent;border-radius:8px;padding:10px 16px;background:var(--accent);color:var(--on);font-weight:600;min-height:44px}
button.quiet{background:none;color:var(--text);border-color:var(--soft)}
button.plain{background:none;color:#fff;padding:0 10px;min-width:44px}
button.plain:hover{background:#fff2}
button.small{padding:2px 10px;margin-top:4px}
svg{display:block;width:24px;height:24px;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
button:disabled{opacity:.6;cursor:default}
:is(button,input,textarea,.log):focus-visible{outline:3px solid var(--accent);outline-offset:2px}
:is(h2,p):focus{outline:none}
.log:focus-visible{outline-offset:-3px}
button.plain:focus-visible{outline-color:#fff;outline-offset:-3px}
.open{display:flex;align-items:center;gap:8px;font-weight:600;position:fixed;right:16px;bottom:16px;border-radius:999px;box-shadow:0 2px 10px #0005;padding:12px 20px}
.badge{display:inline-block;min-width:22px;padding:0 6px;border-radius:11px;background:var(--on);color:var(--accent);text-align:center}
.box{position:fixed;right:16px;bottom:16px;display:flex;flex-direction:column;width:min(380px,calc(100vw - 32px));height:min(580px,calc(100vh - 32px));background:var(--back);
color:var(--text);border:1px solid var(--line);border-radius:14px;box-shadow:0 6px 30px #0006;overflow:hidden;text-align:left}
.head{display:flex;align-items:center;gap:4px;padding:6px 6px 6px 16px;background:var(--head);color:#fff}
h2{flex:1;margin:0;font-size:17px;font-weight:600}
.status{margin:0;padding:8px 16px;color:var(--soft);border-bottom:1px solid var(--line);font-size:15px;overflow-wrap:anywhere}
.status.bad{color:var(--bad)}
.log{flex:1;min-height:72px;overflow-y:auto;padding:12px 16px;display:flex;flex-direction:column;gap:8px;overscroll-behavior:contain}
.foot{overflow-y:auto;max-height:100%}
.line{align-self:flex-start;max-width:85%;padding:8px 12px;border:1px solid transparent;border-radius:12px;background:var(--theirs);white-space:pre-wrap;overflow-wrap:anywhere}
.line.visitor{align-self:flex-end;background:var(--mine)}
.line.system{align-self:center;background:none;color:var(--soft);font-size:14px;padding:2px 8px;text-align:center}
.line bdi,.line small{display:block}
.line small{color:var(--soft);font-size:13px}
.line small.bad{color:var(--bad)}
form{display:flex;flex-direction:column;gap:10px;padding:14px 16px}
form.note{flex-flow:row wrap;border-top:1px solid var(--line)}
.note p{flex:1 0 100%}
.note button{flex:1 0 auto}
.foot:has(.ask) .offer{display:none}
.log:empty::before{content:"Puede ir contando su consulta.";color:var(--soft);margin:auto}
form.write{flex-direction:row;align-items:flex-end;padding:10px;border-top:1px solid var(--line)}
label{display:flex;flex-direction:column;gap:4px;font-size:15px}
b{font-weight:600}
.number{display:block;margin:8px 0;font-size:28px;user-select:all}
label span{color:var(--soft)}
input,textarea{width:100%;margin:0;padding:9px 10px;border:1px solid var(--soft);border-radius:8px;background:var(--back);color:var(--text);font-size:16px;min-height:44px}
[aria-invalid=true]{border:2px solid var(--bad)}
::placeholder{color:var(--soft);opacity:1}
textarea{resize:none}
.write textarea{flex:1;max-height:120px}
.error{margin:0;color:var(--bad)}
p{margin:0}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
@media (max-width:480px){.box{right:0;bottom:auto;left:0;top:var(--top,0);width:100vw;height:var(--high,100dvh);border:0;border-radius:0}}
@media (prefers-reduced-motion:no-preference){.box{animation:up .15s ease-out}@keyframes up{from{transform:translateY(12px);opacity:0}}}
`;
  try { // a page may forbid styles in its markup; this is none
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch { root.append(make("style", { text: css })); }
  const badge = make("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  const opener = make("button", { class: "open", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => show(true) }, draw("M4 4h16a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2h-9l-5 4v-4H4a2 2 0 0 1-2-2V6a2 2 0 0 1 2-2z"), "Chat", badge);
  const herald = make("p", { class: "hidden", role: "status" }); // says what came while the box is small
  const title = make("h2", { id: "title", text: "Chat con iduo", tabindex: "-1" });
  const status = make("p", { class: "status", role: "status", tabindex: "-1" });
  const log = make("div", { class: "log", role: "log", "aria-live": "off", "aria-relevant": "additions", "aria-label": "Conversación", tabindex: "0" });
  const foot = make("div", { class: "foot" });
  const leaver = make("button", { class: "plain", type: "button", "aria-label": "Terminar la conversación", text: "Terminar", onclick: askToLeave });
  const closer = make("button", { class: "plain", type: "button", "aria-label": "Minimizar el chat", title: "Minimizar", onclick: () => show(false) }, draw("M6 9l6 6 6-6"));
  const box = make("div", { class: "box", role: "dialog", "aria-labelledby": "title", hidden: true, onkeydown: keys },
    make("div", { class: "head" }, title, leaver, closer), status, log, foot);
  root.append(opener, box, herald);

  let standing = null, unread = 0, shown = 0, lost = [], atEnd = true;
  const lines = new Map(); // by key: what he wrote himself

  function keys(event) {
    if (event.key === "Escape" && !event.isComposing) return show(false);
    if (event.key !== "Tab" || !PHONE.matches) return;
    // the box is all that is to be seen: what lies behind it gets no focus
    const stops = [...box.querySelectorAll("button,input,textarea,.log")].filter((one) => one.offsetParent !== null && !one.disabled);
    const last = event.shiftKey ? stops[0] : stops[stops.length - 1];
    if (root.activeElement !== last) return;
    event.preventDefault();
    (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
  }
  function count(number) {
    unread = number;
    badge.textContent = number;
    badge.hidden = !number;
    if (number) opener.setAttribute("aria-label", number === 1 ? "Chat, 1 mensaje nuevo" : `Chat, ${number} mensajes nuevos`);
    else opener.removeAttribute("aria-label");
  }
  function read() {
    count(0);
    herald.textContent = "";
    if (memory.token && shown) keep((all) => { all.seen = Math.max(all.seen || 0, shown); });
  }
  function toEnd() {
    atEnd = true;
    log.scrollTop = log.scrollHeight;
  }
  // Whoever reads the last line goes on seeing it when a question or the keyboard takes its place.
  log.addEventListener("scroll", () => { if (log.clientHeight === high) atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80; });
  let high = 0;
  if (window.ResizeObserver) new ResizeObserver(() => {
    high = log.clientHeight;
    if (atEnd) toEnd();
  }).observe(log);
  function show(yes) {
    box.hidden = !yes;
    opener.hidden = yes;
    opener.setAttribute("aria-expanded", String(yes));
    box.setAttribute("aria-modal", String(PHONE.matches));
    if (!yes) return opener.focus();
    read();
    if (!foot.firstChild) begin();
    enter();
    toEnd();
  }
  // on a telephone the keyboard comes up when somebody touches a field, not before
  const enter = () => (!matchMedia("(pointer:coarse)").matches && foot.querySelector("textarea,input,button") || title).focus();
  function say(words, bad = false) {
    if (status.textContent !== words) status.textContent = words;
    status.classList.toggle("bad", bad);
    status.hidden = !words;
  }
  // Whoever was in the form that goes is led on: into the next one if he asked for it, else to what is said.
  function put(asked, ...what) {
    const inside = foot.contains(root.activeElement) || root.activeElement === leaver;
    foot.replaceChildren(...what);
    if (inside && !box.hidden) asked ? enter() : status.focus();
  }
  const field = (name, words, hint, values = {}, tag = "input") =>
    make("label", {}, make("b", { text: words }), hint && make("span", { text: hint }), make(tag, { name, dir: "auto", ...values }));
  let errors = 0;
  const error = () => make("p", { class: "error", id: "error" + ++errors, role: "alert", hidden: true });
  function complain(form, words, at) {
    const place = form.querySelector(".error");
    place.textContent = words;
    place.hidden = !words;
    (at ? at.parentNode : form.querySelector("button")).insertAdjacentElement(at ? "afterend" : "beforebegin", place);
    for (const one of form.querySelectorAll("[aria-invalid]")) for (const name of ["aria-invalid", "aria-describedby"]) one.removeAttribute(name);
    if (!at) return;
    at.setAttribute("aria-invalid", "true");
    at.setAttribute("aria-describedby", place.id);
    at.focus();
  }
  const form = (kind, submit, ...children) => make("form", { class: kind, novalidate: true, onsubmit: (event) => { event.preventDefault(); submit(event.target); } }, ...children);

  // ---- before a talk: is somebody there? ----
  async function begin() {
    leaver.hidden = true;
    log.hidden = true;
    memory = { ...memory, ...load() };
    if (memory.token) return connect();
    say("Un momento…");
    try {
      const answer = await fetch(base + "/chat/hours", { cache: "no-store", signal: patience() });
      if (!answer.ok) throw new Error(answer.status);
      const hours = await answer.json();
      if (hours.open) greet(hours);
      else letter(closed(hours));
    } catch {
      say("No nos podemos conectar. Revise su conexión y pruebe de nuevo.", true);
      put(true, form("", begin, make("button", { text: "Probar de nuevo" })));
    }
  }
  const closed = (hours) => {
    if (!hours.opens_at) return "En este momento no hay nadie. Déjenos un mensaje y le respondemos.";
    const format = new Intl.DateTimeFormat("es-AR", { weekday: "long", day: "numeric", month: "numeric", hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: "America/Argentina/Buenos_Aires" });
    const [at, now] = [new Date(hours.opens_at), new Date()].map((one) => Object.fromEntries(format.formatToParts(one).map((part) => [part.type, part.value])));
    const day = at.day === now.day && at.month === now.month ? "hoy" : `el ${at.weekday} ${at.day}/${at.month}`;
    return `El chat está cerrado. Abre ${day} a las ${at.hour}:${at.minute}. Déjenos un mensaje y le respondemos.`;
  };
  const hint = { inputmode: "numeric", maxlength: 40, autocomplete: "off" };
  function greet(hours) {
    say("Le atiende una persona." + (hours.waiting === 0 ? "" : hours.waiting === 1 ? " Hay 1 esperando." : ` Hay ${hours.waiting} esperando.`));
    put(true, form("", (made) => {
      const name = made.elements.called.value.trim(), company = made.elements.company.value.trim();
      if (!name) return complain(made, "Escriba su nombre.", made.elements.called);
      const other = load(); // begun in another tab meanwhile
      if (!(other && other.token)) keep((all) => Object.assign(all, { token: secret(), name, company, unsent: [], seen: 0 }));
      else memory = other;
      connect(true);
    }, field("called", "Su nombre", "", { autocomplete: "name", autocapitalize: "words", maxlength: 120, required: true, value: memory.name }),
      field("company", "Número de empresa", "Si ya es cliente", { ...hint, value: memory.company }), error(), make("button", { text: "Empezar" })));
    if (!box.hidden) enter();
  }

  // ---- a message instead: it becomes a ticket ----
  function letter(words, bad = false) {
    say(words, bad);
    log.hidden = !log.firstChild;
    const key = uuid(), token = memory.token || "", talking = !!line;
    const typed = [...lost, foot.querySelector(".write textarea")?.value].filter(Boolean).join("\n");
    lost = [];
    const text = field("text", "Mensaje", "", { rows: 4, maxlength: 3900, required: true }, "textarea");
    text.lastChild.value = typed;
    put(true, form("letter", async (made) => {
      const button = made.querySelector("button"), { name, phone } = made.elements, values = Object.fromEntries(new FormData(made));
      if (!values.name.trim()) return complain(made, "Escriba su nombre.", name);
      if (!values.phone.trim() && !values.email.trim()) return complain(made, "Escriba un teléfono o un mail para que le respondamos.", phone);
      if (!values.text.trim()) return complain(made, "Escriba su mensaje.", text.lastChild);
      button.disabled = true;
      complain(made, "");
      try {
        const answer = await fetch(base + "/chat/message", { method: "POST", signal: patience(), headers: { "Content-Type": "application/json" }, body: JSON.stringify({ ...values, key, token }) });
        const told = await answer.json();
        if (answer.ok) return thanks(told);
        complain(made, told.sentence || "No se pudo enviar. Pruebe de nuevo.", made.elements[told.field]);
      } catch { complain(made, "No se pudo enviar: no hay conexión. Lo que escribió sigue acá."); }
      button.disabled = false;
      if (!root.activeElement || root.activeElement === button) button.focus();
    }, field("name", "Nombre y apellido", "", { autocomplete: "name", autocapitalize: "words", maxlength: 120, required: true, value: memory.name }),
      field("company", "Número de empresa", "Si ya es cliente", { ...hint, value: memory.company }),
      field("phone", "Teléfono", "Con código de área", { type: "tel", autocomplete: "tel", maxlength: 60 }),
      field("email", "Mail", "Alcanza con uno de los dos", { type: "email", autocomplete: "email", maxlength: 254 }),
      text, error(), make("button", { text: "Enviar el mensaje" }),
      talking && make("button", { class: "quiet", type: "button", text: "Seguir en el chat", onclick: () => { put(true, writer(text.lastChild.value)); stand(); } })));
    if (!box.hidden && !bad) enter();
  }
  function thanks(told) {
    hangUp();
    forget();
    say("Recibimos su mensaje.");
    log.hidden = true;
    const number = make("p", { tabindex: "-1" });
    number.append("Se van a comunicar con usted a la brevedad. Anote el número de ticket:", make("b", { class: "number", text: told.number }));
    foot.replaceChildren(form("", restart, number, make("button", { class: "quiet", text: "Volver al principio" })));
    number.focus();
  }

  // ---- the talk ----
  let line = null, tries = 0, timer = 0, limit = 0, over = false, asked = null;
  function connect(wanted = false) {
    clearTimeout(timer);
    over = false;
    if (line) return;
    if (memory.token && !isOurs()) turnTo(load()); // ended in another tab, where he began anew
    log.hidden = false;
    if (!foot.querySelector(".write,.letter")) put(wanted, writer());
    if (!standing) say("Conectando…");
    let made;
    try { made = line = new WebSocket(base.replace(/^http/, "ws") + "/chat/ws"); } catch { return lose(); }
    made.onopen = () => send({ t: "hello", token: memory.token, name: memory.name, company: memory.company || "", page: location.pathname.slice(0, 300), after: shown });
    made.onmessage = (event) => {
      if (made !== line) return;
      clearTimeout(limit);
      limit = 0;
      heard(JSON.parse(event.data));
    };
    made.onclose = (event) => {
      if (made !== line) return;
      if (event.code === 4003) refusedForGood();
      else lose();
    };
    expect();
  }
  // A line that answers nothing is dead, whatever the browser still believes of it.
  function expect() {
    if (!limit) limit = setTimeout(lose, PATIENCE_MS);
  }
  function hangUp() {
    clearTimeout(timer);
    clearTimeout(limit);
    limit = 0;
    const old = line;
    line = asked = null;
    old?.close();
  }
  function lose() {
    hangUp();
    if (over) return;
    say("Sin conexión. Reintentamos solos; lo que escriba se envía cuando vuelva.", true);
    timer = setTimeout(connect, WAITS[Math.min(tries++, WAITS.length - 1)] * (.5 + Math.random()));
  }
  function send(what) {
    if (!line || line.readyState !== 1) return false;
    line.send(JSON.stringify(what));
    return true;
  }
  function look() { // is the line alive? Asked now and then, and when the page comes back to somebody
    if (!memory.token || over || !foot.firstChild) return;
    if (!line) {
      tries = 0;
      connect();
    } else if (send({ t: "ping" })) expect();
  }
  setInterval(() => { if (line && send({ t: "ping" })) expect(); }, PING_MS);
  addEventListener("online", look);
  addEventListener("offline", () => { if (line) lose(); });
  addEventListener("pageshow", look);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    if (!box.hidden) read();
    look();
  });

  function heard(told) {
    if (told.t === "state") {
      tries = 0;
      standing = told;
      if (told.hello) {
        memory = { ...memory, ...stored() };
        for (const one of unsent()) add({ side: "visitor", at: null, ...one });
        asked = null;
        log.setAttribute("aria-live", "polite");
      }
      stand();
      if (told.hello) next();
    } else if (told.t === "lines") told.lines.forEach(add);
    else if (told.t === "said") {
      sent(told.key);
      next(told.key);
    } else if (told.t === "refused") refused(told);
    else if (told.t === "away") say("Un momento: estamos reconectando. Lo que escriba se envía cuando vuelva.", true);
  }
  // One after the other: the next goes when the last is kept, so that they stay in their order. Sent again with its key it is the same line.
  function next(done) {
    if (done && asked !== done) return;
    asked = null;
    const one = unsent().find((kept) => !kept.held);
    if (one && standing && standing.state !== "ended" && send({ t: "say", key: one.key, text: one.text })) {
      asked = one.key;
      expect();
    }
  }
  function stand() {
    leaver.hidden = standing.state === "ended";
    if (standing.state === "waiting") {
      const before = standing.place - 1;
      say(before <= 0 ? "Usted es quien sigue." : before === 1 ? "Hay 1 persona antes que usted." : `Hay ${before} personas antes que usted.`);
    } else if (standing.state === "attended") say(`Le atiende ${standing.by || "una persona"}.`);
    if (standing.state === "ended") return finish();
    const note = foot.querySelector(".offer");
    if (foot.querySelector(".letter")) return;
    if (!foot.querySelector(".write")) put(true, writer());
    if (!standing.offered) note?.remove();
    else if (!note) {
      foot.prepend(form("note offer", () => letter("Déjenos un mensaje y le respondemos."),
        make("p", { role: "status", text: "Estamos demorando. Puede seguir esperando o dejarnos un mensaje." }), make("button", { class: "quiet", text: "Dejar un mensaje" })));
    }
  }
  function finish() {
    over = true;
    hangUp();
    lost.push(...unsent().map((one) => one.text));
    const typed = foot.querySelector(".write textarea")?.value.trim();
    if (typed) lost.push(typed);
    const { name, company } = memory;
    forget();
    memory = { name, company };
    leaver.hidden = true;
    for (const one of log.querySelectorAll(".line:not([data-seq])")) {
      one.querySelector("button")?.remove();
      if (one.matches(".visitor")) one.querySelector("small").textContent = "No se envió.";
    }
    say("La conversación terminó." + (lost.length ? " Lo último que escribió no llegó a enviarse: puede dejarlo como mensaje." : ""));
    if (foot.querySelector(".letter")) return;
    put(false, form("", restart, lost.length && make("button", { type: "button", text: "Dejar un mensaje", onclick: () => letter("Déjenos un mensaje y le respondemos.") }),
      make("button", { class: "quiet", text: "Empezar otra conversación" })));
  }
  function turnTo(other) {
    memory = other;
    lines.clear();
    log.replaceChildren();
    log.setAttribute("aria-live", "off");
    lost = [];
    standing = null;
    shown = 0;
  }
  function restart() {
    forget();
    turnTo({});
    put(true);
    begin();
    if (!box.hidden) enter();
  }
  function refused(told) {
    const one = unsent().find((kept) => kept.key === told.key);
    if (!told.key) return refusedForGood(told.sentence);
    if (one && told.field === "limit") { // it stays, to be sent again by him
      keep((all) => { for (const kept of all.unsent) if (kept.key === one.key) kept.held = told.sentence; });
      add({ side: "visitor", at: null, ...one, held: told.sentence });
    } else {
      sent(told.key);
      if (one) lost.push(one.text);
      lines.get(told.key)?.remove();
      lines.delete(told.key);
      say(told.sentence, true);
    }
    next(told.key);
  }
  function refusedForGood(words) {
    over = true;
    hangUp();
    const { name, company } = memory;
    lost.push(...unsent().map((one) => one.text));
    forget();
    memory = { name, company };
    leaver.hidden = true;
    letter(words || "Déjenos un mensaje y le respondemos.", true);
  }

  function writer(typed = "") {
    const fit = () => { area.style.height = "auto"; area.style.height = Math.min(area.scrollHeight + 2, 120) + "px"; };
    const area = make("textarea", { rows: 1, maxlength: LONGEST, dir: "auto", enterkeyhint: "send", "aria-label": "Su mensaje", placeholder: "Escriba su mensaje", oninput: fit,
      onkeydown: (event) => { if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); made.requestSubmit(); } } });
    const made = form("write", () => {
      const text = area.value.trim();
      area.focus();
      if (!text) return;
      const one = { key: uuid(), text };
      keep((all) => all.unsent.push(one));
      add({ side: "visitor", at: null, ...one });
      if (!asked) next();
      area.value = "";
      fit();
    }, area, make("button", { text: "Enviar" }));
    area.value = typed;
    return made;
  }
  function add(one) {
    if (one.seq && one.seq <= shown) return;
    if (one.seq) shown = one.seq;
    let made = one.key && lines.get(one.key);
    if (!one.seq && made?.dataset.seq) return; // it was kept before the line broke
    if (one.seq && unsent().some((kept) => kept.key === one.key && one.key !== asked)) sent(one.key);
    if (!made) {
      made = make("div", { class: "line " + (["visitor", "operator"].includes(one.side) ? one.side : "system") });
      if (one.side !== "system") made.append(make("span", { class: "hidden", text: (one.side === "visitor" ? "Usted" : one.name || "iduo") + ": " }));
      made.append(make("bdi", { dir: "auto", text: one.text }), make("small"));
      if (one.key) lines.set(one.key, made);
    }
    const foot = made.querySelector("small");
    foot.textContent = one.side === "system" ? "" : one.at ? clock(one.at) : one.held || "Enviando…";
    foot.classList.toggle("bad", !!one.held);
    made.querySelector("button")?.remove();
    if (one.held && !one.seq) made.append(make("button", { class: "quiet small", type: "button", text: "Enviar de nuevo", onclick: () => {
      keep((all) => { for (const kept of all.unsent) if (kept.key === one.key) delete kept.held; });
      add({ ...one, held: "" });
      root.querySelector(".write textarea")?.focus();
      if (!asked) next();
    } }));
    if (one.seq) { // numbered ones stand in their order, the others after them
      made.dataset.seq = one.seq;
      const after = [...log.children].find((other) => other !== made && (!other.dataset.seq || +other.dataset.seq > one.seq));
      if (made.parentNode !== log || after !== (made.nextSibling || undefined)) log.insertBefore(made, after || null);
    } else if (made.parentNode !== log) log.append(made);
    if (atEnd || one.side === "visitor") toEnd();
    if (!one.seq || one.seq <= (memory.seen || 0)) return;
    if (!box.hidden && !document.hidden) keep((all) => { all.seen = Math.max(all.seen || 0, one.seq); });
    else if (one.side === "operator") {
      count(unread + 1);
      herald.textContent = `Mensaje nuevo de ${one.name || "iduo"} en el chat.`;
    }
  }
  const clock = (at) => new Intl.DateTimeFormat("es-AR", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(at));
  function askToLeave() {
    if (foot.querySelector(".ask")) return foot.querySelector(".ask button").focus();
    const back = () => { question.remove(); (foot.querySelector("textarea,input,button") || closer).focus(); };
    const question = form("note ask", (made) => { if (!send({ t: "leave" })) complain(made, "No hay conexión: pruebe de nuevo en un momento."); },
      make("p", { id: "ask", text: "¿Terminar la conversación?" }), error(), make("button", { text: "Sí, terminar", "aria-describedby": "ask" }),
      make("button", { class: "quiet", type: "button", text: "Seguir", onclick: back }));
    foot.prepend(question);
    question.querySelector("button").focus();
  }

  window.iduoChat = { open: () => show(true) };
  function fitToKeyboard() { // of a telephone: the box ends where its keyboard begins
    host.style.setProperty("--high", visualViewport.height + "px");
    host.style.setProperty("--top", visualViewport.offsetTop + "px");
  }
  const start = () => {
    document.body.append(host);
    if (window.visualViewport) for (const name of ["resize", "scroll"]) visualViewport.addEventListener(name, fitToKeyboard);
    if (memory.token) begin(); // a talk that goes on: it is heard even while the box is small
  };
  if (document.body) start(); else addEventListener("DOMContentLoaded", start);
})();
