/* On every public page: an answer that could not be sent yet is sent from here. */
(() => {
  "use strict";
  const { send } = document.currentScript.dataset;
  try {
    if (!localStorage.getItem("suara-loket.unsent")) return;
  } catch (denied) { return; }
  const script = document.createElement("script");
  script.src = send;
  document.head.append(script);
})();
