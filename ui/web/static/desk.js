// Loaded before Gradio. This script never turns a customer's text into markup.
(() => {
  "use strict";

  const THEME = "quietdesk-theme";

  // An expired login answers 401, for which Gradio shows only a vague message.
  const ask = window.fetch.bind(window);
  window.fetch = async (...request) => {
    const answer = await ask(...request);
    if (answer.status === 401) window.location.assign("../login");
    return answer;
  };

  window.quietdesk = {
    // Marks the chosen row at once, before the answer arrives.
    mark(chosen) {
      if (!chosen.classList.contains("qd-line")) return;
      const list = chosen.closest(".qd-list");
      for (const line of list.querySelectorAll("[aria-current]")) line.removeAttribute("aria-current");
      chosen.setAttribute("aria-current", "true");
    },
  };

  const setTheme = (dark) => document.body.classList.toggle("dark", dark);

  const keepTheme = () => {
    const kept = localStorage.getItem(THEME);
    if (kept) setTheme(kept === "dark");
  };

  const switchTheme = () => {
    const dark = !document.body.classList.contains("dark");
    localStorage.setItem(THEME, dark ? "dark" : "light");
    setTheme(dark);
  };

  const copy = async (button) => {
    const text = button.closest("article, [data-copies]").querySelector("[data-copied]").textContent;
    const said = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select the text and copy it";
    }
    setTimeout(() => { button.textContent = said; }, 2000);
  };

  const line = (kind, words) => {
    const made = document.createElement("p");
    made.className = `qd-${kind}-line`;
    made.textContent = words;
    return made;
  };

  const sendFile = async (to, file) => {
    const answer = await fetch(to, {
      method: "POST",
      headers: {"content-type": "application/octet-stream", "x-file-name": encodeURIComponent(file.name)},
      body: file,
    });
    const result = await answer.json();
    return answer.ok
      ? line("done", `${file.name}: ${result.said}`)
      : line("problem", [file.name + ":", result.happened, result.safe, result.todo].filter(Boolean).join(" "));
  };

  const upload = async (form) => {
    const [entry, button, result] = ["input", "button", ".qd-result"].map((each) => form.querySelector(each));
    button.disabled = true;
    result.replaceChildren();
    for (const [at, file] of [...entry.files].entries()) {
      const waiting = line("waiting", `${file.name}: reading and redacting (${at + 1} of ${entry.files.length})`);
      result.append(waiting);
      try {
        waiting.replaceWith(await sendFile(form.dataset.upload, file));
      } catch {
        waiting.replaceWith(line("problem", `${file.name}: the connection broke. Import it again.`));
      }
    }
    button.disabled = false;
    form.reset();
  };

  // A document is hashed here, and only its hash is sent.
  document.addEventListener("change", async (event) => {
    const entry = event.target.closest?.("input[data-hashed]");
    if (!entry?.files.length) return;
    const digest = await crypto.subtle.digest("SHA-256", await entry.files[0].arrayBuffer());
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    entry.form.elements.sha256.value = hex;
  });

  // A citation's mark opens its passage: the nearest one with that number.
  const openPassage = (mark) => {
    const wanted = `details[data-source="${mark.dataset.cite}"]`;
    for (let around = mark.parentElement; around; around = around.parentElement) {
      const source = around.querySelector(wanted);
      if (!source) continue;
      source.open = true;
      source.scrollIntoView({block: "nearest"});
      source.querySelector("summary").focus({preventScroll: true});
      return;
    }
  };

  // A finding's number in the list links to its words in the text, and back.
  const follow = (button) => {
    const {place, entry} = button.dataset;
    const ends = button.closest(".qd-panel").querySelectorAll(
      place ? `.qd-columns [data-entry="${place}"]` : `.qd-findings [data-place="${entry}"]`);
    const end = ends[0]; // of two places, the one in the text that will be sent
    if (!end) return;
    const folded = end.closest("details");
    if (folded) folded.open = true;
    for (const mark of document.querySelectorAll(".qd-here")) mark.classList.remove("qd-here");
    end.scrollIntoView({block: "nearest"});
    end.focus({preventScroll: true});
    const words = `mark[data-found~="${place ?? entry}"]`;
    for (const mark of end.closest(".qd-panel").querySelectorAll(words)) mark.classList.add("qd-here");
  };

  // A placeholder links to its row below the text, where it can be left readable.
  const toCorrect = (chip) => {
    const part = chip.closest(".qd-middle").querySelector(".qd-correcting");
    if (!part) return;
    part.open = true;
    const rows = [...part.querySelectorAll("[data-row]")];
    const row = rows.find((each) => each.dataset.row === chip.dataset.correct);
    if (!row) return;
    row.scrollIntoView({block: "nearest"});
    (row.querySelector("button") ?? row).focus({preventScroll: true});
  };

  // Words selected in a text are copied into the open form below it.
  const takeSelected = () => {
    const selection = document.getSelection();
    if (!selection || selection.isCollapsed) return;
    const around = selection.getRangeAt(0).commonAncestorContainer;
    const within = (around.nodeType === Node.ELEMENT_NODE ? around : around.parentElement);
    const text = within.closest(".qd-turn-text, .qd-thread h2, .qd-column-text");
    const entry = text?.closest(".qd-middle").querySelector(".qd-correcting[open] [data-words]");
    if (!entry || selection.getRangeAt(0).cloneContents().querySelector(".qd-chip, .qd-no")) return;
    const words = selection.toString().trim();
    if (words && words.length <= entry.maxLength) entry.value = words;
  };

  // The answer to a new question is scrolled into view once.
  let writing = null;
  const followAnswers = () => {
    const before = writing;
    writing = document.querySelector("#qd-answer .qd-writing");
    if (writing && !before) writing.scrollIntoView({block: "nearest"});
  };

  // A draft that was opened is read from its beginning. The chosen draft is the one that was
  // clicked, or else the one that is shown.
  let shown = null;
  let chosen = null;
  let opening = false;
  const followDrafts = () => {
    const now = document.querySelector("#qd-compare [data-shown]");
    if (now?.dataset.shown === shown) return;
    shown = now?.dataset.shown;
    if (now) now.closest(".qd-middle").scrollTop = 0;
    if (opening && shown !== chosen) return;
    [chosen, opening] = [shown, false];
  };

  // Notices are read aloud from a region that was there before them.
  const aloud = document.createElement("p");
  aloud.className = "qd-sr";
  aloud.setAttribute("aria-live", "polite");
  const announce = () => {
    const words = document.querySelector("#qd-notice p")?.textContent ?? "";
    if (words !== aloud.textContent) aloud.textContent = words;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.cite) openPassage(button);
    if (button.dataset.place || button.dataset.entry) follow(button);
    if (button.dataset.correct) toCorrect(button);
    if (button.closest(".qd-term-form")) document.getSelection()?.removeAllRanges();
    if (button.dataset.theme) switchTheme();
    if (button.dataset.copy) copy(button);
    if (button.dataset.toggle) {
      const open = button.closest(`.${button.dataset.toggle}`).classList.toggle("qd-open");
      button.setAttribute("aria-expanded", String(open));
    }
    if (button.dataset.close) button.closest(".qd-notice").remove();
  });

  document.addEventListener("selectionchange", takeSelected);

  document.addEventListener("submit", (event) => {
    if (!event.target.dataset.upload) return;
    event.preventDefault();
    upload(event.target);
  });

  // Arrow keys move through a list, as in a mail program.
  document.addEventListener("keydown", (event) => {
    const here = event.target.closest?.(".qd-line");
    if (!here || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const lines = [...here.closest(".qd-list").querySelectorAll(".qd-line")];
    const next = lines[lines.indexOf(here) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  });

  // Review by keyboard: the keys of the help line below the queue, unless a field has the focus.
  const usable = (id) => {
    const button = document.getElementById(id);
    return button && !button.disabled && button.offsetParent ? button : null;
  };

  const toDraft = (step) => {
    const lines = [...document.querySelectorAll("#qd-queue .qd-line")];
    const at = lines.findIndex((line) => line.dataset.draft === chosen);
    const next = at < 0 ? lines[0] : lines[at + step];
    if (!next) return;
    next.click();
    next.scrollIntoView({block: "nearest"});
  };

  const change = () => {
    const box = document.querySelector("#qd-edit textarea");
    const toggle = document.querySelector("#qd-change [data-toggle]");
    if (!box || !toggle?.offsetParent) return;
    if (toggle.getAttribute("aria-expanded") === "false") toggle.click();
    box.focus();
  };

  const KEYS = {
    j: () => toDraft(1),
    k: () => toDraft(-1),
    a: () => usable("qd-approve")?.click(),
    r: () => usable("qd-reject")?.click(),
    e: change,
  };

  document.addEventListener("click", (event) => {
    const line = event.target.closest("#qd-queue .qd-line");
    if (line) [chosen, opening] = [line.dataset.draft, true];
  });

  // Nothing is decided about the old draft while the chosen one is still being opened.
  document.addEventListener("click", (event) => {
    if (!opening || !event.target.closest("#qd-approve, #qd-reject, #qd-release, #qd-save")) return;
    event.stopPropagation();
    event.preventDefault();
  }, {capture: true});

  const isField = (element) => element.closest?.("input, textarea, select, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.key === "Escape" && event.target.closest?.("#qd-edit")) event.target.blur();
    const act = KEYS[event.key];
    if (!act || isField(event.target) || !document.getElementById("qd-queue")?.offsetParent) return;
    event.preventDefault();
    act();
  });

  // Where there is no room for both, an opened ticket or draft is shown in place of the list.
  document.addEventListener("click", (event) => {
    const columns = event.target.closest(".qd-three, .qd-two");
    if (!columns) return;
    if (event.target.closest("[data-back]")) columns.classList.add("qd-listing");
    if (event.target.closest(".qd-line")) columns.classList.remove("qd-listing");
  });

  // Gradio sets its own theme when it starts, so ours is set after; parts of the page come later.
  let started = false;
  new MutationObserver(() => {
    if (!started && document.querySelector(".qd-header")) {
      started = true;
      keepTheme();
      document.body.append(aloud);
    }
    followAnswers();
    followDrafts();
    announce();
  }).observe(document.documentElement, {childList: true, subtree: true});
})();
