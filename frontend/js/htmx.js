import { once, text } from "./dom.js";
import { toast } from "./toasts.js";

function csrf() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  if (field) return field.value;
  const cookie = document.cookie.split("; ").find((part) => part.startsWith(`${document.body.dataset.csrfCookie}=`));
  return cookie ? decodeURIComponent(cookie.split("=")[1]) : "";
}

export const start = once(() => {
  const { body } = document;
  body.addEventListener("htmx:configRequest", ({ detail }) => {
    if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrf();
  });
  // A refused form comes back as 4xx with the form in it: show it, rather than swallow it.
  body.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const html = (detail.xhr.getResponseHeader("Content-Type") || "").includes("text/html");
    if ([400, 403, 404, 409, 422, 429].includes(detail.xhr.status) && html && detail.xhr.response) {
      detail.shouldSwap = true;
      detail.isError = false;
    }
  });
  body.addEventListener("htmx:responseError", ({ detail }) => {
    // A refusal brings its own words.
    if (detail.xhr.getResponseHeader("HX-Trigger")) return;
    toast({ kind: "bad", text: text("serverError", { id: detail.xhr.getResponseHeader("X-Request-Id") || "" }) });
  });
  body.addEventListener("htmx:sendError", () => toast({ kind: "bad", text: text("offline") }));
  body.addEventListener("htmx:timeout", () => toast({ kind: "bad", text: text("offline") }));
});
