/* Help over a form that works without it: how far one is, and reading aloud. */
(function () {
  "use strict";
  function start() {
    var form = document.querySelector("main form");
    var questions = Array.prototype.slice.call(document.querySelectorAll("fieldset.q"));
    if (!form || !questions.length) return;
    var english = document.documentElement.lang === "en";
    var errors = document.getElementById("errors");
    if (errors) errors.focus();

    var box = document.createElement("div");
    box.className = "bar";
    var text = document.createElement("span");
    var bar = document.createElement("progress");
    bar.max = questions.length;
    bar.setAttribute("aria-label", english ? "Answered" : "Terjawab");
    box.appendChild(text);
    box.appendChild(bar);
    form.insertBefore(box, form.firstChild);
    function count() {
      var done = questions.filter(function (q) { return q.querySelector("[type=radio]:checked"); }).length;
      bar.value = done;
      text.textContent = english
        ? done + " of " + questions.length + " answered"
        : done + " dari " + questions.length + " terjawab";
    }
    /* Where the style cannot tell a low answer (:has), its causes are opened here. */
    function open() {
      questions.forEach(function (q) {
        q.classList.toggle("low", !!q.querySelector("[value='1']:checked,[value='2']:checked"));
      });
    }
    form.addEventListener("change", count);
    form.addEventListener("change", open);
    count();
    open();

    if (!("speechSynthesis" in window)) return;
    var say = document.createElement("button");
    say.type = "button";
    say.className = "quiet say";
    say.textContent = english ? "Read aloud" : "Bacakan";
    form.insertBefore(say, box.nextSibling);
    say.addEventListener("click", function () {
      if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
      questions.forEach(function (q) {
        var words = q.querySelector("legend").textContent + ". " +
          Array.prototype.map.call(q.querySelectorAll(".q>label"), function (l) { return l.textContent; }).join(", ");
        var speech = new SpeechSynthesisUtterance(words);
        speech.lang = english ? "en-GB" : "id-ID";
        speechSynthesis.speak(speech);
      });
    });
  }
  start();
  document.addEventListener("form-replaced", start);
})();
