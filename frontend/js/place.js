// Forms with data-place carry where the phone is, if its owner allows it; without that they are sent all the same.
const WAIT_MS = 4000;

function locate() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(null);
    navigator.geolocation.getCurrentPosition((found) => resolve(found.coords), () => resolve(null), {
      enableHighAccuracy: true,
      timeout: WAIT_MS,
      maximumAge: 60000,
    });
  });
}

async function send(event) {
  const form = event.target;
  const consent = form.querySelector("[data-consent] input");
  const agreed = !consent || consent.checked;
  if (form.dataset.placed === (agreed ? "yes" : "no")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  // Whoever does not agree is not even asked by the phone. No form is sent again while it is being sent.
  // The phone may take seconds: a live part must not be swapped away with the form in it.
  form.dataset.busy = "1";
  const coords = agreed ? await locate() : await new Promise((done) => setTimeout(done));
  if (coords) {
    form.elements.lat.value = coords.latitude;
    form.elements.lng.value = coords.longitude;
  }
  delete form.dataset.busy;
  form.dataset.placed = agreed ? "yes" : "no";
  form.requestSubmit(event.submitter);
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-place]")) form.addEventListener("submit", send, true);
}
