/* Keeps a display's code fresh without a flicker, and takes an old one away. */
(function () {
  "use strict";
  var RETRY_MS = 5000, OLD_AFTER_MS = 60000, PATIENCE_MS = 10000;
  var live = document.getElementById("live");
  var lost = document.getElementById("lost");
  if (!live) return;
  if (!window.fetch) { // an old television: the whole page anew, once its code is over
    setTimeout(function () { location.reload(); }, Number(live.dataset.endsIn) * 1000 + 300);
    return;
  }
  var english = document.documentElement.lang === "en";
  var wall, ticks, busy = false, nextTry, hideAt;

  /* A wall clock may be set, a tick counter may sleep: the longer time is the safe one. */
  function passed() { return Math.max(Date.now() - wall, performance.now() - ticks); }
  function start() {
    wall = Date.now();
    ticks = performance.now();
    nextTry = Number(live.dataset.endsIn) * 1000 + 300;
    hideAt = Number(live.dataset.endsIn) * 1000 + OLD_AFTER_MS;
    lost.hidden = true;
    showClock();
  }
  function showClock() {
    var local = new Date(Number(live.dataset.now) + passed() + Number(live.dataset.hours) * 3600000).toISOString();
    var time = local.slice(11, 13) + (english ? ":" : ".") + local.slice(14, 16);
    live.querySelector(".clock").textContent = time + " " + live.dataset.zone;
  }
  function hideOld() {
    var picture = document.getElementById("qr");
    picture.hidden = true;
    picture.removeAttribute("src");
    document.getElementById("old").hidden = false;
  }
  function away() {
    busy = false;
    nextTry = passed() + RETRY_MS;
    lost.hidden = false;
  }
  function show(html) {
    var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
    if (!fresh) { location.reload(); return; }
    var ahead = new Image();
    ahead.onload = ahead.onerror = function () {
      live.replaceWith(fresh);
      live = fresh;
      busy = false;
      start();
    };
    ahead.src = fresh.querySelector("#qr").src;
  }
  function renew() {
    busy = true;
    var stop = window.AbortController ? new AbortController() : null;
    var timer = setTimeout(function () { if (stop) stop.abort(); }, PATIENCE_MS);
    fetch(location.href, { credentials: "same-origin", cache: "no-store", signal: stop ? stop.signal : undefined })
      .then(function (answer) {
        if (answer.status >= 500 || answer.status === 429) throw new Error("away");
        if (!answer.ok || answer.redirected) { location.reload(); return null; }
        return answer.text().then(show);
      })
      .catch(away)
      .then(function () { clearTimeout(timer); });
  }
  function stayAwake() {
    if (navigator.wakeLock && !document.hidden) navigator.wakeLock.request("screen").catch(function () { /* not allowed here */ });
  }
  start();
  stayAwake();
  document.addEventListener("visibilitychange", stayAwake);
  setInterval(function () {
    showClock();
    if (passed() >= hideAt) hideOld();
    if (!busy && passed() >= nextTry) renew();
  }, 1000);
})();
