
"use strict";
(function () {
  var root = document.documentElement;
  var choices = document.querySelectorAll('input[name="language"]');
  function speak(language) {
    root.lang = language;
    document.title = document.body.getAttribute("data-title-" + language);
  }
  choices.forEach(function (choice) {
    choice.addEventListener("change", function () { speak(choice.value); });
    if (choice.checked) { speak(choice.value); }
  });
  var opened = [];
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not([open])").forEach(function (part) { part.open = true; opened.push(part); });
  });
  window.addEventListener("afterprint", function () {
    opened.splice(0).forEach(function (part) { part.open = false; });
  });
  function reveal() {
    var place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var part = place && place.closest("details");
    if (part && !part.open) { part.open = true; place.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  reveal();
})();
