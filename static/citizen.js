/* One question at a time, over a form that is one long page without it. Sending, drafts and voice are
   scripts of their own, fetched when they are needed: this one stays small. */
(() => {
  "use strict";
  const { send, hear } = document.currentScript.dataset;
  const root = document.documentElement;
  const english = root.lang === "en";
  const words = (id, en) => (english ? en : id);
  const isKiosk = document.body.hasAttribute("data-kiosk");
  const A_GLANCE_MS = 150; // to see what was tapped before the next question comes
  let form, steps, foot, at, depth = 0, glance = 0, isShort = false;

  const fetched = new Set();
  function load(url) {
    if (!url || fetched.has(url)) return;
    fetched.add(url);
    const script = document.createElement("script");
    script.src = url;
    script.onerror = () => fetched.delete(url); // the network was away: the next touch asks again
    document.head.append(script);
  }

  function button(textContent, className, onclick) {
    return Object.assign(document.createElement("button"), { type: "button", textContent, className, onclick });
  }
  const last = () => steps.length - 1;
  const isAnswered = (step) => !!step.querySelector(".q>label :checked");
  function show(number) {
    at = number;
    steps.forEach((step, place) => step.classList.toggle("on", place === at));
    steps[at].querySelector(".q").after(foot);
    foot.firstElementChild.textContent = at + 1 + words(" dari ", " of ") + steps.length;
    foot.querySelector(".back").hidden = !at;
    foot.querySelector(".next").hidden = at === last();
  }
  /* The address stays; the history knows the question's number and nothing else. */
  function go(number, focused) {
    show(number);
    if (!isKiosk) { history.pushState({ q: at }, ""); depth++; }
    arrive(focused);
  }
  function arrive(focused) {
    window.scrollTo(0, 0);
    (focused || steps[at].querySelector("h2,legend")).focus({ preventScroll: !focused });
  }
  function back() {
    if (depth) history.back();
    else { show(at - 1); arrive(); }
  }
  window.addEventListener("popstate", (event) => {
    if (!form.isConnected) return;
    const number = (event.state && event.state.q) || 0;
    depth = Math.max(0, depth + (number < at ? -1 : 1));
    show(number);
    arrive();
  });
  /* Before the receipt stands in the form's place, its questions leave the history. */
  window.leaveForm = (then) => {
    if (!depth) { then(); return; }
    const done = () => { clearTimeout(late); window.removeEventListener("popstate", done); then(); };
    const late = setTimeout(done, 1000);
    window.addEventListener("popstate", done);
    history.go(-depth);
    depth = 0;
  };

  function touched(event) {
    const label = event.target.closest(".q>label");
    if (!label || !event.detail) return; // arrows and the space bar only choose
    clearTimeout(glance);
    glance = setTimeout(() => {
      const chosen = label.querySelector(":checked");
      if (chosen && chosen.value > 2 && steps[at].contains(label) && at < last()) go(at + 1);
    }, A_GLANCE_MS);
  }
  /* Where the style cannot tell a low answer (:has), its causes are opened here. */
  function open() {
    steps.forEach((step) => {
      step.classList.toggle("low", !!step.querySelector(".q>label [value='1']:checked,.q>label [value='2']:checked"));
    });
  }
  function asItIs() {
    const field = form.appendChild(document.createElement("input"));
    Object.assign(field, { type: "hidden", name: "as_is", value: "1" });
  }
  /* Questions left open are told here, kindly and without a trip over the network. */
  function submit(event) {
    if (event.submitter && event.submitter.name) return;
    const left = steps.filter((step) => !isAnswered(step));
    const first = steps.indexOf(left[0]);
    if (!left.length || left.length === steps.length) return;
    if (isShort || first === last()) { asItIs(); return; }
    event.preventDefault();
    event.stopImmediatePropagation();
    if (at !== last()) go(last());
    const note = form.querySelector(".gap") || document.createElement("div");
    note.className = "gap";
    note.tabIndex = -1;
    note.setAttribute("role", "alert");
    note.textContent = words("Masih ada " + left.length + " pertanyaan.", left.length + " questions are left.");
    const now = button(words("Kirim sekarang", "Send now"), "quiet");
    Object.assign(now, { type: "submit", name: "as_is", value: "1" });
    note.append(button(words("Lanjutkan", "Continue"), "", () => go(first)), now);
    form.querySelector(".send").before(note);
    note.focus();
  }

  function resume() {
    open();
    const isBegun = steps.some(isAnswered);
    const open_ = steps.findIndex((step) => !isAnswered(step));
    const wrong = steps.findIndex((step) => step.querySelector(".wrong"));
    const before = history.state && history.state.q;
    const isTold = document.getElementById("errors"); // of the whole form: it begins at its top
    show(wrong >= 0 ? wrong : !isBegun || isTold ? 0 : before || (open_ < 0 ? last() : open_));
  }
  function start() {
    form = document.getElementById("rating");
    steps = form ? Array.from(form.querySelectorAll(".step")) : [];
    if (!steps.length) return;
    root.classList.add("js");
    foot = form.querySelector(".foot");
    [
      ["back", words("Kembali", "Back"), back],
      ["hear", words("Dengarkan", "Listen"), () => load(hear)],
      ["next", words("Lanjut", "Next"), () => go(at + 1)],
    ].forEach(([name, text, act]) => foot.append(button(text, "quiet " + name, act)));
    form.querySelectorAll("legend,h2").forEach((part) => { part.tabIndex = -1; });
    form.addEventListener("click", touched);
    form.addEventListener("change", open);
    form.addEventListener("submit", submit);
    document.querySelectorAll("a[href^='#']").forEach((link) => link.addEventListener("click", (event) => {
      const aim = document.getElementById(link.hash.slice(1));
      const place = steps.findIndex((step) => step.contains(aim));
      if (place < 0) return;
      event.preventDefault();
      isShort = isShort || link.classList.contains("short");
      go(place, aim);
    }));
    resume();
    const errors = document.getElementById("errors");
    if (errors) errors.focus();
  }
  start();
  document.addEventListener("form-replaced", start);
  document.addEventListener("form-filled", resume);
  ["pointerdown", "keydown", "input"].forEach((name) => {
    window.addEventListener(name, () => load(send), { passive: true });
  });
  try { if (sessionStorage.length || localStorage.length) load(send); } catch (denied) { /* nothing waits */ }
})();
