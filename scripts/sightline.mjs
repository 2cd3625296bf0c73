// `npm run sightline -- <command>`: the CLI of this clone. `npm run up` and `npm run down` enter here too.
import { join } from "node:path";
import { bootstrap, hand, node, root } from "./bootstrap.mjs";

await bootstrap();
hand(node, [join(root, "packages/cli/dist/main.js"), ...process.argv.slice(2)], {
  SIGHTLINE_CALLED_AS: "npm run sightline --",
});
