import { each, text } from "./dom.js";

// Browsers write dates and hours as their own language does, not as the page's. The field keeps the browser's control,
// its keyboard and its calendar; over it stand the words of the page until somebody types.
const day = new Intl.DateTimeFormat(document.documentElement.lang || "zh-CN", { year: "numeric", month: "long", day: "numeric", weekday: "short", timeZone: "UTC" });
const empty = { date: "pickDate", time: "pickTime", "datetime-local": "pickMoment" };

function words({ type, value }) {
  if (!value) return text(empty[type]);
  if (type === "time") return value.slice(0, 5);
  const [date, time] = value.split("T");
  const told = day.format(new Date(`${date}T00:00:00Z`));
  return time ? `${told} ${time.slice(0, 5)}` : told;
}

export function start(root) {
  each(root, "input[type=date], input[type=time], input[type=datetime-local]", (input) => {
    const box = document.createElement("span");
    const told = document.createElement("span");
    box.className = "ax-date";
    told.className = "ax-date-words";
    told.setAttribute("aria-hidden", "true");
    input.replaceWith(box);
    box.append(input, told);
    const show = () => {
      told.textContent = words(input);
      box.classList.toggle("is-empty", !input.value);
    };
    show();
    input.addEventListener("input", show);
    input.addEventListener("change", show);
    input.form?.addEventListener("reset", () => setTimeout(show));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Tab" && event.key !== "Shift") box.classList.add("is-typed");
    });
    input.addEventListener("blur", () => box.classList.remove("is-typed"));
    input.addEventListener("click", () => {
      try {
        input.showPicker();
      } catch {
        box.classList.add("is-typed");
      }
    });
  });
}
