import { each } from "./dom.js";

// <input type="file" data-resume="/uploads/" data-kind="…">: a file of some size is sent in parts while the rest of the
// form is filled in, goes on after a break, and the form then carries its number. Small files go with the form, as all
// do without a script, and as all do that are chosen without a network: the page may keep the form for later. With
// `multiple` each file goes by itself. A form that goes at once (data-autosubmit) goes when all are there. The box for
// progress and words is .ax-file or [data-upload-box]. The protocol is tus 1.0.0.
const WORTH_IT = 512 * 1024;
const PART = 1024 * 1024;
const WAITS = [1000, 3000, 8000, 20000, 30000];

const csrf = () => {
  const name = `${document.body.dataset.csrfCookie}=`;
  return document.cookie.split("; ").find((one) => one.startsWith(name))?.slice(name.length) || "";
};

function ask(method, url, headers = {}, body = undefined) {
  return fetch(url, { method, body, credentials: "same-origin", redirect: "error", headers: { "Tus-Resumable": "1.0.0", "X-CSRFToken": csrf(), ...headers } });
}

const base64 = (words) => btoa(String.fromCharCode(...new TextEncoder().encode(words)));
const later = (ms) => new Promise((done) => setTimeout(done, ms));

/** Where an earlier attempt at the same file has come to, or a new beginning. */
async function open(input, file, mark) {
  const known = sessionStorage.getItem(mark);
  if (known) {
    const told = await ask("HEAD", known);
    if (told.ok) return { url: known, offset: Number(told.headers.get("Upload-Offset")) };
  }
  const metadata = `filename ${base64(file.name)},kind ${base64(input.dataset.kind)}`;
  const made = await ask("POST", input.dataset.resume, { "Upload-Length": String(file.size), "Upload-Metadata": metadata });
  if (made.status !== 201) throw Object.assign(new Error("refused"), { words: await made.text(), final: made.status < 500 });
  sessionStorage.setItem(mark, made.headers.get("Location"));
  return { url: made.headers.get("Location"), offset: 0 };
}

async function send(input, file, mark, tell, stopped) {
  for (let failed = 0; !stopped(); ) {
    try {
      const at = await open(input, file, mark);
      while (at.offset < file.size && !stopped()) {
        tell(at.offset / file.size, input.dataset.wordsSending);
        const part = file.slice(at.offset, at.offset + PART);
        const told = await ask("PATCH", at.url, { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at.offset) }, part);
        if (told.status !== 204) throw Object.assign(new Error("refused"), { words: await told.text(), final: told.status < 500 && told.status !== 409 && told.status !== 460 && told.status !== 429 });
        at.offset = Number(told.headers.get("Upload-Offset"));
        failed = 0;
      }
      return at.url;
    } catch (trouble) {
      if (trouble.final) throw trouble;
      tell(null, input.dataset.wordsBroken);
      await later(WAITS[Math.min(failed, WAITS.length - 1)]);
      failed += 1;
    }
  }
  return "";
}

export function start(root) {
  each(root, "input[type=file][data-resume]", (input) => {
    const box = input.closest(".ax-file, [data-upload-box]");
    const form = input.form;
    if (!box || !form) return;
    const { name, required } = input;
    const carried = Object.assign(document.createElement("span"), { hidden: true });
    const bar = Object.assign(document.createElement("progress"), { max: 1, hidden: true, className: "ax-progress" });
    const words = Object.assign(document.createElement("p"), { className: "ax-small ax-muted", hidden: true });
    const wrong = box.querySelector("[data-file-error]");
    bar.setAttribute("aria-label", input.dataset.wordsSending);
    words.setAttribute("role", "status");
    box.append(carried, bar, words);
    let run = 0;
    let ready = false;
    let wanted = null;

    const plain = () => {
      input.name = name;
      input.required = required;
      carried.replaceChildren();
      ready = false;
      bar.hidden = words.hidden = true;
    };
    const tell = (share, said) => {
      bar.hidden = words.hidden = false;
      if (share !== null) bar.value = share;
      words.textContent = share === null ? said : `${said} ${Math.floor(share * 100)}%`;
    };
    const carry = (number) => carried.append(Object.assign(document.createElement("input"), { type: "hidden", name: `${name}-upload`, value: number }));

    input.addEventListener("change", async () => {
      const turn = (run += 1);
      const stopped = () => turn !== run;
      plain();
      const files = [...input.files];
      // What is wrong with a choice is told by the preview; a form that goes at once has none.
      if (!form.hasAttribute("data-autosubmit") && wrong.textContent) return;
      if (!navigator.onLine || !files.some((file) => file.size >= WORTH_IT)) return;
      input.removeAttribute("name");
      input.required = false;
      wrong.textContent = "";
      const all = files.reduce((sum, file) => sum + file.size, 0);
      let before = 0;
      let mark = "";
      try {
        for (const file of files) {
          mark = `upload:${input.dataset.kind}:${file.name}:${file.size}:${file.lastModified}`;
          const url = await send(input, file, mark, (share, said) => tell(share === null ? null : (before + share * file.size) / all, said), stopped);
          if (stopped() || !url) return;
          sessionStorage.removeItem(mark);
          carry(url.split("/").filter(Boolean).pop());
          before += file.size;
        }
        ready = true;
        tell(1, input.dataset.wordsSending);
        if (wanted || form.hasAttribute("data-autosubmit")) form.requestSubmit(wanted?.button || undefined);
      } catch (trouble) {
        sessionStorage.removeItem(mark);
        plain();
        input.value = "";
        box.querySelector(".ax-previews")?.replaceChildren();
        wrong.textContent = trouble.words || "";
      }
    });
    form.addEventListener(
      "submit",
      (event) => {
        if (input.name || ready) return;
        // Still on its way: the form goes by itself as soon as the file is there.
        event.preventDefault();
        event.stopImmediatePropagation();
        wanted = { button: event.submitter };
      },
      true,
    );
  });
}
