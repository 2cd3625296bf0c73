const MAX_LENGTH = 512;

/**
 * Path of a source as people know it: `webpack://shop/./src/cart.ts?1a2b` and `../../src/cart.ts` →
 * `src/cart.ts`. The same for each bundler and for each folder that the build was made in.
 */
export function cleanSourcePath(source: string): string {
  const path = withoutScheme(source.replaceAll("\\", "/"))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: bundlers mark virtual modules with NUL
    .replace(/[\u0000-\u001f\u007f]/g, "")
    .replace(/[?#].*$/s, "");
  const isAbsolute = path.startsWith("/");
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "." && segment !== "") segments.push(segment);
  }
  const joined = (isAbsolute ? "/" : "") + segments.join("/");
  return joined.length <= MAX_LENGTH ? joined : joined.slice(-MAX_LENGTH);
}

function withoutScheme(source: string): string {
  const match = /^(webpack(?:-internal)?|turbopack|rspack|ng|vite|rollup|parcel):\/\/(.*)$/s.exec(
    source,
  );
  if (match === null) return source.replace(/^file:\/\/(?:localhost)?(?=\/)/, "");
  const rest = match[2] ?? "";
  // The name of the project may hold a slash of its own (`@team/shop`); `./` ends it for sure.
  const dot = rest.indexOf("/./");
  if (dot >= 0) return rest.slice(dot + 3);
  return rest
    .replace(/^\/?\([\w-]+\)\//, "")
    .replace(/^(?:@[^/]*\/[^/]*|[^/]*)\//, "")
    .replace(/^\[project\]\//, "")
    .replace(/^\/+/, "");
}
