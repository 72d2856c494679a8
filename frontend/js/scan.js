import QrScanner from "qr-scanner";

// <div data-scan data-qr-worker="…">: camera, else a photo of the code, else typing what is printed under it.
// Fills [data-scan-value] and sends the form around it; announces "scan:found" first.
function setup(box) {
  const video = box.querySelector("video");
  const hint = box.querySelector("[data-scan-hint]");
  const say = (name) => {
    if (hint) hint.textContent = box.dataset[`text${name}`] || "";
  };
  let scanner = null;
  let found = false;

  const take = (value) => {
    if (found || !value) return;
    found = true;
    scanner?.stop();
    if ("vibrate" in navigator) navigator.vibrate(60);
    say("Found");
    const event = new CustomEvent("scan:found", { bubbles: true, cancelable: true, detail: { value } });
    if (!box.dispatchEvent(event)) return;
    const field = box.querySelector("[data-scan-value]");
    field.value = value;
    field.form.requestSubmit();
  };

  const begin = async () => {
    if (!video || !(await QrScanner.hasCamera())) return say("Nocamera");
    // Shown before the scanner looks at it: it makes a hidden picture invisible for good.
    box.classList.add("is-scanning");
    scanner = new QrScanner(video, (result) => take(result.data), {
      preferredCamera: "environment",
      maxScansPerSecond: 8,
      returnDetailedScanResult: true,
    });
    try {
      await scanner.start();
      say("Looking");
      const torch = box.querySelector("[data-scan-torch]");
      if (torch && (await scanner.hasFlash())) {
        torch.hidden = false;
        torch.addEventListener("click", () => scanner.toggleFlash());
      }
    } catch {
      box.classList.remove("is-scanning");
      say("Denied");
    }
  };

  box.querySelector("[data-scan-start]")?.addEventListener("click", (event) => {
    event.currentTarget.hidden = true;
    begin();
  });
  if (box.dataset.scan === "auto") begin();

  box.querySelector("[data-scan-file]")?.addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    try {
      take((await QrScanner.scanImage(file, { returnDetailedScanResult: true })).data);
    } catch {
      say("Unreadable");
      event.target.value = "";
    }
  });
  window.addEventListener("pagehide", () => scanner?.stop());
}

for (const box of document.querySelectorAll("[data-scan]")) setup(box);
