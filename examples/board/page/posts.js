import { send } from "./api.js";
import { byId, element, metaOf, rememberName, showError } from "./page.js";
import { openPost } from "./post-dialog.js";

const PAGE_SIZE = 8;
const state = { status: "published", page: 1, query: "" };

export async function showPosts() {
  const list = byId("posts");
  const note = byId("list-note");
  list.setAttribute("aria-busy", "true");
  try {
    if (state.query === "") await showPage(list, note);
    else await showResults(list, note);
  } catch (error) {
    note.textContent = error.message;
    note.hidden = false;
  } finally {
    list.setAttribute("aria-busy", "false");
  }
}

async function showPage(list, note) {
  const { status, page } = state;
  const answer = await send(
    "GET",
    `/api/posts?status=${status}&page=${page}&pageSize=${PAGE_SIZE}`,
  );
  const pages = Math.max(1, Math.ceil(answer.total / PAGE_SIZE));
  byId("posts-title").textContent = status === "draft" ? "Drafts" : "Latest posts";
  note.hidden = answer.posts.length > 0;
  note.textContent = "Nothing here yet.";
  list.replaceChildren(...answer.posts.map(toItem));
  byId("pager").hidden = pages === 1;
  byId("page-text").textContent = `Page ${page} of ${pages}`;
  byId("newer").disabled = page === 1;
  byId("older").disabled = page === pages;
}

async function showResults(list, note) {
  const answer = await send("GET", `/api/search?q=${encodeURIComponent(state.query)}`);
  const found = answer.results.length;
  byId("posts-title").textContent = `Search: ${answer.query}`;
  note.textContent = `${found === 0 ? "Nothing" : found} found in ${answer.scanned} posts, ${answer.durationMillis} ms.`;
  note.hidden = false;
  byId("pager").hidden = true;
  list.replaceChildren(...answer.results.map(toResultItem));
}

function toItem(post) {
  const item = createItem(post.id, post.title, post.body);
  metaOf(item.querySelector(".meta"), post);
  item
    .querySelector(".actions")
    .append(
      ...(post.status === "draft" ? [publishButton(post)] : [likeButton(post)]),
      ...(post.status === "draft" ? [] : [commentButton(post)]),
    );
  return item;
}

function toResultItem(result) {
  const item = createItem(result.id, result.title, result.excerpt);
  item.querySelector(".meta").remove();
  return item;
}

function createItem(id, title, body) {
  const item = byId("post-template").content.cloneNode(true).firstElementChild;
  const link = item.querySelector("a");
  link.textContent = title;
  link.href = `#post-${id}`;
  item.querySelector(".preview").textContent = body;
  return item;
}

function commentButton(post) {
  const { commentCount } = post;
  const text = commentCount === 1 ? "1 comment" : `${commentCount} comments`;
  const button = element("button", { type: "button", className: "small", text });
  button.addEventListener("click", () => openPost(post.id));
  return button;
}

function likeButton(post) {
  const button = element("button", { type: "button", className: "small" });
  const show = (likes) => {
    button.textContent = `♥ ${likes}`;
    button.setAttribute("aria-label", `Like “${post.title}”, ${likes} so far`);
  };
  show(post.likes);
  button.addEventListener("click", async () => {
    try {
      show((await send("POST", `/api/posts/${post.id}/like`)).likes);
    } catch (error) {
      button.textContent = error.message;
    }
  });
  return button;
}

function publishButton(post) {
  const button = element("button", { type: "button", className: "small", text: "Publish" });
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await send("POST", `/api/posts/${post.id}/publish`);
      await show({ status: "published" });
    } catch (error) {
      const line = element("p", { className: "form-error", role: "alert", text: error.message });
      button.parentElement.replaceChildren(line);
    }
  });
  return button;
}

function show(change) {
  Object.assign(state, { page: 1, query: "" }, change);
  if (state.query === "") byId("search-box").value = "";
  for (const tab of document.querySelectorAll("[data-status]")) {
    const isChosen = state.query === "" && tab.dataset.status === state.status;
    tab.setAttribute("aria-pressed", String(isChosen));
  }
  return showPosts();
}

async function submitPost(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const fields = Object.fromEntries(new FormData(form));
  const status = event.submitter?.value ?? "published";
  try {
    await send("POST", "/api/posts", { ...fields, status });
    showError(byId("post-error"));
    form.elements.title.value = "";
    form.elements.body.value = "";
    byId("composer").open = false;
    await show({ status });
    byId("posts-title").focus();
  } catch (error) {
    showError(byId("post-error"), error);
  }
}

async function turnTo(page) {
  await show({ ...state, page });
  byId("posts-title").focus();
  byId("posts-title").scrollIntoView({ block: "start" });
}

export function startPosts() {
  rememberName(byId("post-author"), byId("comment-author"));
  byId("post-form").addEventListener("submit", submitPost);
  byId("newer").addEventListener("click", () => turnTo(state.page - 1));
  byId("older").addEventListener("click", () => turnTo(state.page + 1));
  for (const tab of document.querySelectorAll("[data-status]")) {
    tab.addEventListener("click", () => show({ status: tab.dataset.status }));
  }
  byId("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    return show({ status: "published", query: byId("search-box").value.trim() });
  });
  byId("search-box").addEventListener("search", async (event) => {
    if (event.target.value === "" && state.query !== "") await show({});
  });
  return showPosts();
}
