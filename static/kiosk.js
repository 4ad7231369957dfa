/* A kiosk empties itself, sends without leaving a trace in the history, and waits out a lost network. */
(function () {
  "use strict";
  // WCAG 2.2.1 wants 20 s after the question; a slow reader needs 40 s for one of ours.
  var IDLE_MS = 60000, ASK_MS = 40000, RENEW_MS = 600000, RETRY_MS = 3000;
  var home = document.body.dataset.kiosk;
  var leaveAfter = Number(document.body.dataset.leaveAfter || 0) * 1000;
  var form = document.querySelector("form");
  var ask = document.getElementById("ask");
  var away = document.getElementById("away"), unsent = document.getElementById("unsent");
  var opened = Date.now(), touched = opened, busy = false;
  var english = document.documentElement.lang === "en";

  /* A page that was posted to, or that names a receipt, must not be found by going back. */
  if (location.pathname !== home) history.replaceState(null, "", home + (english ? "?lang=en" : ""));
  window.addEventListener("pageshow", function (event) { if (event.persisted) location.replace(home); });
  ["pointerdown", "keydown", "wheel", "input", "scroll"].forEach(function (name) {
    window.addEventListener(name, function () { touched = Date.now(); }, { capture: true, passive: true });
  });

  function each(selector, use) { Array.prototype.forEach.call(document.querySelectorAll(selector), use); }
  function isTouched() {
    // Who went on without an answer left the form at a later question: its way back is shown.
    var begun = "input:checked, details[open], #errors, .back:not([hidden])";
    var found = english || window.scrollY > 100 || !!document.querySelector(begun);
    each("textarea, input:not([type=hidden]):not([type=radio]):not([type=checkbox])", function (field) { found = found || !!field.value; });
    each("select", function (field) { found = found || field.selectedIndex > 0; });
    return found;
  }
  function clear() {
    if (window.speechSynthesis) speechSynthesis.cancel();
    each("input:checked", function (field) { field.checked = false; });
    each("textarea, input:not([type=hidden]):not([type=radio]):not([type=checkbox])", function (field) { field.value = ""; });
    each("select", function (field) { field.selectedIndex = 0; });
    each("details", function (part) { part.open = false; });
    each("#errors, #receipt", function (part) { part.remove(); });
    if (document.activeElement) document.activeElement.blur();
    window.scrollTo(0, 0);
  }
  function later(curtain, again) {
    curtain.hidden = false;
    setTimeout(again, RETRY_MS);
  }
  /* Only once the server answers: a browser's own error page would stay. */
  function leave() {
    busy = true;
    ask.hidden = true;
    fetch(home, { credentials: "same-origin", cache: "no-store" }).then(function (answer) {
      if (answer.status >= 500) throw new Error("away");
      location.replace(home);
    }).catch(function () { later(away, leave); });
  }
  function send(body) {
    fetch(form.action, { method: "POST", body: body, credentials: "same-origin" }).then(function (answer) {
      if (answer.status >= 500) throw new Error("away");
      if (answer.redirected) { location.replace(answer.url); return; }
      form.submit();  /* something to mend: the same form again gives the page that says so */
    }).catch(function () { later(unsent, function () { send(body); }); });
  }
  if (form) form.addEventListener("submit", function (event) {
    if (event.submitter && event.submitter.name === "language") return; // the same page again
    event.preventDefault();
    if (busy) return;
    busy = true;
    ask.hidden = true;
    if (event.submitter && event.submitter.name) {
      var chosen = document.createElement("input");
      chosen.type = "hidden";
      chosen.name = event.submitter.name;
      chosen.value = event.submitter.value;
      form.appendChild(chosen);
    }
    send(new URLSearchParams(new FormData(form)));
  });
  each("a.done", function (link) {
    link.addEventListener("click", function (event) { event.preventDefault(); if (!busy) { clear(); leave(); } });
  });

  setInterval(function () {
    var now = Date.now();
    if (busy) return;
    if (leaveAfter) {
      if (now - opened >= leaveAfter) { clear(); leave(); }
      return;
    }
    if (window.speechSynthesis && speechSynthesis.speaking) touched = now;
    var idle = now - touched;
    if (!isTouched()) {
      ask.hidden = true;
      if (now - opened >= RENEW_MS && idle >= IDLE_MS) leave();
    } else if (idle >= IDLE_MS) {
      clear();
      leave();
    } else {
      ask.hidden = idle < ASK_MS;
      ask.querySelector(".seconds").textContent = Math.ceil((IDLE_MS - idle) / 1000);
    }
  }, 500);
})();
