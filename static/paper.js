/* Help for keying: a figure moves on to the next field. Without it, the Tab key does. */
(function () {
  "use strict";
  var form = document.querySelector("form.sheet");
  if (!form) return;
  var fields = Array.prototype.filter.call(
    form.querySelectorAll("input, select, textarea, button"),
    function (one) { return one.type !== "hidden" && !one.readOnly; }
  );
  function next(one) {
    var place = fields.indexOf(one);
    if (place >= 0 && place + 1 < fields.length) fields[place + 1].focus();
  }
  function before(one) {
    var place = fields.indexOf(one);
    if (place > 0) fields[place - 1].focus();
  }
  fields.forEach(function (one) {
    if (one.classList.contains("figure")) {
      one.addEventListener("focus", function () { one.select(); });
      one.addEventListener("input", function () {
        if (/^[0-4]$/.test(one.value)) next(one);
        else one.select();
      });
      one.addEventListener("keydown", function (event) {
        if (event.key === "Backspace" && one.value === "") { event.preventDefault(); before(one); }
      });
    } else if (one.tagName === "SELECT") {
      /* More than nine choices: a second figure may follow, so the Tab key moves on. */
      var isShort = one.options.length <= 10;
      one.addEventListener("keydown", function (event) {
        if (!isShort || !/^[0-9]$/.test(event.key) || event.ctrlKey || event.altKey) return;
        event.preventDefault();
        var place = Number(event.key);
        if (place < one.options.length) { one.selectedIndex = place; next(one); }
      });
    }
  });
  form.addEventListener("keydown", function (event) {
    if (event.key !== "Enter") return;
    var isWriting = event.target.tagName === "TEXTAREA" && !event.ctrlKey;
    if (isWriting || event.target.tagName === "BUTTON") return;
    event.preventDefault();
    form.requestSubmit();
  });
  var wrong = form.querySelector("[aria-invalid]");
  if (wrong) wrong.focus();
})();
