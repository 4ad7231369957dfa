/* Reads the question that is seen with the phone's own voice; fetched when somebody asks for it. */
(() => {
  "use strict";
  const english = document.documentElement.lang === "en";
  const words = (id, en) => (english ? en : id);
  const WAIT_FOR_VOICES_MS = 1500; // some phones list their voices late
  const MUTE = words("Telepon ini tidak punya suara untuk membacakan.", "This phone has no voice to read aloud.");
  const button = () => document.querySelector(".hear");

  function mark(isPlaying) {
    const shown = button();
    if (!shown) return;
    shown.setAttribute("aria-pressed", isPlaying);
    shown.textContent = isPlaying ? words("Berhenti", "Stop") : words("Dengarkan", "Listen");
  }
  function say(text) {
    const foot = button().closest(".foot");
    const note = foot.querySelector("[role=status]") || foot.appendChild(document.createElement("p"));
    note.setAttribute("role", "status");
    note.textContent = text;
  }
  const plain = (part) => part.textContent.replace(/\s+/g, " ").trim();
  function sentences() {
    const step = document.querySelector(".step.on");
    return Array.from(step.querySelectorAll(":scope>fieldset")).map((group) => plain(group.querySelector("legend")) + " " +
      Array.from(group.querySelectorAll(":scope>label")).map(plain).join(". ") + ".");
  }
  function voices(use) {
    const found = speechSynthesis.getVoices();
    if (found.length) { use(found); return; }
    setTimeout(() => use(speechSynthesis.getVoices()), WAIT_FOR_VOICES_MS);
  }
  function toggle() {
    if (!window.speechSynthesis) { say(MUTE); return; }
    if (button().getAttribute("aria-pressed") === "true") { speechSynthesis.cancel(); mark(false); return; }
    mark(true);
    voices((found) => {
      if (!found.length) { mark(false); say(MUTE); return; }
      const all = sentences();
      all.forEach((text, place) => {
        const speech = new SpeechSynthesisUtterance(text);
        speech.lang = english ? "en-GB" : "id-ID";
        if (place === all.length - 1) speech.onend = () => mark(false);
        speech.onerror = () => mark(false);
        speechSynthesis.speak(speech);
      });
    });
  }
  document.addEventListener("click", (event) => {
    if (event.target.closest(".hear")) { toggle(); return; }
    // Another question: the old one is not read to its end.
    if (window.speechSynthesis && event.target.closest(".next, .back, .q>label")) { speechSynthesis.cancel(); mark(false); }
  });
  toggle();
})();
