import { createServer } from "node:http";
import { identify, setRoute } from "@sightline/node";

const orders = new Map([["7", { id: "7", total: 19.9 }]]);

function answer(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function handle(request, response) {
  // Whoever your sign-in says it is. Only a hash of it ever leaves the process.
  identify(request.headers["x-user"]);
  const path = request.url.split("?", 1)[0];
  const id = /^\/orders\/([^/]+)$/.exec(path)?.[1];
  if (id !== undefined) {
    // node:http knows no routes; the name must not hold the id, or each order becomes a series.
    setRoute(request, "/orders/:id");
    const order = orders.get(id);
    if (order === undefined) {
      console.warn("order not found:", id);
      return answer(response, 404, { error: "not found" });
    }
    console.log("order read:", id);
    return answer(response, 200, order);
  }
  if (path === "/broken") {
    setRoute(request, "/broken");
    throw new Error("the till is empty");
  }
  answer(response, 404, { error: "not found" });
}

const server = createServer((request, response) => {
  try {
    handle(request, response);
  } catch (error) {
    console.error("request failed", error);
    answer(response, 500, { error: "something went wrong" });
  }
});
server.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
