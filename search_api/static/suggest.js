// Offers completions while one types in the search field. Without this file the field is a plain one.
"use strict";

(() => {
  const field = document.getElementById("q");
  if (!field) return;
  const list = document.createElement("datalist");
  list.id = "suggestions";
  field.after(list);
  field.setAttribute("list", list.id);

  const PAUSE_MS = 150;
  let waiting = 0;
  let asking = new AbortController();

  async function offer(typed) {
    asking.abort();
    asking = new AbortController();
    try {
      const answer = await fetch("/suggest?" + new URLSearchParams({ q: typed }), { signal: asking.signal });
      if (!answer.ok || field.value !== typed) return;
      const { suggestions } = await answer.json();
      list.replaceChildren(
        ...suggestions.map(({ q }) => {
          const option = document.createElement("option");
          option.value = q;
          return option;
        }),
      );
    } catch {
      // Offline, or overtaken by the next letter: the field still searches.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    if (field.value.trim().length >= 2 && field.value.length <= 200) {
      waiting = setTimeout(offer, PAUSE_MS, field.value);
    }
  });
})();
