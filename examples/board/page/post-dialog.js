import { send } from "./api.js";
import { ageOf, byId, element, metaOf, showError } from "./page.js";

let shownId;

/** Opens by address (`#post-7`), so that a post can be linked and the back button closes it. */
export function openPost(id) {
  location.hash = `post-${id}`;
}

async function showFromAddress() {
  const id = /^#post-(\d+)$/.exec(location.hash)?.[1];
  const dialog = byId("post-dialog");
  if (id === undefined) return dialog.close();
  try {
    const { post, comments } = await send("GET", `/api/posts/${id}`);
    shownId = post.id;
    metaOf(byId("dialog-meta"), post);
    byId("dialog-title").textContent = post.title;
    byId("dialog-body").textContent = post.body;
    showComments(comments);
    byId("comment-form").hidden = false;
  } catch (error) {
    shownId = undefined;
    byId("dialog-meta").textContent = "";
    byId("dialog-title").textContent = "This post cannot be shown";
    byId("dialog-body").textContent = error.message;
    showComments([]);
    byId("comment-form").hidden = true;
  }
  showError(byId("comment-error"));
  if (!dialog.open) dialog.showModal();
  byId("dialog-title").focus();
}

function showComments(comments) {
  const items = comments.map((comment) => {
    const item = element("li");
    item.append(
      element("p", {
        className: "meta",
        text: `${comment.author} · ${ageOf(comment.createdAt)}`,
      }),
      element("p", { className: "body", text: comment.body }),
    );
    return item;
  });
  const none = element("li", { className: "hint", text: "No comments yet." });
  byId("comments").replaceChildren(...(items.length === 0 ? [none] : items));
}

async function submitComment(event) {
  event.preventDefault();
  const form = event.currentTarget;
  try {
    const fields = Object.fromEntries(new FormData(form));
    const { comments } = await send("POST", `/api/posts/${shownId}/comments`, fields);
    showComments(comments);
    showError(byId("comment-error"));
    form.elements.body.value = "";
  } catch (error) {
    showError(byId("comment-error"), error);
  }
}

/** `onClose` runs after a post was read: its numbers may have changed. */
export function startPostDialog(onClose) {
  const dialog = byId("post-dialog");
  byId("comment-form").addEventListener("submit", submitComment);
  byId("dialog-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  dialog.addEventListener("close", async () => {
    const opener = `a[href="#post-${shownId}"]`;
    if (location.hash !== "") history.replaceState(null, "", location.pathname);
    await onClose();
    // The list was drawn anew, so the browser cannot give the focus back by itself.
    document.querySelector(opener)?.focus({ preventScroll: true });
  });
  addEventListener("hashchange", showFromAddress);
  if (location.hash.startsWith("#post-")) return showFromAddress();
}
