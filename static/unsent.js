/* Help over a form that works without it: a draft for this tab, and one unsent answer that waits on
   this phone until the office has confirmed it. The form's token makes a doubled sending harmless.
   Fetched at the first touch of a form, and on any public page while an answer waits. */
(() => {
  "use strict";
  const NAME = "suara-loket.unsent";
  const LIFE_MS = 48 * 3600e3; // as long as the office takes the form's token
  const PATIENCE_MS = 20e3, FIRST_WAIT_MS = 4e3, LONGEST_WAIT_MS = 60e3;
  if (document.body.hasAttribute("data-kiosk") || !window.fetch || !window.AbortController) return;

  const english = document.documentElement.lang === "en";
  const words = (id, en) => (english ? en : id);
  const NOT_YET = words("Belum terkirim. Akan dicoba lagi.", "Not sent yet. It will be tried again.");
  const EARLIER = words("Penilaian sebelumnya: ", "Your earlier rating: ");
  const KEPT = words(
    "Telepon ini mengirimnya sendiri begitu ada sinyal, paling lama 48 jam; juga bila Anda membuka halaman kami lagi. Anda boleh pergi.",
    "This phone sends it by itself once there is a signal, for 48 hours at most; also when you open a page of ours again. You may go.");

  let form, waiting = null, isOwn = false, box = null, timer = 0, tries = 0, running = null, stop = null, isPressed = false;

  /* The draft: in this tab, until sent or ten minutes after the last touch; never a ticket's code.
     Its key is the tab's name: browsers write storage to disk, where it stays a while. */
  const DRAFT = "suara-loket.draft", DRAFT_MS = 600e3;
  let fading = 0;
  const field = (name) => form.elements[name] || {};
  const address = () => form.action.split("?")[0];
  const mixed = (some, key) => some.map((byte, at) => byte ^ key[at]);
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const letters = (some) => btoa(String.fromCharCode(...some));
  function dropDraft() {
    clearTimeout(fading);
    try { sessionStorage.removeItem(DRAFT); window.name = ""; } catch (refused) { /* nothing was kept */ }
  }
  function draft() {
    let text = "";
    try { text = new TextDecoder().decode(mixed(bytes(sessionStorage[DRAFT]), bytes(window.name))); } catch (none) { /* "" */ }
    const found = new URLSearchParams(text);
    if (found.get("until") > Date.now()) return found;
    dropDraft();
    return new URLSearchParams();
  }
  function keepDraft() {
    dropDraft();
    const kept = new URLSearchParams(new FormData(form));
    kept.delete("visit");
    kept.append("until", Date.now() + DRAFT_MS);
    kept.append("at", address());
    try {
      const plain = new TextEncoder().encode(kept);
      const key = crypto.getRandomValues(new Uint8Array(plain.length)); // none is used twice
      sessionStorage[DRAFT] = letters(mixed(plain, key));
      window.name = letters(key);
      fading = setTimeout(dropDraft, DRAFT_MS);
    } catch (refused) { dropDraft(); }
  }
  function fillFromDraft() {
    if (document.getElementById("errors")) { keepDraft(); return; }
    const found = draft(), token = field("token");
    if (found.get("at") !== address() || found.get("ticket_day") != field("ticket_day").value) return;
    const old = found.get("token");
    if (old === token.value) return;
    // Still the same opening, unless another display opened this one (characters 27 to 31).
    if (old.slice(27, 32) !== token.value.slice(27, 32)) found.delete("token");
    found.forEach((value, name) => {
      if (field(name).type === "checkbox") field(name).checked = true;
      else field(name).value = value;
    });
    document.dispatchEvent(new Event("form-filled"));
    keepDraft();
  }

  function forget() {
    try { localStorage.removeItem(NAME); } catch (refused) { /* nothing was kept either */ }
  }
  function kept() {
    let found = null;
    try { found = JSON.parse(localStorage.getItem(NAME)); } catch (unreadable) { forget(); }
    if (found && found.until > Date.now()) return found;
    if (found) forget();
    return null;
  }
  function keep(answer) {
    try { localStorage.setItem(NAME, JSON.stringify(answer)); return true; } catch (refused) { return false; }
  }

  /* `alone` hides the form: whoever looks sees no answer. */
  function show(heading, lines, buttons, alone) {
    if (box) box.remove();
    const main = document.querySelector("main");
    Array.from(main.children).forEach((part) => { part.hidden = alone; });
    document.querySelector("header").hidden = alone; // one heading
    box = document.createElement("section");
    box.className = alone ? "" : "demo";
    box.tabIndex = -1;
    box.setAttribute("role", "status");
    const add = (name, text) => {
      const part = box.appendChild(document.createElement(name));
      part.textContent = text;
      return part;
    };
    add(alone ? "h1" : "strong", (isOwn ? "" : EARLIER) + heading);
    lines.forEach((text) => add("p", text));
    buttons.forEach(([text, act]) => {
      const button = add("button", text);
      button.type = "button";
      button.className = text === cancel[0] ? "quiet light" : alone ? "" : "quiet";
      button.addEventListener("click", act);
    });
    main.insertBefore(box, main.firstChild);
    if (alone) { window.scrollTo(0, 0); box.focus(); }
  }
  function finish(heading, lines) {
    if (isOwn) form.remove();
    show(heading, lines, [], isOwn);
  }
  const again = [words("Coba sekarang", "Try now"), () => attempt()];
  const cancel = [words("Batalkan dan hapus", "Cancel and delete"), () => {
    if (!confirm(words(
      "Hapus penilaian yang belum terkirim dari telepon ini? Bila sempat sampai di kantor, penilaian itu tetap dihitung.",
      "Delete the unsent rating from this phone? If it did reach the office, it still counts."))) return;
    end();
    finish(words("Sudah dihapus dari telepon ini.", "Deleted from this phone."),
      isOwn ? [words("Untuk menilai lagi, pindai kode QR di loket.", "To rate again, scan the QR code at the counter.")] : []);
  }];

  function end() {
    forget();
    waiting = null;
    clearTimeout(timer);
    if (stop) stop.abort();
  }
  async function post(answer) {
    stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      const reply = await fetch(answer.url, {
        method: "POST",
        body: new URLSearchParams(answer.body),
        cache: "no-store",
        signal: stop.signal,
      });
      const isReceipt = reply.redirected && reply.ok && /\/r\/\w+$/.test(new URL(reply.url).pathname);
      return { reply, isReceipt, text: await reply.text() };
    } finally {
      clearTimeout(limit);
    }
  }
  /* True once the office has confirmed the waiting answer. */
  function attempt() {
    clearTimeout(timer);
    timer = 0;
    running = running || run().finally(() => { running = null; });
    return running;
  }
  async function run() {
    const answer = waiting, now = kept();
    if (!answer) return false;
    if (!now || now.token !== answer.token) {
      waiting = null;
      finish(words("Tidak lagi disimpan di telepon ini.", "No longer kept on this phone."), [words(
        "Sudah terkirim atau dihapus di halaman lain, atau sudah lebih dari 48 jam.",
        "It was sent or deleted on another page, or is older than 48 hours.")]);
      return false;
    }
    let got = null;
    try { got = await post(answer); } catch (lost) { /* tried again below */ }
    if (waiting !== answer) return false; // cancelled meanwhile
    if (got && got.isReceipt) { received(got.reply.url, got.text); return true; }
    const status = got ? got.reply.status : 0;
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) refused(status, got.text);
    else later(got ? Number(got.reply.headers.get("Retry-After")) * 1000 || 0 : 0);
    return false;
  }
  function received(url, text) {
    end();
    if (isOwn) { window.leaveForm(() => paint(url, text)); return; } // Back finds no filled form
    finish(words("sudah diterima. Kode tanda terima ", "received. Receipt code ") +
      url.split("/r/")[1].slice(0, 8).replace(/^(.{4})/, "$1 ") + ".", []);
  }
  /* The policy of this page knows its own sheet only: an answer's is taken out before it is parsed. */
  function parsed(text) {
    const [whole, sheet] = text.match(/<style>([^]*?)<\/style>/) || ["", ""];
    return { page: new DOMParser().parseFromString(text.replace(whole, ""), "text/html"), sheet };
  }
  /* Faults and receipt have rules that no first view needs: they stand behind its own in the page's sheet. */
  function addRules(whole) {
    const own = document.querySelector("style");
    if (!own) return;
    const more = whole.slice(own.textContent.length).match(/[^{}]+{[^}]*}/g) || [];
    more.forEach((rule) => own.sheet.insertRule(rule, own.sheet.cssRules.length));
  }
  /* The receipt came with the answer: it is not asked for a second time over a slow network. */
  function paint(url, text) {
    const { page, sheet } = parsed(text);
    addRules(sheet);
    history.replaceState(null, "", url);
    document.title = page.title;
    document.body.replaceWith(page.body);
    window.scrollTo(0, 0);
    document.querySelector("h1").focus();
  }
  function later(asked) {
    show(NOT_YET, isOwn ? [KEPT] : [], [again, cancel], isOwn);
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries++);
    // Spread, so that no hall calls at once.
    timer = setTimeout(attempt, Math.max(wait, asked) * (1 + Math.random() / 2));
  }
  /* Said once in the office's own words, never sent again by itself. */
  function refused(status, text) {
    const { page, sheet } = parsed(text);
    const mend = () => {
      end();
      box = null;
      addRules(sheet);
      document.title = page.title;
      document.body.replaceWith(page.body);
      document.dispatchEvent(new Event("form-replaced"));
    };
    if (status === 422 && isOwn) { mend(); return; }
    const heading = (page.querySelector("h1") || { textContent: words("Tidak dapat diterima", "Cannot be accepted") }).textContent;
    const lines = Array.from(page.querySelectorAll("main p"))
      .filter((part) => !part.querySelector("a")).map((part) => part.textContent);
    if (status === 409) {
      end();
      finish(heading, lines);
    } else if (status === 422) {
      show(words("ada yang perlu diperbaiki.", "something needs mending."),
        [words("Bila dibuka, isian di halaman ini diganti.", "Opening it replaces what you filled in here.")],
        [[words("Buka dan perbaiki", "Open and mend"), mend], cancel], false);
    } else {
      show(heading, lines, isOwn ? [cancel] : [again, cancel], false); // its own form can send again
      if (isOwn) { window.scrollTo(0, 0); box.focus(); }
    }
  }

  function begin(answer) {
    dropDraft();
    waiting = answer;
    isOwn = true;
    tries = 0;
    if (stop) stop.abort();
    show(words("Mengirim penilaian Anda…", "Sending your rating…"), [], [], true);
    Promise.resolve(running).then(attempt);
  }
  async function submit(event) {
    if (isPressed) { event.preventDefault(); return; }
    const button = event.submitter || document.activeElement;
    if (button && button.hasAttribute("formaction")) return; // another page of the form, nothing is sent
    const body = Array.from(new FormData(form));
    if (button && button.tagName === "BUTTON" && button.name) body.push([button.name, button.value]);
    const answer = { url: form.action, body, token: form.elements.token.value, until: Date.now() + LIFE_MS };
    const other = kept();
    if (!other || other.token === answer.token) {
      if (keep(answer)) { event.preventDefault(); begin(answer); } else dropDraft();
      return;
    }
    event.preventDefault();
    isPressed = true;
    waiting = other;
    isOwn = false;
    show(words("dikirim lebih dahulu…", "is sent first…"), [], [], true);
    const isFree = await attempt();
    isPressed = false;
    if (isFree && keep(answer)) { begin(answer); return; }
    box.insertBefore(document.createElement("p"), box.children[1]).textContent = words(
      "Kirim lagi setelah penilaian sebelumnya terkirim atau dihapus. Jawaban Anda tetap di halaman ini.",
      "Send again once the earlier rating is sent or deleted. Your answers stay on this page.");
    window.scrollTo(0, 0);
    box.focus();
  }
  function start() {
    form = document.getElementById("rating");
    if (!form) return;
    form.addEventListener("submit", submit);
    form.addEventListener("input", keepDraft);
    fillFromDraft();
    if (!document.getElementById("errors") && form.querySelector("input:checked")) keepDraft(); // before this came
    document.documentElement.dataset.keeps = "1";
  }

  start();
  document.addEventListener("form-replaced", start);
  const retry = () => { if (timer && !document.hidden) attempt(); };
  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", retry);
  // A page that was sent and comes back would show the next person what was chosen.
  window.addEventListener("pageshow", (event) => {
    if (!form || !event.persisted || draft().get("token") === field("token").value) return;
    document.querySelector("main").hidden = true;
    location.replace(form.action);
  });
  waiting = kept();
  if (waiting) { show(NOT_YET, [], [cancel], false); attempt(); }
})();
