import { readLines } from "./api.js";
import { byId, element } from "./page.js";

async function runReport() {
  const button = byId("report-run");
  const bar = byId("report-bar");
  button.disabled = true;
  byId("report-result").replaceChildren();
  byId("report-progress").hidden = false;
  try {
    for await (const line of readLines("/api/report")) {
      if (line.error) throw new Error(line.error.message);
      if (line.progress) {
        bar.max = line.progress.of;
        bar.value = line.progress.step - 1;
        byId("report-step").textContent =
          `${line.progress.step} of ${line.progress.of}: ${line.progress.name}`;
      }
      if (line.report) showReport(line.report, line.durationMillis);
    }
  } catch (error) {
    const text = `The report failed. ${error.message}`;
    byId("report-result").replaceChildren(element("p", { className: "form-error", text }));
  } finally {
    byId("report-progress").hidden = true;
    button.disabled = false;
  }
}

function showReport(report, durationMillis) {
  byId("report-result").replaceChildren(
    bars("Who writes most", report.authors),
    bars("Posts per month", report.months.slice(0, 5)),
    bars("Words people use", report.words),
    element("p", {
      className: "hint",
      text: `Done in ${(durationMillis / 1000).toFixed(1)} s. The two most alike posts: “${report.repeats[0]?.titles.join("” and “") ?? "none"}”.`,
    }),
  );
}

function bars(title, counts) {
  const group = element("div");
  const rows = element("div", { className: "bars" });
  const max = Math.max(1, ...counts.map((entry) => entry.count));
  for (const { name, count } of counts) {
    rows.append(
      element("span", { text: name }),
      element("meter", { min: "0", max: String(max), value: String(count), "aria-label": name }),
      element("span", { className: "value", text: String(count) }),
    );
  }
  group.append(element("h3", { text: title }), rows);
  return group;
}

export function startReport() {
  byId("report-run").addEventListener("click", runReport);
}
