import { type ReactElement, useState } from "react";

export function ReportsPage(): ReactElement {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) drawChart(undefined);

  function startExport(): void {
    exportRows(["a", "b"]);
  }

  return (
    <>
      <h1>Reports</h1>
      <button type="button" onClick={startExport}>
        Export
      </button>
      <button type="button" onClick={() => setIsBroken(true)}>
        Draw
      </button>
    </>
  );
}

function exportRows(rows: readonly string[]): void {
  throw new TypeError(`${rows.length} rows have no format`);
}

function drawChart(canvas: HTMLCanvasElement | undefined): void {
  const context = (canvas as HTMLCanvasElement).getContext("2d");
  context?.fillRect(0, 0, 1, 1);
}
