import SignaturePad from "signature_pad";

// <div class="ax-sign" data-sign><canvas>…<input type="hidden" name="…"><button data-sign-clear></div>
// Writes the drawing as a PNG data address into the hidden field; the form's submit waits for ink or a typed name.
function setup(box) {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector("input[type=hidden]");
  const form = box.closest("form");
  const typed = box.querySelector("input[type=text]");
  const alert = box.querySelector("[data-sign-error]");
  const pad = new SignaturePad(canvas, { penColor: "#17202e", minWidth: 1, maxWidth: 3.2 });

  const resize = () => {
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    const width = canvas.offsetWidth;
    if (!width || canvas.width === Math.round(width * ratio)) return;
    const strokes = pad.toData();
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(canvas.offsetHeight * ratio);
    canvas.getContext("2d").scale(ratio, ratio);
    pad.clear();
    if (strokes.length) pad.fromData(strokes);
    // A form that came back with errors brings its signature along.
    else if (field.value) pad.fromDataURL(field.value, { ratio, width: width, height: canvas.offsetHeight });
    box.classList.toggle("has-ink", Boolean(field.value));
  };
  const keep = () => {
    field.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    box.classList.toggle("has-ink", !pad.isEmpty());
    if (alert && !pad.isEmpty()) alert.hidden = true;
    box.dispatchEvent(new CustomEvent("sign:change", { bubbles: true }));
  };

  new ResizeObserver(resize).observe(canvas);
  resize();
  pad.addEventListener("endStroke", keep);
  box.querySelector("[data-sign-clear]")?.addEventListener("click", () => {
    pad.clear();
    keep();
  });
  box.querySelector("[data-sign-undo]")?.addEventListener("click", () => {
    pad.fromData(pad.toData().slice(0, -1));
    keep();
  });
  form?.addEventListener(
    "submit",
    (event) => {
      if (field.value || typed?.value.trim() || box.dataset.sign === "optional") return;
      // Another button of the form, the one that asks for the code.
      if (event.submitter?.formNoValidate) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (alert) alert.hidden = false;
      // By keyboard one goes on typing; under a finger that would open the keys over the pad.
      (typed && !window.matchMedia("(pointer: coarse)").matches ? typed : canvas).focus();
    },
    true,
  );
}

const start = (root) => {
  for (const box of root.querySelectorAll("[data-sign]")) {
    if (box.signReady) continue;
    box.signReady = true;
    setup(box);
  }
};
start(document);
document.addEventListener("htmx:load", (event) => start(event.target.parentNode || document));
