// The reporting sheet saves itself, cell by cell; what could not be sent stays in this browser until it was.
// Each cell is sent with what the reader saw of it (its version), and what was sent without an answer is sent again
// first, unchanged: the server knows it and writes nothing twice. Without this script the sheet is one plain form.
(function () {
  "use strict";
  var form = document.getElementById("sheet");
  if (!form || !window.fetch) return;
  var words = form.querySelector("[data-words]").dataset;
  var status = form.querySelector("[data-status]");
  var storeKey = "tiwizi:sheet:" + form.dataset.store;
  var rows = Array.prototype.slice.call(form.querySelectorAll("tr[data-cell]"));
  var drafts = read();
  var busy = false, timer = null, wait = 1000, lastSaved = "";

  // --- what is kept in the browser ---
  function read() {
    try { return JSON.parse(localStorage.getItem(storeKey)) || {}; } catch (error) { return {}; }
  }
  function write() {
    try {
      if (Object.keys(drafts).length) localStorage.setItem(storeKey, JSON.stringify(drafts));
      else localStorage.removeItem(storeKey);
    } catch (error) { /* a full or closed store: the page itself still holds everything */ }
  }

  // --- fields of a row ---
  function rowOf(key) { return rows.find(function (row) { return row.dataset.cell === key; }); }
  function inputs(row) {
    return Array.prototype.filter.call(row.querySelectorAll("input, textarea"), function (input) {
      return !/\/(seen|clash|choice)$/.test(input.name);
    });
  }
  function shortName(row, input) { return input.name.slice(row.dataset.cell.length + 1); }
  function valuesOf(row) {
    var found = {};
    inputs(row).forEach(function (input) {
      found[shortName(row, input)] = input.type === "checkbox" ? (input.checked ? "on" : "") : input.value;
    });
    return found;
  }
  function fill(row, values) {
    inputs(row).forEach(function (input) {
      var value = values[shortName(row, input)] || "";
      if (input.type === "checkbox") input.checked = Boolean(value);
      else if (input.value !== value) input.value = value;
    });
  }
  function seen(row, value) {
    var input = row.querySelector('input[name$="/seen"]');
    if (value !== undefined) { input.value = value; input.defaultValue = value; }
    return input.value;
  }
  function same(one, other) {
    return Object.keys(one).every(function (name) { return (one[name] || "") === (other[name] || ""); });
  }

  // --- telling ---
  function say(text, waiting) {
    status.hidden = !text;
    status.textContent = text;
    status.classList.toggle("is-waiting", Boolean(waiting));
  }
  function sayState() {
    rows.forEach(function (row) { row.classList.toggle("is-unsent", row.dataset.cell in drafts); });
    var stuck = Object.keys(drafts).filter(function (key) { return drafts[key].stuck; });
    if (stuck.length) say(words.wrong + (lastSaved ? " " + words.saved.replace("{at}", lastSaved) : ""), true);
    else if (Object.keys(drafts).length) say(words.saving, true);
    else if (lastSaved) say(words.saved.replace("{at}", lastSaved), false);
  }
  function paragraphs(place, sentences, kind) {
    place.textContent = "";
    sentences.forEach(function (sentence) {
      var line = document.createElement("p");
      line.className = kind;
      line.textContent = sentence;
      place.appendChild(line);
    });
  }
  function tellFaults(row, faults) {
    row.classList.toggle("has-error", faults.length > 0);
    inputs(row).forEach(function (input) {
      var mine = faults.some(function (fault) { return fault.name === shortName(row, input); });
      if (mine) input.setAttribute("aria-invalid", "true"); else input.removeAttribute("aria-invalid");
    });
    row.querySelectorAll("td > .field-error").forEach(function (old) { old.remove(); });
    paragraphs(row.querySelector("[data-faults]"), faults.map(function (fault) { return fault.sentence; }), "field-error");
  }

  // --- parts against the figure, while typing; the server has the last word ---
  function number(text) {
    var plain = text.replace(/[\s\u00a0\u202f'’]/g, "").replace(/[٠-٩]/g, function (digit) {
      return String(digit.charCodeAt(0) - 0x660);
    }).replace("٫", ",").replace(",", ".");
    return /^[+-]?\d+(\.\d+)?$/.test(plain) ? Number(plain) : null;
  }
  function doubts(row) {
    var figure = row.querySelector('input[name$="/value"]');
    var value = figure ? number(figure.value) : null, sums = {};
    if (value === null) return [];
    row.querySelectorAll("td[data-set] input").forEach(function (input) {
      var part = number(input.value);
      var set = input.closest("td").dataset.set;
      if (part !== null) sums[set] = (sums[set] || 0) + part;
    });
    return Object.keys(sums).filter(function (set) { return Math.abs(sums[set] - value) > 1e-9; }).map(function (set) {
      return words.doubt.replace("{set}", set).replace("{sum}", String(Math.round(sums[set] * 1e4) / 1e4))
        .replace("{value}", figure.value);
    });
  }

  // --- sending ---
  function changed(row) {
    var key = row.dataset.cell, draft = drafts[key];
    drafts[key] = { seen: draft ? draft.seen : seen(row), values: valuesOf(row), sent: draft && draft.sent };
    paragraphs(row.querySelector("[data-doubts]"), doubts(row), "sheet-doubt");
    write();
    sayState();
    later(600);
  }
  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(flush, delay);
  }
  function flush() {
    if (busy) return;
    var key = Object.keys(drafts).find(function (one) { return !drafts[one].stuck && rowOf(one); });
    if (!key) return sayState();
    busy = true;
    var draft = drafts[key], row = rowOf(key);
    draft.sent = draft.sent || draft.values;
    write();
    say(words.saving, true);
    send(key, draft).then(function (answer) {
      busy = false;
      wait = 1000;
      receive(row, key, answer);
      sayState();
      later(0);
    }).catch(function () {
      busy = false;
      wait = Math.min(wait * 2, 30000);
      say(words.offline, true);
      later(wait);
    });
  }
  function send(key, draft) {
    var body = new URLSearchParams();
    body.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    body.set("cell", key);
    body.set(key + "/seen", draft.seen);
    Object.keys(draft.sent).forEach(function (name) { body.set(key + "/" + name, draft.sent[name]); });
    return fetch(form.dataset.cells, { method: "POST", body: body, redirect: "manual", credentials: "same-origin" })
      .then(function (response) {
        var json = (response.headers.get("Content-Type") || "").indexOf("json") > -1;
        if (response.status >= 500) throw new Error("server");
        if (!json) return { status: 401 };
        return response.json().then(function (told) { told.status = response.status; return told; });
      });
  }
  function receive(row, key, answer) {
    var draft = drafts[key];
    if (!draft) return;
    if (answer.status === 200) {
      lastSaved = answer.at;
      seen(row, answer.seen);
      tellFaults(row, []);
      if (same(draft.sent, draft.values)) {
        delete drafts[key];
        paragraphs(row.querySelector("[data-doubts]"), answer.doubts, "sheet-doubt");
      } else {
        draft.seen = answer.seen;
        draft.sent = undefined;
      }
    } else if (answer.status === 422) {
      draft.stuck = same(draft.sent, draft.values);
      draft.sent = undefined;
      tellFaults(row, answer.faults);
    } else if (answer.status === 409 && answer.theirs) {
      draft.stuck = true;
      draft.sent = undefined;
      clash(row, key, answer);
    } else if (answer.status === 401) {
      Object.keys(drafts).forEach(function (one) { drafts[one].stuck = true; });
      words.wrong = words.signedOut;
      form.querySelector("[data-sign-in]").hidden = false;
    } else {
      draft.stuck = true;
      tellFaults(row, [{ name: "", sentence: answer.sentence || "" }]);
    }
    write();
  }
  function told(values) {
    return Object.keys(values).map(function (name) { return values[name]; }).filter(Boolean).join(" · ") || words.empty;
  }
  function clash(row, key, answer) {
    var place = row.querySelector("[data-faults]");
    var panel = form.querySelector("[data-clash-form]").content.cloneNode(true).firstElementChild;
    panel.querySelector("[data-sentence]").textContent = answer.sentence;
    if (answer.who) panel.querySelector("[data-who]").textContent += " (" + answer.who + ")";
    panel.querySelector("[data-theirs]").textContent = told(answer.theirs);
    panel.querySelector("[data-mine]").textContent = told(drafts[key].values);
    panel.addEventListener("click", function (event) {
      var choice = event.target.dataset.keep;
      if (!choice) return;
      seen(row, answer.seen);
      if (choice === "theirs") {
        delete drafts[key];
        fill(row, answer.theirs);
        paragraphs(row.querySelector("[data-doubts]"), doubts(row), "sheet-doubt");
      } else {
        drafts[key] = { seen: answer.seen, values: valuesOf(row) };
      }
      tellFaults(row, []);
      write();
      sayState();
      later(0);
    });
    place.textContent = "";
    place.appendChild(panel);
  }

  // --- moving and pasting, as in a spreadsheet ---
  function grid() {
    return rows.map(function (row) { return Array.prototype.slice.call(row.querySelectorAll(".figure-in")); })
      .filter(function (line) { return line.length; });
  }
  function placeOf(input, lines) {
    for (var r = 0; r < lines.length; r++) {
      var c = lines[r].indexOf(input);
      if (c > -1) return { row: r, column: c };
    }
    return null;
  }
  function step(input, down, along) {
    var lines = grid(), at = placeOf(input, lines);
    if (!at) return false;
    var line = lines[at.row + down];
    var next = along ? lines[at.row][at.column + along] : line && line[Math.min(at.column, line.length - 1)];
    if (!next) return false;
    next.focus();
    next.select();
    return true;
  }
  form.addEventListener("keydown", function (event) {
    var input = event.target;
    if (!input.matches(".figure-in") || event.ctrlKey || event.metaKey || event.altKey) return;
    var moves = { Enter: event.shiftKey ? [-1, 0] : [1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    var move = moves[event.key];
    if (move) {
      event.preventDefault();  // Enter never hands the sheet in
      step(input, move[0], move[1]);
    } else if (event.key === "ArrowRight" && input.selectionStart === input.value.length) {
      step(input, 0, document.dir === "rtl" ? -1 : 1);
    } else if (event.key === "ArrowLeft" && input.selectionEnd === 0) {
      step(input, 0, document.dir === "rtl" ? 1 : -1);
    }
  });
  form.addEventListener("paste", function (event) {
    var text = event.clipboardData && event.clipboardData.getData("text/plain");
    if (!event.target.matches(".figure-in") || !text || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    var lines = grid(), at = placeOf(event.target, lines), lost = 0, touched = [];
    text.replace(/\r\n?/g, "\n").replace(/\n$/, "").split("\n").forEach(function (line, down) {
      line.split("\t").forEach(function (cell, along) {
        var input = (lines[at.row + down] || [])[at.column + along];
        if (!input) { lost += cell.trim() ? 1 : 0; return; }
        input.value = cell.trim();
        var row = input.closest("tr");
        if (touched.indexOf(row) < 0) touched.push(row);
      });
    });
    touched.forEach(changed);
    paragraphs(event.target.closest("tr").querySelector("[data-lost]"),
      lost ? [words.unplaced.replace("{count}", lost)] : [], "sheet-doubt");
  });

  // --- life ---
  form.addEventListener("input", function (event) {
    var row = event.target.closest("tr[data-cell]");
    if (!row || /\/choice$/.test(event.target.name)) return;
    row.querySelector("[data-lost]").textContent = "";
    changed(row);
  });
  window.addEventListener("online", function () { wait = 1000; later(0); });
  window.addEventListener("offline", function () { if (Object.keys(drafts).length) say(words.offline, true); });
  form.addEventListener("submit", function (event) {
    // The form carries everything; what it carries is no draft any more once the server has answered.
    if (!navigator.onLine) { event.preventDefault(); say(words.offline, true); return; }
    clearTimeout(timer);
    busy = true;
    sessionStorage.setItem(storeKey, "sent");
  });
  Object.keys(drafts).forEach(function (key) {
    var row = rowOf(key), draft = drafts[key];
    if (!row) return;
    if (sessionStorage.getItem(storeKey) === "sent" && draft.seen !== seen(row)) { delete drafts[key]; return; }
    draft.stuck = false;
    if (same(draft.values, valuesOf(row)) && !row.querySelector(".field-error")) { delete drafts[key]; return; }
    fill(row, draft.values);
    paragraphs(row.querySelector("[data-doubts]"), doubts(row), "sheet-doubt");
  });
  sessionStorage.removeItem(storeKey);
  write();
  if (Object.keys(drafts).length) { sayState(); later(300); }
})();
