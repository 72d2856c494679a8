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
  const consent = form.elements.consent_location;
  // Whoever does not agree is not even asked by the phone.
  if (form.dataset.placed || (consent && !consent.checked)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const coords = await locate();
  if (coords) {
    form.elements.lat.value = coords.latitude;
    form.elements.lng.value = coords.longitude;
  }
  form.dataset.placed = "yes";
  form.requestSubmit(event.submitter);
}

export function start(root) {
  for (const form of root.querySelectorAll("form[data-place]")) form.addEventListener("submit", send, true);
}
