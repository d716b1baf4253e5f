"use strict";
(function () {
  var number = new Intl.NumberFormat("en-US");
  var money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  function text(cell) { return cell ? cell.textContent.trim() : ""; }
  function value(cell) { return cell && cell.dataset.v !== undefined ? cell.dataset.v : text(cell); }
  function prepare(table) {
    var body = table.tBodies[0];
    var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
    var rows = Array.prototype.slice.call(body.rows);
    var tools = document.querySelector('[data-tools="' + table.id + '"]');
    var status = document.querySelector('[data-status="' + table.id + '"]');
    var sorted = { label: table.dataset.order || "", way: "" };
    var found = rows.map(function (row) { return text(row).toLowerCase(); });
    var amounts = heads.findIndex(function (head) { return head.dataset.sum !== undefined; });
    var filters = [];
    var search = null;
    function tell() {
      if (!status) { return; }
      var shown = 0;
      var cents = 0;
      var unknown = 0;
      rows.forEach(function (row) {
        if (row.hidden) { return; }
        shown += 1;
        if (amounts >= 0) {
          cents += Math.round(Number(value(row.cells[amounts])) * 100) || 0;
          unknown += value(row.cells[amounts]) === "" ? 1 : 0;
        }
      });
      status.textContent = number.format(shown) + " of " + number.format(rows.length) + " shown" +
        (sorted.label ? ", sorted by " + sorted.label + sorted.way : "") +
        (amounts >= 0 ? "; " + money.format(cents / 100) + " US dollars paid, under review" +
          (unknown ? ", those of " + number.format(unknown) + " unknown" : "") : "") + ".";
    }
    function sift() {
      var asked = search ? search.value.trim().toLowerCase().split(/\s+/).filter(Boolean) : [];
      rows.forEach(function (row, place) {
        row.hidden = !(asked.every(function (word) { return found[place].indexOf(word) >= 0; }) &&
          filters.every(function (filter) { return !filter.box.value || value(row.cells[filter.column]) === filter.box.value; }));
      });
      tell();
    }
    heads.forEach(function (head, column) {
      var label = text(head);
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      head.textContent = "";
      head.appendChild(button);
      button.addEventListener("click", function () {
        var isNumber = head.classList.contains("num");
        var now = head.getAttribute("aria-sort");
        var way = now === "descending" ? "ascending" : now === "ascending" ? "descending" : isNumber ? "descending" : "ascending";
        heads.forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", way);
        var sign = way === "ascending" ? 1 : -1;
        var keyed = rows.map(function (row, place) {
          var key = value(row.cells[column]);
          return { row: row, found: found[place], key: isNumber ? (key === "" ? -Infinity : Number(key)) : key.toLowerCase() };
        });
        keyed.sort(function (a, b) { return a.key < b.key ? -sign : a.key > b.key ? sign : 0; });
        rows = keyed.map(function (entry) { return entry.row; });
        found = keyed.map(function (entry) { return entry.found; });
        var all = document.createDocumentFragment();
        rows.forEach(function (row) { all.appendChild(row); });
        body.appendChild(all);
        sorted = { label: label.toLowerCase(), way: isNumber ? (sign < 0 ? ", high to low" : ", low to high") : (sign < 0 ? ", last to first" : ", first to last") };
        tell();
      });
    });
    if (tools) {
      search = tools.querySelector("input[type=search]");
      search.addEventListener("input", sift);
      heads.forEach(function (head, column) {
        if (head.dataset.filter === undefined) { return; }
        var box = document.createElement("select");
        var label = document.createElement("label");
        var holder = document.createElement("div");
        var seen = {};
        rows.forEach(function (row) { var word = value(row.cells[column]); seen[word] = (seen[word] || 0) + 1; });
        box.add(new Option("All", ""));
        Object.keys(seen).sort().forEach(function (word) {
          if (word) { box.add(new Option(word.slice(0, 60) + " (" + number.format(seen[word]) + ")", word)); }
        });
        box.id = table.id + "-filter-" + column;
        label.htmlFor = box.id;
        label.textContent = head.dataset.filter;
        box.addEventListener("change", sift);
        holder.appendChild(label);
        holder.appendChild(box);
        tools.querySelector("[data-filters]").before(holder);
        filters.push({ box: box, column: column });
      });
      var more = tools.querySelector("[data-more]");
      if (more) {
        table.classList.add("few");
        more.addEventListener("change", function () { table.classList.toggle("few", !more.checked); });
      }
      tools.querySelector("[data-clear]").addEventListener("click", function () {
        search.value = "";
        filters.forEach(function (filter) { filter.box.value = ""; });
        sift();
        search.focus();
      });
      tools.hidden = false;
    }
    if (table.dataset.sorted) { heads[Number(table.dataset.sorted)].setAttribute("aria-sort", "descending"); }
    tell();
  }
  document.querySelectorAll("table[data-sortable]").forEach(prepare);
  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
  });
}());
