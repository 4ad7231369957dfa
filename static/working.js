/* While work is done beside the page: shows how far it is, and the page anew once it has ended. */
(function () {
  "use strict";
  var EVERY_MS = 2000;
  if (!window.fetch) return;
  function look() {
    fetch(location.href, { credentials: "same-origin" }).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (html) {
      if (!html) return;
      var fresh = new DOMParser().parseFromString(html, "text/html").getElementById("working");
      if (!fresh) {
        location.reload();
        return;
      }
      document.getElementById("working").replaceWith(fresh);
    }).catch(function () { /* the next look may be answered */ });
  }
  setInterval(look, EVERY_MS);
}());
