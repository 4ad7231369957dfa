/* A slider beside each amount of money; without JavaScript the field alone is there. */
(function () {
  "use strict";
  var STEPS = 200;
  var LEAST = 20000000;
  function amount(field) {
    return parseInt(field.value.replace(/\D/g, ""), 10) || 0;
  }
  function add(field) {
    var slider = document.createElement("input");
    var most = Math.max(LEAST, 2 * amount(field));
    slider.type = "range";
    slider.min = 0;
    slider.max = most;
    slider.step = most / STEPS;
    slider.value = amount(field);
    slider.className = "slider";
    slider.setAttribute("aria-label", field.labels[0].textContent);
    slider.addEventListener("input", function () {
      field.value = String(Math.round(slider.value / 100000) * 100000).replace(/\B(?=(\d{3})+$)/g, ".");
    });
    field.addEventListener("input", function () { slider.value = amount(field); });
    field.insertAdjacentElement("afterend", slider);
  }
  document.querySelectorAll("[data-sliders] input").forEach(add);
})();
