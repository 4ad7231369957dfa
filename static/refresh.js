/* Keeps the numbers live while the page is open; opened details stay open. */
(function () {
  "use strict";
  var EVERY_MS = 15000;
  var live = document.getElementById("live");
  if (!live || !window.fetch) return;
  function openOnes(root) {
    return Array.prototype.map.call(root.querySelectorAll("details"), function (d) { return d.open; });
  }
  function refresh() {
    if (document.hidden || live.contains(document.activeElement)) return;
    fetch(location.href, { credentials: "same-origin" }).then(function (answer) {
      if (!answer.ok || answer.redirected) return null;
      return answer.text();
    }).then(function (html) {
      if (!html) return;
      var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("live");
      if (!fresh) return;
      var open = openOnes(live);
      live.replaceWith(fresh);
      live = fresh;
      Array.prototype.forEach.call(live.querySelectorAll("details"), function (d, i) { d.open = !!open[i]; });
    }).catch(function () { /* the next round tries again */ });
  }
  setInterval(refresh, EVERY_MS);
})();
