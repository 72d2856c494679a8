import { all, each, icon, text } from "./dom.js";

function problem(input, file) {
  const limit = Number(input.dataset.maxBytes || 0);
  const types = (input.accept || "").split(",").map((part) => part.trim()).filter(Boolean);
  const fits = (type) =>
    type.endsWith("/*") ? file.type.startsWith(type.slice(0, -1)) : type.startsWith(".") ? file.name.toLowerCase().endsWith(type) : file.type === type;
  if (types.length && !types.some(fits)) return text("fileType", { name: file.name });
  if (limit && file.size > limit) return text("fileSize", { name: file.name, limit: Math.round(limit / 1048576) });
  return "";
}

function preview(file) {
  const item = document.createElement("li");
  if (file.type.startsWith("image/")) {
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = file.name;
    image.addEventListener("load", () => URL.revokeObjectURL(image.src));
    item.append(image);
  } else {
    const mark = document.createElement("span");
    mark.className = "ax-thumb";
    mark.append(icon("file"));
    item.append(mark);
  }
  const name = document.createElement("span");
  name.className = "ax-clamp";
  name.textContent = file.name;
  item.append(name);
  return item;
}

// <input type="file" data-preview data-max-bytes="…" accept="…"> inside .ax-file: shows what was chosen, refuses what
// the server would refuse, before it is sent.
export function start(root) {
  each(root, "input[type=file][data-preview]", (input) => {
    const box = input.closest(".ax-file");
    const list = box.querySelector(".ax-previews");
    const alert = box.querySelector("[data-file-error]");
    input.addEventListener("change", () => {
      const files = [...input.files];
      // One file: the one just chosen takes the place of what was chosen before the form was refused.
      if (files.length && !input.multiple) for (const old of all(input.closest(".ax-field"), ".ax-chosen input")) old.checked = false;
      const wrong = files.map((file) => problem(input, file)).find(Boolean) || "";
      if (wrong) input.value = "";
      alert.textContent = wrong;
      list.replaceChildren(...(wrong ? [] : files.map(preview)));
    });
  });
}
