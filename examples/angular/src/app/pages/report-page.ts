import { Component } from "@angular/core";

@Component({
  selector: "app-report-page",
  standalone: true,
  template: `
    <h1>Reports</h1>
    <button type="button" (click)="export()">Export</button>
  `,
})
export class ReportPage {
  export(): void {
    exportRows(["a", "b"]);
  }
}

function exportRows(rows: readonly string[]): void {
  throw new TypeError(`${rows.length} rows have no format`);
}
