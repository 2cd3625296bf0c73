// The image's health check: the image has no curl.
const port = process.env.SIGHTLINE_PORT_GATEWAY || "8717";
try {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`, {
    signal: AbortSignal.timeout(5_000),
  });
  if (!answer.ok) throw new Error(`/healthz answered ${answer.status}`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
